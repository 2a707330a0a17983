"""Running the application: a listening socket, the loaded application, uvicorn's loop, logs on stderr."""

from __future__ import annotations

import logging
import socket
from collections.abc import Sequence
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from rag.errors import EmptyIndexError, UsageError
from rag.settings import Settings
from rag.workspace import Workspace
from service.app import create_app
from service.engine import Engine, lanes_for
from service.guard import is_remote
from service.keys import Keys
from service.request_ids import log_to_stderr

_BACKLOG = 128


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; connections wait from here on until the server takes them.

    Raises:
        UsageError: the name is unknown, or the port is taken or not ours to use.
    """
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(where)
            listener.listen(_BACKLOG)
        except BaseException:
            listener.close()
            raise
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"cannot listen on {host} port {port}: {reason}",
            "choose another with --host and --port; --port 0 takes a free one",
        ) from error
    return listener


def check_host(workspace: Workspace, host: str) -> None:
    """See that nobody but this machine can reach a service that asks for no keys.

    Raises:
        UsageError: the name is unknown, or reached from elsewhere while the workspace has no keys.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"cannot listen on {host}: {error}", "choose another with --host") from error
    if not any(is_remote(str(where[0])) for *_, where in found):
        return
    keys = Keys(workspace.service_file)
    try:
        if not keys.in_use():
            raise UsageError(
                f"others can reach {host}, and this workspace has no keys",
                "make one with covenant keys create NAME --role operate, or listen on 127.0.0.1",
            )
    finally:
        keys.close()


def address(listener: socket.socket) -> str:
    """The URL at which a browser on this machine reaches a listening socket."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def loaded_app(
    workspace: Workspace, settings: Settings, allowed_hosts: Sequence[str], release: str | None = None
) -> FastAPI:
    """The application with its pipeline loaded, so that what is wrong is said before anything is served.

    It answers with the release in use, from question to question, unless one is named.

    Raises:
        UsageError: the index does not fit the settings, or there is no such release.
        ModelError: weights are missing, were changed or do not fit.
    """
    lanes = lanes_for(settings.service.workers)
    engine = Engine(workspace, settings, release=release, lanes=lanes)
    # The application says so in its log, and starts: something may be ingested later.
    try:
        with suppress(EmptyIndexError):
            engine.load()
    except BaseException:
        engine.close()
        raise
    return create_app(workspace, settings, allowed_hosts=allowed_hosts, engine=engine)


def run(app: FastAPI, listener: socket.socket) -> None:
    """Serve until interrupted or terminated; running questions end first."""
    log_to_stderr()
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    config = uvicorn.Config(
        app, log_config=None, server_header=False, lifespan="on", timeout_graceful_shutdown=30
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
