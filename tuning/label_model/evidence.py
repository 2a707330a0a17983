"""What a label model learns from: distinct rows of votes with their counts, and gold classes on some of them.

Functions stand in the order of their names and rows in the order of their votes, so that the order in which
either was given changes nothing, to the last bit. Pairs are taken both ways round, each way half: what is
learned is then the same for (A, B) and (B, A). Leaves learning to ``tuning.label_model.expectation``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tuning.label_model.matrix import NO_GOLD, Array, Classes, Function, LabelMatrix, gold_classes
from tuning.label_model.patterns import Codes, Layout, grouped, thinned


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """Distinct rows and gold.

    ``codes`` ``[u, b]`` of the distinct rows, ``counts`` ``[u]`` of all rows that are like them, gold rows
    included. For each of g gold rows: its place among the distinct rows, its class, and, of pairs, the place
    of the same pair the other way round (elsewhere its own place).
    """

    functions: tuple[Function, ...]
    classes: int
    mirrored: bool
    layout: Layout
    codes: Codes
    counts: Array
    gold_places: NDArray[np.int64]
    gold_classes: Classes
    gold_mirrors: NDArray[np.int64]

    @classmethod
    def of(cls, matrix: LabelMatrix, gold: ArrayLike | None = None) -> Evidence:
        """The evidence of a matrix with gold classes ``[n]``, -1 for none; gold rows keep their order.

        Raises:
            LabelError: gold does not fit the matrix.
        """
        known = gold_classes(gold, matrix)
        ordered = by_name(matrix)
        layout = Layout.of([f.outcomes(matrix.classes) + 1 for f in ordered.functions])
        codes, n = layout.encode(ordered.votes), len(ordered)
        if ordered.mirrored:
            codes = np.vstack([codes, layout.encode(ordered.swapped().votes)])
        firsts, sizes, groups = grouped(codes)
        labeled = np.flatnonzero(known != NO_GOLD)
        return cls(
            functions=ordered.functions,
            classes=ordered.classes,
            mirrored=ordered.mirrored,
            layout=layout,
            codes=codes[firsts],
            counts=sizes / 2.0 if ordered.mirrored else sizes.astype(np.float64),
            gold_places=groups[labeled],
            gold_classes=known[labeled],
            gold_mirrors=groups[labeled + n] if ordered.mirrored else groups[labeled],
        )

    def gold(self) -> Array:
        """``[u, k]``: gold rows by distinct row and class."""
        table = np.zeros((len(self.codes), self.classes))
        if not self.mirrored:
            np.add.at(table, (self.gold_places, self.gold_classes), 1.0)
            return table
        np.add.at(table, (self.gold_places, self.gold_classes), 0.5)
        np.add.at(table, (self.gold_mirrors, 1 - self.gold_classes), 0.5)
        return table

    def folds(self, count: int) -> NDArray[np.int64]:
        """``[g]``: a fold for each gold row, classes and equal rows spread evenly; no randomness.

        Rows are dealt out in the order of their class and votes, pairs in the order of their better side.
        """
        if self.mirrored:
            places = np.where(self.gold_classes == 1, self.gold_places, self.gold_mirrors)
            order = np.argsort(places, kind="stable")
        else:
            order = np.lexsort((self.gold_places, self.gold_classes))
        dealt = np.empty(len(order), dtype=np.int64)
        dealt[order] = np.arange(len(order)) % count
        return dealt

    def thinned(self, rows: int) -> Evidence:
        """About ``rows`` of the rows, all gold rows among them; itself where it has no more."""
        if self.counts.sum() <= rows:
            return self
        gold = self.gold()
        counts = np.maximum(thinned(self.counts, rows), gold.sum(axis=1))
        kept = np.flatnonzero(counts > 0)
        if len(kept) == len(counts):
            return replace(self, counts=counts)
        places = np.full(len(counts), -1)
        places[kept] = np.arange(len(kept))
        return replace(
            self,
            codes=self.codes[kept],
            counts=counts[kept],
            gold_places=places[self.gold_places],
            gold_mirrors=places[self.gold_mirrors],
        )

    def keeping(self, among: NDArray[np.bool_]) -> Evidence:
        """The same rows with only some of the gold classes, by mask ``[g]``."""
        return replace(
            self,
            gold_places=self.gold_places[among],
            gold_classes=self.gold_classes[among],
            gold_mirrors=self.gold_mirrors[among],
        )


def by_name(matrix: LabelMatrix) -> LabelMatrix:
    """The matrix with its functions in the order of their names."""
    names = sorted(matrix.names)
    return matrix if list(matrix.names) == names else matrix.select(names)
