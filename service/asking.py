"""The routes that ask: a question's answer, whole or step by step, and the passages that speak of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from rag.errors import CovenantError
from service.answers import Abstained, Answered, AskReply
from service.callers import Caller, CallerOf
from service.engine import Engine
from service.errors import detail_of
from service.hits import SearchReply
from service.observing import Observer, ObserverOf
from service.openapi import errors_of
from service.records import Records, RecordsOf
from service.routes import EngineOf
from service.schemas import AskRequest, Narrowed, SearchRequest
from service.work import Ask, Scope, Search, Step

_ID_BYTES = 8
EVENT_STREAM = "text/event-stream"
_ERRORS = (
    (400, "malformed_json", "the body is not JSON", "correct it"),
    (404, "unknown_document", "no document goes by this name, or several do", "see GET /v1/documents"),
    (409, "empty_index", "nothing is indexed in this workspace", "run: covenant ingest PATH"),
    (413, "body_too_large", "the body is larger than allowed", "send less"),
    (422, "bad_question", "the question is empty or too long, or a field does not fit", "correct it"),
    (429, "overloaded", "too many questions are waiting already", "try again in a moment"),
    (504, "timed_out", "there was no answer in time", "ask again when less is asked"),
)


class Asking:
    """Questions on behalf of a caller: each is answered by the engine and its answer kept."""

    def __init__(self, engine: Engine, records: Records, observer: Observer, who: Caller) -> None:
        self._engine = engine
        self._records = records
        self._observer = observer
        self._who = who

    def scope(self, request: Narrowed) -> Scope:
        """The documents that a request means, of those that the caller sees."""
        return Scope(
            references=tuple(request.documents or ()),
            filters=request.filters(),
            collections=self._who.collections,
        )

    async def ask(self, question: str, scope: Scope) -> Answered | Abstained:
        """The answer, which is kept before it is given."""
        work = Ask(id=_new_id(), question=question, scope=scope)
        with self._observer.question() as watch:
            watch.reply = await self._kept(question, scope, await self._engine.ask(work))
            return watch.reply

    async def follow(self, question: str, scope: Scope) -> AsyncGenerator[Step | Answered | Abstained]:
        """The steps, then the answer, which is kept before it is given."""
        work = Ask(id=_new_id(), question=question, scope=scope, told=True)
        with self._observer.question() as watch:
            async with aclosing(self._engine.follow(work)) as items:
                async for item in items:
                    if isinstance(item, Step):
                        yield item
                    else:
                        watch.reply = await self._kept(question, scope, item)
            if watch.reply is not None:
                yield watch.reply

    async def search(self, question: str, scope: Scope, limit: int) -> SearchReply:
        """The best passages, so many at most."""
        with self._observer.search():
            hits = await self._engine.search(Search(question=question, scope=scope, limit=limit))
        return SearchReply(hits=hits)

    async def _kept(self, question: str, scope: Scope, reply: Answered | Abstained) -> Answered | Abstained:
        await run_in_threadpool(
            self._records.answers.put, reply, question, scope, who=self._who, created=self._records.now()
        )
        return reply


def _asking(engine: EngineOf, records: RecordsOf, observer: ObserverOf, who: CallerOf) -> Asking:
    return Asking(engine, records, observer, who)


AskingOf = Annotated[Asking, Depends(_asking)]
router = APIRouter(tags=["questions"])


@router.post(
    "/v1/ask",
    summary="Ask a question",
    responses={
        200: {"content": {EVENT_STREAM: {"schema": {"type": "string"}}}},
        **errors_of(*_ERRORS),
    },
    response_model=AskReply,
)
async def ask(
    body: AskRequest, request: Request, asking: AskingOf
) -> Answered | Abstained | StreamingResponse:
    """Answers with citations, or abstains where the documents do not hold a sure enough answer.

    With `stream` or `Accept: text/event-stream` the reply comes as server-sent events: `searched`
    (`{documents}`), `evidence` (`{evidence}`), `token` (`{text}`, what a language model writes, unchecked),
    and at last `answer`, the object that is returned otherwise, or `error`.
    """
    scope = asking.scope(body)
    if not (body.stream or prefers_events(request.headers.get("accept", ""))):
        return await asking.ask(body.question, scope)
    items = asking.follow(body.question, scope)
    # What cannot be answered at all is said with a status, before a stream begins.
    first = await anext(items)
    return StreamingResponse(_events(first, items), media_type=EVENT_STREAM)


@router.post("/v1/search", summary="Find passages", responses=errors_of(*_ERRORS))
async def search(body: SearchRequest, asking: AskingOf) -> SearchReply:
    """The passages that speak of a question, best first, without an answer."""
    return await asking.search(body.question, asking.scope(body), body.limit)


def prefers_events(accept: str) -> bool:
    """Whether an Accept header names server-sent events before JSON, or alone.

    >>> prefers_events("text/event-stream, application/json;q=0.5"), prefers_events("application/json, */*")
    (True, False)
    """
    kinds = [one.partition(";")[0].strip().casefold() for one in accept.split(",")]
    return next((kind == EVENT_STREAM for kind in kinds if kind in (EVENT_STREAM, "application/json")), False)


def event(name: str, data: object) -> str:
    r"""A server-sent event.

    >>> event("token", {"text": "4.25"})
    'event: token\ndata: {"text": "4.25"}\n\n'
    """
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def _events(
    first: Step | Answered | Abstained, rest: AsyncIterator[Step | Answered | Abstained]
) -> AsyncIterator[str]:
    yield _event_of(first)
    try:
        async for item in rest:
            yield _event_of(item)
    except CovenantError as error:
        yield event("error", {"error": detail_of(error).model_dump()})


def _event_of(item: Step | Answered | Abstained) -> str:
    if isinstance(item, Step):
        return event(item.name, item.data)
    return event("answer", item.model_dump(mode="json"))


def _new_id() -> str:
    return secrets.token_hex(_ID_BYTES)
