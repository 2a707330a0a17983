"""The catalog: what documents there are, where they come from, and what is stored of them.

Reading is safe beside one writer. A document is stored in one transaction, so it is there whole or not at
all. Which documents make the library is said by the versions of each path: the current one belongs to it,
those before stay stored, so that an answer of their day can be read again, but are out of every listing
and index. A document that is being deleted belongs to nothing from the first step on.

    rag.catalog ─► rag.catalog_reader ─► rag.catalog_file ─► rag.catalog_schema
                          └─► rag.catalog_rows, rag.catalog_structure

Leaves to others: parsing and chunking (``ingest``), vectors and postings (``rag.index``), removing a
document from everything else (``ingest.remove``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.catalog_reader import CatalogReader
from rag.catalog_rows import chunk_row, page_row, section_row, text_rows
from rag.catalog_schema import PARTS
from rag.catalog_structure import structure_rows
from rag.errors import UnknownDocumentError
from rag.structure import Structure
from rag.types import Chunk, Document, DocumentId, Section


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """A document's row without its text; ``sources`` are the paths it is read from, sorted.

    Without a source it is a document that was replaced: stored, but not of the library.
    """

    id: DocumentId
    name: str
    media_type: str
    title: str
    pages: int
    chars: int
    chunks: int
    fingerprint: str
    added_at: str
    collection: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRecord:
    """What a path was from ``since`` until ``until`` (ISO 8601; None for what it is now)."""

    path: str
    document_id: DocumentId
    since: str
    until: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRecord:
    """A file that could not be read: which bytes of it, by which reader, and why."""

    path: str
    content_id: str
    fingerprint: str
    reason: str
    message: str
    remedy: str


class Catalog(CatalogReader):
    """The whole catalog; use as a context manager. Not shared between threads."""

    # Writing

    def put_document(
        self,
        document: Document,
        sections: Sequence[Section],
        chunks: Sequence[Chunk],
        *,
        structure: Structure = Structure(),  # noqa: B008 - frozen
        fingerprint: str,
        added_at: str,
    ) -> None:
        """Store a document with all its parts, in place of what was stored under its id.

        ``fingerprint`` identifies the readers and their settings, ``added_at`` is ISO 8601.
        """
        with self.transaction():
            self._drop_parts(document.id)
            self._put_row(document, len(chunks), fingerprint, added_at)
            self._insert("texts", list(text_rows(document)))
            self._insert("pages", [page_row(document.id, page) for page in document.pages])
            self._insert("sections", [section_row(section) for section in sections])
            self._insert("chunks", [chunk_row(chunk) for chunk in chunks])
            for table, columns, rows in structure_rows(structure):
                self._insert(table, rows, columns)

    def _put_row(self, document: Document, chunks: int, fingerprint: str, added_at: str) -> None:
        self._db.execute(
            "INSERT INTO documents (id, name, media_type, title, pages, chars, chunks, fingerprint, added_at)"
            " VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET"
            " name=excluded.name, media_type=excluded.media_type, title=excluded.title,"
            " pages=excluded.pages, chars=excluded.chars, chunks=excluded.chunks,"
            " fingerprint=excluded.fingerprint, added_at=excluded.added_at",
            (
                document.id,
                document.name,
                document.media_type,
                document.title,
                len(document.pages),
                len(document.text),
                chunks,
                fingerprint,
                added_at,
            ),
        )

    def _drop_parts(self, document_id: DocumentId) -> None:
        for table in PARTS:
            self._db.execute(
                f'DELETE FROM "{table}" WHERE document_id = ?',  # noqa: S608 - our own tables
                (document_id,),
            )

    def put_source(self, path: str, document_id: DocumentId, *, at: str = "") -> None:
        """Say that from ``at`` (ISO 8601) on the file at ``path`` is this document."""
        self.put_sources({path: document_id}, at=at)

    def put_sources(
        self, sources: Mapping[str, DocumentId], *, at: str = "", collection: str | None = None
    ) -> None:
        """Say what the files at some paths are from ``at`` (ISO 8601) on, all of them at once.

        What a path was before becomes its older version; a failure noted for it is dropped. With
        ``collection`` the documents are of it from the same moment on; else they stay where they are, which
        for new ones is the default.
        """
        with self.transaction():
            if collection is not None:
                self._put_collection(set(sources.values()), collection)
            for path, document_id in sources.items():
                self._db.execute("DELETE FROM failures WHERE path = ?", (path,))
                if self.source_of(path) == document_id:
                    continue
                self._end_version(path, at)
                self._db.execute(
                    "INSERT INTO versions SELECT ?, 1 + coalesce(max(number), 0), ?, ?, NULL"
                    " FROM versions WHERE path = ?",
                    (path, document_id, at, path),
                )

    def put_collection(self, documents: Collection[DocumentId], collection: str) -> None:
        """Move stored documents to a collection."""
        with self.transaction():
            self._put_collection(documents, collection)

    def _put_collection(self, documents: Collection[DocumentId], collection: str) -> None:
        self._db.executemany(
            "UPDATE documents SET collection = ? WHERE id = ?", [(collection, one) for one in documents]
        )

    def continue_versions(self, before: str, after: str) -> None:
        """Say that what was at one path is at another from now on: its versions become those of ``after``.

        Nothing happens where there is nothing at ``before``, or something at ``after`` already.
        """
        with self.transaction():
            self._db.execute(
                "UPDATE versions SET path = ?2 WHERE path = ?1"
                " AND NOT EXISTS (SELECT 1 FROM versions WHERE path = ?2)",
                (before, after),
            )

    def _end_version(self, path: str, at: str) -> None:
        self._db.execute("UPDATE versions SET until = ? WHERE path = ? AND until IS NULL", (at, path))

    def put_failure(self, failure: FailureRecord, *, at: str = "") -> None:
        """Note a file that cannot be read; what it was before is out of the library from ``at`` on."""
        with self.transaction():
            self._end_version(failure.path, at)
            names = FailureRecord.__dataclass_fields__
            row = tuple(getattr(failure, name) for name in names)
            self._db.execute("INSERT OR REPLACE INTO failures VALUES (?,?,?,?,?,?)", row)

    def end_sources(self, paths: Collection[str], *, at: str = "") -> None:
        """Say that from ``at`` on there is nothing at these paths; failures noted for them are dropped."""
        with self.transaction():
            for path in paths:
                self._end_version(path, at)
                self._db.execute("DELETE FROM failures WHERE path = ?", (path,))

    # Deleting

    def begin_delete(self, documents: Collection[DocumentId], *, at: str = "") -> None:
        """Take documents out of the library and note that they are to be removed from everything."""
        with self.transaction():
            for document_id in documents:
                self._db.execute("INSERT OR IGNORE INTO deleting VALUES (?)", (document_id,))
                self._db.execute(
                    "UPDATE versions SET until = ? WHERE document_id = ? AND until IS NULL", (at, document_id)
                )

    def deleting(self) -> list[DocumentId]:
        """The documents whose removal has begun and not ended, by id."""
        return [DocumentId(row[0]) for row in self._db.execute("SELECT document_id FROM deleting ORDER BY 1")]

    def drop_documents(self, documents: Collection[DocumentId]) -> None:
        """Delete all rows of some documents, their versions included."""
        with self.transaction():
            for document_id in documents:
                self._drop_parts(document_id)
                self._db.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def end_delete(self, documents: Collection[DocumentId]) -> None:
        """Note that documents are removed from everything."""
        with self.transaction():
            self._db.executemany(
                "DELETE FROM deleting WHERE document_id = ?", [(document_id,) for document_id in documents]
            )

    # Signatures: what near duplicates are found by

    def put_signature(self, document_id: DocumentId, pages: bytes, body: bytes) -> None:
        """Store a document's signature as ``ingest.duplicates`` packs it."""
        with self.transaction():
            self._db.execute("INSERT OR REPLACE INTO signatures VALUES (?,?,?)", (document_id, pages, body))

    def signatures(self) -> dict[DocumentId, tuple[bytes, bytes]]:
        """The signatures of the library's documents that have one, by id."""
        rows = self._db.execute(
            "SELECT document_id, pages, body FROM signatures"
            " WHERE document_id IN (SELECT document_id FROM sources) ORDER BY document_id"
        )
        return {DocumentId(row[0]): (row[1], row[2]) for row in rows}

    # The library

    def documents(self, collections: frozenset[str] | None = None) -> list[DocumentRecord]:
        """The documents of the library, or those of some collections, by name, then id."""
        return [
            record
            for record in self.stored()
            if record.sources and (collections is None or record.collection in collections)
        ]

    def stored(self) -> list[DocumentRecord]:
        """All stored documents, replaced ones too, by name, then id."""
        rows = self._db.execute(
            "SELECT id, name, media_type, title, pages, chars, chunks, fingerprint, added_at, collection"
            " FROM documents ORDER BY name, id"
        ).fetchall()
        paths: dict[str, list[str]] = {}
        for path, document_id in self._db.execute("SELECT path, document_id FROM sources ORDER BY path"):
            paths.setdefault(document_id, []).append(path)
        names = DocumentRecord.__dataclass_fields__
        return [
            DocumentRecord(**dict(zip(names, (*row, tuple(paths.get(row[0], ()))), strict=True)))
            for row in rows
        ]

    def versions(self) -> list[VersionRecord]:
        """What each path has been, by path, oldest first."""
        names = VersionRecord.__dataclass_fields__
        rows = self._db.execute("SELECT path, document_id, since, until FROM versions ORDER BY path, number")
        return [VersionRecord(**dict(zip(names, row, strict=True))) for row in rows]

    def unreadable_pages(self) -> dict[DocumentId, tuple[int, ...]]:
        """By stored document, its pages that are pictures which nothing could read, 0-based, ascending."""
        found: dict[DocumentId, tuple[int, ...]] = {}
        rows = self._db.execute(
            "SELECT document_id, number FROM pages WHERE origin = 'unreadable' ORDER BY document_id, number"
        )
        for document_id, number in rows:
            found[DocumentId(document_id)] = (*found.get(document_id, ()), number)
        return found

    def fingerprint_of(self, document_id: DocumentId) -> str | None:
        """The readers' fingerprint a stored document was made with, or None if it is not stored."""
        row = self._db.execute("SELECT fingerprint FROM documents WHERE id = ?", (document_id,)).fetchone()
        return None if row is None else str(row[0])

    def collection_of(self, document_id: str) -> str | None:
        """The collection of a stored document, a replaced one too; None where it is not stored."""
        row = self._db.execute("SELECT collection FROM documents WHERE id = ?", (document_id,)).fetchone()
        return None if row is None else str(row[0])

    def source_of(self, path: str) -> DocumentId | None:
        """The document that a path is, or None."""
        row = self._db.execute("SELECT document_id FROM sources WHERE path = ?", (path,)).fetchone()
        return None if row is None else DocumentId(row[0])

    def failures(self) -> list[FailureRecord]:
        """Files that could not be read, by path."""
        names = FailureRecord.__dataclass_fields__
        rows = self._db.execute(
            "SELECT path, content_id, fingerprint, reason, message, remedy FROM failures ORDER BY path"
        )
        return [FailureRecord(**dict(zip(names, row, strict=True))) for row in rows]

    def resolve(
        self, reference: str, *, stored: bool = False, collections: frozenset[str] | None = None
    ) -> DocumentId:
        """The one document that a user means: its id, name, file name or path, or the start of its id.

        With ``stored`` a replaced document is found too, by its id or the start of it. With ``collections``
        there are no documents but those of these.

        Raises:
            UnknownDocumentError: none fits, or more than one.
        """
        records = self.documents(collections)
        tests = (
            lambda r: r.id == reference,
            lambda r: reference in r.sources or str(Path(reference).resolve()) in r.sources,
            lambda r: r.name == reference,
            lambda r: any(reference in (Path(s).name, Path(s).stem) for s in r.sources),
            lambda r: r.name.casefold() == reference.casefold(),
            lambda r: len(reference) >= 6 and r.id.startswith(reference),
        )
        choices = [(records, test) for test in tests]
        if stored:
            choices += [(self.stored(), tests[0]), (self.stored(), tests[-1])]
        for candidates, test in choices:
            found = [r for r in candidates if test(r)]
            if len(found) == 1:
                return found[0].id
            if found:
                listed = ", ".join(f"{r.id} ({Path((*r.sources, r.name)[0]).name})" for r in found[:5])
                raise UnknownDocumentError(
                    f"{reference!r} names {len(found)} documents", f"use an id: {listed}"
                )
        raise UnknownDocumentError(
            f"no document {reference!r} in this workspace",
            "see the names with GET /v1/documents or covenant documents, or ingest it first",
        )
