"""What a reranker learns from: a question with passages of one search, in the first stage's order, graded.

Leaves reading sets to ``tuning.recipes``, losses and schedules to ``tuning.reranker``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import bm25s
import numpy as np
from bm25s.tokenization import Tokenized
from numpy.typing import NDArray

from rag.protocols import Embedder, Vectors
from rag.tokens import terms

_K = 60
"""The rank constant of reciprocal rank fusion, as in retrieval (Cormack et al., 2009)."""


# The library reports every build.
logging.getLogger("bm25s").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A text with the topics it is known to be relevant to: no negative for questions of these."""

    text: str
    topics: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A question and passages in the first stage's order, each with its grade (0: not relevant).

    ``topic`` is what the question is about: two questions of one topic share their relevant passages.
    ``document`` is what groups are held out by.
    """

    source: str
    document: str
    question: str
    topic: str
    passages: tuple[Passage, ...]
    grades: tuple[int, ...]


@dataclass
class FirstStage:
    """BM25 and vectors over the passages of one document or collection, fused by reciprocal rank."""

    texts: Sequence[str]
    embedder: Embedder | None
    vectors: Vectors = field(init=False)

    def __post_init__(self) -> None:
        vocabulary: dict[str, int] = {}
        ids = [[vocabulary.setdefault(term, len(vocabulary)) for term in terms(text)] for text in self.texts]
        self._vocabulary: Mapping[str, int] = vocabulary
        self._scorer = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        if vocabulary:
            self._scorer.index(
                Tokenized(ids=ids, vocab=vocabulary), create_empty_token=False, show_progress=False
            )
        if self.embedder is not None:
            self.vectors = self.embedder.embed_passages(self.texts)

    def order(self, question: str) -> NDArray[np.int64]:
        """``[n]``: all passages, best first; equal ones in their own order."""
        rankings = [self._lexical(question)]
        if self.embedder is not None:
            rankings.append(self.vectors @ self.embedder.embed_queries([question])[0])
        fused = np.zeros(len(self.texts))
        for scores in rankings:
            ranks = np.empty(len(scores))
            ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
            fused += 1.0 / (_K + ranks)
        return np.argsort(-fused, kind="stable")

    def _lexical(self, question: str) -> NDArray[np.float32]:
        found = [term for term in dict.fromkeys(terms(question)) if term in self._vocabulary]
        if not found:
            return np.zeros(len(self.texts), dtype=np.float32)
        scores: NDArray[np.float32] = self._scorer.get_scores(found)
        return scores


def searched(stage: FirstStage, question: str, grades: Mapping[int, int], limit: int) -> list[int]:
    """Indices of passages: the first ``limit`` of the search, then the relevant ones that it missed."""
    order = [int(i) for i in stage.order(question)[:limit]]
    return order + sorted(i for i, grade in grades.items() if grade > 0 and i not in set(order))
