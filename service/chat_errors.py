"""Errors of the OpenAI-compatible routes: ours, with ``type`` and ``param`` as OpenAI's clients know them.

Statuses, codes and words come from ``service.errors``. Errors raised before a route is found (no key, too
many requests) keep that one shape, whose ``message`` and ``code`` these clients read too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from rag.errors import CovenantError
from service.chat_schemas import ChatErrorDetail, ChatErrorReply
from service.errors import UnsupportedError, detail_of, logged, refusal, row_of, told
from service.openapi import errors_of
from service.schemas import ErrorDetail

_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_SERVER = 500


class ChatRoute(APIRoute):
    """A route whose errors OpenAI's clients understand."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The usual handler, with errors put into OpenAI's words."""
        handle = super().get_route_handler()

        async def handle_for_clients(request: Request) -> Response:
            try:
                return await handle(request)
            except CovenantError as error:
                return _in_their_words(logged(error), param_of(error))
            except RequestValidationError as error:
                return _in_their_words(refusal(error), _param(error))
            except HTTPException as error:
                return _in_their_words(told(request, error), None)

        return handle_for_clients


def chat_errors_of(*rows: tuple[int, str, str, str]) -> dict[int | str, dict[str, Any]]:
    """``errors_of`` in the shape of these routes."""
    entries = errors_of(*rows)
    for status, entry in entries.items():
        entry["model"] = ChatErrorReply
        example = entry["content"]["application/json"]["example"]["error"]
        entry["content"]["application/json"]["example"] = {
            "error": {**example, "type": type_of(int(status)), "param": None}
        }
    return entries


def chat_detail_of(error: CovenantError) -> ChatErrorDetail:
    """What a client is told within a stream."""
    return _detail(detail_of(error), row_of(error).status, param_of(error))


def type_of(status: int) -> str:
    """OpenAI's word for what kind of error a status is.

    >>> type_of(422), type_of(429), type_of(503)
    ('invalid_request_error', 'rate_limit_error', 'server_error')
    """
    return "server_error" if status >= _SERVER else _TYPES.get(status, "invalid_request_error")


def param_of(error: CovenantError) -> str | None:
    """The parameter that an error is about, where it is about one."""
    return error.param if isinstance(error, UnsupportedError) else None


def _param(error: RequestValidationError) -> str | None:
    """The first field that does not fit."""
    where = [str(part) for part in error.errors()[0]["loc"] if part != "body"]
    return where[0] if where and not where[0].isdecimal() else None


def _in_their_words(response: JSONResponse, param: str | None) -> JSONResponse:
    ours = ErrorDetail.model_validate(json.loads(bytes(response.body))["error"])
    body = ChatErrorReply(error=_detail(ours, response.status_code, param)).model_dump()
    headers = {
        name: value
        for name, value in response.headers.items()
        if name not in ("content-length", "content-type")
    }
    return JSONResponse(body, response.status_code, headers)


def _detail(ours: ErrorDetail, status: int, param: str | None) -> ChatErrorDetail:
    return ChatErrorDetail(**ours.model_dump(), type=type_of(status), param=param)
