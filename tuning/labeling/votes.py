"""Items by number, and what functions say of them: by item, function and version.

Votes are kept in blocks (``tuning.labeling.blocks``), an older version's too, so that an old label can be
taken apart with the votes of its day. Leaves running functions to ``tuning.labeling.applier``, the file to
``tuning.labeling.label_file``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from tuning.items import Item
from tuning.labeling.blocks import BLOCK, NOT_RUN, Numbers, empty, packed, unpacked
from tuning.labeling.functions import LabelingFunction, Values
from tuning.labeling.item_rows import Row, State, item_row, question_of, states_of
from tuning.labeling.label_file import LabelFile

_MANY = 500
"""Values of one statement: SQLite takes a limited number."""


class VoteStore(LabelFile):
    """The part of ``labels.db`` that functions fill."""

    def register(self, items: Sequence[Item]) -> Numbers:
        """Number the items ``[n]``, new ones behind those known; equal ones have one number.

        Where a question has another answer, place or kind than last time, its items count as not run; where
        only its items or their ranks are others, those functions do that depend on it (``query_wise``).
        """
        rows = {row.id: row for row in map(item_row, items)}
        asked = {one.id: one for one in map(question_of, items)}
        states = states_of(list(rows.values()), asked)
        with self.transaction():
            known = self._known(list(rows))
            self._db.executemany(
                "INSERT OR REPLACE INTO questions VALUES (?,?)",
                [(name, json.dumps(asdict(one), ensure_ascii=False)) for name, one in asked.items()],
            )
            self._db.executemany(
                "INSERT INTO items (id, kind, question, asked, beside, content) VALUES (?,?,?,?,?,?)",
                [
                    (row.id, row.kind, row.question, *states[row.question], row.content)
                    for row in rows.values()
                    if row.id not in known
                ],
            )
            self._move({name: rows[name] for name in known}, known, states)
            numbers = {name: number for name, (number, _) in self._known(list(rows)).items()}
        return np.array([numbers[item.id] for item in items], dtype=np.int64)

    def _move(
        self,
        rows: Mapping[str, Row],
        known: Mapping[str, tuple[int, State]],
        states: Mapping[str, State],
    ) -> None:
        """Take down what has changed around known items, and forget the votes that depend on it."""
        moved = {name: row for name, row in rows.items() if known[name][1] != states[row.question]}
        self._db.executemany(
            "UPDATE items SET asked = ?, beside = ?, content = ? WHERE id = ?",
            [(*states[row.question], row.content, name) for name, row in moved.items()],
        )
        anew = [
            name for name, row in moved.items() if known[name][1].question != states[row.question].question
        ]
        for names, where in ((list(moved), "query_wise = 1"), (anew, "query_wise = 0")):
            numbers = np.array([known[name][0] for name in names], dtype=np.int64)
            nothing = np.full(len(numbers), NOT_RUN, dtype=np.float32)
            functions = self._db.execute(f"SELECT number FROM functions WHERE {where}").fetchall()  # noqa: S608
            for (function,) in functions if len(numbers) else ():
                self._write(function, numbers, nothing)

    def _known(self, ids: Sequence[str]) -> dict[str, tuple[int, State]]:
        found: dict[str, tuple[int, State]] = {}
        for start in range(0, len(ids), _MANY):
            some = ids[start : start + _MANY]
            marks = ",".join("?" * len(some))
            found |= {
                row[0]: (row[1], State(row[2], row[3]))
                for row in self._db.execute(
                    f"SELECT id, number, asked, beside FROM items WHERE id IN ({marks})",  # noqa: S608
                    some,
                )
            }
        return found

    def content(self, item: str) -> tuple[int, dict[str, Any]]:
        """An item's number, and what is kept of it, its question included.

        Raises:
            KeyError: it is not there.
        """
        row = self._db.execute(
            "SELECT number, kind, items.content, questions.content FROM items"
            " JOIN questions ON questions.id = items.question WHERE items.id = ?",
            (item,),
        ).fetchone()
        if row is None:
            raise KeyError(item)
        return int(row[0]), {"kind": row[1], "question": json.loads(row[3]), **json.loads(row[2])}

    def number_of(self, function: LabelingFunction, version: str) -> int:
        """The number of a function's version, given when it is met first."""
        self._db.execute(
            "INSERT OR IGNORE INTO functions (name, version, query_wise, source) VALUES (?,?,?,?)",
            (function.name, version, int(function.query_wise), function.source),
        )
        row = self._db.execute(
            "SELECT number FROM functions WHERE name = ? AND version = ?", (function.name, version)
        ).fetchone()
        return int(row[0])

    def find_function(self, name: str, version: str) -> int:
        """The number of a version.

        Raises:
            KeyError: it never ran.
        """
        row = self._db.execute(
            "SELECT number FROM functions WHERE name = ? AND version = ?", (name, version)
        ).fetchone()
        if row is None:
            raise KeyError((name, version))
        return int(row[0])

    def source(self, function: int) -> str:
        """The source of a function's version, as it was when it ran."""
        row = self._db.execute("SELECT source FROM functions WHERE number = ?", (function,)).fetchone()
        return str(row[0])

    def read(self, function: int, numbers: Numbers) -> Values:
        """What a function's version says of items ``[n]``; ``NOT_RUN`` and ``RAISED`` among it."""
        found: Values = np.full(len(numbers), NOT_RUN, dtype=np.float32)
        for block, places in _by_block(numbers):
            found[places] = self._block(function, block)[numbers[places] % BLOCK]
        return found

    def write(self, function: int, numbers: Numbers, values: Values) -> None:
        """Keep what a function's version says; inside a transaction of the caller's."""
        self._write(function, numbers, values)
        self._db.executemany(
            "DELETE FROM failures WHERE function = ? AND item = ?",
            [(function, int(number)) for number in numbers] if self._has_failures(function) else [],
        )

    def _write(self, function: int, numbers: Numbers, values: Values) -> None:
        for block, places in _by_block(numbers):
            content = self._block(function, block)
            content[numbers[places] % BLOCK] = values[places]
            self._db.execute(
                "INSERT OR REPLACE INTO votes VALUES (?,?,?)", (function, block, packed(content))
            )

    def _block(self, function: int, block: int) -> Values:
        row = self._db.execute(
            "SELECT content FROM votes WHERE function = ? AND block = ?", (function, block)
        ).fetchone()
        return empty() if row is None else unpacked(row[0])

    def _has_failures(self, function: int) -> bool:
        return bool(
            self._db.execute("SELECT 1 FROM failures WHERE function = ? LIMIT 1", (function,)).fetchone()
        )

    def put_failures(self, function: int, failures: Mapping[int, tuple[str, str]]) -> None:
        """Keep what a function raised, message and place, by item's number; inside a transaction."""
        self._db.executemany(
            "INSERT OR REPLACE INTO failures VALUES (?,?,?,?)",
            [(function, number, message, place) for number, (message, place) in failures.items()],
        )

    def failures(self, function: int) -> list[tuple[str, str, str]]:
        """Item, message and place of what a function's version raised, by item's number."""
        rows = self._db.execute(
            "SELECT items.id, message, place FROM failures JOIN items ON items.number = failures.item"
            " WHERE function = ? ORDER BY item",
            (function,),
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def edges(self, function: int) -> tuple[float, ...]:
        """Where a version's scores are cut into bins; empty where nobody has said."""
        row = self._db.execute("SELECT edges FROM edges WHERE function = ?", (function,)).fetchone()
        return () if row is None else tuple(json.loads(row[0]))

    def put_edges(self, function: int, edges: Sequence[float]) -> None:
        """Say where a version's scores are cut: later items fall into the same bins."""
        self._db.execute("INSERT OR REPLACE INTO edges VALUES (?,?)", (function, json.dumps(list(edges))))


def _by_block(numbers: Numbers) -> Iterator[tuple[int, Numbers]]:
    """Block and the places in ``numbers`` of those that lie in it."""
    blocks = numbers // BLOCK
    for block in np.unique(blocks):
        yield int(block), np.flatnonzero(blocks == block)
