"""Copies and near copies of documents: what is measured on must not be learned from under another name.

Source of the sketches: Broder, "On the resemblance and containment of documents", 1997.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rag.fingerprints import hash_bytes

_SHINGLE = 8
_SKETCH = 64
_SHARED = 0.3


def sketch(text: str) -> frozenset[str]:
    """The 64 smallest hashes of a text's runs of eight words (Broder, 1997).

    >>> words = "one two three four five six seven eight nine"
    >>> sketch(words) == sketch(words.upper()), len(sketch(words))
    (True, 2)
    """
    words = re.findall(r"[a-z0-9]+", text.lower())
    runs = {" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1))}
    return frozenset(sorted(hash_bytes(run.encode()) for run in runs)[:_SKETCH])


@dataclass(frozen=True, slots=True)
class Excluded:
    """Documents that must not be learned from, by their sketches; near copies count."""

    sketches: tuple[frozenset[str], ...]

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> Excluded:
        """These texts."""
        return cls(tuple(map(sketch, texts)))

    @classmethod
    def of(cls, folders: Iterable[Path]) -> Excluded:
        """All text files of these folders; a folder that is not there has none."""
        paths = sorted(path for folder in folders for path in folder.rglob("*.txt"))
        return cls.of_texts(path.read_text(encoding="utf-8", errors="replace") for path in paths)

    def has(self, text: str) -> bool:
        """Whether a text shares three tenths of its sketch with one of them."""
        own = sketch(text)
        return any(len(own & other) >= _SHARED * min(len(own), len(other)) for other in self.sketches)
