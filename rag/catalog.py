"""The catalog: documents, pages, sections and chunks in one SQLite file (WAL).

Reading is safe beside one writer. A document is stored in one transaction, so it is there whole or not
at all. Which documents belong to the library is said by ``sources`` (path → document): a document that
no source names any more stays stored but is out of every listing and index.

Leaves to others: parsing and chunking (``ingest``), vectors and postings (``rag.index``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.catalog_rows import (
    CHUNK_COLUMNS,
    SCHEMA,
    SCHEMA_VERSION,
    boxes_in,
    chunk_of,
    chunk_row,
    page_row,
    section_of,
    section_row,
)
from rag.errors import UnknownDocumentError, WorkspaceError
from rag.storage import storage_errors
from rag.types import Box, Chunk, ChunkId, Document, DocumentId, Page, Section, SectionId

_ACTIVE = "EXISTS (SELECT 1 FROM sources WHERE sources.document_id = documents.id)"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """A document's row without its text; ``sources`` are the paths it was read from, sorted."""

    id: DocumentId
    name: str
    media_type: str
    title: str
    pages: int
    chars: int
    chunks: int
    fingerprint: str
    added_at: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRecord:
    """A file that could not be read: which bytes of it, by which reader, and why."""

    path: str
    content_id: str
    fingerprint: str
    reason: str
    message: str
    remedy: str


class Catalog:
    """One open connection; use as a context manager. Not shared between threads."""

    def __init__(self, path: Path) -> None:
        """Open or create the file.

        Raises:
            WorkspaceError: the file is not a catalog, or one of another schema version.
            StorageError: it cannot be written.
        """
        with storage_errors(str(path)):
            self._db = sqlite3.connect(path, isolation_level=None)
        try:
            with storage_errors(str(path)):
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = NORMAL")
                self._db.execute("PRAGMA foreign_keys = ON")
                self._db.execute("PRAGMA busy_timeout = 10000")
                version = self._db.execute("PRAGMA user_version").fetchone()[0]
                if version == 0:
                    self._create()
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise WorkspaceError(f"{path} is not a catalog: {error}", "name another workspace") from error
        if version not in (0, SCHEMA_VERSION):
            self._db.close()
            raise WorkspaceError(
                f"{path} has schema version {version}, this release reads {SCHEMA_VERSION}",
                "ingest into a new workspace",
            )

    def _create(self) -> None:
        with self.transaction():
            # Another process may have created the tables while this one waited for the lock.
            if self._db.execute("PRAGMA user_version").fetchone()[0] == 0:
                for statement in SCHEMA.split(";"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def __enter__(self) -> Catalog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing.

        Raises:
            StorageError: the disk is full or not writable; nothing of the block is kept.
        """
        with storage_errors("the catalog"):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                # A full disk may already have rolled the transaction back.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    # Writing

    def put_document(
        self,
        document: Document,
        sections: Sequence[Section],
        chunks: Sequence[Chunk],
        *,
        fingerprint: str,
        added_at: str,
    ) -> None:
        """Store a document with all its parts, in place of what was stored under its id.

        ``fingerprint`` identifies the readers and their settings, ``added_at`` is ISO 8601.
        """
        with self.transaction():
            for table in ("chunks", "sections", "pages"):
                self._db.execute(
                    f"DELETE FROM {table} WHERE document_id = ?",  # noqa: S608 - our own tables
                    (document.id,),
                )
            self._insert_document(document, len(chunks), fingerprint, added_at)
            self._insert("pages", [page_row(document.id, page) for page in document.pages])
            self._insert("sections", [section_row(section) for section in sections])
            self._insert("chunks", [chunk_row(chunk) for chunk in chunks])

    def _insert(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        if rows:
            places = ",".join("?" * len(rows[0]))
            self._db.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 - our own tables

    def _insert_document(self, document: Document, chunks: int, fingerprint: str, added_at: str) -> None:
        self._db.execute(
            "INSERT INTO documents VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET"
            " name=excluded.name, media_type=excluded.media_type, title=excluded.title,"
            " pages=excluded.pages, chars=excluded.chars, chunks=excluded.chunks,"
            " fingerprint=excluded.fingerprint, text=excluded.text, added_at=excluded.added_at",
            (
                document.id,
                document.name,
                document.media_type,
                document.title,
                len(document.pages),
                len(document.text),
                chunks,
                fingerprint,
                document.text,
                added_at,
            ),
        )

    def put_source(self, path: str, document_id: DocumentId) -> None:
        """Say that the file at ``path`` now is this document; a failure noted for it is dropped."""
        with self.transaction():
            self._db.execute(
                "INSERT INTO sources VALUES (?,?)"
                " ON CONFLICT (path) DO UPDATE SET document_id=excluded.document_id",
                (path, document_id),
            )
            self._db.execute("DELETE FROM failures WHERE path = ?", (path,))

    def put_failure(self, failure: FailureRecord) -> None:
        """Note a file that cannot be read; what it was before is out of the library."""
        with self.transaction():
            self._db.execute("DELETE FROM sources WHERE path = ?", (failure.path,))
            self._db.execute(
                "INSERT OR REPLACE INTO failures VALUES (?,?,?,?,?,?)",
                (
                    failure.path,
                    failure.content_id,
                    failure.fingerprint,
                    failure.reason,
                    failure.message,
                    failure.remedy,
                ),
            )

    # Reading

    def documents(self) -> list[DocumentRecord]:
        """The documents of the library, by name, then id."""
        rows = self._db.execute(
            "SELECT id, name, media_type, title, pages, chars, chunks, fingerprint, added_at"  # noqa: S608 - our own columns
            f" FROM documents WHERE {_ACTIVE} ORDER BY name, id"
        ).fetchall()
        paths: dict[str, list[str]] = {}
        for path, document_id in self._db.execute("SELECT path, document_id FROM sources ORDER BY path"):
            paths.setdefault(document_id, []).append(path)
        names = DocumentRecord.__dataclass_fields__
        return [DocumentRecord(**dict(zip(names, (*row, tuple(paths[row[0]])), strict=True))) for row in rows]

    def fingerprint_of(self, document_id: DocumentId) -> str | None:
        """The readers' fingerprint a stored document was made with, or None if it is not stored."""
        row = self._db.execute("SELECT fingerprint FROM documents WHERE id = ?", (document_id,)).fetchone()
        return None if row is None else str(row[0])

    def source_of(self, path: str) -> DocumentId | None:
        """The document that a path was last read as, or None."""
        row = self._db.execute("SELECT document_id FROM sources WHERE path = ?", (path,)).fetchone()
        return None if row is None else DocumentId(row[0])

    def failures(self) -> list[FailureRecord]:
        """Files that could not be read, by path."""
        names = FailureRecord.__dataclass_fields__
        rows = self._db.execute(
            "SELECT path, content_id, fingerprint, reason, message, remedy FROM failures ORDER BY path"
        )
        return [FailureRecord(**dict(zip(names, row, strict=True))) for row in rows]

    def resolve(self, reference: str) -> DocumentId:
        """The one document that a user means: its id, name, file name or path, or the start of its id.

        Raises:
            UnknownDocumentError: none fits, or more than one.
        """
        records = self.documents()
        tests = (
            lambda r: r.id == reference,
            lambda r: reference in r.sources or str(Path(reference).resolve()) in r.sources,
            lambda r: r.name == reference,
            lambda r: any(Path(s).name == reference for s in r.sources),
            lambda r: r.name.casefold() == reference.casefold(),
            lambda r: len(reference) >= 6 and r.id.startswith(reference),
        )
        for test in tests:
            found = [r for r in records if test(r)]
            if len(found) == 1:
                return found[0].id
            if found:
                listed = ", ".join(f"{r.id} ({Path(r.sources[0]).name})" for r in found[:5])
                raise UnknownDocumentError(
                    f"{reference!r} names {len(found)} documents", f"use an id: {listed}"
                )
        raise UnknownDocumentError(
            f"no document {reference!r} in this workspace",
            "see the names with GET /v1/documents or covenant documents, or ingest it first",
        )

    def name(self, document_id: DocumentId) -> str:
        """A document's name.

        Raises:
            UnknownDocumentError: it is not stored.
        """
        return self._field("name", document_id)

    def text(self, document_id: DocumentId) -> str:
        """A document's whole text.

        Raises:
            UnknownDocumentError: it is not stored.
        """
        return self._field("text", document_id)

    def _field(self, column: str, document_id: DocumentId) -> str:
        row = self._db.execute(
            f"SELECT {column} FROM documents WHERE id = ?",  # noqa: S608 - our own columns
            (document_id,),
        ).fetchone()
        if row is None:
            raise UnknownDocumentError(f"no document with id {document_id!r}", "check the id")
        return str(row[0])

    def pages(self, document_id: DocumentId) -> list[Page]:
        """A document's pages in order, without their lines."""
        rows = self._db.execute(
            'SELECT number, start, "end", width, height FROM pages WHERE document_id = ? ORDER BY number',
            (document_id,),
        )
        return [Page(number=r[0], start=r[1], end=r[2], width=r[3], height=r[4]) for r in rows]

    def sections(self, document_id: DocumentId) -> list[Section]:
        """A document's sections, by start, outer before inner."""
        rows = self._db.execute(
            'SELECT id, parent_id, number, title, path, level, start, "end" FROM sections'
            " WHERE document_id = ? ORDER BY start, level, id",
            (document_id,),
        )
        return [section_of(document_id, row) for row in rows]

    def section(self, section_id: SectionId) -> Section:
        """One section.

        Raises:
            KeyError: it is not stored.
        """
        row = self._db.execute(
            'SELECT id, parent_id, number, title, path, level, start, "end", document_id'
            " FROM sections WHERE id = ?",
            (section_id,),
        ).fetchone()
        if row is None:
            raise KeyError(section_id)
        return section_of(DocumentId(row[8]), row[:8])

    def chunks(self, ids: Iterable[ChunkId]) -> list[Chunk]:
        """Chunks by id, in the order asked.

        Raises:
            KeyError: one is not stored.
        """
        found = []
        for chunk_id in ids:
            row = self._db.execute(
                f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE id = ?",  # noqa: S608 - our own columns
                (chunk_id,),
            ).fetchone()
            if row is None:
                raise KeyError(chunk_id)
            found.append(chunk_of(row))
        return found

    def iter_chunks(self, document_id: DocumentId | None = None) -> Iterator[Chunk]:
        """The chunks of one document, or of the whole library, by document id and ordinal."""
        where = "document_id = ?" if document_id else "document_id IN (SELECT document_id FROM sources)"
        cursor = self._db.execute(
            f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE {where}"  # noqa: S608 - our own columns
            " ORDER BY document_id, ordinal",
            (document_id,) if document_id else (),
        )
        for row in cursor:
            yield chunk_of(row)

    def boxes(self, document_id: DocumentId, start: int, end: int) -> tuple[Box, ...]:
        """The boxes of the printed lines that a span touches, in reading order; empty without layout."""
        rows = self._db.execute(
            'SELECT number, lines FROM pages WHERE document_id = ? AND start < ? AND "end" > ?'
            " ORDER BY number",
            (document_id, end, start),
        )
        found = [box for number, lines in rows for box in boxes_in(number, lines, start, end)]
        return tuple(found)
