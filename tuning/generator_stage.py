"""The stage of tuning that makes the generator better: answers labelled, the reader tuned, then what chooses.

    questions ─► proposals ─► soft labels ─► reader ─► its own proposals ─► soft labels ─► quality model

The quality model learns from what the tuned reader proposes, labelled by the same functions; how far the
reader's own probability counts beside it is chosen on questions about documents held apart. What either is
worth is measured by the gate, on questions whose answers no function has seen. Leaves training to
``tuning.reader_labels`` and ``tuning.quality``, language models to ``tuning.causal_stage``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from rag.fingerprints import fingerprint
from rag.generator.clauses import ClauseKind
from rag.generator.quality import QualityModel, describe
from rag.settings import CausalLMSettings, SpanReaderSettings
from tuning.answer_groups import AnswerGroup
from tuning.answer_supervision import asked_of, labelled_answers
from tuning.artifacts import DIGITS, EXAMPLES, examples_writer, read_manifest, write_artifact
from tuning.causal_stage import CausalStage
from tuning.quality import Judged, learn
from tuning.reader_labels import ReaderTuning, train_reader
from tuning.soft_lists import labels_hash
from tuning.stages import NO_HELP, Bench, Change

QUALITY = "quality.json"
TEMPERATURES: tuple[float | None, ...] = (None, 4.0, 2.0, 1.0, 0.5)
"""What the reader's log-probability may be divided by; None leaves it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorStage:
    """The span reader and what chooses among its answers; so many ``questions`` are learned from.

    ``causal`` stands in where the generator is a language model in this process.
    """

    questions: int = 300
    tuning: ReaderTuning = field(default_factory=ReaderTuning)
    causal: CausalStage = field(default_factory=CausalStage)
    name: str = "generator"
    share: float = 0.5

    def run(self, bench: Bench) -> Change:
        """Go on from the reader in use."""
        own = bench.settings.generator
        if isinstance(own, CausalLMSettings):
            return self.causal.run(bench)
        if not isinstance(own, SpanReaderSettings):
            return Change(settings={}, figures={}, note=f"a generator of kind {own.kind} is not tuned here")
        train, dev = asked_of(bench, self.questions)
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
