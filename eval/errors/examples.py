"""An error as people read it: what was asked and said, why it is wrong, the evidence beside what was used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.errors.marking import Marked, excerpt, marked, marks_of
from eval.errors.places import page_text
from eval.errors.proposals import best_proposal
from eval.errors.stages import Diagnosis
from eval.runs import Place, Row

MOST_PLACES = 3
_FEW_WORDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPlace:
    """A document with its page as people count, and a quote with its telling words marked."""

    where: str
    quote: Marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One error; ``said`` is the answer, the abstention or the error, ``used_as`` what ``used`` are.

    ``more_evidence`` counts the places left out.
    """

    question_id: str
    question: str
    gold: str
    outcome: str
    said: str
    stage: str
    why: str
    evidence: tuple[ShownPlace, ...]
    more_evidence: int
    used_as: str
    used: tuple[ShownPlace, ...]


def example(one: Diagnosis) -> Example:
    """A diagnosis made readable."""
    row = one.row
    given = _given(row)
    # A sentence that was given as the answer would be marked all over.
    told = given if len(given.split()) <= _FEW_WORDS else ""
    return Example(
        question_id=row.question_id,
        question=row.question,
        gold=" / ".join(row.gold) or "not in the documents",
        outcome=row.outcome,
        said=_said(row),
        stage=one.stage,
        why=one.why,
        evidence=_places(one.evidence, marks_of(row.question, *row.gold)),
        more_evidence=max(0, len(one.evidence) - MOST_PLACES),
        used_as=_used_as(row),
        used=_places(one.used, marks_of(row.question, told)),
    )


def _places(places: Sequence[Place], wanted: frozenset[str]) -> tuple[ShownPlace, ...]:
    return tuple(
        ShownPlace(where=page_text(place), quote=marked(excerpt(place.quote, wanted), wanted))
        for place in places[:MOST_PLACES]
    )


def _given(row: Row) -> str:
    best = best_proposal(row)
    return row.text if row.outcome == "answered" else best.text if best is not None else ""


def _said(row: Row) -> str:
    best = best_proposal(row)
    if row.outcome == "abstained" and best is not None:
        return f"{row.text}; proposed: {best.text}"
    return row.text or "nothing: only passages were asked for"


def _used_as(row: Row) -> str:
    if row.citations:
        return "cited"
    return "proposed from" if row.outcome == "abstained" and row.proposals else "best hits"
