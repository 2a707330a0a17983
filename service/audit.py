"""The audit log: who changed what, when. Rows are added and read, never changed.

Written in a transaction of its own after the change has happened. Says which document, key or judgement it
was, never what stands in it; no secret is ever handed to it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from service.callers import Caller
from service.database import create_tables, reading, writing

_SCHEMA = """
CREATE TABLE IF NOT EXISTS audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, caller_id TEXT NOT NULL, caller TEXT NOT NULL,
  action TEXT NOT NULL, target TEXT NOT NULL, detail TEXT NOT NULL
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One change: an action ("document.delete") on a target (an id), with what else is to be known."""

    id: int
    at: str
    caller_id: str
    caller: str
    action: str
    target: str
    detail: dict[str, object]


class AuditLog:
    """The changes of one workspace, in their order. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        create_tables(path, _SCHEMA)

    def add(
        self, who: Caller, action: str, target: str, *, at: str, detail: Mapping[str, object] | None = None
    ) -> None:
        """Note a change."""
        row = (at, who.id, who.name, action, target, json.dumps(detail or {}, sort_keys=True))
        with writing(self._path) as connection:
            connection.execute(
                "INSERT INTO audit (at, caller_id, caller, action, target, detail) VALUES (?,?,?,?,?,?)", row
            )

    def entries(self, *, limit: int, before: int | None = None) -> list[AuditEntry]:
        """The newest entries, newest first; ``before`` an id only those that came earlier."""
        with reading(self._path) as connection:
            rows = connection.execute(
                "SELECT * FROM audit WHERE ? IS NULL OR id < ? ORDER BY id DESC LIMIT ?",
                (before, before, limit),
            ).fetchall()
        return [AuditEntry(**{**dict(row), "detail": json.loads(row["detail"])}) for row in rows]
