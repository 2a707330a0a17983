"""Rows of runs made by hand: documents of 100-character pages, so that page 3 is characters [300, 400)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from eval.runs import Header, Place, RankedChunk, Row, Run

PAGE = 100

HEADER = Header(
    name="made",
    scope="shared",
    task="ask",
    questions="0" * 64,
    source={"questions": "made.jsonl", "workspace": "made"},
    selection={},
    fingerprints={"index": "i", "grader": "g"},
    settings={},
    seed=7,
    started_at="2026-03-04T05:06:07+00:00",
    seconds=1.0,
    commit="",
    machine={"cores": 2},
    libraries={},
)


def place(document: str, page: int, quote: str = "", *, offset: int = 0) -> Place:
    """A whole quote that begins ``offset`` characters into a page; 50 characters without a quote."""
    start = PAGE * page + offset
    return Place(
        document_id=document,
        document_name=document.upper(),
        first_page=page,
        last_page=page,
        start=start,
        end=start + (len(quote) or 50),
        quote=quote,
    )


def hit(document: str, page: int, *, offset: int = 0, length: int = PAGE) -> RankedChunk:
    """A chunk of a page, all of it by default."""
    start = PAGE * page + offset
    return RankedChunk(
        chunk_id=f"{document}:{start}",
        document_id=document,
        first_page=page,
        last_page=page,
        start=start,
        end=start + length,
        score=1.0,
    )


def hits(*where: tuple[str, int]) -> tuple[RankedChunk, ...]:
    """Whole pages, in the order of the ranking."""
    return tuple(hit(document, page) for document, page in where)


def row(**changed: Any) -> Row:  # noqa: ANN401 - whatever a row takes
    """A right answer read from the first hit, but for what is changed; ``values`` are merged."""
    evidence = place("a", 1, "Revenue  1,577  1,420")
    given: dict[str, Any] = {
        "question_id": "q",
        "question": "What was the revenue of Alder?",
        "gold": ("1,577",),
        "kind": "number",
        "facets": {},
        "cluster": "a",
        "outcome": "answered",
        "text": "1,577",
        "confidence": 0.9,
        "hits": hits(("a", 1), ("a", 2), ("b", 1)),
        "used": 2,
        "citations": (evidence,),
        "evidence": (evidence,),
        "shown": (evidence,),
    }
    values = {"accuracy": 1.0, "citation_right": 1.0, "faithful": 1.0}
    return Row(**{**given, **changed, "values": {**values, **changed.get("values", {})}})


def wrong(**changed: Any) -> Row:  # noqa: ANN401 - whatever a row takes
    """The same row with an answer that is not right."""
    marks = {"accuracy": 0.0, **changed.pop("values", {})}
    return row(**{"text": "999", **changed, "values": marks})


def run(rows: Sequence[Row], **header: object) -> Run:
    """A run of these rows; of rows with one id, those behind the first get another."""
    known: Mapping[str, Any] = {name: getattr(HEADER, name) for name in Header.__slots__}
    taken: set[str] = set()
    own = []
    for at, one in enumerate(rows):
        own.append(replace(one, question_id=f"{one.question_id}#{at}") if one.question_id in taken else one)
        taken.add(one.question_id)
    return Run(header=Header(**{**known, **header}), rows=tuple(own))
