"""Passages of other documents that say the same again go behind: they crowd out what tells a reader more.

Deals of one house share their boilerplate to the word. Two passages repeat each other where their figures
are the same, and nearly all runs of three words (Jaccard similarity of the two sets); the same clause with
another figure is another fact. Leaves near duplicates of whole documents to ``ingest.duplicates``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.types import Chunk, ChunkId, Hit

SIMILAR = 0.85
"""Jaccard similarity from which on two passages repeat each other."""

_SHINGLE = 3
_WORD = re.compile(r"\w+")
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a passage says, to be compared."""

    chunk: Chunk
    figures: frozenset[str]
    shingles: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, chunk: Chunk) -> _Said:
        words = _WORD.findall(chunk.text.casefold())
        runs = zip(*(words[start:] for start in range(_SHINGLE)), strict=False)
        return cls(chunk, frozenset(_FIGURE.findall(chunk.text)), frozenset(runs))

    def repeats(self, other: _Said) -> bool:
        """Whether it says the same in another document; short passages say too little to tell."""
        if self.chunk.document_id == other.chunk.document_id or self.figures != other.figures:
            return False
        small, large = sorted((len(self.shingles), len(other.shingles)))
        if small == 0 or small < SIMILAR * large:
            return False
        shared = len(self.shingles & other.shingles)
        return shared >= SIMILAR * (small + large - shared)


def repeats_behind(hits: Sequence[Hit], chunks: Mapping[ChunkId, Chunk], room: int) -> tuple[Hit, ...]:
    """The hits with as many as ``room`` in front that do not repeat one before them, else in their order."""
    first: list[Hit] = []
    said: list[_Said] = []
    behind: list[Hit] = []
    for place, hit in enumerate(hits):
        if len(first) == room:
            return (*first, *behind, *hits[place:])
        own = _Said.of(chunks[hit.chunk_id])
        if any(own.repeats(other) for other in said):
            behind.append(hit)
        else:
            first.append(hit)
            said.append(own)
    return (*first, *behind)
