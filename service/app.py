"""The application factory: puts engine, routes, error table and guards together.

``create_app`` starts nothing; the application's lifespan loads the pipeline once and closes it at the end.
"""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from rag.errors import EmptyIndexError
from rag.settings import Settings
from rag.workspace import Workspace
from service import (
    asking,
    chat_routes,
    develop_routes,
    docs,
    document_routes,
    errors,
    feedback_routes,
    history,
    job_routes,
    metrics_routes,
    page_routes,
    pages,
    release_routes,
    routes,
    session_routes,
)
from service.engine import Engine
from service.guard import Guard
from service.mcp_server import McpEndpoint
from service.middleware import BodyLimit, KnownHost, SecurityHeaders, Surprises
from service.observing import Observed, Observer
from service.records import Records
from service.request_ids import RequestIds
from service.traces import Traces

_LOG = logging.getLogger(__name__)
_AREAS = (
    asking,
    chat_routes,
    develop_routes,
    docs,
    document_routes,
    feedback_routes,
    history,
    job_routes,
    metrics_routes,
    page_routes,
    pages,
    release_routes,
    routes,
    session_routes,
)
_DESCRIPTION = """\
Cited answers about long legal and financial documents, or an honest "not in these documents".

Pages are 0-based. Spans are `[start, end)` in characters of the document's text. Every reply with a status of
400 or more has the body `{"error": {"code", "message", "remedy"}}`. Every reply has the header
`X-Request-Id`, the client's own if it sent one; the service's log names it too."""


def create_app(
    workspace: Workspace,
    settings: Settings,
    *,
    allowed_hosts: Sequence[str] = (),
    engine: Engine | None = None,
    traces: Traces | None = None,
) -> FastAPI:
    """The service over one workspace.

    Args:
        workspace: the library to answer from.
        settings: the whole tree; ``settings.service`` says what the service itself does.
        allowed_hosts: names, besides ``localhost`` and ``settings.service.host``, that requests may
            address the service by; IP addresses always may.
        engine: an engine over the same workspace and settings, where the caller has loaded one already.
        traces: where spans go; by default where OpenTelemetry's environment variables say, if anywhere.

    Returns:
        The application. Its lifespan loads the engine and closes it; an empty library does not keep it
        from starting, for something may be ingested later.
    """
    traces = traces or Traces.configured(os.environ)
    engine = engine or Engine(workspace, settings)
    observer = Observer(engine, traces)
    records = Records.open(workspace, settings)
    mcp = McpEndpoint(engine, records, observer)

    app = FastAPI(
        title="Covenant",
        version=version("covenant-qa"),
        description=_DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=lambda _: _running(observer, records, mcp),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.engine = engine
    app.state.records = records
    app.state.observer = observer
    _add_routes(app, mcp)
    _add_guards(app, records, observer, (settings.service.host, *allowed_hosts))
    return app


def _add_routes(app: FastAPI, mcp: McpEndpoint) -> None:
    """All that answers, and what answers where it fails."""
    for area in _AREAS:
        app.include_router(area.router)
    mcp.install(app)
    errors.install(app)


@asynccontextmanager
async def _running(observer: Observer, records: Records, mcp: McpEndpoint) -> AsyncIterator[None]:
    """Load the engine, serve for the block, then close everything."""
    try:
        try:
            await run_in_threadpool(observer.engine.load)
        except EmptyIndexError as error:
            _LOG.warning("%s", error)
        await run_in_threadpool(records.librarian.start)
        async with mcp.running():
            yield
    finally:
        await run_in_threadpool(records.close)
        await run_in_threadpool(observer.engine.close)
        await run_in_threadpool(observer.traces.close)


def _add_guards(app: FastAPI, records: Records, observer: Observer, hosts: Sequence[str]) -> None:
    """What every request passes; the last one added is the first to see it."""
    service = records.settings.service
    app.add_middleware(
        BodyLimit,
        max_bytes=service.max_body_kb * 1024,
        max_upload_bytes=service.max_upload_mb * 1024**2,
    )
    app.add_middleware(Guard, keys=records.keys, per_minute=service.requests_per_minute)
    app.add_middleware(KnownHost, names=hosts)
    app.add_middleware(Surprises)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Observed, observer=observer)
    app.add_middleware(RequestIds)
