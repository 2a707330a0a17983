"""The wire types of single documents, pages and uploads. Leaves the list of them to ``service.schemas``."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Self

from pydantic import Field

from rag.types import Page, Section
from service.replies import Reply
from service.schemas import DocumentOut, ErrorDetail
from service.uploads import Status, Upload


class SectionOut(Reply):
    """A section of a document: where it begins and what it is called."""

    number: str = Field(description="As printed; may be empty.")
    title: str
    path: list[str] = Field(description="The headings from the outermost to this one.")
    level: int = Field(ge=1, description="1 is outermost.")
    page: int = Field(ge=0, description="The page on which it begins, 0-based.")
    start: int = Field(ge=0)
    end: int = Field(ge=0)

    @classmethod
    def of(cls, section: Section, pages: Sequence[Page]) -> Self:
        """The wire form of a section of a document with these pages."""
        at = bisect_right([page.start for page in pages], section.start) - 1
        return cls(
            number=section.number,
            title=section.title,
            path=list(section.path),
            level=section.level,
            page=pages[max(at, 0)].number,
            start=section.start,
            end=section.end,
        )


class DocumentReply(DocumentOut):
    """A document with its sections."""

    sections: list[SectionOut] = Field(description="Outer before inner, by where they begin.")
    page_labels: list[str] = Field(description="The printed number of each page; empty where none is.")
    unreadable_pages: list[int] = Field(description="Pages that are pictures which nothing could read.")


class WordOut(Reply):
    """A printed word: its span in the document's text and its edges, in points from the left."""

    start: int
    end: int
    x0: float
    x1: float


class LineOut(Reply):
    """A printed line: its span, its edges in points from the page's top left corner, and its words."""

    start: int
    end: int
    x0: float
    y0: float
    x1: float
    y1: float
    words: list[WordOut]


class PageReply(Reply):
    """A page's text, where it stands in the document's, and where its words are printed."""

    document_id: str
    page: int = Field(ge=0, description="0-based.")
    label: str = Field(description="Its printed number; empty where none is.")
    width: float = Field(description="In points; 0 where the format has no layout.")
    height: float
    start: int = Field(ge=0, description="The page's first character in the document's text.")
    end: int = Field(ge=0)
    text: str
    lines: list[LineOut] = Field(description="Empty where the format has no layout.")


class UploadReply(Reply):
    """A file was taken (``id``), or it was in the library already (``document``)."""

    id: str | None = Field(None, description="Ask GET /v1/uploads/{id} how far it is.")
    status: Status = "done"
    document: DocumentOut | None = None
    note: str | None = None


class UploadedDocument(Reply):
    """The document that an upload has become."""

    id: str
    name: str


class UploadOut(Reply):
    """How far a file is on its way into the library."""

    id: str
    name: str
    collection: str
    created: str
    ended: str | None
    status: Status
    stage: str = Field(description="What is being done: read, embed, index; or what it waits for.")
    progress: float = Field(ge=0.0, le=1.0)
    document: UploadedDocument | None = Field(description="What it became, once it is done.")
    error: ErrorDetail | None = Field(description="Why it is not in the library, where it failed.")

    @classmethod
    def of(cls, upload: Upload, stage: str, progress: float) -> Self:
        """The wire form of an upload; stage and progress count while it is being read."""
        done = upload.status == "done"
        return cls(
            id=upload.id,
            name=upload.name,
            collection=upload.collection,
            created=upload.created,
            ended=upload.ended or None,
            status=upload.status,
            stage="" if upload.ended else stage,
            progress=1.0 if done else round(progress, 3),
            document=UploadedDocument(id=upload.document_id, name=upload.name) if done else None,
            error=ErrorDetail.model_validate(upload.error) if upload.error else None,
        )


class UploadsReply(Reply):
    """Uploads, newest first."""

    uploads: list[UploadOut]


class DeletedReply(Reply):
    """What was removed for good."""

    documents: list[str] = Field(description="Ids: the document, and its older versions.")
    scrubbed: bool = Field(
        description="Whether its bytes are gone from the catalog's file too; else the next change does it."
    )
