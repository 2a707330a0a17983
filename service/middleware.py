"""What every request passes before a route sees it: known host, bounded body, headers for browsers.

Leaves routes, schemas and our own errors to the other modules. Written against ASGI itself, so that a body
is measured while it streams and nothing is buffered twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import error_response, surprise

SECURITY_HEADERS = {
    # Swagger UI draws its icons from data: addresses and sets styles on its elements.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


class SecurityHeaders:
    """Adds ``SECURITY_HEADERS`` to every response that does not set them itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application with a ``send`` that completes the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Surprises:
    """Answers an exception that nobody thought of with a 500, within all that adds headers to replies.

    It is raised again: the server behind us logs the traceback.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application; a reply that has begun is left as it is, cut off."""
        begun = False

        async def send_noted(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except Exception:
            if scope["type"] == "http" and not begun:
                await surprise()(scope, receive, send)
            raise


class KnownHost:
    """Refuses requests whose Host header names a host that is not ours (DNS rebinding).

    A page of another site can make its *name* point at this machine, but not turn it into an address:
    so IP addresses and ``localhost`` are always fine, other names only where they were configured.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self._app = app
        self._names = frozenset(name.casefold() for name in names) | {"localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application for a known host, else answer 421."""
        if scope["type"] != "http" or self._known(host_name(Headers(scope=scope).get("host", ""))):
            await self._app(scope, receive, send)
            return
        response = error_response(
            421,
            "unknown_host",
            "the Host header names a host that this service does not answer for",
            "use its address, or start it with --allow-host NAME",
        )
        await response(scope, receive, send)

    def _known(self, host: str) -> bool:
        if host in self._names:
            return True
        try:
            ip_address(host)
        except ValueError:
            return False
        return True


def host_name(header: str) -> str:
    """The host of a Host header, without port and brackets, in lower case.

    >>> host_name("LocalHost:8100"), host_name("[::1]:8100"), host_name("10.0.0.7")
    ('localhost', '::1', '10.0.0.7')
    """
    host = header.strip().casefold()
    address, bracket, port = host.removeprefix("[").partition("]")
    if bracket and (not port or port.startswith(":")):
        return address
    return host.partition(":")[0]


_UPLOADS = "/v1/documents"
_FRAME_BYTES = 1 << 16
"""What parts and their headers may add to a file that is uploaded."""


class BodyLimit:
    """Refuses bodies above a number of bytes: by their announced length, or as soon as they exceed it.

    Files are taken in uploads alone, which have a limit of their own.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, max_upload_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._max_upload_bytes = max_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application with a ``receive`` that counts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        upload = scope["path"].startswith(_UPLOADS) and headers.get("content-type", "").startswith(
            "multipart/"
        )
        most = self._max_upload_bytes + _FRAME_BYTES if upload else self._max_bytes
        setting = "service.max_upload_mb" if upload else "service.max_body_kb"
        sentence = f"the body is larger than {most} bytes"
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > most:
            response = error_response(413, "body_too_large", sentence, f"send less, or raise {setting}")
            await response(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                # Raised where a route reads its body; the error handlers turn it into the response.
                raise HTTPException(413, sentence)
            return message

        await self._app(scope, receive_counted, send)
