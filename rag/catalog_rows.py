"""The catalog's tables, and the rows of them that documents are made of. No connection, no state.

Leaves reading and writing to ``rag.catalog``.
"""

from __future__ import annotations

import json

import numpy as np

from rag.types import Box, Chunk, ChunkId, DocumentId, Page, Section, SectionId

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE documents (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, media_type TEXT NOT NULL, title TEXT NOT NULL,
  pages INTEGER NOT NULL, chars INTEGER NOT NULL, chunks INTEGER NOT NULL,
  fingerprint TEXT NOT NULL, text TEXT NOT NULL, added_at TEXT NOT NULL
);
CREATE TABLE sources (path TEXT PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents(id))
  WITHOUT ROWID;
CREATE INDEX sources_document ON sources(document_id);
CREATE TABLE failures (
  path TEXT PRIMARY KEY, content_id TEXT NOT NULL, fingerprint TEXT NOT NULL,
  reason TEXT NOT NULL, message TEXT NOT NULL, remedy TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE pages (
  document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, number INTEGER NOT NULL,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, width REAL NOT NULL, height REAL NOT NULL,
  lines BLOB NOT NULL, PRIMARY KEY (document_id, number)
);
CREATE TABLE sections (
  id TEXT PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  parent_id TEXT, number TEXT NOT NULL, title TEXT NOT NULL, path TEXT NOT NULL,
  level INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sections_document ON sections(document_id, start, level);
CREATE TABLE chunks (
  id TEXT PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  section_id TEXT NOT NULL, ordinal INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  first_page INTEGER NOT NULL, last_page INTEGER NOT NULL, text TEXT NOT NULL, context TEXT NOT NULL
);
CREATE UNIQUE INDEX chunks_document ON chunks(document_id, ordinal);
"""
_LINE = np.dtype([("start", "<i4"), ("end", "<i4"), ("box", "<f4", (4,))])
CHUNK_COLUMNS = 'id, document_id, section_id, ordinal, start, "end", first_page, last_page, text, context'


def page_row(document_id: DocumentId, page: Page) -> tuple[object, ...]:
    """A row of ``pages``."""
    return (document_id, page.number, page.start, page.end, page.width, page.height, _pack_lines(page))


def section_row(section: Section) -> tuple[object, ...]:
    """A row of ``sections``."""
    return (
        section.id,
        section.document_id,
        section.parent_id,
        section.number,
        section.title,
        json.dumps(section.path, ensure_ascii=False),
        section.level,
        section.start,
        section.end,
    )


def chunk_row(chunk: Chunk) -> tuple[object, ...]:
    """A row of ``chunks``."""
    return (
        chunk.id,
        chunk.document_id,
        chunk.section_id,
        chunk.ordinal,
        chunk.start,
        chunk.end,
        chunk.first_page,
        chunk.last_page,
        chunk.text,
        chunk.context,
    )


def _pack_lines(page: Page) -> bytes:
    """Spans and boxes of a page's lines as little-endian records; lines without a box are left out."""
    records = [
        (line.start, line.end, (line.box.x0, line.box.y0, line.box.x1, line.box.y1))
        for line in page.lines
        if line.box is not None
    ]
    return np.array(records, dtype=_LINE).tobytes()


def section_of(document_id: DocumentId, row: tuple[str | int | None, ...]) -> Section:
    """The section in a row without its document id."""
    return Section(
        id=SectionId(str(row[0])),
        document_id=document_id,
        parent_id=None if row[1] is None else SectionId(str(row[1])),
        number=str(row[2]),
        title=str(row[3]),
        path=tuple(json.loads(str(row[4]))),
        level=int(str(row[5])),
        start=int(str(row[6])),
        end=int(str(row[7])),
    )


def chunk_of(row: tuple[str | int, ...]) -> Chunk:
    """The chunk in a row of ``CHUNK_COLUMNS``."""
    return Chunk(
        id=ChunkId(str(row[0])),
        document_id=DocumentId(str(row[1])),
        section_id=SectionId(str(row[2])),
        ordinal=int(row[3]),
        start=int(row[4]),
        end=int(row[5]),
        first_page=int(row[6]),
        last_page=int(row[7]),
        text=str(row[8]),
        context=str(row[9]),
    )


def boxes_in(number: int, lines: bytes, start: int, end: int) -> list[Box]:
    """The boxes of the lines of page ``number`` that a span touches, in reading order."""
    records = np.frombuffer(lines, dtype=_LINE)
    touched = records[(records["start"] < end) & (records["end"] > start)]
    return [
        Box(page=number, x0=float(b[0]), y0=float(b[1]), x1=float(b[2]), y1=float(b[3]))
        for b in touched["box"]
    ]
