"""``GET /docs``: the interactive reference, served whole from this process.

Swagger UI's files come with the package ``fastapi-swagger``; nothing is fetched from elsewhere, by us or by
the browser, and no script stands inside a page, so the content security policy can forbid both.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.exceptions import HTTPException

_MEDIA_TYPES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Covenant: HTTP reference</title>
<link rel="icon" href="docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="docs/assets/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<noscript>The reference needs JavaScript; see <a href="openapi.json">openapi.json</a>.</noscript>
<script src="docs/assets/swagger-ui-bundle.js"></script>
<script src="docs/assets/start.js"></script>
</body>
</html>
"""
# No validator: Swagger UI would otherwise ask a public one about our document.
_START = """\
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#reference",
  validatorUrl: null,
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
});
"""

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def page() -> HTMLResponse:
    """The page."""
    return HTMLResponse(_PAGE)


@router.get("/docs/assets/start.js")
async def start() -> Response:
    """The script that starts Swagger UI."""
    return Response(_START, media_type="text/javascript")


@router.get("/docs/assets/{name}")
async def asset(name: str) -> FileResponse:
    """One of Swagger UI's files."""
    if name not in _MEDIA_TYPES:
        raise HTTPException(404, "Not Found")
    path = Path(str(files("fastapi_swagger.resources") / name))
    return FileResponse(path, media_type=_MEDIA_TYPES[name], headers={"cache-control": "max-age=3600"})
