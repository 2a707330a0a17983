"""Answers that a service has kept, without those that rest on deleted documents.

Knows of ``service.db`` only that ``answers_rest_on`` says which answer rests on which document, and that
answers and whatever is kept of one bear its id: ``answers.id``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from rag.storage import storage_errors
from rag.transactions import transaction

_BUSY_S = 10.0


def forget_answers(path: Path, documents: Collection[str]) -> int:
    """Delete every answer that rests on one of the documents; returns how many.

    Nothing is done where no service has ever kept one.

    Raises:
        StorageError: the disk is full or not writable; nothing was deleted.
    """
    if not path.is_file():
        return 0
    with (
        storage_errors(str(path)),
        closing(sqlite3.connect(path, isolation_level=None, timeout=_BUSY_S)) as database,
    ):
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables >= {"answers", "answers_rest_on"}:
            return 0
        database.execute("PRAGMA secure_delete = ON")
        marks = ",".join("?" * len(documents))
        with transaction(database):
            found = database.execute(
                f"SELECT DISTINCT answer_id FROM answers_rest_on WHERE document_id IN ({marks})",  # noqa: S608
                tuple(documents),
            ).fetchall()
            database.executemany("DELETE FROM answers WHERE id = ?", found)
            database.executemany("DELETE FROM answers_rest_on WHERE answer_id = ?", found)
        # What was deleted is overwritten in the file; the log still has it until it is emptied.
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return len(found)
