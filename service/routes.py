"""The routes: each converts a request, asks the engine and converts what comes back."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from rag.errors import CovenantError
from service.answers import Abstained, Answered, AskReply, ask_reply
from service.callers import CallerOf
from service.engine import Engine
from service.errors import respond
from service.openapi import errors_of
from service.schemas import (
    AskRequest,
    HealthReply,
    ReadyReply,
)


def _engine(request: Request) -> Engine:
    engine = request.app.state.engine
    if not isinstance(engine, Engine):
        raise TypeError("the application was not made by create_app")
    return engine


EngineOf = Annotated[Engine, Depends(_engine)]


router = APIRouter()


@router.post(
    "/v1/ask",
    tags=["questions"],
    summary="Ask a question",
    responses=errors_of(
        (400, "malformed_json", "the body is not JSON", "correct it"),
        (404, "unknown_document", "no document goes by this name, or several do", "see GET /v1/documents"),
        (409, "empty_index", "nothing is indexed in this workspace", "run: covenant ingest PATH"),
        (413, "body_too_large", "the body is larger than allowed", "send less"),
        (422, "bad_question", "the question is empty or too long, or a field does not fit", "correct it"),
        (503, "overloaded", "too many questions are waiting already", "try again in a moment"),
    ),
    response_model=AskReply,
)
async def ask(body: AskRequest, engine: EngineOf, who: CallerOf) -> Answered | Abstained:
    """Answers with citations, or abstains where the documents do not hold a sure enough answer."""
    documents = body.documents or ()
    response = await engine.ask(body.question, documents, body.filters(), collections=who.collections)
    return ask_reply(response)


@router.get("/healthz", tags=["operation"], summary="Is the process alive?")
async def healthz() -> HealthReply:
    """Answers as long as the process does; says nothing about the index."""
    return HealthReply(version=version("covenant-qa"))


@router.get(
    "/readyz",
    tags=["operation"],
    summary="Can questions be answered?",
    responses=errors_of((503, "empty_index", "nothing is indexed yet", "run: covenant ingest PATH")),
    response_model=ReadyReply,
)
async def readyz(engine: EngineOf) -> ReadyReply | JSONResponse:
    """Answers 200 once an index is loaded; loads it where that has become possible."""
    try:
        return ReadyReply(fingerprints=dict(await engine.fingerprints()))
    except CovenantError as error:
        return respond(error, status=503)
