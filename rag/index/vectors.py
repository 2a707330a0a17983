"""Vectors computed once: a store keyed by the embedder's fingerprint and the passage's text.

Re-ingesting, re-chunking elsewhere in a document, or an interrupted run never embeds a text twice. One
SQLite file per embedder; a batch is kept as soon as it is computed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from rag.fingerprints import hash_bytes
from rag.protocols import Embedder, Vectors
from rag.storage import storage_errors, sync_folder
from rag.transactions import transaction

_TABLE = "CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL)"
_PAGES = "PRAGMA page_size = 16384"
"""Of a new file: ten vectors of 384 columns to a page leave little of it empty."""
_BLOCK = 1024
"""Texts embedded and stored at a time: some seconds of work lost at most when a run is killed."""


class VectorStore:
    """Vectors of one embedder; use as a context manager."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        """Open or create the file for this embedder in ``folder``.

        Raises:
            StorageError: the folder cannot be written.
        """
        self._embedder = embedder
        with storage_errors("the vector store"):
            folder.mkdir(parents=True, exist_ok=True)
            self._db = _open(folder / f"vectors-{embedder.passage_fingerprint}.db")
            self._db.execute(_TABLE)

    def __enter__(self) -> VectorStore:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def embed(self, passages: Sequence[str], progress: Callable[[int], None]) -> Vectors:
        """``[n, dim]`` in the order given; ``progress`` is told how many more are done, stored ones too.

        Raises:
            StorageError: the disk is full; what was computed before stays stored.
        """
        return self._read(self.fill(passages, progress))

    def fill(self, passages: Sequence[str], progress: Callable[[int], None]) -> list[str]:
        """Compute and store what is missing; returns each passage's key.

        Raises:
            StorageError: the disk is full; what was computed before stays stored.
        """
        keys = [vector_key(passage) for passage in passages]
        known = self._known()
        missing = {key: text for key, text in zip(keys, passages, strict=True) if key not in known}
        progress(len(passages) - len(missing))
        # Longest first: batches of equal length waste no padding, and the time left is not overrated.
        todo = sorted(missing.items(), key=lambda item: (-len(item[1]), item[0]))
        for first in range(0, len(todo), _BLOCK):
            block = todo[first : first + _BLOCK]
            vectors = self._embedder.embed_passages([text for _, text in block], progress)
            self._keep([key for key, _ in block], vectors)
        return keys

    def _known(self) -> set[str]:
        return {row[0] for row in self._db.execute("SELECT key FROM vectors")}

    def _keep(self, keys: Sequence[str], vectors: Vectors) -> None:
        with storage_errors("the vector store"), transaction(self._db):
            rows = [(key, vector.tobytes()) for key, vector in zip(keys, vectors, strict=True)]
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?,?)", rows)

    def _read(self, keys: Sequence[str]) -> Vectors:
        result = np.empty((len(keys), self._embedder.dim), dtype=np.float32)
        for row, key in enumerate(keys):
            blob = self._db.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()[0]
            result[row] = np.frombuffer(blob, dtype=np.float32)
        return result


def vector_key(passage: str) -> str:
    """What a passage's vector is stored under.

    >>> vector_key("")
    'e3b0c44298fc1c149afb'
    """
    return hash_bytes(passage.encode())


def drop_vectors(folder: Path, keep: Collection[str]) -> int:
    """Drop the vectors of every embedder whose keys are not among ``keep``; returns how many.

    Where something is dropped the others are written anew, in place of the file: no byte of it stays. The
    caller must be the only one who uses the folder.

    Raises:
        StorageError: the disk is full or not writable.
    """
    dropped = 0
    for path in sorted(folder.glob("vectors-*.db")):
        with storage_errors("the vector store"):
            with closing(_open(path)) as db:
                if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'vectors'").fetchone():
                    continue
                gone = sum(row[0] not in keep for row in db.execute("SELECT key FROM vectors"))
            if gone:
                _write_anew(path, keep)
        dropped += gone
    return dropped


def _write_anew(path: Path, keep: Collection[str]) -> None:
    aside = path.with_name(f".{path.name}.anew")
    aside.unlink(missing_ok=True)
    # Nobody sees the file before it is whole, and it is made durable then: no journal is needed.
    with closing(sqlite3.connect(aside, isolation_level=None)) as db:
        db.execute(_PAGES)
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute(_TABLE)
        db.execute("CREATE TEMP TABLE kept (key TEXT PRIMARY KEY) WITHOUT ROWID")
        db.execute("BEGIN")
        db.executemany("INSERT INTO kept VALUES (?)", [(key,) for key in sorted(keep)])
        db.execute("COMMIT")
        db.execute("ATTACH DATABASE ? AS old", (str(path),))
        db.execute("BEGIN")
        db.execute(
            "INSERT INTO vectors SELECT key, vector FROM old.vectors WHERE key IN (SELECT key FROM kept)"
            " ORDER BY old.vectors.rowid"
        )
        db.execute("COMMIT")
    with aside.open("rb") as stream:
        os.fsync(stream.fileno())
    for log in (path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm")):
        log.unlink(missing_ok=True)
    aside.replace(path)
    sync_folder(path.parent)


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute(_PAGES)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA secure_delete = ON")
    return db
