"""``labels.db`` of a workspace: votes by item, function and version; failures; soft labels; what items were.

Votes are kept by the version of their function, so that only what changed is run again, and older votes stay
for tracing. One writer at a time; a block of votes is one transaction. Leaves voting to
``tuning.labeling.applier``, probabilities to ``tuning.labeling.soft``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rag.errors import UsageError
from rag.storage import storage_errors

FILE = "labels.db"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS items (n INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, what TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS functions (
    n INTEGER PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL, facts TEXT NOT NULL,
    UNIQUE (name, version)
);
CREATE TABLE IF NOT EXISTS votes (
    function INTEGER NOT NULL, item INTEGER NOT NULL, vote INTEGER NOT NULL, PRIMARY KEY (function, item)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failures (
    function INTEGER NOT NULL, item INTEGER NOT NULL, message TEXT NOT NULL, PRIMARY KEY (function, item)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS models (id TEXT PRIMARY KEY, model TEXT NOT NULL, versions TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS labels (
    item INTEGER NOT NULL, model TEXT NOT NULL, probability REAL NOT NULL, PRIMARY KEY (item, model)
) WITHOUT ROWID;
"""

Ints = NDArray[np.int64]


class VoteStore:
    """The open file; use as a context manager. Not shared between threads."""

    def __init__(self, path: Path) -> None:
        """Open or make the file.

        Raises:
            StorageError: it cannot be written.
            UsageError: it is no such file.
        """
        with storage_errors(str(path)):
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            raise UsageError(f"{path} cannot be opened: {error}", "restore it, or move it away") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is written inside."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def number_items(self, ids: Sequence[str], described: Sequence[str]) -> Ints:
        """Numbers ``[n]`` of items, new ones with their description (JSON); the same id, the same number."""
        with self.transaction():
            self._db.executemany(
                "INSERT OR IGNORE INTO items (id, what) VALUES (?, ?)", zip(ids, described, strict=True)
            )
        known = dict(self._db.execute("SELECT id, n FROM items"))
        return np.array([known[one] for one in ids], dtype=np.int64)

    def number_function(self, name: str, version: str, facts: Mapping[str, object]) -> int:
        """The number of a version of a function."""
        self._db.execute(
            "INSERT OR IGNORE INTO functions (name, version, facts) VALUES (?, ?, ?)",
            (name, version, json.dumps(facts, sort_keys=True)),
        )
        row = self._db.execute("SELECT n FROM functions WHERE name = ? AND version = ?", (name, version))
        return int(row.fetchone()[0])

    def put_votes(
        self, function: int, items: Ints, votes: NDArray[np.int8], failed: Mapping[int, str]
    ) -> None:
        """Votes ``[n]`` of a function on items, abstentions too; ``failed`` says where it raised, and what.

        Call it inside a transaction.
        """
        self._db.executemany(
            "INSERT OR REPLACE INTO votes VALUES (?, ?, ?)",
            ((function, item, vote) for item, vote in zip(items.tolist(), votes.tolist(), strict=True)),
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO failures VALUES (?, ?, ?)",
            [(function, int(items[place]), message) for place, message in failed.items()],
        )

    def votes_of(self, function: int) -> tuple[Ints, NDArray[np.int8]]:
        """Items ``[n]``, ascending, and their votes ``[n]``."""
        rows = self._db.execute("SELECT item, vote FROM votes WHERE function = ? ORDER BY item", (function,))
        table = np.array(rows.fetchall(), dtype=np.int64).reshape(-1, 2)
        return table[:, 0], table[:, 1].astype(np.int8)

    def failures_of(self, function: int) -> list[tuple[int, str]]:
        """The items where a function raised, and what."""
        rows = self._db.execute(
            "SELECT item, message FROM failures WHERE function = ? ORDER BY item", (function,)
        )
        return [(int(item), str(message)) for item, message in rows]

    def put_labels(
        self, model: str, saved: str, versions: Mapping[str, str], items: Ints, probabilities: Sequence[float]
    ) -> None:
        """Soft labels ``[n]`` by a label model, with its text and the versions of the functions it heard."""
        with self.transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO models VALUES (?, ?, ?)",
                (model, saved, json.dumps(dict(versions), sort_keys=True)),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO labels VALUES (?, ?, ?)",
                ((item, model, float(p)) for item, p in zip(items.tolist(), probabilities, strict=True)),
            )

    def item(self, prefix: str) -> tuple[int, str, dict[str, Any]]:
        """Number, id and description of the item whose id begins like this.

        Raises:
            UsageError: there is none, or several.
        """
        rows = self._db.execute(
            "SELECT n, id, what FROM items WHERE substr(id, 1, ?) = ? LIMIT 2", (len(prefix), prefix)
        ).fetchall()
        if len(rows) != 1:
            raise UsageError(
                f"{'no item has' if not rows else 'several items have'} the id {prefix!r}",
                "copy it from examples.jsonl of an artifact, or from covenant label --json",
            )
        return int(rows[0][0]), str(rows[0][1]), json.loads(rows[0][2])

    def labels_of(self, item: int) -> list[tuple[str, float]]:
        """Label models and their probabilities of an item, the newest last."""
        rows = self._db.execute(
            "SELECT labels.model, probability FROM labels JOIN models ON models.id = labels.model"
            " WHERE item = ? ORDER BY models.rowid",
            (item,),
        )
        return [(str(model), float(probability)) for model, probability in rows]

    def model(self, identity: str) -> tuple[str, dict[str, str]]:
        """A label model's text, and the versions of its functions by name."""
        row = self._db.execute("SELECT model, versions FROM models WHERE id = ?", (identity,)).fetchone()
        if row is None:
            raise UsageError(f"no label model {identity}", "run covenant label")
        return str(row[0]), dict(json.loads(row[1]))

    def vote(self, name: str, version: str, item: int) -> tuple[int | None, dict[str, Any]]:
        """The vote of a version of a function on an item (None: it never voted), and its facts."""
        row = self._db.execute(
            "SELECT n, facts FROM functions WHERE name = ? AND version = ?", (name, version)
        ).fetchone()
        if row is None:
            return None, {}
        found = self._db.execute(
            "SELECT vote FROM votes WHERE function = ? AND item = ?", (row[0], item)
        ).fetchone()
        return (None if found is None else int(found[0])), json.loads(row[1])
