"""BM25 over the terms of each passage, scored eagerly when the index is written (searched by bm25s).

Scoring: Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009, in Lucene's form; eager
sparse scoring: Lù, "BM25S", 2024. Leaves ids, scope and truncation to ``rag.index.store``.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import bm25s
import numpy as np

from rag.index.counts import Counts
from rag.protocols import Scores
from rag.tokens import terms
from rag.types import Chunk

HEADING_WEIGHT = 2
"""A term in the names of document and sections above a passage counts as so many in its text.

Of 1 to 3, and 0 and .5, for headings and for what is said of a table, measured on training questions.
"""

LEXICAL_VERSION = f"bm25-lucene-k1.2-b0.75-terms2-heading{HEADING_WEIGHT}"
"""Part of an index's identity: changes whenever terms or scores could."""

_K1, _B = 1.2, 0.75

# The library sets its own logger to DEBUG and reports every build there.
logging.getLogger("bm25s").setLevel(logging.WARNING)


def weighted_terms(chunk: Chunk) -> list[str]:
    """The terms of a passage by field: those of the headings repeated, of its table and its text once."""
    return [*terms(chunk.headings) * HEADING_WEIGHT, *terms(chunk.table_line), *terms(chunk.text)]


class LexicalIndex:
    """Term weights of n passages, read-only."""

    def __init__(self, scorer: bm25s.BM25 | None, size: int) -> None:
        """Wrap a scorer; None stands for passages without a single term."""
        self._scorer = scorer
        self._size = size

    @staticmethod
    def write(counts: Counts, folder: Path) -> None:
        """Index counted passages, in their order, into an existing empty folder.

        Raises:
            OSError: the folder cannot be written.
        """
        counts.save(folder)
        if len(counts.vocabulary):
            scorer = bm25s.BM25(method="lucene", k1=_K1, b=_B)
            scorer.scores = _scores(counts)
            scorer.nonoccurrence_array = None
            scorer.vocab_dict = {term: place for place, term in enumerate(counts.vocabulary.tolist())}
            scorer.save(folder, show_progress=False)

    @classmethod
    def open(cls, folder: Path, size: int) -> LexicalIndex:
        """Open what ``write`` left for ``size`` passages, memory-mapped."""
        if not (folder / "params.index.json").exists():
            return cls(None, size)
        return cls(bm25s.BM25.load(folder, mmap=True, load_corpus=False, show_progress=False), size)

    def scores(self, text: str) -> Scores:
        """``[n]`` BM25 scores, 0 where a passage has none of the terms; each distinct term counts once."""
        found: list[str] = []
        if self._scorer is not None:
            known = self._scorer.vocab_dict
            found = [term for term in dict.fromkeys(terms(text)) if term in known]
        if self._scorer is None or not found:
            return np.zeros(self._size, dtype=np.float32)
        scores: Scores = self._scorer.get_scores(found).astype(np.float32, copy=False)
        return scores


def _scores(counts: Counts) -> dict[str, Any]:
    """BM25 of each term in each passage that has it, by term, as the library keeps it."""
    passages = counts.table.shape[0]
    lengths = np.asarray(counts.table.sum(axis=1), dtype=np.float64)
    by_term = counts.table.tocsc()
    having = np.diff(by_term.indptr)
    rarity = np.log1p((passages - having + 0.5) / (having + 0.5))
    length_part = _K1 * (1 - _B + _B * lengths / lengths.mean())
    number = by_term.data.astype(np.float64)
    data = np.repeat(rarity, having) * number / (number + length_part[by_term.indices])
    return {
        "data": data.astype(np.float32),
        "indices": by_term.indices.astype(np.int32),
        "indptr": by_term.indptr.astype(np.int64),
        "num_docs": passages,
    }
