"""What an abstaining system would have said, and whether that would have been right by the rules grader."""

from __future__ import annotations

from typing import cast

from eval.metrics.answers import Gold, Kind, grade
from eval.metrics.numbers import scale_hint
from eval.runs import Proposal, Row
from rag.types import Answer


def best_proposal(row: Row) -> Proposal | None:
    """The first of the proposals, None where there is none."""
    return row.proposals[0] if row.proposals else None


def is_right(row: Row, text: str) -> bool:
    """Whether a text would have been a right answer; a text that the grader cannot judge is not."""
    gold = Gold(
        kind=cast("Kind", row.kind), texts=row.gold, hint=scale_hint(row.question), question=row.question
    )
    try:
        return grade(gold, Answer(text=text, confidence=0.0, citations=())).correct
    except Exception:  # the grader of a run marks the item and goes on as well
        return False
