"""The routes that tell whether the service is alive and ready, and the engine for all others."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from rag.errors import CovenantError
from service.engine import Engine
from service.errors import respond
from service.openapi import errors_of
from service.schemas import (
    HealthReply,
    ReadyReply,
)
from service.state import held


def _engine(request: Request) -> Engine:
    return held(request, "engine", Engine)


EngineOf = Annotated[Engine, Depends(_engine)]


router = APIRouter()


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
