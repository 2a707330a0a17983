"""``labels.db``: one SQLite connection with its schema and transactions.

WAL mode, so that reading goes on beside one writer; a write is in the file or not, whenever the process
dies. Leaves what is stored to ``tuning.labeling.votes`` and ``tuning.labeling.store``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from rag.errors import WorkspaceError
from rag.storage import storage_errors
from rag.transactions import transaction
from rag.workspace import Workspace

_BUSY_MS = 10_000
_VERSION = 1
_SCHEMA = """
CREATE TABLE items (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, question TEXT NOT NULL,
    asked TEXT NOT NULL, beside TEXT NOT NULL, content TEXT NOT NULL
);
CREATE TABLE questions (id TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX items_of_question ON items (question);
CREATE TABLE functions (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL, query_wise INTEGER NOT NULL,
    source TEXT NOT NULL, UNIQUE (name, version)
);
CREATE TABLE votes (
    function INTEGER NOT NULL, block INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (function, block)
) WITHOUT ROWID;
CREATE TABLE failures (
    function INTEGER NOT NULL, item INTEGER NOT NULL, message TEXT NOT NULL, place TEXT NOT NULL,
    PRIMARY KEY (function, item)
) WITHOUT ROWID;
CREATE TABLE edges (function INTEGER PRIMARY KEY, edges TEXT NOT NULL);
CREATE TABLE models (id TEXT PRIMARY KEY, kind TEXT NOT NULL, functions TEXT NOT NULL, made INTEGER NOT NULL);
CREATE TABLE labels (
    model TEXT NOT NULL, item INTEGER NOT NULL, probability REAL NOT NULL, PRIMARY KEY (model, item)
) WITHOUT ROWID;
CREATE INDEX labels_of_item ON labels (item);
"""


class LabelFile:
    """One open connection; use as a context manager. Not shared between threads."""

    def __init__(self, root: Path) -> None:
        """Open or create ``labels.db`` in a folder.

        Raises:
            WorkspaceError: the file is none of ours, or of another version.
            StorageError: it cannot be written.
        """
        self.root = root
        path = Workspace(root).labels_file
        with storage_errors(str(path)):
            root.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None)
        try:
            with storage_errors(str(path)):
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = NORMAL")
                self._db.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
                with self.transaction():
                    version = self._db.execute("PRAGMA user_version").fetchone()[0]
                    for statement in _SCHEMA.split(";") if version == 0 else ():
                        self._db.execute(statement)
                    self._db.execute(f"PRAGMA user_version = {version or _VERSION}")
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise WorkspaceError(
                f"{path} holds no labels: {error}", "move it away and label again"
            ) from error
        if version not in (0, _VERSION):
            self._db.close()
            raise WorkspaceError(f"{path} was written by another release", "move it away and label again")

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
        with storage_errors("labels.db"), transaction(self._db):
            yield
