"""The routes of answers given before: a caller's own, one of them whole, and asking it again.

An answer is seen by whoever asked for it; by others only where their role lets them judge answers and they
see every collection that was searched. Nobody else is told whether it exists.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field, JsonValue
from starlette.concurrency import run_in_threadpool

from service.answer_store import KeptAnswer
from service.answers import Abstained, Answered, AskReply
from service.callers import Caller, CallerOf
from service.errors import NotThereError
from service.openapi import errors_of
from service.records import Records, RecordsOf
from service.replies import Reply
from service.routes import EngineOf
from service.work import Ask

_MOST = 200
Limit = Annotated[int, Query(ge=1, le=_MOST)]
AnswerIdOf = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="An answer's id.")]
_NOT_THERE = (404, "not_there", "there is no such answer, or it is not yours", "see GET /v1/answers")
_MALFORMED = (422, "invalid_request", "a part of the request does not fit", "correct it")


class AnswerLineOut(Reply):
    """An answer in a list."""

    id: str
    created: str = Field(description="ISO 8601.")
    question: str
    outcome: Literal["answered", "abstained"]
    answer: str | None
    confidence: float
    release: str


class AnswersReply(Reply):
    """A caller's answers, the newest first."""

    answers: list[AnswerLineOut]


class WhereOut(Reply):
    """What documents had to say of themselves."""

    company: str
    kind: str
    year: str


class KeptAnswerOut(Reply):
    """An answer with all that it came about by."""

    id: str
    created: str = Field(description="ISO 8601.")
    caller: str = Field(description="The name of the key that asked.")
    question: str
    documents: list[str] | None = Field(description="The documents that were named; null for all.")
    where: WhereOut | None
    release: str
    reply: AskReply

    @classmethod
    def of(cls, kept: KeptAnswer) -> KeptAnswerOut:
        """The wire form of a kept answer."""
        filters = kept.scope.filters
        return cls(
            id=kept.id,
            created=kept.created,
            caller=kept.caller,
            question=kept.question,
            documents=list(kept.scope.references) or None,
            where=WhereOut(company=filters.company, kind=filters.kind, year=filters.year)
            if filters
            else None,
            release=kept.reply.release,
            reply=kept.reply,
        )


class ReplayReply(Reply):
    """An answer given again, and how it differs from the one that is kept."""

    same: bool = Field(description="Outcome, answer, citations, derivation and evidence are the same.")
    release: str
    differences: list[str] = Field(description="What differs, in words; empty where it is the same.")
    reply: AskReply


router = APIRouter(tags=["questions"])


@router.get("/v1/answers", summary="List your answers", responses=errors_of(_MALFORMED))
def answers(records: RecordsOf, who: CallerOf, limit: Limit = 50) -> AnswersReply:
    """The answers that this key was given, the newest first."""
    with records.sight(who) as sees:
        recent = records.answers.recent(who.id, limit=limit)
        lines = [
            line for line in recent if who.collections is None or sees(records.answers.rests_on(line.id))
        ]
    return AnswersReply(answers=[AnswerLineOut.model_validate(line, from_attributes=True) for line in lines])


@router.get(
    "/v1/answers/{answer_id}", summary="An answer as it was", responses=errors_of(_NOT_THERE, _MALFORMED)
)
def answer(answer_id: AnswerIdOf, records: RecordsOf, who: CallerOf) -> KeptAnswerOut:
    """What was asked, and everything that it brought: documents, release, evidence, timings."""
    return KeptAnswerOut.of(seen(records, answer_id, who))


@router.post(
    "/v1/answers/{answer_id}/replay",
    summary="Ask it again with the release that gave it",
    responses=errors_of(
        _NOT_THERE,
        _MALFORMED,
        (409, "bad_release", "the release was changed or removed", "restore it from a backup"),
        (429, "overloaded", "too many questions are waiting already", "try again in a moment"),
    ),
)
async def replay(answer_id: AnswerIdOf, records: RecordsOf, who: CallerOf, engine: EngineOf) -> ReplayReply:
    """Asks with the release and index version that answered, and says what is different, if anything.

    Where that index version is no longer kept, the release is asked over the one in use, which is told.
    """
    kept = await run_in_threadpool(seen, records, answer_id, who)
    again = await engine.ask(
        Ask(
            id=kept.id,
            question=kept.question,
            scope=kept.scope,
            release=kept.reply.release,
            index=kept.reply.fingerprints.get("index"),
        )
    )
    found = differences(kept.reply, again)
    told = [*found, *_other_parts(kept.reply, again)]
    return ReplayReply(same=not found, release=again.release, differences=told, reply=again)


def seen(records: Records, answer_id: str, who: Caller) -> KeptAnswer:
    """The answer, if this caller may see it.

    Raises:
        NotThereError: there is none, or it is not for this caller.
    """
    kept = records.answers.get(answer_id)
    if kept is not None:
        with records.sight(who) as sees:
            readable = who.collections is None or sees(records.answers.rests_on(answer_id))
        judges = who.may("annotate") and who.sees_all(kept.scope.collections)
        if readable and (kept.caller_id == who.id or judges):
            return kept
    raise NotThereError("there is no such answer", "see GET /v1/answers")


def differences(before: Answered | Abstained, after: Answered | Abstained) -> list[str]:
    """What an answer says otherwise than another, in words."""
    found = []
    for name in ("outcome", "answer", "confidence"):
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            found.append(f"{name}: {_short(one)} before, {_short(other)} now")
    others = ("citations", "derivation", "evidence")
    return [*found, *(f"other {name}" for name in others if getattr(before, name) != getattr(after, name))]


def _other_parts(before: Answered | Abstained, after: Answered | Abstained) -> list[str]:
    names = sorted({*before.fingerprints, *after.fingerprints})
    return [
        f"other {name} than then"
        for name in names
        if before.fingerprints.get(name) != after.fingerprints.get(name)
    ]


def _short(value: JsonValue) -> str:
    return "nothing" if value is None else str(value)[:80]
