"""Which data a reader is tuned on, side by side: answers drawn, likely ones, and which two of them duel.

    answers labelled ─► supervised on drawn ones | on likely ones ─► random pairs | best against worst | …

Every choice has the same questions, labels, steps and seed; preferences go on from the reader that likely
answers taught. Measured is, on questions about documents held apart, how likely the answer is right that a
reader likes best: of questions made from documents that is what their makers read, of others what the labels
say. Leaves training to ``tuning.reader_labels``, language models to ``tuning.causal_choices``, printing to
``tuning.preference_commands``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from eval.stats import Comparison, compare_paired
from rag.errors import UsageError
from rag.types import ChunkId, DocumentId
from tuning.answer_groups import AnswerGroup
from tuning.choices import Choices
from tuning.items import Asked, Labelled
from tuning.phases import Told
from tuning.preferring import expected_right
from tuning.reader_labels import (
    ReaderTuning,
    choices_in,
    duels_of,
    prefer,
    supervise_reader,
    taught_examples,
)
from tuning.soft_lists import NothingToLearnError, by_document

BEFORE = "before"
LIKELY = "likely answers"
Trained = tuple[Path, int]
"""The folder of what a choice trained, and how many examples or pairs it was shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Questions held apart: the document of each, and the values ``[n]`` in [0, 1] of a reader, a folder."""

    documents: Sequence[str]
    score: Callable[[Path], Sequence[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRow:
    """A choice of data: what it came to beside the reader before, how much it showed, how long it took."""

    name: str
    reader: Path
    compared: Comparison
    shown: int
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        found = self.compared
        return {
            "name": self.name,
            "value": found.after.as_dict(),
            "difference": found.difference.as_dict(),
            "p": found.p_value,
            "shown": self.shown,
            "seconds": round(self.seconds, 1),
        }


def variants(settings: ReaderTuning) -> Mapping[str, ReaderTuning]:
    """The choices that are compared: supervision alone, then preferences after likely answers."""
    listed = replace(settings.preferring, listwise=True)
    return {
        "drawn answers": replace(settings, taught="random", pairs=None),
        LIKELY: replace(settings, taught="likely", pairs=None),
        "random pairs": replace(settings, pairs="random"),
        "best against worst": replace(settings, pairs="best_worst"),
        "best against likely bad": replace(settings, pairs="likely_bad"),
        "listwise": replace(settings, pairs="best_worst", preferring=listed),
    }


def compare_choices(
    groups: Sequence[AnswerGroup],
    held: Held,
    settings: ReaderTuning,
    out: Path,
    *,
    only: Sequence[str] = (),
    advance: Callable[[], None] = lambda: None,
) -> list[ChoiceRow]:
    """The reader before, then each choice (``only`` these, if any), in the order of ``variants``.

    Readers are kept below ``out``.

    Raises:
        NothingToLearnError: no answer is likely right.
        ModelError: weights are missing, were changed or do not fit.
        StorageError: the disk is full or not writable.
    """
    taught = choices_in(groups, settings.windows)
    if not taught_examples(taught, settings):
        raise NothingToLearnError.of("to learn from")
    chosen = {
        name: partial(_trained, taught, name, one, out)
        for name, one in variants(settings).items()
        if not only or name in only
    }
    return compared(chosen, held, settings.begins_with, advance)


def compared(
    chosen: Mapping[str, Callable[[], Trained]],
    held: Held,
    begins_with: Path,
    advance: Callable[[], None] = lambda: None,
) -> list[ChoiceRow]:
    """The model before, a folder, then what each choice trains, all measured on the same questions."""
    before = held.score(begins_with)
    rows = [_row(BEFORE, begins_with, (before, before, held.documents), 0, 0.0)]
    advance()
    for name, train in chosen.items():
        begin = perf_counter()
        model, shown = train()
        spent = perf_counter() - begin
        rows.append(_row(name, model, (before, held.score(model), held.documents), shown, spent))
        advance()
    return rows


def asked_by_document(
    asked: Sequence[Asked], families: Mapping[DocumentId, str], *, seed: int, share: float = 0.3
) -> tuple[list[Asked], list[Asked]]:
    """Questions to learn from and those about other families; what names no document is left out.

    Raises:
        UsageError: all are about one family.
    """
    rows = []
    for one in asked:
        documents = one.document_ids or [place.document_id for place in one.places]
        if documents:
            rows.append(
                Labelled(
                    item=one.id, question=one, chunk_id=ChunkId(""), document=documents[0], passage="",
                    probability=1.0, label_model="",
                )
            )  # fmt: skip
    try:
        parts = by_document(rows, share=share, seed=seed, families=families)
    except ValueError as error:
        raise UsageError(str(error), "ingest more documents, or make questions about others") from error
    return [one.question for one in parts.train], [one.question for one in parts.dev]


def by_labels(dev: Sequence[AnswerGroup], settings: ReaderTuning) -> Held:
    """Questions held apart, measured by how likely a reader's favourite among their answers is right.

    Raises:
        NothingToLearnError: there is nothing to choose among.
    """
    held = choices_in(dev, settings.windows)
    if not held:
        raise NothingToLearnError.of("of the development part")
    return Held(
        documents=[one.document for one in held],
        score=lambda reader: expected_right(held, reader, settings.preferring),
    )


def _trained(taught: Sequence[Choices], name: str, own: ReaderTuning, out: Path) -> Trained:
    """A choice's reader below ``out``, and how many examples or pairs it was shown."""
    told = Told(lambda step, loss: None)
    examples = taught_examples(taught, own)
    supervised = supervise_reader(examples, own, out / (name if own.taught == "random" else LIKELY), told)
    if own.pairs is None:
        return supervised, len(examples)
    pairs = duels_of(taught, own)
    if not pairs:
        return supervised, 0
    return prefer(pairs, own, supervised, out / name, told), len(pairs)


def _row(
    name: str,
    reader: Path,
    values: tuple[Sequence[float], Sequence[float], Sequence[str]],
    shown: int,
    seconds: float,
) -> ChoiceRow:
    before, after, clusters = values
    return ChoiceRow(
        name=name,
        reader=reader,
        compared=compare_paired(before, after, clusters),
        shown=shown,
        seconds=seconds,
    )
