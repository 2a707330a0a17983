"""Rows of the catalog's tables for text, pages, sections and chunks. No connection, no state.

Leaves what stands in a document (facts, tables, …) to ``rag.catalog_structure`` and reading and writing to
``rag.catalog``.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from rag.layout import Place, PrintedLine, touched_edges
from rag.types import Box, Chunk, ChunkId, Document, DocumentId, Page, PageOrigin, Section, SectionId

BLOCK_CHARS = 1 << 14
"""Characters of a document's text that are stored and read at a time."""

PAGE_COLUMNS = 'number, start, "end", width, height, label, origin'
SECTION_COLUMNS = 'id, document_id, parent_id, number, title, path, level, start, "end"'
CHUNK_COLUMNS = 'id, document_id, section_id, ordinal, start, "end", first_page, last_page, text, context'

_LEVEL = 6
_TENTHS = 10
_EMPTY = b""

Row = tuple[object, ...]


def text_rows(document: Document) -> Iterable[Row]:
    """Rows of ``texts``: the text in blocks."""
    for first in range(0, len(document.text), BLOCK_CHARS):
        block = document.text[first : first + BLOCK_CHARS].encode()
        yield document.id, first // BLOCK_CHARS, zlib.compress(block, _LEVEL)


def text_in(blocks: Iterable[bytes], first: int, start: int, end: int) -> str:
    """The text ``[start, end)`` from the blocks that hold it, ``first`` being the number of the first."""
    text = "".join(zlib.decompress(block).decode() for block in blocks)
    offset = first * BLOCK_CHARS
    return text[start - offset : end - offset]


def page_row(document_id: DocumentId, page: Page) -> Row:
    """A row of ``pages``."""
    facts = (page.number, page.start, page.end, page.width, page.height, page.label, page.origin)
    return (document_id, *facts, _pack_lines(page))


def page_from(row: tuple[int, int, int, float, float, str, PageOrigin]) -> Page:
    """The page in a row of ``PAGE_COLUMNS``, without its lines."""
    number, start, end, width, height, label, origin = row
    return Page(number=number, start=start, end=end, width=width, height=height, label=label, origin=origin)


def section_row(section: Section) -> Row:
    """A row of ``sections``."""
    path = json.dumps(section.path, ensure_ascii=False)
    return (
        section.id,
        section.document_id,
        section.parent_id,
        section.number,
        section.title,
        path,
        section.level,
        section.start,
        section.end,
    )


def section_from(row: tuple[str, str, str | None, str, str, str, int, int, int]) -> Section:
    """The section in a row of ``SECTION_COLUMNS``."""
    section_id, document_id, parent_id, number, title, path, level, start, end = row
    return Section(
        id=SectionId(section_id),
        document_id=DocumentId(document_id),
        parent_id=None if parent_id is None else SectionId(parent_id),
        number=number,
        title=title,
        path=tuple(json.loads(path)),
        level=level,
        start=start,
        end=end,
    )


def chunk_row(chunk: Chunk) -> Row:
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


def chunk_from(row: tuple[str, str, str, int, int, int, int, int, str, str]) -> Chunk:
    """The chunk in a row of ``CHUNK_COLUMNS``."""
    chunk_id, document_id, section_id, ordinal, start, end, first_page, last_page, text, context = row
    return Chunk(
        id=ChunkId(chunk_id),
        document_id=DocumentId(document_id),
        section_id=SectionId(section_id),
        ordinal=ordinal,
        start=start,
        end=end,
        first_page=first_page,
        last_page=last_page,
        text=text,
        context=context,
    )


def _pack_lines(page: Page) -> bytes:
    """Spans, boxes and places of a page's lines, column by column; lines without a box are left out.

    Spans count from the page's start, edges are in tenths of a point.
    """
    lines = [(line, line.box) for line in page.lines if line.box is not None]
    if not lines:
        return _EMPTY
    edges = [(box.x0, box.y0, box.x1, box.y1) for _, box in lines]
    spans = [(line.start - page.start, line.end - page.start, len(line.places) // 6) for line, _ in lines]
    table = np.hstack([np.array(spans), np.rint(np.array(edges) * _TENTHS)]).astype("<i4")
    places = np.frombuffer(b"".join(line.places for line, _ in lines), dtype="<u2").reshape(-1, 3)
    parts = (np.array(len(lines), dtype="<i4"), table.T, places.T)
    return zlib.compress(b"".join(part.tobytes() for part in parts), _LEVEL)


def lines_in(page_start: int, packed: bytes) -> list[PrintedLine]:
    """All lines of a page with a box, in reading order; spans count from the document's start."""
    if not packed:
        return []
    data = zlib.decompress(packed)
    count = int(np.frombuffer(data, dtype="<i4", count=1)[0])
    table: NDArray[np.int32] = np.frombuffer(data, dtype="<i4", count=7 * count, offset=4).reshape(7, count)
    places = np.frombuffer(data, dtype="<u2", offset=4 + table.nbytes).reshape(3, -1)
    lasts = np.cumsum(table[2])
    found = []
    for (start, end, words, _, y0, _, y1), last in zip(table.T.tolist(), lasts.tolist(), strict=True):
        own = places[:, last - words : last].T.tolist()
        found.append(
            PrintedLine(
                start=page_start + start,
                end=page_start + end,
                y0=y0 / _TENTHS,
                y1=y1 / _TENTHS,
                words=tuple(Place(offset, x0 / _TENTHS, x1 / _TENTHS) for offset, x0, x1 in own),
            )
        )
    return found


def boxes_in(page: int, page_start: int, packed: bytes, start: int, end: int) -> list[Box]:
    """The boxes of the words on ``page`` that a span touches, one a line, in reading order."""
    if not packed:
        return []
    data = zlib.decompress(packed)
    count = int(np.frombuffer(data, dtype="<i4", count=1)[0])
    table: NDArray[np.int32] = np.frombuffer(data, dtype="<i4", count=6 * count + count, offset=4)
    begins, ends, words, *edges = table.reshape(7, count)
    places = np.frombuffer(data, dtype="<u2", offset=4 + table.nbytes).reshape(3, -1)
    firsts = np.cumsum(words) - words
    start, end = start - page_start, end - page_start
    boxes = []
    for i in np.flatnonzero((begins < end) & (ends > start)):
        x0, y0, x1, y1 = (float(edge[i]) / _TENTHS for edge in edges)
        own = np.ascontiguousarray(places[:, firsts[i] : firsts[i] + words[i]].T).tobytes()
        sides = touched_edges(own, start - int(begins[i]), end - int(begins[i])) or (x0, x1)
        boxes.append(Box(page=page, x0=sides[0], y0=y0, x1=sides[1], y1=y1))
    return boxes
