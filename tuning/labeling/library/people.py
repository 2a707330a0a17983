"""What experts judged before, as labeling functions: one a person, so that disagreement is modelled.

Rows are those that the service appends to the workspace's ``judgements.jsonl``: a verdict on an answer, with
the right answer and its place where the expert gave them. They speak for the same question only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rag.tokens import terms
from tuning.items import AnswerItem, PassageItem
from tuning.labeling.functions import ABSTAIN, IRRELEVANT, RELEVANT, RIGHT, WRONG, LabelingFunction
from tuning.labeling.resources import Resources

Judgement = Mapping[str, Any]
_VERDICTS = {"right": RIGHT, "wrong": WRONG}


def people(resources: Resources) -> list[LabelingFunction]:
    """Two functions for every person who judged: on passages and on answers."""
    names = sorted({str(row.get("annotator", "")) for row in resources.people})
    return [made(name) for name in names for made in (_passages, _answers)]


def _passages(person: str) -> LabelingFunction:
    def rule(item: PassageItem, resources: Resources) -> int:
        for row in _own(resources.people, person, item.question.text):
            if row.get("document_id") != item.chunk.document_id:
                continue
            page, quote = row.get("page"), str(row.get("quote") or "")
            if quote:
                return RELEVANT if _holds(item.chunk.text, quote) else IRRELEVANT
            if isinstance(page, int):
                return RELEVANT if item.chunk.first_page <= page <= item.chunk.last_page else IRRELEVANT
        return ABSTAIN

    return LabelingFunction(
        name=f"person {person}, passages", on="passage", kind="people", rule=rule, needs=("people",),
        parameters={"person": person},
    )  # fmt: skip


def _answers(person: str) -> LabelingFunction:
    def rule(item: AnswerItem, resources: Resources) -> int:
        for row in _own(resources.people, person, item.question.text):
            better = str(row.get("better_answer") or "")
            if better and _same(item.candidate.text, better):
                return RIGHT
            if _same(item.candidate.text, str(row.get("answer") or "")):
                return _VERDICTS.get(str(row.get("verdict")), ABSTAIN)
        return ABSTAIN

    return LabelingFunction(
        name=f"person {person}, answers", on="answer", kind="people", rule=rule, needs=("people",),
        parameters={"person": person},
    )  # fmt: skip


def _own(rows: Sequence[Judgement], person: str, question: str) -> list[Judgement]:
    """A person's judgements of a question, the newest first."""
    asked = " ".join(question.split())
    return [
        row
        for row in reversed(rows)
        if str(row.get("annotator", "")) == person and " ".join(str(row.get("question")).split()) == asked
    ]


def _same(one: str, other: str) -> bool:
    return bool(one.strip()) and terms(one) == terms(other)


def _holds(text: str, quote: str) -> bool:
    return " ".join(quote.split()) in " ".join(text.split())
