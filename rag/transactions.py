"""SQLite transactions of connections in autocommit mode: all of what a block writes, or nothing.

Leaves opening files and telling what went wrong to those who hold the connection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Begin at once, so that no other writer comes in between; commit at the end of the block.

    >>> database = sqlite3.connect(":memory:", isolation_level=None)
    >>> with transaction(database):
    ...     _ = database.execute("CREATE TABLE kept (n)")
    >>> database.in_transaction
    False
    """
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        # A full disk may already have rolled the transaction back.
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise
