"""What was ever sent to external vector stores, so that nothing stays there that no version has.

Names are taken down before they are sent and struck out after they are deleted. So what a killed run sent,
and what a version had that is gone, is found by ``sweep``, without asking a store what it holds, and however
often one fails. One SQLite file beside the versions, absent where no external store is used.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np

from rag.errors import CovenantError
from rag.index.collection import Collection, Names
from rag.index.dense_file import NAMES_FILE
from rag.index.external import ExternalIndex
from rag.storage import storage_errors

LEDGER = "external.db"

_TABLES = (
    "CREATE TABLE IF NOT EXISTS stores (id INTEGER PRIMARY KEY, made_by TEXT, options TEXT,"
    " UNIQUE (made_by, options))",
    "CREATE TABLE IF NOT EXISTS nodes (name BLOB PRIMARY KEY, store INTEGER NOT NULL) WITHOUT ROWID",
)
_log = logging.getLogger(__name__)


def note(folder: Path, index: object) -> None:
    """Take down, durably, what ``index.save`` will send; nothing for an index without an external store.

    Raises:
        StorageError: the disk is full or not writable.
    """
    if not isinstance(index, ExternalIndex) or not len(index.unsent):
        return
    store = index.collection.made_by, json.dumps(index.collection.options, sort_keys=True)
    with storage_errors("the list of sent vectors"), closing(_open(folder)) as db, db:
        db.execute("INSERT OR IGNORE INTO stores (made_by, options) VALUES (?, ?)", store)
        number = db.execute("SELECT id FROM stores WHERE made_by = ? AND options = ?", store).fetchone()[0]
        db.executemany(
            "INSERT OR IGNORE INTO nodes VALUES (?, ?)", [(name, number) for name in index.unsent.tolist()]
        )


def sweep(folder: Path) -> int:
    """Delete from the stores what no version in ``folder`` has; returns how many nodes.

    The caller must be the only one who makes versions there.

    Raises:
        VectorStoreError: a store fails; the next sweep goes on.
        SettingsError: a store's class or secret is not there any more.
        StorageError: the disk is full or not writable.
    """
    if not (folder / LEDGER).exists():
        return 0
    used = _names_in_use(folder)
    swept = 0
    with storage_errors("the list of sent vectors"), closing(_open(folder)) as db:
        for number, made_by, options in db.execute("SELECT id, made_by, options FROM stores").fetchall():
            rows = db.execute("SELECT name FROM nodes WHERE store = ?", (number,)).fetchall()
            noted = np.array([row[0] for row in rows], dtype="S32")
            gone = noted[~np.isin(noted, used)]
            if len(gone):
                Collection(made_by, json.loads(options)).delete(gone)
            with db:
                db.executemany("DELETE FROM nodes WHERE name = ?", [(name,) for name in gone.tolist()])
                if len(gone) == len(noted):
                    db.execute("DELETE FROM stores WHERE id = ?", (number,))
            swept += len(gone)
    return swept


def try_to_sweep(folder: Path) -> None:
    """``sweep`` where the run is done all the same if a store fails: it is told, and left to the next."""
    try:
        sweep(folder)
    except CovenantError as error:
        _log.warning("vectors that are not used any more were not deleted: %s", error)


def _names_in_use(folder: Path) -> Names:
    """The names in all versions; one that cannot be read cannot be searched either."""
    found = [np.zeros(0, dtype="S32")]
    for path in folder.glob(f"[!.]*/dense/{NAMES_FILE}"):
        try:
            found.append(np.load(path, allow_pickle=False))
        except (OSError, ValueError, EOFError):
            continue
    return np.concatenate(found)


def _open(folder: Path) -> sqlite3.Connection:
    db = sqlite3.connect(folder / LEDGER)
    for table in _TABLES:
        db.execute(table)
    return db
