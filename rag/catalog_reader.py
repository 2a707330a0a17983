"""Reading what is stored of documents: text, pages, sections, chunks, boxes and what stands in them.

It answers for any stored document, replaced ones too: which documents make the library is
``rag.catalog``'s to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rag.catalog_file import CatalogFile
from rag.catalog_rows import (
    BLOCK_CHARS,
    CHUNK_COLUMNS,
    PAGE_COLUMNS,
    SECTION_COLUMNS,
    boxes_in,
    chunk_from,
    lines_in,
    page_from,
    section_from,
    text_in,
)
from rag.catalog_structure import DEFINITIONS, FACTS, LINKS, REFERENCES, TABLES, Kind
from rag.errors import UnknownDocumentError
from rag.layout import PrintedLine
from rag.structure import Definition, DocumentLink, Fact, Reference, Table
from rag.types import Box, Chunk, ChunkId, DocumentId, Page, Section, SectionId

_ACTIVE = "document_id IN (SELECT document_id FROM sources)"
_OVERLAPS = 'document_id = ? AND start < ? AND "end" > ?'
_NO_END = 1 << 62

T = TypeVar("T", bound=Fact | Definition | Reference | DocumentLink | Table)


class CatalogReader(CatalogFile):
    """The reading half of the catalog. Spans are in characters of the document's text."""

    def name(self, document_id: DocumentId) -> str:
        """A document's name.

        Raises:
            UnknownDocumentError: it is not stored.
        """
        return str(self._field("name", document_id))

    def names(self) -> dict[DocumentId, str]:
        """The names of all stored documents, replaced ones too."""
        return {DocumentId(row[0]): str(row[1]) for row in self._db.execute("SELECT id, name FROM documents")}

    def text(self, document_id: DocumentId) -> str:
        """A document's whole text.

        Raises:
            UnknownDocumentError: it is not stored.
        """
        return self.text_of(document_id, 0, int(self._field("chars", document_id)))

    def text_of(self, document_id: DocumentId, start: int, end: int) -> str:
        """The text ``[start, end)``; reads no more than the blocks that hold it.

        Empty where the document is not stored or the span lies behind its end.
        """
        first, last = max(start, 0) // BLOCK_CHARS, max(end - 1, 0) // BLOCK_CHARS
        rows = self._db.execute(
            "SELECT body FROM texts WHERE document_id = ? AND block BETWEEN ? AND ? ORDER BY block",
            (document_id, first, last),
        )
        return text_in((row[0] for row in rows), first, max(start, 0), max(end, 0))

    def _field(self, column: str, document_id: DocumentId) -> str | int:
        row = self._db.execute(
            f"SELECT {column} FROM documents WHERE id = ?",  # noqa: S608 - our own columns
            (document_id,),
        ).fetchone()
        if row is None:
            raise UnknownDocumentError(f"no document with id {document_id!r}", "check the id")
        value: str | int = row[0]
        return value

    def pages(self, document_id: DocumentId, start: int = 0, end: int | None = None) -> list[Page]:
        """A document's pages in order, or those that a span touches; without their lines and rules."""
        # A page without text touches no span, but is one of the pages of its document.
        where, values = (_OVERLAPS, (_NO_END if end is None else end, start))
        if start == 0 and end is None:
            where, values = "document_id = ?", ()  # type: ignore[assignment]
        rows = self._db.execute(
            f"SELECT {PAGE_COLUMNS} FROM pages WHERE {where} ORDER BY number",  # noqa: S608 - our own columns
            (document_id, *values),
        )
        return [page_from(row) for row in rows]

    def boxes(self, document_id: DocumentId, start: int, end: int) -> tuple[Box, ...]:
        """The boxes of the printed words that a span touches, one a line, in reading order.

        Empty without layout.
        """
        rows = self._db.execute(
            f"SELECT number, start, lines FROM pages WHERE {_OVERLAPS} ORDER BY number",  # noqa: S608
            (document_id, end, start),
        )
        return tuple(box for number, at, lines in rows for box in boxes_in(number, at, lines, start, end))

    def printed(self, document_id: DocumentId, start: int, end: int) -> list[list[PrintedLine]]:
        """The lines of the pages that a span touches, a list for each page; empty ones without layout."""
        return [lines_in(at, packed) for at, _, packed in self.layouts(document_id, start, end)]

    def layouts(self, document_id: DocumentId, start: int, end: int) -> list[tuple[int, int, bytes]]:
        """The spans of the pages that a span touches, with their lines packed (``catalog_rows.lines_in``)."""
        rows = self._db.execute(
            f'SELECT start, "end", lines FROM pages WHERE {_OVERLAPS} ORDER BY number',  # noqa: S608
            (document_id, end, start),
        )
        return rows.fetchall()

    def sections(self, document_id: DocumentId) -> list[Section]:
        """A document's sections, by start, outer before inner."""
        return self._sections("document_id = ? ORDER BY start, level, id", document_id)

    def section(self, section_id: SectionId) -> Section:
        """One section.

        Raises:
            KeyError: it is not stored.
        """
        for section in self._sections("id = ?", section_id):
            return section
        raise KeyError(section_id)

    def section_at(self, document_id: DocumentId, offset: int) -> Section | None:
        """The innermost section around a character; None outside of the document."""
        found = self._sections(
            'document_id = ? AND start <= ? AND "end" > ? ORDER BY level DESC, id LIMIT 1',
            document_id,
            offset,
            offset,
        )
        return found[0] if found else None

    def section_of(self, chunk: Chunk) -> tuple[Section, str]:
        """The section that a chunk was cut from, and its whole text: what a reader has around the chunk.

        Raises:
            KeyError: it is not stored.
        """
        section = self.section(chunk.section_id)
        return section, self.text_of(section.document_id, section.start, section.end)

    def _sections(self, where: str, *values: str | int) -> list[Section]:
        rows = self._db.execute(
            f"SELECT {SECTION_COLUMNS} FROM sections WHERE {where}",  # noqa: S608 - our own columns
            values,
        )
        return [section_from(row) for row in rows]

    def chunks(self, ids: Iterable[ChunkId]) -> list[Chunk]:
        """Chunks by id, in the order asked.

        Raises:
            KeyError: one is not stored.
        """
        found = []
        for chunk_id in ids:
            chunk = next(self._chunks("id = ?", chunk_id), None)
            if chunk is None:
                raise KeyError(chunk_id)
            found.append(chunk)
        return found

    def active_chunks(self, ids: Iterable[ChunkId]) -> list[Chunk]:
        """Those of the chunks that may be retrieved at this moment, in the order asked.

        Left out are those that an index still names although their document was replaced, deleted or read
        anew since it was built.
        """
        active = self.active_ids()
        found = (next(self._chunks("id = ?", chunk_id), None) for chunk_id in ids)
        return [chunk for chunk in found if chunk is not None and chunk.document_id in active]

    def chunks_over(self, document_id: DocumentId, start: int, end: int) -> list[Chunk]:
        """The chunks that a span touches, in order."""
        return list(self._chunks(f"{_OVERLAPS} ORDER BY ordinal", document_id, end, start))

    def chunks_beside(self, chunk: Chunk) -> list[Chunk]:
        """The chunks before and behind a chunk, as far as they stand in the same section."""
        where = "document_id = ? AND section_id = ? AND ordinal IN (?, ?) ORDER BY ordinal"
        beside = (chunk.ordinal - 1, chunk.ordinal + 1)
        return list(self._chunks(where, chunk.document_id, chunk.section_id, *beside))

    def chunks_of_section(self, section_id: SectionId) -> list[Chunk]:
        """The chunks of a section and of the sections inside it, in order.

        Raises:
            KeyError: the section is not stored.
        """
        section = self.section(section_id)
        return self.chunks_over(section.document_id, section.start, section.end)

    def iter_chunks(self, document_id: DocumentId | None = None) -> Iterator[Chunk]:
        """The chunks of one document, or of the whole library, by document id and ordinal."""
        if document_id is None:
            return self._chunks(f"{_ACTIVE} ORDER BY document_id, ordinal")
        return self._chunks("document_id = ? ORDER BY ordinal", document_id)

    def chunk_ids(self) -> list[tuple[ChunkId, DocumentId]]:
        """The chunks of the whole library with their documents, by document id and ordinal."""
        rows = self._db.execute(
            f"SELECT id, document_id FROM chunks WHERE {_ACTIVE} ORDER BY document_id, ordinal"  # noqa: S608
        )
        return [(ChunkId(row[0]), DocumentId(row[1])) for row in rows]

    def _chunks(self, where: str, *values: str | int) -> Iterator[Chunk]:
        rows = self._db.execute(
            f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE {where}",  # noqa: S608 - our own columns
            values,
        )
        return map(chunk_from, rows)

    def facts(self, document_id: DocumentId) -> list[Fact]:
        """What a document says of itself, by name, then start."""
        return self._items(FACTS, "document_id = ? ORDER BY position", document_id)

    def all_facts(self, collections: frozenset[str] | None = None) -> dict[DocumentId, list[Fact]]:
        """The facts of each document of the library, or of some collections, that has any."""
        found = self._items(FACTS, f"{_ACTIVE} ORDER BY document_id, position")
        return _by_document(found, self.active_ids(collections))

    def definitions(self, document_id: DocumentId) -> list[Definition]:
        """A document's defined terms with their uses, by start."""
        return self._items(DEFINITIONS, "document_id = ? ORDER BY position", document_id)

    def references(self, document_id: DocumentId, start: int = 0, end: int | None = None) -> list[Reference]:
        """A document's references, or those that begin in ``[start, end)``, by start."""
        where = "document_id = ? AND start >= ? AND start < ? ORDER BY start, position"
        return self._items(REFERENCES, where, document_id, start, _NO_END if end is None else end)

    def links(self, document_id: DocumentId) -> list[DocumentLink]:
        """What a document says it amends, supplements or restates, by start."""
        return self._items(LINKS, "document_id = ? ORDER BY position", document_id)

    def all_links(self, collections: frozenset[str] | None = None) -> dict[DocumentId, list[DocumentLink]]:
        """The links of each document of the library, or of some collections, that has any."""
        found = self._items(LINKS, f"{_ACTIVE} ORDER BY document_id, position")
        return _by_document(found, self.active_ids(collections))

    def tables(self, document_id: DocumentId, start: int = 0, end: int | None = None) -> list[Table]:
        """A document's tables, or those that a span touches, by start."""
        where = f"{_OVERLAPS} ORDER BY position"
        return self._items(TABLES, where, document_id, _NO_END if end is None else end, start)

    def statements(self, document_id: DocumentId) -> list[Table]:
        """A document's financial statements, by start."""
        return self._items(TABLES, "document_id = ? AND statement != '' ORDER BY position", document_id)

    def _items(self, kind: Kind[T], where: str, *values: str | int) -> list[T]:
        rows = self._db.execute(
            f'SELECT {kind.columns} FROM "{kind.table}" WHERE {where}',  # noqa: S608 - our own columns
            values,
        )
        return [kind.item(row) for row in rows]


def _by_document(items: Iterable[T], of: frozenset[DocumentId]) -> dict[DocumentId, list[T]]:
    found: dict[DocumentId, list[T]] = {}
    for item in items:
        if item.document_id in of:
            found.setdefault(item.document_id, []).append(item)
    return found
