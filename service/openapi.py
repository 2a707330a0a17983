"""What routes say of themselves in the OpenAPI document: the errors they answer with."""

from __future__ import annotations

from typing import Any

from service.schemas import ErrorDetail, ErrorReply

UNAUTHENTICATED = (401, "unauthenticated", "this needs a key", "send it as Authorization: Bearer KEY")
FORBIDDEN = (403, "forbidden", "the key's role is not enough", "ask the service's operator")
RATE_LIMITED = (429, "rate_limited", "more requests a minute than the key allows", "wait 3 s")
MALFORMED = (422, "invalid_request", "a field does not fit", "correct it")
UNKNOWN_DOCUMENT = (
    404,
    "unknown_document",
    "no document goes by this name, or several do",
    "see GET /v1/documents",
)


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


def guarded(*rows: tuple[int, str, str, str]) -> dict[int | str, dict[str, Any]]:
    """``errors_of`` with those that every route behind a key can answer with."""
    return errors_of(UNAUTHENTICATED, FORBIDDEN, RATE_LIMITED, MALFORMED, *rows)
