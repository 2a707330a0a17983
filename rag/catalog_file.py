"""The catalog's file: one SQLite connection with its schema, transactions and snapshots.

What is deleted is overwritten in the file (``secure_delete``), so that nothing of it stays behind in free
pages; ``scrub`` does the same for the write-ahead log. Leaves what is stored to ``rag.catalog``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from rag.catalog_schema import MIGRATIONS, SCHEMA, SCHEMA_VERSION
from rag.errors import WorkspaceError
from rag.storage import storage_errors
from rag.transactions import transaction
from rag.types import DocumentId

_BUSY_MS = 10_000
"""How long a writer waits for another."""
_SCRUB_MS = 1_000
"""How long emptying the log waits for readers."""

_Collections = frozenset[str] | None


class CatalogFile:
    """One open connection; use as a context manager. Not shared between threads."""

    def __init__(self, path: Path) -> None:
        """Open or create the file.

        Raises:
            WorkspaceError: the file is not a catalog, or one of another schema version.
            StorageError: it cannot be written.
        """
        self._active: tuple[tuple[int, int], dict[_Collections, frozenset[DocumentId]]] = ((0, 0), {})
        with storage_errors(str(path)):
            self._db = sqlite3.connect(path, isolation_level=None)
        try:
            with storage_errors(str(path)):
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = NORMAL")
                self._db.execute("PRAGMA foreign_keys = ON")
                self._db.execute("PRAGMA secure_delete = ON")
                self._db.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
                version = self._version()
                if version == 0:
                    self._create()
                elif version in MIGRATIONS:
                    self._migrate()
                version = self._version()
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise WorkspaceError(f"{path} is not a catalog: {error}", "name another workspace") from error
        if version != SCHEMA_VERSION:
            self._db.close()
            age = "an older" if version < SCHEMA_VERSION else "a newer"
            raise WorkspaceError(
                f"{path} was written by {age} release: it has schema version {version}, not {SCHEMA_VERSION}",
                "ingest the same files into a new workspace",
            )

    def _create(self) -> None:
        with self.transaction():
            # Another process may have created the tables while this one waited for the lock.
            if self._version() == 0:
                for statement in SCHEMA.split(";"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _migrate(self) -> None:
        """Bring a file of an older release to this one's schema, all of it or nothing."""
        with self.transaction():
            # Another process may have done some or all of it while this one waited for the lock.
            while (version := self._version()) in MIGRATIONS:
                self._db.execute(MIGRATIONS[version])
                self._db.execute(f"PRAGMA user_version = {version + 1}")

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def __enter__(self) -> Self:
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
        with storage_errors("the catalog"), transaction(self._db):
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads of the block see one state of the library, whatever is written meanwhile.

        May be nested; the outermost block counts.
        """
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("COMMIT")

    def active_ids(self, collections: frozenset[str] | None = None) -> frozenset[DocumentId]:
        """The documents that may be retrieved at this moment; asks the file only where it has changed.

        An index may hold more: what was replaced or deleted after it was built or opened. With
        ``collections`` only documents of these.
        """
        state = (self._db.execute("PRAGMA data_version").fetchone()[0], self._db.total_changes)
        if self._active[0] != state:
            self._active = (state, {})
        known = self._active[1]
        if collections not in known:
            rows = self._db.execute(
                "SELECT DISTINCT document_id, collection FROM sources JOIN documents ON id = document_id"
            )
            known[collections] = frozenset(
                DocumentId(row[0]) for row in rows if collections is None or row[1] in collections
            )
        return known[collections]

    def scrub(self) -> bool:
        """Leave no byte of deleted rows in the file or its log; False where a reader was in the way.

        Raises:
            StorageError: the disk is full or not writable.
        """
        with storage_errors("the catalog"):
            self._db.execute("VACUUM")
            self._db.execute(f"PRAGMA busy_timeout = {_SCRUB_MS}")
            busy = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            self._db.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        return not busy

    def _insert(self, table: str, rows: Sequence[tuple[object, ...]], columns: str = "") -> None:
        if rows:
            places = ",".join("?" * len(rows[0]))
            into = f'"{table}" ({columns})' if columns else f'"{table}"'
            self._db.executemany(f"INSERT INTO {into} VALUES ({places})", rows)  # noqa: S608 - our own tables
