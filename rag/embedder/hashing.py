"""The weightless embedder: hashed term counts, no model, deterministic.

The hashing trick (Weinberger et al., 2009) with signed buckets and damped counts: a baseline, a fallback
where no weights may be loaded, and the test double, in one.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from rag.fingerprints import fingerprint
from rag.protocols import Told, Vectors, untold
from rag.settings import HashingEmbedderSettings
from rag.tokens import terms

_VERSION = 1


class HashingEmbedder:
    """Terms to signed buckets; a text's row is the unit vector of ``1 + log(count)`` weights."""

    def __init__(self, settings: HashingEmbedderSettings) -> None:
        self._dim = settings.dim

    @property
    def fingerprint(self) -> str:
        """Identity of the algorithm and its size."""
        return fingerprint({"embedder": "hashing", "version": _VERSION, "dim": self._dim})

    @property
    def passage_fingerprint(self) -> str:
        """The same: questions and passages are embedded alike."""
        return self.fingerprint

    @property
    def dim(self) -> int:
        """Number of buckets."""
        return self._dim

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """``[n, dim]``; the same as for passages."""
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str], told: Told = untold) -> Vectors:
        """``[n, dim]``; a text without any term gets a zero row."""
        rows = np.zeros((len(texts), self._dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for term, count in Counter(terms(text)).items():
                bucket, sign = _bucket(term, self._dim)
                row[bucket] += sign * (1.0 + math.log(count))
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        np.divide(rows, norms, out=rows, where=norms > 0)
        told(len(texts))
        return rows


def _bucket(term: str, dim: int) -> tuple[int, float]:
    digest = int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "big")
    return (digest >> 1) % dim, 1.0 if digest & 1 else -1.0
