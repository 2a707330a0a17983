"""Dense search behind one contract: 8-bit codes, flat up to some 10**5 vectors, in inverted lists above.

Or in a store of the user's own, by one of LlamaIndex's integrations, where the settings name one.

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
from rag.index.collection import Collection
from rag.index.dense_file import read_facts
from rag.index.external import EXTERNAL, ExternalIndex, external_identity
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
    """The index for so many vectors: in the store that is named, else of the kind that fits their number."""
    index: DenseIndex
    if settings.vector_store:
        collection = Collection(settings.vector_store, settings.vector_store_options)
        index = ExternalIndex.empty(vectors.shape[1], collection)
    elif len(ids) > settings.flat_up_to:
        return InvertedIndex.train(ids, vectors, probed=settings.probed)
    else:
        index = FlatIndex.empty(vectors.shape[1])
    index.add(ids, vectors)
    return index


def foreseen_identity(size: int, dim: int, settings: IndexSettings) -> str | None:
    """The ``identity`` of what ``make_dense`` will make; None where it depends on the vectors."""
    if settings.vector_store:
        return external_identity(settings.vector_store, settings.vector_store_options)
    return FlatIndex.empty(dim).identity if size <= settings.flat_up_to else None


def outgrown(index: DenseIndex, size: int, settings: IndexSettings) -> bool:
    """Whether an index that is about to hold ``size`` vectors should rather be made anew."""
    if settings.vector_store or isinstance(index, ExternalIndex):
        return index.identity != foreseen_identity(size, index.dim, settings)
    if isinstance(index, InvertedIndex):
        return (
            index.probed != settings.probed or size * _SHRUNK <= settings.flat_up_to or index.outgrown(size)
        )
    return size > settings.flat_up_to


def open_dense(folder: Path, *, writable: bool = False) -> DenseIndex:
    """What ``save`` left: memory-mapped for searching, or in memory to be changed.

    Raises:
        DamagedIndexError: files are missing, were changed, or are not of this release.
        SettingsError: to search a store of the user's own, its class and its secrets must be there.
        VectorStoreError: that store cannot be reached.
    """
    facts = read_facts(folder)
    kinds: dict[str, type[FlatIndex | ExternalIndex]] = {FLAT: FlatIndex, EXTERNAL: ExternalIndex}
    try:
        return kinds.get(facts.kind, InvertedIndex).open(folder, facts, writable=writable)
    except (OSError, RuntimeError, ValueError, AssertionError) as error:
        raise DamagedIndexError.of(folder, error) from error
