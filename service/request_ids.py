"""An id for each request: in the reply's header, in every line of the log, in the trace.

A client that has an id of its own sends it along, and finds its request again by it. The id is known to all
that runs on behalf of the request in this process, other threads' work for it too; lanes that answer several
questions at a time have none.
"""

from __future__ import annotations

import logging
import re
import secrets
from contextvars import ContextVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-Id"
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s [%(request)s]: %(message)s"
_GIVEN = re.compile(r"[\w.:@+-]{1,128}", re.ASCII)
_ID_BYTES = 8
_NONE = "-"
_CURRENT: ContextVar[str] = ContextVar("request_id", default=_NONE)


def current() -> str:
    """The id of the request that is being answered; "-" outside of any.

    >>> current()
    '-'
    """
    return _CURRENT.get()


def taken(given: str) -> str:
    """The id that a client gave, if it is one that may stand in a log; else a new one.

    >>> taken("order-4711"), len(taken("")), taken("x y") != "x y"
    ('order-4711', 16, True)
    """
    return given if _GIVEN.fullmatch(given) else secrets.token_hex(_ID_BYTES)


class RequestIds:
    """Gives every request its id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application; what it sends gets the id."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        own = taken(Headers(scope=scope).get(HEADER, ""))
        # Stays set in this request's task: what its server logs after us, a traceback, names it too.
        _CURRENT.set(own)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).setdefault(HEADER, own)
            await send(message)

        await self._app(scope, receive, send_with_id)


class RequestOfRecord(logging.Filter):
    """Puts the id of the current request on every record, for ``LOG_FORMAT``."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let it pass."""
        record.request = current()
        return True


def log_to_stderr() -> None:
    """Write the log to stderr, each line with its request."""
    handler = logging.StreamHandler()
    handler.addFilter(RequestOfRecord())
    handler.setFormatter(logging.Formatter(LOG_FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
