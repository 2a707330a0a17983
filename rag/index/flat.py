"""All 8-bit codes side by side, compared one by one: nothing is missed (library: FAISS).

Implements ``rag.index.dense.DenseIndex``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from rag.index.codes import CODES, fix_range, gather, spread
from rag.index.dense_file import IDS_FILE, INDEX_FILE, Facts, write_dense
from rag.index.ids import bits, check_new
from rag.protocols import Vectors

FLAT = "flat"

Ids = NDArray[np.int64]


class FlatIndex:
    """Row ``i`` of the codes belongs to id ``ids[i]``."""

    def __init__(self, index: Any, ids: Ids) -> None:  # noqa: ANN401 - FAISS
        """Wrap an index and the ids of its rows."""
        self._index = index
        self._ids = ids

    @classmethod
    def empty(cls, dim: int) -> FlatIndex:
        """An index of no vectors."""
        return cls(_no_codes(dim), np.zeros(0, dtype=np.int64))

    @classmethod
    def open(cls, folder: Path, facts: Facts, *, writable: bool) -> FlatIndex:
        """Open what ``save`` left; its files have been checked."""
        index = faiss.read_index(str(folder / INDEX_FILE), 0 if writable else faiss.IO_FLAG_MMAP_IFC)
        ids: Ids = np.load(folder / IDS_FILE, allow_pickle=False)
        if index.ntotal != facts.size or len(ids) != facts.size or index.d != facts.dim:
            raise ValueError("files do not belong together")
        return cls(index, ids)

    @property
    def identity(self) -> str:
        """Kind and codes."""
        return f"{FLAT}-{CODES}"

    @property
    def dim(self) -> int:
        """Number of columns."""
        return int(self._index.d)

    @property
    def ids(self) -> Ids:
        """``[n]`` the ids in the order of the rows."""
        return self._ids

    def __len__(self) -> int:
        return len(self._ids)

    def search(self, vectors: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, NDArray[np.float32]]:
        """Ids and scores ``[q, m]``, best first; see ``DenseIndex``."""
        there = None if allowed is None else np.isin(self._ids, allowed)
        count = len(self._ids) if there is None else int(np.count_nonzero(there))
        wanted = min(max(k, 0), count)
        if wanted == 0 or len(vectors) == 0:
            shape = (len(vectors), wanted)
            return np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.float32)
        selected = None
        if there is not None:
            selected = faiss.SearchParameters(sel=bits(np.flatnonzero(there)))  # type: ignore[call-arg]
        scores, rows = self._index.search(spread(vectors), wanted, params=selected)
        return self._ids[rows], scores

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Put unit rows under ids, in place of what was there; see ``DenseIndex``."""
        check_new(ids, vectors, self.dim)
        coded = spread(vectors)
        self.remove(ids)
        self._index.add(coded)
        self._ids = np.concatenate([self._ids, ids])

    def remove(self, ids: Ids) -> int:
        """Forget ids; returns how many were there."""
        gone = np.isin(self._ids, ids)
        if gone.any():
            self._index.remove_ids(bits(np.flatnonzero(gone)))
            self._ids = self._ids[~gone]
        return int(np.count_nonzero(gone))

    def renumber(self, new: Ids) -> None:
        """Call id ``i`` ``new[i]`` from now on."""
        self._ids = new[self._ids]

    def scores(self, vector: Vectors, places: Ids) -> NDArray[np.float32]:
        """``[m]`` inner products of one vector ``[dim]`` with the codes of some rows."""
        rows = self._index.reconstruct_batch(places)
        # Row by row: the same row gets the same bits in whatever company.
        products: NDArray[np.float32] = (rows * spread(vector[None])).sum(axis=1)
        return products

    def vectors(self, places: Ids) -> Vectors:
        """``[m, dim]`` what the codes of some rows stand for, to 8 bits what was added."""
        return gather(self._index.reconstruct_batch(places))

    def save(self, folder: Path) -> None:
        """Write the files, rows in the order of their ids: equal content is equal to the byte."""
        self.write(folder, Facts(kind=FLAT, dim=self.dim, size=len(self._ids), files={}))

    def write(self, folder: Path, facts: Facts) -> None:
        """``save`` as a part of an index of another kind, which says what it is by ``facts``."""
        order = np.argsort(self._ids, kind="stable")
        if len(order) and not (np.diff(order) == 1).all():
            codes = faiss.rev_swig_ptr(self._index.codes.data(), len(order) * self.dim)
            ordered = _no_codes(self.dim)
            ordered.add_sa_codes(np.ascontiguousarray(codes.reshape(len(order), self.dim)[order]))
            self._index, self._ids = ordered, self._ids[order]
        write_dense(folder, self._index, self._ids, facts)


def _no_codes(dim: int) -> Any:  # noqa: ANN401 - FAISS
    kind = faiss.ScalarQuantizer.QT_8bit_uniform
    index = faiss.IndexScalarQuantizer(dim, kind, faiss.METRIC_INNER_PRODUCT)
    fix_range(index, dim)
    return index
