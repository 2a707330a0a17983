"""BM25 over the terms of each passage, scored eagerly when the index is written (library: bm25s).

Scoring: Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009, in Lucene's form; eager
sparse scoring: Lù, "BM25S", 2024. Leaves ids, scope and truncation to ``rag.index.store``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import bm25s
import numpy as np
from bm25s.tokenization import Tokenized

from rag.protocols import Scores
from rag.tokens import terms

LEXICAL_VERSION = "bm25-lucene-k1.2-b0.75-terms2"
"""Part of an index's identity: changes whenever terms or scores could."""

# The library sets its own logger to DEBUG and reports every build there.
logging.getLogger("bm25s").setLevel(logging.WARNING)


class LexicalIndex:
    """Term weights of n passages, read-only."""

    def __init__(self, scorer: bm25s.BM25 | None, size: int) -> None:
        """Wrap a scorer; None stands for passages without a single term."""
        self._scorer = scorer
        self._size = size

    @staticmethod
    def write(passages: Iterable[str], folder: Path) -> None:
        """Index passages, in their order, into an existing empty folder."""
        vocabulary: dict[str, int] = {}
        ids = [
            [vocabulary.setdefault(term, len(vocabulary)) for term in terms(passage)] for passage in passages
        ]
        if vocabulary:
            scorer = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
            scorer.index(Tokenized(ids=ids, vocab=vocabulary), create_empty_token=False, show_progress=False)
            scorer.save(folder, show_progress=False)

    @classmethod
    def open(cls, folder: Path, size: int) -> LexicalIndex:
        """Open what ``write`` left for ``size`` passages, memory-mapped."""
        if not any(folder.iterdir()):
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
