"""The route that Prometheus reads."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.callers import CallerOf
from service.errors import ForbiddenError
from service.observing import ObserverOf
from service.openapi import FORBIDDEN, RATE_LIMITED, UNAUTHENTICATED, errors_of

router = APIRouter()


@router.get(
    "/metrics",
    tags=["operation"],
    summary="Counts and times for Prometheus",
    response_class=Response,
    responses={
        **errors_of(UNAUTHENTICATED, FORBIDDEN, RATE_LIMITED),
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "The metrics."},
    },
)
def metrics(request: Request, who: CallerOf, observer: ObserverOf) -> Response:
    """How many questions ended how, what their stages took, how many wait; no word of any question.

    For keys of any role that see all collections, since the counts are of all of them.
    """
    if who.collections is not None:
        raise ForbiddenError(
            "the counts are of all collections, and this key sees some", "use a key without --collection"
        )
    text, media_type = observer.metrics.exposition(request.headers.get("accept", ""))
    return Response(text, headers={"content-type": media_type})
