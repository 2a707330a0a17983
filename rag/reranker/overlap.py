"""The weightless reranker: which share of the question's terms a passage has, rarer terms weighing more."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from rag.fingerprints import fingerprint
from rag.protocols import Scores
from rag.tokens import terms

_VERSION = 1


class OverlapReranker:
    """Scores in [0, 1]: the weight of the question's terms that occur, over the weight of all of them.

    A term's weight is its smoothed inverse frequency *among the passages given*, so a term that every
    candidate has decides little.
    """

    @property
    def fingerprint(self) -> str:
        """Identity of the algorithm."""
        return fingerprint({"reranker": "overlap", "version": _VERSION})

    def score(self, query: str, passages: Sequence[str]) -> Scores:
        """``[n]`` in [0, 1]; all zero for a question without terms."""
        asked = sorted(set(terms(query)))
        present = [set(terms(passage)).intersection(asked) for passage in passages]
        frequency = Counter(term for found in present for term in found)
        weight = {t: math.log(1 + (len(passages) + 1) / (frequency[t] + 0.5)) for t in asked}
        total = sum(weight.values()) or 1.0
        scores = [sum(weight[t] for t in sorted(found)) / total for found in present]
        return np.array(scores, dtype=np.float32)
