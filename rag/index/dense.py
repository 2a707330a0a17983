"""Exact inner-product search over unit vectors (library: FAISS, flat index, memory-mapped).

Leaves ids and scope's meaning to ``rag.index.store``; here a scope is an array of row numbers.
"""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from rag.protocols import Scores, Vectors

_FILE = "vectors.faiss"
_TIE_MARGIN = 32


class DenseIndex:
    """n rows of ``dim`` columns, read-only."""

    def __init__(self, index: faiss.Index) -> None:
        """Wrap an opened index."""
        self._index = index

    @staticmethod
    def write(vectors: Vectors, folder: Path) -> None:
        """Store unit rows ``[n, dim]`` in an existing folder."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        faiss.write_index(index, str(folder / _FILE))

    @classmethod
    def open(cls, folder: Path) -> DenseIndex:
        """Open what ``write`` left, memory-mapped."""
        return cls(faiss.read_index(str(folder / _FILE), faiss.IO_FLAG_MMAP_IFC))

    def search(
        self, vector: Vectors, k: int, rows: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], Scores]:
        """The nearest rows to one vector ``[1, dim]``, and their inner products, best first.

        Somewhat more than ``k`` come back where there are, so that the caller can break ties by id;
        ``rows`` limits the search to those row numbers.
        """
        size = self._index.ntotal if rows is None else len(rows)
        wanted = min(size, k + _TIE_MARGIN)
        if wanted == 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        selected = None
        if rows is not None:
            selected = faiss.SearchParameters(sel=faiss.IDSelectorBatch(rows))  # type: ignore[call-arg]
        scores, found = self._index.search(vector, wanted, params=selected)
        return found[0], scores[0]
