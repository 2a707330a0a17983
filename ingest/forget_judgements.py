"""What people said of answers, without what speaks of deleted documents.

Knows of ``service.db`` that ``judgements`` and ``regression_questions`` name the documents that they speak of
in their rows, and of ``judgements.jsonl`` and ``questions.jsonl`` that each line bears its row's id. A line
that the service adds at the same moment is added again when it starts next. Logs of jobs go altogether.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from rag.storage import storage_errors, write_text
from rag.transactions import transaction
from rag.workspace import Workspace

_BUSY_S = 10.0
_TABLES = {
    "judgements": "instr(row, ?1)",
    "regression_questions": "instr(evidence, ?1) OR instr(documents, ?1)",
}

_LOGS = "job_lines"
"""Logs of jobs: a line may name any document or question, so all of them go."""


def forget_judgements(workspace: Workspace, documents: Collection[str]) -> int:
    """Delete judgements and regression questions that speak of a document; returns how many.

    Raises:
        StorageError: the disk is full or not writable.
    """
    path = workspace.service_file
    if not path.is_file():
        return 0
    gone: dict[str, set[str]] = {}
    with (
        storage_errors(str(path)),
        closing(sqlite3.connect(path, isolation_level=None, timeout=_BUSY_S)) as database,
    ):
        there = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        database.execute("PRAGMA secure_delete = ON")
        for table in _TABLES.keys() & there:
            gone[table] = _delete(database, table, documents)
        if _LOGS in there:
            database.execute(f"DELETE FROM {_LOGS}")  # noqa: S608 - our own table
        # What was deleted is overwritten in the file; the log still has it until it is emptied.
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _cut(workspace.judgements, gone.get("judgements", set()))
    _cut(workspace.regression, gone.get("regression_questions", set()))
    return sum(map(len, gone.values()))


def _delete(database: sqlite3.Connection, table: str, documents: Collection[str]) -> set[str]:
    """Delete the rows that name a document; returns their ids."""
    found: set[str] = set()
    with transaction(database):
        for document in documents:
            rows = database.execute(
                f"DELETE FROM {table} WHERE {_TABLES[table]} RETURNING id",  # noqa: S608 - our own tables
                (document,),
            )
            found.update(row[0] for row in rows.fetchall())
    return found


def _cut(path: Path, ids: Collection[str]) -> None:
    """Write a file of lines anew without those of some ids."""
    if not ids or not path.is_file():
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.strip() and json.loads(line).get("id") not in ids]
    write_text(path, "".join(f"{line}\n" for line in kept))
