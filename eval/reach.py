"""How far retrieval got with a question: to the right document, to the page, to the passage, to the reader.

Everything is read from a row of a run. A hit reaches evidence where the two spans overlap; where the evidence
is known by page only, its span is the page's. What was *handed over* are the hits that the generator was
given and what it cites besides (definitions and clauses are brought along behind the hits). A run that only
retrieved hands its first ``READ_DEPTH`` hits to whoever asked. Leaves verdicts to ``eval.criteria`` and
``eval.errors``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.runs import Place, RankedChunk, Row

READ_DEPTH = 10
"""How many hits of a run without answers count as read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Ranks, from 1, of the first hit in a gold document, on an evidence page, over an evidence span."""

    document: int | None
    page: int | None
    passage: int | None


def reach(row: Row, places: Sequence[Place] | None = None) -> Reach:
    """The ranks for some of a row's evidence, all of it by default; None where no hit gets there.

    A row keeps the first few places of evidence only; for all of it, its reciprocal rank knows of the others.
    """
    wanted = row.evidence if places is None else places
    documents = {place.document_id for place in wanted}
    passage = _first(row.hits, lambda hit: any(overlaps(hit, place) for place in wanted))
    by_value = row.values.get("mrr", 0.0) if places is None else 0.0
    if by_value > 0:
        passage = min(round(1 / by_value), passage or len(row.hits) + 1)
    return Reach(
        document=_first(row.hits, lambda hit: hit.document_id in documents),
        page=_first(row.hits, lambda hit: any(on_page(hit, place) for place in wanted)),
        passage=passage,
    )


def handed_over(row: Row, places: Sequence[Place] | None = None) -> bool:
    """Whether some of these places, by default of all evidence, was given to the generator."""
    rank = reach(row, places).passage
    if rank is not None and rank <= read_depth(row):
        return True
    wanted = row.evidence if places is None else places
    return any(overlaps(citation, place) for citation in row.citations for place in wanted)


def read_depth(row: Row) -> int:
    """How many of the hits were handed over."""
    return READ_DEPTH if row.outcome == "retrieved" else row.used


def is_judged(row: Row) -> bool:
    """Whether the set says where the answer stands, so that retrieval can be judged."""
    return bool(row.evidence)


def is_answerable(row: Row) -> bool:
    """Whether the question has an answer in the documents."""
    return row.kind != "none"


def overlaps(one: Place | RankedChunk, other: Place | RankedChunk) -> bool:
    """Whether two spans of one document share a character."""
    return one.document_id == other.document_id and one.start < other.end and other.start < one.end


def on_page(one: Place | RankedChunk, other: Place | RankedChunk) -> bool:
    """Whether two pieces of one document stand on a page in common."""
    return (
        one.document_id == other.document_id
        and one.first_page <= other.last_page
        and other.first_page <= one.last_page
    )


def _first(hits: Sequence[RankedChunk], fits: Callable[[RankedChunk], bool]) -> int | None:
    return next((rank for rank, hit in enumerate(hits, start=1) if fits(hit)), None)
