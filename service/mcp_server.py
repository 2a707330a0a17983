"""The Model Context Protocol over HTTP at ``/mcp``, and over the standard streams of ``covenant mcp``.

Over HTTP each request stands for itself and comes with its own key, so that no session can outlive or change
hands; ``service.guard`` finds the caller as for every other route. On the standard streams whoever can start
the process can read the workspace: they see all of it. Without the extra ``mcp``, ``/mcp`` says so.
"""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.errors import CovenantError, MissingExtraError
from rag.settings import Settings
from rag.workspace import Workspace
from service.callers import LOCAL, Caller
from service.engine import Engine
from service.errors import UnauthenticatedError, error_response
from service.observing import Observer
from service.records import Records
from service.traces import Traces

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context, MCPServer

_LOG = logging.getLogger(__name__)
PATH = "/mcp"


class McpEndpoint:
    """What answers at ``/mcp`` while the application runs."""

    def __init__(self, engine: Engine, records: Records, observer: Observer) -> None:
        self._parts = (engine, records, observer)
        self._app: ASGIApp | None = None

    def install(self, app: FastAPI) -> None:
        """Give it its route."""
        app.router.routes.append(Route(PATH, endpoint=self, include_in_schema=False))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Answer until the block ends."""
        try:
            server = tools_server(*self._parts)
        except MissingExtraError:
            self._app = _missing
            yield
            return
        from mcp.server.transport_security import TransportSecuritySettings

        # Hosts and origins have been looked at by the guards of all routes.
        checked = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        server.streamable_http_app(json_response=True, stateless_http=True, transport_security=checked)
        async with server.session_manager.run():
            self._app = server.session_manager.handle_request
            yield
        self._app = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if self._app is None:
            await error_response(503, "not_started", "the service is not running", "try again later")(
                scope, receive, send
            )
            return
        await self._app(scope, receive, send)


async def serve_standard_streams(workspace: Workspace, settings: Settings, release: str | None) -> None:
    """Serve whoever started this process until its input ends.

    Clients give a server little time to say hello, so that the models are loaded meanwhile.

    Raises:
        MissingExtraError: the extra ``mcp`` is not installed.
    """
    engine = Engine(workspace, settings, release=release)
    records = Records.open(workspace, settings)
    observer = Observer(engine, Traces.configured(os.environ))
    try:
        server = tools_server(engine, records, observer, local=True)
        async with anyio.create_task_group() as group:
            group.start_soon(run_in_threadpool, _load, engine)
            await server.run_stdio_async()
    finally:
        await run_in_threadpool(records.close)
        await run_in_threadpool(engine.close)
        observer.traces.close()


def tools_server(
    engine: Engine, records: Records, observer: Observer, *, local: bool = False
) -> MCPServer[Any]:
    """The tools; a ``local`` caller has come past no guard.

    Raises:
        MissingExtraError: the extra ``mcp`` is not installed.
    """
    try:
        from service.mcp_tools import Tools, Workings
    except ImportError as error:
        raise MissingExtraError("the Model Context Protocol", "mcp") from error
    return Tools.server(Workings(engine, records, observer, (lambda _: LOCAL) if local else _caller))


def _load(engine: Engine) -> None:
    """Open the pipeline; where that fails, so does each question, and says why."""
    try:
        engine.load()
    except CovenantError as error:
        _LOG.warning("%s", error)


def _caller(context: Context[Any, Any]) -> Caller:
    """Whom the guard has let in."""
    request = context.request_context.request
    found = request.scope.get("state", {}).get("caller") if request is not None else None
    if not isinstance(found, Caller):
        raise UnauthenticatedError("this needs a key", "send it as Authorization: Bearer KEY")
    return found


async def _missing(scope: Scope, receive: Receive, send: Send) -> None:
    error = MissingExtraError("the Model Context Protocol", "mcp")
    await error_response(501, "missing_extra", error.message, error.remedy)(scope, receive, send)
