"""Dense search behind one contract: 8-bit codes, flat up to some 10**5 vectors, in inverted lists above.

``ids -> scores`` are inner products of unit vectors, as exact as 8 bits are. Vectors are added, replaced
and removed in place, without looking at the others. Leaves what an id means to ``rag.index.store``, codes
to ``rag.index.codes``, files to ``rag.index.dense_file``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.errors import DamagedIndexError
from rag.index.dense_file import read_facts
from rag.index.flat import FLAT, FlatIndex
from rag.index.inverted import InvertedIndex
from rag.protocols import Vectors
from rag.settings import IndexSettings

Ids = NDArray[np.int64]
Found = tuple[NDArray[np.int64], NDArray[np.float32]]

_SHRUNK = 2
"""Lists are given up only for half the size that made them, so that no library wavers at the border."""


class DenseIndex(Protocol):
    """Vectors by id, all of one dimension; ids are not negative."""

    @property
    def identity(self) -> str:
        """What scores and recall depend on beside the vectors: kind, codes, trained parts."""
        ...

    @property
    def dim(self) -> int:
        """Number of columns."""
        ...

    @property
    def ids(self) -> Ids:
        """``[n]`` the ids that are there, in no order."""
        ...

    def __len__(self) -> int: ...

    def search(self, vectors: Vectors, k: int, allowed: Ids | None = None) -> Found:
        """Ids and scores ``[q, m]`` of the nearest to each of ``[q, dim]``, best first.

        ``m`` is ``k``, or as many as there are: all ids, or those of ``allowed`` that are there. Among
        ``allowed`` nothing is missed.
        """
        ...

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Put ``[n, dim]`` unit rows under ids, in place of what was there.

        Raises:
            ValueError: another dimension, ids that repeat or are negative, values that are not finite.
        """
        ...

    def remove(self, ids: Ids) -> int:
        """Forget ids; those that are not there are no error. Returns how many were."""
        ...

    def renumber(self, new: Ids) -> None:
        """Call id ``i`` ``new[i]`` from now on; what is there must stay distinct."""
        ...

    def save(self, folder: Path) -> None:
        """Write into an existing folder what ``open_dense`` reads.

        Raises:
            OSError: the folder cannot be written.
        """
        ...


def make_dense(ids: Ids, vectors: Vectors, settings: IndexSettings) -> DenseIndex:
    """The index for so many vectors, of the kind that fits their number."""
    if len(ids) > settings.flat_up_to:
        return InvertedIndex.train(ids, vectors, probed=settings.probed)
    flat = FlatIndex.empty(vectors.shape[1])
    flat.add(ids, vectors)
    return flat


def outgrown(index: DenseIndex, size: int, settings: IndexSettings) -> bool:
    """Whether an index that is about to hold ``size`` vectors should rather be made anew."""
    if isinstance(index, InvertedIndex):
        return (
            index.probed != settings.probed or size * _SHRUNK <= settings.flat_up_to or index.outgrown(size)
        )
    return size > settings.flat_up_to


def open_dense(folder: Path, *, writable: bool = False) -> DenseIndex:
    """What ``save`` left: memory-mapped for searching, or in memory to be changed.

    Raises:
        DamagedIndexError: files are missing, were changed, or are not of this release.
    """
    facts = read_facts(folder)
    kind = FlatIndex if facts.kind == FLAT else InvertedIndex
    try:
        return kind.open(folder, facts, writable=writable)
    except (OSError, RuntimeError, ValueError, AssertionError) as error:
        raise DamagedIndexError.of(folder, error) from error
