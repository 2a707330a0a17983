"""How often each term occurs in each passage: what BM25 is computed from, kept so that updates read no text.

A passage is cut into terms once. An index with passages added or removed takes the other rows from the one
before; terms that no passage has any more leave the vocabulary, which is sorted: equal passages give equal
counts, however they came about. Leaves scores to ``rag.index.lexical``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_FILE = "counts.npz"
_MOST = 65_535
"""Occurrences in one passage are counted so far."""


@dataclass(frozen=True, slots=True)
class Counts:
    """``[n, v]`` numbers of occurrences, row by row, and the ``v`` terms, ascending."""

    table: sparse.csr_array
    vocabulary: NDArray[np.str_]

    @classmethod
    def of(cls, passages: Iterable[Sequence[str]]) -> Counts:
        """Count terms, those of each passage given one by one, repeated where they weigh more.

        >>> counts = Counts.of([["fee", "fee"], [], ["trustee", "fee"]])
        >>> counts.vocabulary.tolist(), counts.table.toarray().tolist()
        (['fee', 'trustee'], [[2, 0], [0, 0], [1, 1]])
        """
        places: dict[str, int] = {}
        columns: list[int] = []
        numbers: list[int] = []
        ends = [0]
        for passage in passages:
            for term, number in Counter(passage).items():
                columns.append(places.setdefault(term, len(places)))
                numbers.append(min(number, _MOST))
            ends.append(len(columns))
        shape = (len(ends) - 1, len(places))
        parts = (np.array(numbers, dtype=np.int32), np.array(columns, dtype=np.int32), np.array(ends))
        # Python orders text by code points, as NumPy does.
        return _settled(sparse.csr_array(parts, shape=shape), np.array(list(places), dtype=np.str_))

    @classmethod
    def load(cls, folder: Path) -> Counts:
        """Read what ``save`` left.

        Raises:
            OSError, ValueError, KeyError: it is missing or damaged.
        """
        with (folder / _FILE).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            vocabulary = np.array(str(stored["terms"]).split("\n") if stored["terms"] else [], dtype=np.str_)
            parts = (stored["numbers"].astype(np.int32), stored["columns"], stored["ends"])
            shape = (len(parts[2]) - 1, len(vocabulary))
        return cls(sparse.csr_array(parts, shape=shape), vocabulary)

    def save(self, folder: Path) -> None:
        """Write the counts into an existing folder.

        Raises:
            OSError: the folder cannot be written.
        """
        np.savez(
            folder / _FILE,
            numbers=self.table.data.astype(np.uint16),
            columns=self.table.indices.astype(np.int32),
            ends=self.table.indptr,
            terms=np.array("\n".join(self.vocabulary.tolist())),
        )

    def rearranged(self, more: Counts, rows: NDArray[np.int64]) -> Counts:
        """The counts of chosen ``rows``, in that order, of these passages with ``more`` behind them."""
        vocabulary = np.union1d(self.vocabulary, more.vocabulary)
        parts = [_widened(part, vocabulary) for part in (self, more)]
        return _settled(sparse.vstack(parts, format="csr")[rows], vocabulary)


def _widened(counts: Counts, vocabulary: NDArray[np.str_]) -> sparse.csr_array:
    """The table with columns for a larger vocabulary, also ascending."""
    columns = np.searchsorted(vocabulary, counts.vocabulary).astype(np.int32)
    parts = (counts.table.data, columns[counts.table.indices], counts.table.indptr)
    return sparse.csr_array(parts, shape=(counts.table.shape[0], len(vocabulary)))


def _settled(table: sparse.csr_array, vocabulary: NDArray[np.str_]) -> Counts:
    """Terms ascending, those that occur nowhere dropped, each row's columns ascending."""
    used = np.flatnonzero(np.bincount(table.indices, minlength=len(vocabulary)))
    order = used[np.argsort(vocabulary[used], kind="stable")]
    place = np.zeros(len(vocabulary), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    parts = (table.data, place[table.indices], table.indptr)
    settled = sparse.csr_array(parts, shape=(table.shape[0], len(order)))
    settled.sort_indices()
    return Counts(settled, vocabulary[order])
