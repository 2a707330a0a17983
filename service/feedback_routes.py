"""Judging answers over HTTP: what people say of them, the questions this leaves, and what to judge next.

A judgement with the right answer becomes a regression question too. Everybody sees judgements, questions and
answers of what they may read alone. Leaves keeping them to ``service.judgements`` and ``service.regression``,
what is worth judging to ``service.expert_queue``.
"""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Query

from rag.catalog import Catalog
from rag.errors import UnknownDocumentError
from rag.types import DocumentId
from service import expert_queue
from service.answer_store import KeptAnswer
from service.answers import Answered
from service.callers import AnnotatorOf, Caller
from service.document_routes import found
from service.errors import NotThereError
from service.feedback_schemas import (
    FeedbackAdded,
    FeedbackOut,
    FeedbackReply,
    FeedbackRequest,
    PlaceIn,
    PlaceOut,
    QuestionOut,
    QuestionRequest,
    QuestionsReply,
    QueueItem,
    QueueReply,
)
from service.history import seen
from service.judgements import Judgement
from service.openapi import UNKNOWN_DOCUMENT, guarded
from service.records import Records, RecordsOf
from service.regression import Place, RegressionQuestion

router = APIRouter(tags=["judgements"])
_LOOKED_AT = 300
"""Newest answers among which those to judge are looked for."""
_NO_ANSWER = (404, "not_there", "there is no such answer", "see GET /v1/answers")
LimitOf = Annotated[int, Query(ge=1, le=1000)]


@router.post(
    "/v1/feedback",
    summary="Judge an answer",
    status_code=201,
    responses=guarded(_NO_ANSWER),
)
def judge(body: FeedbackRequest, who: AnnotatorOf, records: RecordsOf) -> FeedbackAdded:
    """Keeps what a person says of an answer; tuning learns from it. To change it, judge again."""
    kept = seen(records, body.answer_id, who)
    place = _place(records, who, body.right_place)
    judgement = _judgement(body, kept, place, who, records.now())
    records.judgements.add(judgement, who.id)
    question = _question_of(judgement, kept, place, records, who)
    if question is not None:
        records.questions.put(question)
    records.note(who, "answer.judge", kept.id, judgement=judgement.id, verdict=judgement.verdict)
    return FeedbackAdded(id=judgement.id, question_id=question.id if question else None)


@router.get("/v1/feedback", summary="List judgements", responses=guarded())
def feedback(who: AnnotatorOf, records: RecordsOf, limit: LimitOf = 100) -> FeedbackReply:
    """What people said of answers, newest first."""
    with records.sight(who) as sees:
        shown = [
            one
            for one in records.judgements.latest(limit)
            if _sees_what_was_searched(who, one) and sees(one.documents)
        ]
    with Catalog(records.workspace.catalog_file) as catalog:
        return FeedbackReply(feedback=[_told(one, catalog) for one in shown])


@router.get("/v1/questions", summary="List regression questions", responses=guarded())
def questions(who: AnnotatorOf, records: RecordsOf) -> QuestionsReply:
    """Questions whose right answers people have given, oldest first."""
    with records.sight(who) as sees:
        shown = [
            one
            for one in records.questions.all()
            if who.collections is None or (one.documents and sees(one.speaks_of))
        ]
    with Catalog(records.workspace.catalog_file) as catalog:
        return QuestionsReply(questions=[_question_out(one, catalog) for one in shown])


@router.post(
    "/v1/questions",
    summary="Write a regression question",
    status_code=201,
    responses=guarded(UNKNOWN_DOCUMENT),
)
def write_question(body: QuestionRequest, who: AnnotatorOf, records: RecordsOf) -> QuestionOut:
    """Keeps a question with its right answer, in place of the same question about the same documents."""
    place = _place(records, who, body.right_place)
    with Catalog(records.workspace.catalog_file) as catalog:
        documents = tuple(found(catalog, reference, who).id for reference in body.documents)
        if not documents and who.collections is not None:
            # What such a caller calls all documents are those that it sees.
            documents = tuple(sorted(catalog.active_ids(who.collections)))
        one = RegressionQuestion(
            question=body.question,
            answer=body.answer or None,
            documents=documents,
            evidence=(place,) if place else (),
            created=records.now(),
            author=who.name,
        )
        records.questions.put(one)
        records.note(who, "question.write", one.id)
        return _question_out(one, catalog)


@router.get("/v1/queue", summary="What to judge next", responses=guarded())
def queue(
    who: AnnotatorOf, records: RecordsOf, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> QueueReply:
    """Answers whose judgement is expected to teach most: unsure ones, of questions that are asked often.

    Unsure by their own confidence, or because people found answers to questions like them wrong.
    """
    with records.sight(who) as sees:
        lines = {
            one.line.id: one.line
            for one in records.answers.latest(_LOOKED_AT)
            if who.sees_all(one.collections) and sees(one.documents)
        }
    asked = [
        expert_queue.Asked(answer_id=line.id, question=line.question, confidence=line.confidence)
        for line in lines.values()
    ]
    wanted = expert_queue.order(asked, records.judgements.verdicts(), limit)
    return QueueReply(
        queue=[
            QueueItem(
                answer_id=one.answer_id,
                gain=round(one.gain, 4),
                alike=one.alike,
                judged=one.judged,
                right=one.right,
                reason=_reason(one, lines[one.answer_id].confidence),
                **{
                    name: getattr(lines[one.answer_id], name)
                    for name in ("created", "question", "outcome", "answer", "confidence")
                },
            )
            for one in wanted
        ]
    )


def _reason(one: expert_queue.Wanted, confidence: float) -> str:
    sure = "unsure" if 0.25 <= confidence <= 0.75 else "rather sure"
    found = f", {one.right:g} right" if one.judged else ""
    alike = f"{one.alike} like it, {one.judged} of them judged{found}" if one.alike else "none like it"
    return f"{sure}; {alike}"


def _place(records: Records, who: Caller, given: PlaceIn | None) -> Place | None:
    """The place that a caller points to, among the documents that it sees.

    Raises:
        UnknownDocumentError: it sees no such document.
        NotThereError: the document has no such page.
    """
    if given is None:
        return None
    with Catalog(records.workspace.catalog_file) as catalog:
        record = found(catalog, given.document_id, who)
    if given.page >= record.pages:
        raise NotThereError(f"the document has {record.pages} pages", "pages are counted from 0")
    return Place(document_id=record.id, page=given.page, text=given.quote or "")


def _judgement(
    body: FeedbackRequest, kept: KeptAnswer, place: Place | None, who: Caller, at: str
) -> Judgement:
    reply = kept.reply
    citations = reply.citations if isinstance(reply, Answered) else []
    cited = [
        one.chunk_id
        for one in reply.evidence
        for citation in citations
        if one.document_id == citation.document_id and one.start <= citation.start < one.end
    ]
    documents = {one.document_id for one in reply.evidence} | {one.document_id for one in citations}
    collections = kept.scope.collections
    return Judgement(
        id=secrets.token_hex(8),
        created=at,
        annotator=who.name,
        release=reply.release,
        question=kept.question,
        verdict=body.verdict,
        answer=reply.answer,
        better_answer=body.better_answer or None,
        document_id=place.document_id if place else None,
        page=place.page if place else None,
        quote=(place.text or None) if place else None,
        # Where the answer is not right, nobody has said that its evidence bears the right one.
        evidence_ids=tuple(dict.fromkeys(cited)) if body.verdict == "right" else (),
        tags=tuple(dict.fromkeys(body.tags)),
        comment=body.comment or "",
        answer_id=kept.id,
        documents=tuple(sorted(documents | ({place.document_id} if place else set()))),
        collections=None if collections is None else tuple(sorted(collections)),
    )


def _question_of(
    judgement: Judgement, kept: KeptAnswer, place: Place | None, records: Records, who: Caller
) -> RegressionQuestion | None:
    """The regression question that a judgement gives: where it says what is right."""
    reply = kept.reply
    right = (
        judgement.better_answer if judgement.verdict != "right" else judgement.better_answer or reply.answer
    )
    if right is None and not (judgement.verdict == "right" and reply.outcome == "abstained"):
        return None
    evidence: tuple[Place, ...] = (place,) if place else ()
    if not evidence and judgement.verdict == "right" and isinstance(reply, Answered):
        evidence = tuple(
            Place(document_id=one.document_id, page=one.page, text=one.quote) for one in reply.citations
        )
    return RegressionQuestion(
        question=kept.question,
        answer=right,
        documents=_documents_of(kept, records),
        evidence=evidence,
        created=judgement.created,
        author=who.name,
        judgement_id=judgement.id,
    )


def _documents_of(kept: KeptAnswer, records: Records) -> tuple[str, ...]:
    """The documents that an answer's question was asked about; none for the whole library."""
    scope = kept.scope
    if not scope.references and not scope.filters and scope.collections is None:
        return ()
    return tuple(sorted(str(one.id) for one in kept.reply.searched))


def _sees_what_was_searched(who: Caller, one: Judgement) -> bool:
    return who.sees_all(None if one.collections is None else frozenset(one.collections))


def _place_out(place: Place, catalog: Catalog) -> PlaceOut:
    try:
        name = catalog.name(DocumentId(place.document_id))
    except UnknownDocumentError:
        name = place.document_id
    return PlaceOut(document_id=place.document_id, document=name, page=place.page, quote=place.text or None)


def _told(one: Judgement, catalog: Catalog) -> FeedbackOut:
    place = (
        Place(document_id=one.document_id, page=one.page, text=one.quote or "") if one.document_id else None
    )
    names = ("id", "created", "annotator", "release", "question", "verdict", "answer", "better_answer")
    return FeedbackOut(
        **{name: getattr(one, name) for name in names},
        right_place=_place_out(place, catalog) if place else None,
        tags=list(one.tags),
        comment=one.comment or None,
        answer_id=one.answer_id,
    )


def _question_out(one: RegressionQuestion, catalog: Catalog) -> QuestionOut:
    return QuestionOut(
        id=one.id,
        created=one.created,
        author=one.author,
        question=one.question,
        answer=one.answer,
        documents=list(one.documents),
        evidence=[_place_out(place, catalog) for place in one.evidence],
        source="feedback" if one.judgement_id else "written",
    )
