"""The routes: each converts a request, asks the engine and converts what comes back."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from rag.errors import CovenantError
from service.answers import Abstained, Answered, AskReply, ask_reply
from service.engine import Engine
from service.errors import respond
from service.schemas import (
    AskRequest,
    DocumentOut,
    DocumentsReply,
    ErrorDetail,
    ErrorReply,
    HealthReply,
    ReadyReply,
)


def _engine(request: Request) -> Engine:
    engine = request.app.state.engine
    if not isinstance(engine, Engine):
        raise TypeError("the application was not made by create_app")
    return engine


EngineOf = Annotated[Engine, Depends(_engine)]


def errors_of(*rows: tuple[int, str, str, str]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries for errors: status, tag, an example of the message, and of the remedy."""
    entries: dict[int | str, dict[str, Any]] = {}
    for status, code, message, remedy in rows:
        example = ErrorReply(error=ErrorDetail(code=code, message=message, remedy=remedy))
        entries[status] = {
            "model": ErrorReply,
            "description": message.capitalize() + ".",
            "content": {"application/json": {"example": example.model_dump()}},
        }
    return entries


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
async def ask(body: AskRequest, engine: EngineOf) -> Answered | Abstained:
    """Answers with citations, or abstains where the documents do not hold a sure enough answer."""
    return ask_reply(await engine.ask(body.question, body.documents or (), body.filters()))


@router.get("/v1/documents", tags=["library"], summary="List the documents")
def documents(engine: EngineOf) -> DocumentsReply:
    """All documents of the library, by name."""
    return DocumentsReply(documents=[DocumentOut.of(*found) for found in engine.documents()])


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
