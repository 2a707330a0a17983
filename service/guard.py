"""Who may come in: the caller of every request, found before any route runs.

What lies under ``PROTECTED`` needs a key once the workspace has one; without any, this machine is trusted and
no other is. Requests that browsers send on behalf of other sites are refused, keys or none. Each key has a
rate. Leaves to routes what a caller's role and collections let it do.
"""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from time import monotonic
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.errors import CovenantError
from service.callers import LOCAL, Caller
from service.errors import ForbiddenError, RateLimitedError, UnauthenticatedError, respond
from service.keys import KeyRecord, Keys
from service.limits import RateLimit

COOKIE = "covenant_key"
PROTECTED = ("/v1/", "/mcp", "/metrics")
"""All other paths show nothing of a workspace: the web page's files, the reference, whether it is alive."""
SESSION = "/v1/session"
"""Where a browser hands in its key, so it must be reached without one."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SIGN_INS = 30
"""Tries a minute and address to hand in a key."""


class Guard:
    """Puts a ``Caller`` into the request's state, or answers 401, 403 or 429 itself."""

    def __init__(
        self, app: ASGIApp, keys: Keys, per_minute: int, clock: Callable[[], float] = monotonic
    ) -> None:
        self._app = app
        self._keys = keys
        self._per_minute = per_minute
        self._clock = clock
        self._limit = RateLimit()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application for a caller that is let in."""
        if scope["type"] == "http" and scope["path"].startswith(PROTECTED):
            try:
                self._let_in(scope)
            except CovenantError as error:
                await respond(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _let_in(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if scope["method"] not in _SAFE and _is_foreign(headers):
            raise ForbiddenError("this request was made by another site", "use the service's own page")
        if scope["path"] == SESSION and scope["method"] not in _SAFE:
            self._count(f"address {peer(scope)}", _SIGN_INS)
        try:
            who, per_minute = self._caller(scope, headers)
        except UnauthenticatedError:
            if scope["path"] != SESSION:
                raise
            return
        if who.id:
            self._count(who.id, per_minute)
        scope.setdefault("state", {})["caller"] = who

    def _caller(self, scope: Scope, headers: Headers) -> tuple[Caller, int]:
        if not self._keys.in_use():
            if is_remote(peer(scope)):
                raise UnauthenticatedError(
                    "this service has no keys yet and answers only its own machine",
                    "make one there with covenant keys create",
                )
            return LOCAL, self._per_minute
        given = given_key(headers)
        record: KeyRecord | None = self._keys.find(given) if given else None
        if record is None:
            what = "the key is not known, or was revoked" if given else "this needs a key"
            raise UnauthenticatedError(what, "send one as Authorization: Bearer KEY")
        return record.caller, record.terms.per_minute or self._per_minute

    def _count(self, who: str, per_minute: int) -> None:
        wait = self._limit.wait_for(who, per_minute, self._clock())
        if wait:
            raise RateLimitedError(f"more than {per_minute} requests a minute", f"wait {wait} s", wait)


def given_key(headers: Headers) -> str:
    """The key that a request brings, in its header or the web page's cookie; empty without one."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    if kind.casefold() == "bearer":
        return value.strip()
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def peer(scope: Scope) -> str:
    """The address that a request came from; empty where the server does not tell."""
    return str(scope["client"][0]) if scope.get("client") else ""


def is_remote(address: str) -> bool:
    """Whether an address is another machine's.

    >>> is_remote("127.0.0.1"), is_remote("::1"), is_remote("10.0.0.7"), is_remote("::ffff:10.0.0.7")
    (False, False, True, True)
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return not (mapped or found).is_loopback


def _is_foreign(headers: Headers) -> bool:
    """Whether a browser says that another site's page has made this request."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.casefold() != headers.get("host", "").casefold()
