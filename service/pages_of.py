"""Routes to what a document is: its original file, and the text of a page.

Originals leave under the document's name, as files to be saved but for PDFs, never as a page of this site.
Leaves which documents there are to ``service.routes``.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import FileResponse
from pydantic import Field
from starlette.exceptions import HTTPException

from rag.catalog import Catalog
from rag.workspace import Workspace
from service.replies import Reply
from service.routes import errors_of

_SHOWN = {".pdf": "application/pdf"}
"""What browsers may draw; all else is for saving."""
_ERRORS = (
    (404, "unknown_document", "no document goes by this name, or several do", "see GET /v1/documents"),
    (422, "malformed_request", "a part of the path does not fit", "correct it"),
)
Reference = Annotated[
    str, Path(max_length=1000, pattern=r"^[^\x00-\x1f\x7f/\\]+$", description="Id or name.")
]


class PageText(Reply):
    """A page's text, and where it stands in the document's."""

    page: int = Field(ge=0, description="0-based.")
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str


def _workspace(request: Request) -> Workspace:
    workspace = request.app.state.workspace
    if not isinstance(workspace, Workspace):
        raise TypeError("the application was not made by create_app")
    return workspace


WorkspaceOf = Annotated[Workspace, Depends(_workspace)]
router = APIRouter(tags=["library"])


@router.get(
    "/v1/documents/{document}/original",
    summary="The file as it came",
    response_class=FileResponse,
    responses=errors_of(*_ERRORS),
)
def original(document: Reference, workspace: WorkspaceOf) -> FileResponse:
    """The file that the document was read from."""
    with Catalog(workspace.catalog_file) as catalog:
        found = catalog.resolve(document)
        name = catalog.name(found)
    files = workspace.originals(found)
    if not files:
        raise HTTPException(404, "the original is not kept")
    path = files[0]
    media_type = _SHOWN.get(path.suffix, "application/octet-stream")
    return FileResponse(
        path,
        media_type=media_type,
        filename=f"{name}{path.suffix}",
        content_disposition_type="inline" if path.suffix in _SHOWN else "attachment",
    )


@router.get(
    "/v1/documents/{document}/pages/{page}", summary="The text of a page", responses=errors_of(*_ERRORS)
)
def page_text(
    document: Reference, page: Annotated[int, Path(ge=0, le=1_000_000)], workspace: WorkspaceOf
) -> PageText:
    """A page as it was read, 0-based."""
    with Catalog(workspace.catalog_file) as catalog:
        found = catalog.resolve(document)
        pages = catalog.pages(found)
        if page >= len(pages):
            raise HTTPException(404, f"the document has {len(pages)} pages")
        own = pages[page]
        text = catalog.text_of(found, own.start, own.end)
    return PageText(page=page, start=own.start, end=own.end, text=text)
