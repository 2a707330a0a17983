"""API keys: made once, shown once, kept as hashes; looked up with every request.

A key is ``cov_ID_SECRET``. The secret is 32 random bytes, so that nobody can try them all however fast the
hash is: one SHA-256 keeps it as safe as argon2 would, without its 50 ms in every request. (Slow hashes are
for passwords, which people choose.) Revoking counts from the next request on.

Leaves roles to ``service.callers`` and how a request brings its key to ``service.guard``.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from rag.collection import checked_collection
from rag.errors import UsageError
from service.callers import ROLES, Caller, Role
from service.database import create_tables, reading, writing

_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, collections TEXT, per_minute INTEGER,
  max_upload_mb INTEGER, hash BLOB NOT NULL, created TEXT NOT NULL, revoked TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS keys_name ON keys(name) WHERE revoked IS NULL;
"""
_PREFIX = "cov"
_ID_BYTES, _SECRET_BYTES = 5, 32
_MAX_NAME = 80
_NOBODY = sha256(b"").digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTerms:
    """What a key allows: its role, the collections it sees (None: all), its limits (None: the service's)."""

    role: Role = "ask"
    collections: tuple[str, ...] | None = None
    per_minute: int | None = None
    max_upload_mb: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """A key without what would let anybody use it; ``revoked`` is empty while it is in use."""

    id: str
    name: str
    terms: KeyTerms
    created: str
    revoked: str

    @property
    def caller(self) -> Caller:
        """Whoever comes with this key."""
        terms = self.terms
        return Caller(
            id=self.id,
            name=self.name,
            role=terms.role,
            collections=None if terms.collections is None else frozenset(terms.collections),
            max_upload_mb=terms.max_upload_mb,
        )


class Keys:
    """The keys of one workspace. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        create_tables(path, _SCHEMA)
        # One connection that only watches: its data_version changes whenever another one writes.
        self._watch = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._lock = threading.Lock()
        self._seen = -1
        self._known: dict[str, tuple[KeyRecord, bytes]] = {}

    def close(self) -> None:
        """Close the watching connection."""
        with self._lock:
            self._watch.close()

    def create(self, name: str, terms: KeyTerms, *, at: str) -> tuple[KeyRecord, str]:
        """A new key: its record, and the key itself, which is not kept and cannot be shown again.

        Raises:
            UsageError: the name is empty, too long or in use, or the terms cannot be.
        """
        checked = _checked(terms)
        if not name.strip() or len(name) > _MAX_NAME or not name.isprintable():
            raise UsageError(
                f"{name[:_MAX_NAME]!r} cannot name a key", f"say whose it is in 1 to {_MAX_NAME} characters"
            )
        key_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
        collections = None if checked.collections is None else json.dumps(checked.collections)
        row = (key_id, name, checked.role, collections, checked.per_minute, checked.max_upload_mb)
        try:
            with writing(self._path) as connection:
                connection.execute(
                    "INSERT INTO keys VALUES (?,?,?,?,?,?,?,?,NULL)", (*row, _hashed(secret), at)
                )
        except sqlite3.IntegrityError:
            raise UsageError(
                f"a key named {name!r} is in use", "revoke it first, or take another name"
            ) from None
        record = KeyRecord(id=key_id, name=name, terms=checked, created=at, revoked="")
        return record, f"{_PREFIX}_{key_id}_{secret}"

    def revoke(self, reference: str, *, at: str) -> KeyRecord:
        """End a key, named by its id or its name; its record stays.

        Raises:
            UsageError: no key in use is named so.
        """
        with writing(self._path) as connection:
            row = connection.execute(
                "SELECT * FROM keys WHERE revoked IS NULL AND (id = ? OR name = ?)", (reference, reference)
            ).fetchone()
            if row is None:
                raise UsageError(f"no key in use is named {reference!r}", "see covenant keys list")
            connection.execute("UPDATE keys SET revoked = ? WHERE id = ?", (at, row["id"]))
        return _record({**dict(row), "revoked": at})

    def records(self) -> list[KeyRecord]:
        """All keys, revoked ones too, oldest first."""
        with reading(self._path) as connection:
            return [
                _record(dict(row)) for row in connection.execute("SELECT * FROM keys ORDER BY created, id")
            ]

    def in_use(self) -> bool:
        """Whether requests need a key: one was made, even if all have been revoked since."""
        return bool(self._current())

    def find(self, key: str) -> KeyRecord | None:
        """The key in use that this is; None for anything else."""
        prefix, _, rest = key.partition("_")
        key_id, _, secret = rest.partition("_")
        record, kept = self._current().get(key_id, (None, _NOBODY))
        # Compared even where there is no such key, so that both take the same time.
        fits = compare_digest(_hashed(secret), kept)
        return record if record and fits and prefix == _PREFIX and not record.revoked else None

    def _current(self) -> dict[str, tuple[KeyRecord, bytes]]:
        """All keys with their hashes; read anew where the file has changed."""
        with self._lock:
            version = self._watch.execute("PRAGMA data_version").fetchone()[0]
            if version != self._seen:
                with reading(self._path) as connection:
                    rows = [dict(row) for row in connection.execute("SELECT * FROM keys")]
                self._known = {row["id"]: (_record(row), row["hash"]) for row in rows}
                self._seen = version
            return self._known


def _checked(terms: KeyTerms) -> KeyTerms:
    if terms.role not in ROLES:
        raise UsageError(f"there is no role {terms.role!r}", f"choose from {', '.join(ROLES)}")
    for value in (terms.per_minute, terms.max_upload_mb):
        if value is not None and value < 1:
            raise UsageError(f"a limit of {value} lets nothing through", "set 1 or more, or leave it out")
    for name in terms.collections or ():
        checked_collection(name)
    return terms


def _hashed(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _record(row: dict[str, object]) -> KeyRecord:
    collections = row["collections"]
    values: Sequence[str] | None = None if collections is None else json.loads(str(collections))
    terms = KeyTerms(
        role=row["role"],  # type: ignore[arg-type]
        collections=None if values is None else tuple(values),
        per_minute=row["per_minute"],  # type: ignore[arg-type]
        max_upload_mb=row["max_upload_mb"],  # type: ignore[arg-type]
    )
    return KeyRecord(
        id=str(row["id"]),
        name=str(row["name"]),
        terms=terms,
        created=str(row["created"]),
        revoked=str(row["revoked"] or ""),
    )
