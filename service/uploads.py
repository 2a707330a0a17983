"""Files on their way into the library: which came, how far each is, what became of it.

A file that was accepted is remembered on disk, so that a service that was killed goes on with it when it
starts again. Leaves receiving files to ``service.document_routes`` and reading them to ``service.librarian``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from service.database import create_tables, reading, writing

Status = Literal["queued", "running", "done", "failed"]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS uploads (
  id TEXT PRIMARY KEY, created TEXT NOT NULL, caller_id TEXT NOT NULL, collection TEXT NOT NULL,
  path TEXT NOT NULL, instead_of TEXT NOT NULL, status TEXT NOT NULL, document_id TEXT, name TEXT NOT NULL,
  error TEXT, ended TEXT
);
CREATE INDEX IF NOT EXISTS uploads_status ON uploads(status, created);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came in.

    ``path`` is where it lies in the workspace, ``instead_of`` the sources that it replaces. ``document_id``
    is known when it is done, ``error`` (code, message, remedy) when it failed.
    """

    id: str
    created: str
    caller_id: str
    collection: str
    path: Path
    instead_of: tuple[str, ...] = ()
    status: Status = "queued"
    document_id: str = ""
    name: str = ""
    error: Mapping[str, str] | None = None
    ended: str = ""


class Uploads:
    """The uploads of one workspace. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        create_tables(path, _SCHEMA)

    def add(self, upload: Upload) -> None:
        """Remember a file that was accepted; from here on it is not lost."""
        row = (upload.id, upload.created, upload.caller_id, upload.collection, str(upload.path))
        with writing(self._path) as connection:
            connection.execute(
                "INSERT INTO uploads (id, created, caller_id, collection, path, instead_of, status, name)"
                " VALUES (?,?,?,?,?,?,'queued',?)",
                (*row, json.dumps(upload.instead_of), upload.path.stem),
            )

    def get(self, upload_id: str) -> Upload | None:
        """One upload, or None."""
        return next(iter(self._select("id = ?", (upload_id,))), None)

    def unfinished(self) -> list[Upload]:
        """What is still to be read, oldest first."""
        return self._select("status IN ('queued', 'running') ORDER BY created, rowid", ())

    def latest(self, limit: int) -> list[Upload]:
        """The newest uploads, newest first."""
        return self._select("1 ORDER BY created DESC, rowid DESC LIMIT ?", (limit,))

    def start(self, upload_id: str) -> None:
        """Note that a file is being read."""
        self._update(upload_id, status="running")

    def wait(self, upload_id: str) -> None:
        """Note that a file is to be read from the start again."""
        self._update(upload_id, status="queued")

    def finish(self, upload_id: str, document_id: str, name: str, *, at: str) -> None:
        """Note that a file is in the library."""
        self._update(upload_id, status="done", document_id=document_id, name=name, ended=at)

    def fail(self, upload_id: str, error: Mapping[str, str], *, at: str) -> None:
        """Note why a file is not in the library."""
        self._update(upload_id, status="failed", error=json.dumps(dict(error)), ended=at)

    def _update(self, upload_id: str, **values: str) -> None:
        names = ", ".join(f"{name} = ?" for name in values)
        with writing(self._path) as connection:
            connection.execute(
                f"UPDATE uploads SET {names} WHERE id = ?",  # noqa: S608 - our own columns
                (*values.values(), upload_id),
            )

    def _select(self, where: str, values: Sequence[str | int]) -> list[Upload]:
        with reading(self._path) as connection:
            rows = connection.execute(
                f"SELECT * FROM uploads WHERE {where}",  # noqa: S608 - our own conditions
                values,
            ).fetchall()
        return [
            Upload(
                id=row["id"],
                created=row["created"],
                caller_id=row["caller_id"],
                collection=row["collection"],
                path=Path(row["path"]),
                instead_of=tuple(json.loads(row["instead_of"])),
                status=row["status"],
                document_id=row["document_id"] or "",
                name=row["name"],
                error=json.loads(row["error"]) if row["error"] else None,
                ended=row["ended"] or "",
            )
            for row in rows
        ]
