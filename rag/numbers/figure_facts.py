"""Places, years, units and amounts of mentions as arrays, for features of several of them.

Leaves the features to ``pair_features`` and ``program_features``.
"""

from __future__ import annotations

import numpy as np

from rag.numbers.matching import BALANCE, Array, Matched, of_change

_RATES = frozenset({"percent", "basis_points"})
_LEAST = 1e-6
"""Stands for nothing in logarithms."""


class Facts:
    """Places, years, units and amounts of mentions as arrays."""

    def __init__(self, matched: Matched) -> None:
        mentions = matched.mentions
        labels: dict[tuple[str, ...], int] = {}
        units: dict[str, int] = {}
        headers: dict[frozenset[str], int] = {}
        self.source = np.array([m.source for m in mentions])
        self.row = np.array([m.row for m in mentions])
        self.column = np.array([m.column for m in mentions])
        self.year = np.array([max(m.years, default=0) for m in mentions])
        self.amount = np.array([float(m.amount) for m in mentions])
        self.total = np.array([m.total for m in mentions])
        self.label = np.array([labels.setdefault(m.label, len(labels)) for m in mentions])
        self.unit = np.array([units.setdefault(m.unit, len(units)) for m in mentions])
        self.header = np.array([headers.setdefault(m.header, len(headers)) for m in mentions])
        self.rate = np.array([m.unit in _RATES for m in mentions])
        self.size = np.log10(np.maximum(np.abs(self.amount), _LEAST))
        self.change = np.array([of_change(m) for m in mentions])
        self.balance = np.array([bool(BALANCE & frozenset(m.label)) for m in mentions])
        places = {word: matched.asked.naming.index(word) for word in matched.words}
        self._places = np.array([places[word] for word in matched.words], dtype=np.float32)

    def first(self, mask: Array) -> Array:
        """``[p]`` the first place in the question of the words in a mask ``[p, words]``; far where none."""
        if not mask.shape[1]:
            return np.full(len(mask), 99.0, dtype=np.float32)
        found: Array = np.where(mask > 0, self._places, 99.0).min(axis=1)
        return found

    def row_size(self, place: int) -> int:
        """How many mentions stand in the row of one."""
        return int(((self.source == self.source[place]) & (self.row == self.row[place])).sum())
