"""``service.db`` of the workspace: what the service itself keeps. One small way to open it.

Answers, judgements, keys and the audit log each have a module of their own that makes its tables
(``CREATE TABLE IF NOT EXISTS``) and knows its rows. A connection is opened for each piece of work and closed
after it, so that any thread may do any: SQLite's log (WAL) lets readers and one writer work side by side, and
the command line beside the service.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from rag.errors import WorkspaceError
from rag.storage import storage_errors
from rag.transactions import transaction

_BUSY_MS = 10_000
"""How long a writer waits for another."""


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection whose rows can be asked by column; each statement is a transaction of its own.

    Raises:
        WorkspaceError: the file is not a database.
        StorageError: it cannot be opened.
    """
    with storage_errors(str(path)), closing(_connect(path)) as connection:
        yield connection


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection inside one transaction: all that the block writes, or nothing.

    Raises:
        WorkspaceError: the file is not a database.
        StorageError: the disk is full or not writable.
    """
    with reading(path) as connection, transaction(connection):
        yield connection


def create_tables(path: Path, schema: str) -> None:
    """Make the tables of ``schema``, statements that do nothing where their table is there already."""
    with writing(path) as connection:
        for statement in filter(str.strip, schema.split(";")):
            connection.execute(statement)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        # What was accepted must outlive a loss of power: the log is synced with every transaction.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
    except sqlite3.OperationalError:
        connection.close()
        raise
    except sqlite3.DatabaseError as error:
        connection.close()
        raise WorkspaceError(f"{path} is not a database: {error}", "move it away and start again") from error
    return connection
