"""Functions that read what people have judged: one for each person, because people differ."""

from __future__ import annotations

from rag.quotes import locate
from rag.types import Chunk
from tuning.items import AnswerItem, PassageItem
from tuning.label_model.matrix import ABSTAIN
from tuning.labeling.functions import (
    BAD,
    GOOD,
    IRRELEVANT,
    RELEVANT,
    LabelingFunction,
    Vote,
    labeling_function,
)
from tuning.labeling.judged import Judgement, Judgements


def make_judged_passages(annotator: str) -> LabelingFunction:
    """Relevant where the person quoted it as bearing the answer, irrelevant where it bears a wrong one."""

    @labeling_function(on="passage", kind="human", name=f"judged_by_{annotator}", resources=["judgements"])
    def judged(item: PassageItem, *, judgements: Judgements) -> Vote:
        """A person has said so."""
        votes = [_of_passage(item.chunk, one) for one in judgements.of(item.question.text, annotator)]
        said = [vote for vote in votes if vote != ABSTAIN]
        return said[-1] if said else ABSTAIN

    return judged


def make_judged_answers(annotator: str) -> LabelingFunction:
    """Good or bad where the person judged the same answer to the same question, the latest judgement."""

    @labeling_function(
        on="answer", kind="human", name=f"answers_judged_by_{annotator}", resources=["judgements"]
    )
    def judged(item: AnswerItem, *, judgements: Judgements) -> Vote:
        """A person has said so."""
        votes = [_of_answer(item, one) for one in judgements.of(item.question.text, annotator)]
        said = [vote for vote in votes if vote != ABSTAIN]
        return said[-1] if said else ABSTAIN

    return judged


def of_people(judgements: Judgements) -> list[LabelingFunction]:
    """The functions of all who judged."""
    return [
        make(name) for name in judgements.annotators for make in (make_judged_passages, make_judged_answers)
    ]


def _of_passage(chunk: Chunk, one: Judgement) -> int:
    if chunk.id in one.evidence:
        return RELEVANT
    here = chunk.document_id == one.document and (
        one.page is None or chunk.first_page <= one.page <= chunk.last_page
    )
    if one.quote and here and locate(chunk.text, one.quote) is not None:
        return IRRELEVANT if one.right is False and not one.better else RELEVANT
    return IRRELEVANT if one.evidence and chunk.document_id == one.document else ABSTAIN


def _of_answer(item: AnswerItem, one: Judgement) -> int:
    said = _plain(item.candidate.text) if item.candidate.supports else ""
    if one.better and said == _plain(one.better):
        return GOOD
    if one.right is None or said != _plain(one.answer):
        return ABSTAIN
    return GOOD if one.right else BAD


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .")
