"""The stage of tuning that makes the generator better: answers labelled, the reader tuned, then what chooses.

    questions ─► proposals ─► soft labels ─► reader ─► its own proposals ─► soft labels ─► quality model

The quality model learns from what the tuned reader proposes, labelled by the same functions; how far the
reader's own probability counts beside it is chosen on questions about documents held apart. What either is
worth is measured by the gate, on questions whose answers no function has seen. Leaves training to
``tuning.reader_labels`` and ``tuning.quality``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ingest.progress import Progress
from rag.assembly import open_pipeline
from rag.fingerprints import fingerprint
from rag.generator.clauses import ClauseKind
from rag.generator.quality import QualityModel, describe
from rag.releases import NONE
from rag.settings import Settings, SpanReaderSettings
from rag.workspace import Workspace
from tuning.answer_groups import AnswerGroup, answer_groups, drawn
from tuning.artifacts import DIGITS, EXAMPLES, examples_writer, read_manifest, write_artifact
from tuning.items import Asked
from tuning.labeling import LabelStore, load_functions
from tuning.labeling.functions import LabelingFunction, checked
from tuning.labeling.judged import read_judgements
from tuning.labeling.library.people import of_people
from tuning.labeling.library.standard import ready_answer_functions
from tuning.labeling.loading import FILE
from tuning.labeling.opening import open_resources
from tuning.quality import Judged, learn
from tuning.reader_labels import ReaderTuning, train_reader
from tuning.soft_lists import NothingToLearnError, labels_hash, soft_lists
from tuning.stages import NO_HELP, Bench, Change

QUALITY = "quality.json"
TEMPERATURES: tuple[float | None, ...] = (None, 4.0, 2.0, 1.0, 0.5)
"""What the reader's log-probability may be divided by; None leaves it out."""
_HELD_SHARE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorStage:
    """The span reader and what chooses among its answers; so many ``questions`` are learned from."""

    questions: int = 300
    tuning: ReaderTuning = field(default_factory=ReaderTuning)
    name: str = "generator"
    share: float = 0.5

    def run(self, bench: Bench) -> Change:
        """Go on from the reader in use."""
        own = bench.settings.generator
        if not isinstance(own, SpanReaderSettings):
            return Change(settings={}, figures={}, note=f"a generator of kind {own.kind} is not tuned here")
        train, dev = self._asked(bench)
        groups, held = labelled_answers(
            bench.workspace, bench.settings, (train, dev), bench.progress, "answers"
        )
        settings = replace(
            self.tuning,
            start=None if own.adapter == "generic" else own.adapter,
            windows=own.windows,
            effort=bench.effort,
            rate=bench.rate,
            seed=bench.seed,
            expired=bench.expired,
        )
        most = settings.supervising.steps + settings.preferring.steps
        folder = train_reader(
            groups, held, settings, bench.workspace.artifacts, bench.state, bench.stepped(self.name, most)
        )
        figures = dict(read_manifest(folder)["dev"])
        tuned: dict[str, Any] = {} if figures["kept"] == "start" else {"adapter": bench.named(folder)}
        reader = own.model_copy(update={"adapter": folder} if tuned else {})
        settled = bench.settings.model_copy(update={"generator": reader})
        if tuned:
            groups, held = labelled_answers(
                bench.workspace, settled, (train, dev), bench.progress, "tuned answers"
            )
        chosen = train_quality(groups, held, own.quality, bench.workspace.artifacts)
        if chosen is not None:
            figures |= read_manifest(chosen)["dev"]
            tuned["quality"] = bench.named(chosen, QUALITY)
        if not tuned:
            return Change(settings={}, figures=figures, note=NO_HELP)
        return Change(settings={"generator": tuned}, artifact=folder, figures=figures)

    def _asked(self, bench: Bench) -> tuple[list[Asked], list[Asked]]:
        """The questions to learn from and to choose by, those that documents do not answer among them."""
        train, dev = ([one.question for one in soft_lists(part)] for part in (bench.train, bench.dev))
        refused_train, refused_dev = bench.refused
        return (
            drawn([*train, *refused_train], self.questions),
            drawn([*dev, *refused_dev], round(self.questions * _HELD_SHARE)),
        )


def answer_functions_of(workspace: Workspace) -> list[LabelingFunction]:
    """The functions on answers of a workspace: those of its file, or the ready ones; and people who judged.

    Raises:
        FunctionError: ``labels.py`` cannot be used, or names repeat.
        SourceError: the judgements cannot be read.
    """
    path = workspace.root / FILE
    own = [one for one in load_functions(path) if one.on == "answer"] if path.is_file() else []
    people = of_people(read_judgements(workspace.judgements))
    return checked([*(own or ready_answer_functions()), *people], "answer")


def labelled_answers(
    workspace: Workspace,
    settings: Settings,
    asked: tuple[Sequence[Asked], Sequence[Asked]],
    progress: Progress,
    name: str,
) -> tuple[list[AnswerGroup], list[AnswerGroup]]:
    """The labelled answers that a pipeline of these settings proposes: to learn from, and held apart.

    Raises:
        NothingToLearnError: there is no question of either.
        FunctionError: ``labels.py`` cannot be used.
        StorageError: the disk is full or not writable; what was voted on stays.
    """
    train, dev = asked
    if not train or not dev:
        raise NothingToLearnError.of("to learn from" if not train else "of the development part")
    functions = answer_functions_of(workspace)
    with (
        open_pipeline(workspace, settings, NONE) as pipeline,
        LabelStore(workspace.root) as store,
    ):
        resources = open_resources(pipeline, settings, workspace.root)
        progress.start(name, len(train) + len(dev), "questions")
        groups = answer_groups(
            pipeline, [*train, *dev], functions, resources, store, advance=progress.advance
        )
    held = {one.id for one in dev}
    return (
        [one for one in groups if one.question.id not in held],
        [one for one in groups if one.question.id in held],
    )


def train_quality(
    groups: Sequence[AnswerGroup], dev: Sequence[AnswerGroup], start: Path | None, out: Path
) -> Path | None:
    """The artifact of a quality model taught by soft labels; None where it is no better than the one in use.

    ``start`` is the file in use. Weights are of training questions, the temperature and whether it helps of
    ``dev``: the mean probability, by the labels, of the answer chosen first.

    Raises:
        ModelError: the file in use cannot be read.
        StorageError: the disk is full or not writable.
    """
    before = QualityModel.load(start) if start is not None else QualityModel.load()
    try:
        taught = learn(judged(groups, before.clauses), {"taught_by": "soft labels of answers"})
    except ValueError:
        return None
    # A kind that taught nothing is chosen among as before.
    weights = {**before.weights, **taught.weights}
    start_with = replace(before, weights=weights, facts=taught.facts)
    tried = [replace(start_with, temperature=one) for one in TEMPERATURES]
    values = [chosen_right(one, dev) for one in tried]
    best = int(np.argmax(values))
    value = chosen_right(before, dev)
    if values[best] <= value:
        return None
    labels = [label for group in groups for label in group.labelled()]
    held = [label for group in dev for label in group.labelled()]
    facts = {
        "kind": "quality",
        "start": before.fingerprint,
        "train_sha": labels_hash(labels),
        "dev_sha": labels_hash(held),
        "label_models": sorted({one.label_model for one in (*labels, *held)}),
        "dev": {"quality_before": round(value, 6), "quality_after": round(values[best], 6)},
    }
    folder = out / f"quality-{fingerprint({'model': tried[best].fingerprint, **facts})[:DIGITS]}"
    if folder.exists():
        return folder
    text = tried[best].to_json()
    return write_artifact(
        folder,
        facts,
        {
            QUALITY: lambda path: path.write_text(text, encoding="utf-8"),
            EXAMPLES: examples_writer(labels),
        },
    )


def judged(groups: Sequence[AnswerGroup], clauses: Mapping[str, ClauseKind]) -> list[Judged]:
    """The answers that a quality model scores, with their features and soft labels.

    ``clauses`` are the kinds that the model knows.
    """
    return [
        Judged(source="workspace", kind=kind, features=features, right=probability)
        for group in groups
        for (kind, features), probability in zip(
            describe(group.question.text, [item.candidate for item in group.items], clauses),
            group.probabilities,
            strict=True,
        )
        if kind
    ]


def chosen_right(model: QualityModel, groups: Sequence[AnswerGroup]) -> float:
    """The mean probability, by the labels, of the answers that a model puts first; 0 for no question."""
    found = []
    for group in groups:
        candidates = [item.candidate for item in group.items if item.candidate.supports]
        if not candidates:
            continue
        best = model.choose(group.question.text, candidates)[0]
        for item, probability in zip(group.items, group.probabilities, strict=True):
            if item.candidate.text == best.text and item.candidate.supports == best.supports:
                found.append(probability)
                break
    return float(np.mean(found)) if found else 0.0
