"""Pages and originals: the text of a page with its words' places, its picture, the file as it came.

Originals leave as files to be saved, but for PDFs, which browsers draw in a viewer of their own; HTML from a
document is never a page of this site. Leaves which documents a caller sees to ``service.document_routes``.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse, Response

from ingest.loaders.drawing import Rectangle, fitting_dpi
from rag.catalog import Catalog
from rag.layout import PrintedLine
from rag.types import DocumentId, Page
from service.callers import Caller, CallerOf
from service.document_routes import Reference, found
from service.document_schemas import LineOut, PageReply, WordOut
from service.errors import NotThereError
from service.openapi import UNKNOWN_DOCUMENT, guarded
from service.records import Records, RecordsOf

router = APIRouter(tags=["library"])

_PDF = "application/pdf"
_NUMBER = r"-?\d{1,6}(?:\.\d{1,6})?"
_BOX = rf"{_NUMBER}(?:,{_NUMBER}){{3}}"
PageNumber = Annotated[int, Path(ge=0, le=1_000_000, description="0-based.")]
_NO_PAGE = (404, "not_there", "the document has 12 pages", "pages are counted from 0")
_INERT = {"content-security-policy": "sandbox; default-src 'none'"}
"""Whatever a browser makes of it, it runs nothing and loads nothing."""


@router.get(
    "/v1/documents/{document}/original",
    summary="The file as it came",
    response_class=FileResponse,
    responses=guarded(UNKNOWN_DOCUMENT),
)
def original(document: Reference, who: CallerOf, records: RecordsOf) -> FileResponse:
    """The file that the document was read from, under the document's name."""
    with Catalog(records.workspace.catalog_file) as catalog:
        record = found(catalog, document, who)
    path = _original(records, record.id)
    shown = record.media_type == _PDF
    return FileResponse(
        path,
        media_type=_PDF if shown else "application/octet-stream",
        filename=f"{record.name}{path.suffix}",
        content_disposition_type="inline" if shown else "attachment",
        headers={} if shown else _INERT,
    )


@router.get(
    "/v1/documents/{document}/pages/{page}.png",
    summary="The picture of a page",
    response_class=Response,
    responses={
        **guarded(
            UNKNOWN_DOCUMENT, (422, "unreadable_document", "the page cannot be drawn", "see the original")
        ),
        200: {"content": {"image/png": {}}, "description": "The page."},
    },
)
def page_picture(
    document: Reference,
    page: PageNumber,
    who: CallerOf,
    records: RecordsOf,
    boxes: Annotated[
        str,
        Query(
            max_length=20_000,
            pattern=rf"^(?:{_BOX}(?:;{_BOX})*)?$",
            description="Rectangles to mark, x0,y0,x1,y1 in points from the top left corner, parted by ';'.",
        ),
    ] = "",
    dpi: Annotated[int, Query(ge=36, le=300)] = 144,
) -> Response:
    """A page of a PDF as it looks, with the words of a citation marked."""
    with Catalog(records.workspace.catalog_file) as catalog:
        document_id, media_type, own = _page(catalog, document, page, who)
    if media_type != _PDF:
        raise NotThereError("only pages of PDFs have a picture", "ask for the page's text")
    rectangles: list[Rectangle] = [
        (x0, y0, x1, y1)
        for x0, y0, x1, y1 in (map(float, box.split(",")) for box in filter(None, boxes.split(";")))
    ]
    fitting = fitting_dpi(own.width, own.height, dpi)
    drawn = records.drawer.draw(_original(records, document_id), page, rectangles, fitting)
    return Response(drawn, media_type="image/png")


@router.get(
    "/v1/documents/{document}/pages/{page}",
    summary="The text of a page",
    responses=guarded(UNKNOWN_DOCUMENT, _NO_PAGE),
)
def page_text(document: Reference, page: PageNumber, who: CallerOf, records: RecordsOf) -> PageReply:
    """A page as it was read, with the places of its words."""
    with Catalog(records.workspace.catalog_file) as catalog, catalog.snapshot():
        document_id, _, own = _page(catalog, document, page, who)
        text = catalog.text_of(document_id, own.start, own.end)
        # Pages touch no other's text, so that the page's span brings its own lines alone.
        printed = catalog.printed(document_id, own.start, own.end) if own.end > own.start else []
    return PageReply(
        document_id=document_id,
        page=page,
        label=own.label,
        width=own.width,
        height=own.height,
        start=own.start,
        end=own.end,
        text=text,
        lines=[_line(one, text, own.start) for lines in printed for one in lines if one.words],
    )


def _page(catalog: Catalog, reference: str, page: int, who: Caller) -> tuple[DocumentId, str, Page]:
    record = found(catalog, reference, who)
    pages = catalog.pages(record.id)
    if page >= len(pages):
        raise NotThereError(f"the document has {len(pages)} pages", "pages are counted from 0")
    return record.id, record.media_type, pages[page]


def _original(records: Records, document: DocumentId) -> FilePath:
    files = records.workspace.originals(document)
    if not files:
        raise NotThereError("the original is not kept", "ingest the document again")
    return files[0]


def _line(line: PrintedLine, text: str, page_start: int) -> LineOut:
    """The wire form of a printed line of a page with that text."""
    words = []
    lasts = [*(after.offset for _, after in pairwise(line.words)), line.end - line.start]
    for word, last in zip(line.words, lasts, strict=True):
        start, end = line.start + word.offset, line.start + last
        printed = text[start - page_start : end - page_start].rstrip()
        words.append(WordOut(start=start, end=start + len(printed), x0=word.x0, x1=word.x1))
    return LineOut(
        start=line.start,
        end=line.end,
        x0=min(word.x0 for word in line.words),
        y0=line.y0,
        x1=max(word.x1 for word in line.words),
        y1=line.y1,
        words=words,
    )
