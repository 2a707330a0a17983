"""8-bit codes in lists by the nearest of some centroids, of which a search reads a share (library: FAISS).

The inverted file of Sivic and Zisserman, "Video Google", 2003, over codes that do not depend on the list
(no residuals), so that a score is the same here as in a flat index. Centroids are spherical k-means on a
sample. Implements ``rag.index.dense.DenseIndex``.
"""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from rag.index.codes import CODES, fix_range, spread
from rag.index.dense_file import INDEX_FILE, Facts, write_dense
from rag.index.ids import bits, check_new
from rag.protocols import Vectors

INVERTED = "inverted"

Ids = NDArray[np.int64]

_PER_LIST = 100
"""Vectors a centroid is fitted to; fewer than 39 make FAISS complain, more bring little."""
_ROUNDS = 10
_SEED = 20
_BLOCK = 65_536
_GROWTH = 4
"""From so many times as many vectors, or as few, the lists are made anew."""


class InvertedIndex:
    """Lists of (id, code); ``probed`` is the share of the lists that a search reads."""

    def __init__(self, index: Any, ids: Ids, *, trained_on: int, probed: float) -> None:  # noqa: ANN401 - FAISS
        """Wrap an index, the ids in it, and how many vectors its lists were made for."""
        self._index = index
        self._ids = ids
        self._trained_on = trained_on
        self.probed = probed

    @classmethod
    def train(cls, ids: Ids, vectors: Vectors, *, probed: float) -> InvertedIndex:
        """Centroids for these vectors, then the vectors themselves."""
        count, dim = vectors.shape
        lists = list_count(count)
        sample = np.random.default_rng(_SEED).permutation(count)[: lists * _PER_LIST]
        index_of_lists = _no_lists(dim, lists)
        index_of_lists.train(spread(vectors[np.sort(sample)]))
        fix_range(index_of_lists.sq, dim)
        index = cls(index_of_lists, np.zeros(0, dtype=np.int64), trained_on=count, probed=probed)
        index.add(ids, vectors)
        return index

    @classmethod
    def open(cls, folder: Path, facts: Facts, *, writable: bool) -> InvertedIndex:
        """Open what ``save`` left; its file has been checked."""
        index = faiss.read_index(str(folder / INDEX_FILE), 0 if writable else faiss.IO_FLAG_MMAP)
        if index.ntotal != facts.size or index.d != facts.dim:
            raise ValueError("files do not belong together")
        ids = np.concatenate([np.zeros(0, dtype=np.int64), *_lists(index)])
        return cls(index, ids, trained_on=facts.trained_on, probed=facts.probed)

    @property
    def identity(self) -> str:
        """Kind, codes, share of the lists read, centroids."""
        centroids = faiss.downcast_index(self._index.quantizer).reconstruct_n(0, self._index.nlist)
        trained = hashlib.sha256(centroids.tobytes()).hexdigest()[:16]
        return f"{INVERTED}-{CODES}-{self.probed:g}-{trained}"

    @property
    def dim(self) -> int:
        """Number of columns."""
        return int(self._index.d)

    @property
    def ids(self) -> Ids:
        """``[n]`` the ids that are there, in no order."""
        return self._ids

    def __len__(self) -> int:
        return len(self._ids)

    def outgrown(self, size: int) -> bool:
        """Whether the lists were made for far fewer, or far more."""
        return not self._trained_on <= size * _GROWTH <= self._trained_on * _GROWTH**2

    def search(self, vectors: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, NDArray[np.float32]]:
        """Ids and scores ``[q, m]``, best first; see ``DenseIndex``.

        Where the lists that are read hold too few, or ids are limited, all lists are read.
        """
        there = None if allowed is None else np.intersect1d(self._ids, allowed)
        wanted = min(max(k, 0), len(self._ids) if there is None else len(there))
        if wanted == 0 or len(vectors) == 0:
            shape = (len(vectors), wanted)
            return np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.float32)
        asked = spread(vectors)
        every = int(self._index.nlist)
        if there is not None:
            scores, found = self._read(asked, wanted, every, bits(there))
            return found, scores
        scores, found = self._read(asked, wanted, max(1, math.ceil(every * self.probed)))
        short = np.flatnonzero(found[:, -1] < 0)
        if len(short):
            scores[short], found[short] = self._read(asked[short], wanted, every)
        return found, scores

    def _read(
        self,
        asked: Vectors,
        wanted: int,
        lists: int,
        selected: Any = None,  # noqa: ANN401 - FAISS
    ) -> tuple[NDArray[np.float32], Ids]:
        parameters = faiss.SearchParametersIVF(nprobe=lists, sel=selected)  # type: ignore[call-arg]
        scores, found = self._index.search(asked, wanted, params=parameters)
        return scores, found

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Put unit rows under ids, in place of what was there; see ``DenseIndex``."""
        check_new(ids, vectors, self.dim)
        self.remove(ids)
        for first in range(0, len(ids), _BLOCK):
            block = slice(first, first + _BLOCK)
            self._index.add_with_ids(spread(vectors[block]), ids[block])
        self._ids = np.concatenate([self._ids, ids])

    def remove(self, ids: Ids) -> int:
        """Forget ids; returns how many were there."""
        gone = np.isin(self._ids, ids)
        if gone.any():
            self._index.remove_ids(bits(self._ids[gone]))
            self._ids = self._ids[~gone]
        return int(np.count_nonzero(gone))

    def renumber(self, new: Ids) -> None:
        """Call id ``i`` ``new[i]`` from now on."""
        for ids in _lists(self._index):
            ids[:] = new[ids]
        self._ids = new[self._ids]

    def save(self, folder: Path) -> None:
        """Write the file."""
        facts = Facts(
            kind=INVERTED,
            dim=self.dim,
            size=len(self._ids),
            trained_on=self._trained_on,
            probed=self.probed,
            files={},
        )
        write_dense(folder, self._index, None, facts)


def list_count(vectors: int) -> int:
    """The power of two nearest to twice the square root of the number of vectors: lists grow as they do.

    >>> list_count(1), list_count(250_000), list_count(1_000_000)
    (1, 1024, 2048)
    """
    return int(min(2 ** round(math.log2(2 * math.sqrt(max(vectors, 1)))), max(vectors, 1)))


def _no_lists(dim: int, lists: int) -> Any:  # noqa: ANN401 - FAISS
    kind = faiss.ScalarQuantizer.QT_8bit_uniform
    coarse: Any = faiss.IndexFlatIP(dim)
    index: Any = faiss.IndexIVFScalarQuantizer(coarse, dim, lists, kind, faiss.METRIC_INNER_PRODUCT, False)
    index.cp.niter, index.cp.seed, index.cp.spherical = _ROUNDS, _SEED, True
    index.cp.min_points_per_centroid, index.cp.max_points_per_centroid = 1, _PER_LIST
    return index


def _lists(index: Any) -> list[Ids]:  # noqa: ANN401 - FAISS
    """The ids in each list that is not empty: views, which live as long as the index."""
    inside = index.invlists
    sizes = [(number, inside.list_size(number)) for number in range(index.nlist)]
    return [faiss.rev_swig_ptr(inside.get_ids(number), size) for number, size in sizes if size]
