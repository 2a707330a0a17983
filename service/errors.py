"""The one table from exceptions to HTTP statuses, and the one shape of every error's body.

``{"error": {"code", "message", "remedy"}}``: for our errors, refused requests, unknown routes and
surprises alike. What happened inside (statuses from 500) goes to the log; the client is told no more
than that.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from rag.errors import (
    CovenantError,
    DamagedIndexError,
    DocumentError,
    EmptyIndexError,
    EndpointError,
    MissingExtraError,
    ModelError,
    QuestionError,
    ReleaseError,
    SettingsError,
    SourceError,
    StorageError,
    UnknownDocumentError,
    UsageError,
    VectorStoreError,
    WorkspaceBusyError,
    WorkspaceError,
)
from service.schemas import ErrorDetail, ErrorReply

_LOG = logging.getLogger(__name__)
_MAX_COMPLAINTS = 5
_MAX_COMPLAINT_CHARS = 200


class OverloadedError(CovenantError):
    """More questions are waiting than the service takes; ``wait_s`` says when it may again, in seconds."""

    def __init__(self, message: str, remedy: str, wait_s: int = 1) -> None:
        super().__init__(message, remedy)
        self.wait_s = wait_s


class TimedOutError(CovenantError):
    """A question was not answered in the time that the service gives it."""


class UnauthenticatedError(UsageError):
    """Nobody is known by what the request brought, or it brought nothing."""


class UnsupportedError(UsageError):
    """A field asks for what this service does not do; ``param`` is its name."""

    def __init__(self, message: str, remedy: str, param: str) -> None:
        super().__init__(message, remedy)
        self.param = param


class UnknownModelError(UsageError):
    """A chat asks for a model that is not served."""


class ForbiddenError(UsageError):
    """Whoever asks is known, and may not do this."""


class NotThereError(UsageError):
    """There is nothing by that id, or it is not for this caller: which of both is not told."""


class ConflictError(UsageError):
    """What is there already is in the way."""


class TooLargeError(UsageError):
    """More was sent than may be."""


class RateLimitedError(UsageError):
    """A key has asked as often as it may; ``wait_s`` says when it may again, in whole seconds."""

    def __init__(self, message: str, remedy: str, wait_s: int) -> None:
        super().__init__(message, remedy)
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Row:
    """The status and the tag of an error; ``told`` is its public text where its own stays inside."""

    status: int
    code: str
    told: tuple[str, str] | None = None


_INSIDE = ("the service could not carry this out", "try again later; the service's log says why")

TABLE: Mapping[type[CovenantError], Row] = {
    CovenantError: Row(500, "internal", _INSIDE),
    UsageError: Row(400, "bad_request"),
    SettingsError: Row(400, "bad_settings"),
    WorkspaceError: Row(409, "bad_workspace"),
    WorkspaceBusyError: Row(409, "workspace_busy"),
    SourceError: Row(400, "bad_source"),
    QuestionError: Row(422, "bad_question"),
    UnknownDocumentError: Row(404, "unknown_document"),
    EmptyIndexError: Row(409, "empty_index"),
    ReleaseError: Row(409, "bad_release"),
    DamagedIndexError: Row(409, "damaged_index"),
    DocumentError: Row(422, "unreadable_document"),
    StorageError: Row(
        507,
        "storage",
        ("the service's disk is full or cannot be written", "tell its operator; then try again"),
    ),
    VectorStoreError: Row(503, "vector_store", _INSIDE),
    ModelError: Row(500, "model", _INSIDE),
    EndpointError: Row(
        503, "llm", ("the language model behind the service does not answer", "try again later")
    ),
    MissingExtraError: Row(500, "missing_extra", _INSIDE),
    OverloadedError: Row(429, "overloaded"),
    TimedOutError: Row(504, "timed_out"),
    UnsupportedError: Row(400, "unsupported_parameter"),
    UnknownModelError: Row(404, "model_not_found"),
    UnauthenticatedError: Row(401, "unauthenticated"),
    ForbiddenError: Row(403, "forbidden"),
    NotThereError: Row(404, "not_there"),
    ConflictError: Row(409, "conflict"),
    TooLargeError: Row(413, "body_too_large"),
    RateLimitedError: Row(429, "rate_limited"),
}

_HTTP: Mapping[int, tuple[str, str]] = {
    400: ("malformed_json", "send one JSON object; see /docs for an example"),
    404: ("not_found", "see the routes at /docs"),
    405: ("method_not_allowed", "see the routes and their methods at /docs"),
    413: ("body_too_large", "send less, or raise service.max_body_kb"),
}


def row_of(error: CovenantError) -> Row:
    """The table's row for an error: its own, or that of the nearest class above it.

    >>> row_of(QuestionError("the question is empty", "ask something")).status
    422
    """
    return next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)


def error_response(
    status: int, code: str, message: str, remedy: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """A response in the one shape; text that is not valid Unicode is escaped."""
    clean = (text.encode("utf-8", "backslashreplace").decode() for text in (message, remedy))
    reply = ErrorReply(error=ErrorDetail(code=code, message=next(clean), remedy=next(clean)))
    return JSONResponse(reply.model_dump(), status_code=status, headers=dict(headers or {}))


def detail_of(error: CovenantError) -> ErrorDetail:
    """What a client is told of one of our errors, where there is no status to tell it with."""
    row = row_of(error)
    message, remedy = row.told or (error.message, error.remedy)
    return ErrorDetail(code=row.code, message=message, remedy=remedy)


def respond(error: CovenantError, status: int | None = None) -> JSONResponse:
    """The response for one of our errors, with its own status or the one given."""
    row = row_of(error)
    message, remedy = row.told or (error.message, error.remedy)
    headers = {"Retry-After": "1"} if row.status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    if isinstance(error, RateLimitedError | OverloadedError):
        headers = {"Retry-After": str(error.wait_s)}
    if isinstance(error, UnauthenticatedError):
        headers = {"WWW-Authenticate": "Bearer"}
    return error_response(status or row.status, row.code, message, remedy, headers)


def logged(error: CovenantError) -> JSONResponse:
    """The response for one of our errors; what the client is not told goes to the log."""
    if row_of(error).told:
        _LOG.error("%s", error, exc_info=error)
    return respond(error)


def told(request: Request, error: HTTPException) -> JSONResponse:
    """The response for what the framework refuses."""
    code, remedy = _HTTP.get(error.status_code, ("bad_request", "see /docs for what is expected"))
    message = str(error.detail)
    if error.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        message = f"{message}: {request.method} {request.url.path}"[:_MAX_COMPLAINT_CHARS]
    return error_response(error.status_code, code, message, remedy, error.headers)


def surprise() -> JSONResponse:
    """The response for what nobody thought of."""
    return error_response(500, "internal", *_INSIDE)


def install(app: FastAPI) -> None:
    """Give every way of failing its handler."""

    @app.exception_handler(CovenantError)
    async def ours(_: Request, error: CovenantError) -> JSONResponse:
        return logged(error)

    @app.exception_handler(RequestValidationError)
    async def refused(_: Request, error: RequestValidationError) -> JSONResponse:
        return refusal(error)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        return told(request, error)


def refusal(error: RequestValidationError) -> JSONResponse:
    """What is wrong with a request's body, with dotted paths; what was sent is not repeated."""
    complaints = error.errors()
    if complaints[0]["type"] == "json_invalid":
        reason = complaints[0].get("ctx", {}).get("error", "")
        message = f"the body is not JSON: {reason} at character {complaints[0]['loc'][-1]}"
        return error_response(400, "malformed_json", message, _HTTP[400][1])
    if complaints[0]["type"] == "model_attributes_type":
        remedy = "send one, with the header Content-Type: application/json"
        return error_response(422, "invalid_request", "the body is not a JSON object", remedy)
    listed = [
        f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"[:_MAX_COMPLAINT_CHARS]
        for item in complaints[:_MAX_COMPLAINTS]
    ]
    if len(complaints) > len(listed):
        listed.append(f"and {len(complaints) - len(listed)} more")
    return error_response(422, "invalid_request", "; ".join(listed), "see the fields and types at /docs")
