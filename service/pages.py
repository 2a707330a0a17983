"""``GET /`` and ``GET /assets/…``: the web page, served whole from this process.

The page is files in ``service/web``: plain modules and style sheets, no build step, nothing loaded from
elsewhere. What may be served is what lies there when the process starts, so that no path of a request ever
becomes a path of the disk. Leaves data to the other routes, whom the page asks like any client.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, RedirectResponse
from starlette.exceptions import HTTPException

WEB = Path(__file__).parent / "web"

MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
"""What is served, by suffix; licences and notes beside the vendored files stay here."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self';"
    " worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing inline, nothing from elsewhere: markup in a document or an answer cannot run."""

WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
"""For pdf.js's worker alone, which has no page: it decodes scanned images by WebAssembly."""

_PAGE = WEB / "index.html"
_WORKER = "vendor/pdfjs/pdf.worker.min.mjs"
_REVALIDATE = {"cache-control": "no-cache"}

router = APIRouter(include_in_schema=False)


@cache
def assets() -> Mapping[str, Path]:
    """The files that are served, by their paths below ``/assets/``."""
    found = sorted(path for path in WEB.rglob("*") if path.suffix in MEDIA_TYPES)
    return {path.relative_to(WEB).as_posix(): path for path in found}


@router.get("/")
async def page() -> FileResponse:
    """The page; which of its views is shown stands behind the ``#`` and never reaches the server."""
    headers = {**_REVALIDATE, "content-security-policy": PAGE_POLICY}
    return FileResponse(_PAGE, media_type="text/html", headers=headers)


@router.get("/favicon.ico")
async def icon() -> RedirectResponse:
    """Browsers ask for it wherever they are."""
    return RedirectResponse("assets/icon.svg")


@router.get("/assets/{name:path}")
async def asset(name: str) -> FileResponse:
    """A script, a style sheet or a picture of the page; browsers keep them and ask whether they changed."""
    path = assets().get(name)
    if path is None:
        raise HTTPException(404, "Not Found")
    policy = WORKER_POLICY if name == _WORKER else PAGE_POLICY
    headers = {**_REVALIDATE, "content-security-policy": policy}
    return FileResponse(path, media_type=MEDIA_TYPES[path.suffix], headers=headers)
