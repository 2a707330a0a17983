"""Verdicts on disk, by a hash of all that they depend on: a repeated run asks nothing twice."""

from __future__ import annotations

import json
from pathlib import Path

from rag.fingerprints import hash_parts
from rag.storage import write_text

VERDICTS = frozenset({"correct", "incorrect", "abstained"})


class VerdictStore:
    """One small file per question, gold and answer; a damaged file counts as absent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @staticmethod
    def key(*parts: str | int) -> str:
        """The name under which verdicts that depend on these parts are kept."""
        return hash_parts(*parts)

    def read(self, key: str) -> list[str]:
        """The verdicts given so far, none where there is no such file."""
        try:
            found = json.loads(self._path(key).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        if not isinstance(found, list) or not all(one in VERDICTS for one in found):
            return []
        return found

    def write(self, key: str, verdicts: list[str]) -> None:
        """Keep the verdicts given so far.

        Raises:
            StorageError: the disk is full or not writable.
        """
        write_text(self._path(key), json.dumps(verdicts))

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"
