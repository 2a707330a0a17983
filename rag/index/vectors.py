"""Vectors computed once: a store keyed by the embedder's fingerprint and the passage's text.

Re-ingesting, re-chunking elsewhere in a document, or an interrupted run never embeds a text twice. One
SQLite file per embedder; a batch is kept as soon as it is computed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from rag.fingerprints import hash_bytes
from rag.protocols import Embedder, Vectors
from rag.storage import storage_errors

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
            self._db = sqlite3.connect(folder / f"vectors-{embedder.fingerprint}.db", isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL)"
            )

    def __enter__(self) -> VectorStore:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def embed(self, passages: Sequence[str], progress: Callable[[int], None]) -> Vectors:
        """``[n, dim]`` in the order given; ``progress`` is told how many more are done, stored ones too.

        Raises:
            StorageError: the disk is full; what was computed before stays stored.
        """
        keys = [hash_bytes(passage.encode()) for passage in passages]
        known = self._known()
        missing = {key: text for key, text in zip(keys, passages, strict=True) if key not in known}
        progress(len(passages) - len(missing))
        # Longest first: batches of equal length waste no padding, and the time left is not overrated.
        todo = sorted(missing.items(), key=lambda item: (-len(item[1]), item[0]))
        for first in range(0, len(todo), _BLOCK):
            block = todo[first : first + _BLOCK]
            vectors = self._embedder.embed_passages([text for _, text in block])
            self._keep([key for key, _ in block], vectors)
            progress(len(block))
        return self._read(keys)

    def _known(self) -> set[str]:
        return {row[0] for row in self._db.execute("SELECT key FROM vectors")}

    def _keep(self, keys: Sequence[str], vectors: Vectors) -> None:
        with storage_errors("the vector store"):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                rows = [(key, vector.tobytes()) for key, vector in zip(keys, vectors, strict=True)]
                self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?,?)", rows)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _read(self, keys: Sequence[str]) -> Vectors:
        result = np.empty((len(keys), self._embedder.dim), dtype=np.float32)
        for row, key in enumerate(keys):
            blob = self._db.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()[0]
            result[row] = np.frombuffer(blob, dtype=np.float32)
        return result
