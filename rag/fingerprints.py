"""Content hashes: the ids of documents, chunks and components, and the hash of a file on disk.

Leaves to others what goes into a hash; here is only how.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

ID_LENGTH = 20
"""Hex digits kept: 80 bits, so a collision among 10**9 ids has a chance of about 4e-7."""


def hash_bytes(data: bytes) -> str:
    """An id for bytes.

    >>> hash_bytes(b"")
    'e3b0c44298fc1c149afb'
    """
    return hashlib.sha256(data).hexdigest()[:ID_LENGTH]


def hash_parts(*parts: str | int) -> str:
    """An id for a sequence of values; ``("ab", "c")`` and ``("a", "bc")`` differ.

    >>> hash_parts("ab", "c") == hash_parts("a", "bc")
    False
    """
    return hash_bytes(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode())


def fingerprint(facts: Mapping[str, object]) -> str:
    """An id for JSON-like facts, independent of the order of keys.

    >>> fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    True
    """
    canonical = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hash_bytes(canonical.encode())


def hash_file(path: Path) -> str:
    """The full SHA-256 of a file, hex, read in blocks of 1 MiB.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
