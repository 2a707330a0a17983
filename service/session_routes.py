"""Who am I: the key of the web page in a cookie that no script can read, and the audit log.

The cookie is the browser's alone (``HttpOnly``) and goes with no request that another site makes
(``SameSite=Strict``). Leaves checking keys to ``service.guard``.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from service.callers import Caller, OperatorOf, Role
from service.errors import ForbiddenError, UnauthenticatedError
from service.guard import COOKIE
from service.openapi import MALFORMED, RATE_LIMITED, UNAUTHENTICATED, errors_of, guarded
from service.records import Records, RecordsOf
from service.replies import Reply

router = APIRouter()
_COOKIE_S = 30 * 24 * 3600


class SessionRequest(BaseModel):
    """The key that the browser is to keep."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"key": "cov_3f1c9a5be2_…"}]},
        hide_input_in_errors=True,
    )

    key: str = Field(min_length=1, max_length=200)


class SessionReply(Reply):
    """Whoever asks, as the service knows them."""

    authenticated: bool = Field(description="Whether a key came with the request.")
    keys: bool = Field(description="Whether this service asks for keys.")
    name: str = Field(description="The key's name; empty for somebody unknown.")
    role: Role | None = Field(
        description="What they may do: ask, annotate (judge) or operate; null: nothing."
    )
    collections: list[str] | None = Field(description="The collections they see; null for all.")


class AuditOut(Reply):
    """One change."""

    id: int
    at: str = Field(description="ISO 8601.")
    caller: str = Field(description="The name of the key, or who it was without one.")
    caller_id: str
    action: str = Field(description="As document.delete.")
    target: str = Field(description="The id of what was changed.")
    detail: dict[str, JsonValue]


class AuditReply(Reply):
    """Changes, newest first."""

    audit: list[AuditOut]


def _session(records: Records, who: Caller | None) -> SessionReply:
    seen = who.collections if who else None
    return SessionReply(
        authenticated=bool(who and who.id),
        keys=records.keys.in_use(),
        name=who.name if who else "",
        role=who.role if who else None,
        collections=sorted(seen) if seen is not None else None,
    )


@router.get("/v1/session", tags=["operation"], summary="Who am I?", responses=errors_of(RATE_LIMITED))
async def session(request: Request, records: RecordsOf) -> SessionReply:
    """What the key that came along may do; answers without one too."""
    return _session(records, request.scope.get("state", {}).get("caller"))


@router.post(
    "/v1/session",
    tags=["operation"],
    summary="Sign in",
    responses=errors_of(UNAUTHENTICATED, RATE_LIMITED, MALFORMED),
)
async def sign_in(
    body: SessionRequest, request: Request, response: Response, records: RecordsOf
) -> SessionReply:
    """Puts a key into the browser's cookie."""
    record = records.keys.find(body.key.strip())
    if record is None:
        raise UnauthenticatedError("the key is not known, or was revoked", "check it, or ask the operator")
    response.set_cookie(
        COOKIE,
        body.key.strip(),
        max_age=_COOKIE_S,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return _session(records, record.caller)


@router.delete("/v1/session", tags=["operation"], summary="Sign out", status_code=204)
async def sign_out(response: Response) -> None:
    """Takes the cookie away."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")


@router.get("/v1/audit", tags=["operation"], summary="Who changed what", responses=guarded())
def audit(
    who: OperatorOf,
    records: RecordsOf,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    before: Annotated[int | None, Query(ge=1, le=2**53, description="Only entries before this id.")] = None,
) -> AuditReply:
    """The log of changes, newest first; for operators that see all collections."""
    needs_all(who)
    found = records.audit.entries(limit=limit, before=before)
    return AuditReply(
        audit=[
            AuditOut.model_validate({name: getattr(one, name) for name in AuditOut.model_fields})
            for one in found
        ]
    )


def needs_all(who: Caller) -> None:
    """See that a caller sees all collections.

    Raises:
        ForbiddenError: it does not.
    """
    if who.collections is not None:
        raise ForbiddenError(
            "this speaks of all collections, and the key sees some", "ask the service's operator"
        )
