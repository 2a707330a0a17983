"""Scores as votes: quantile bins, each an outcome of its own.

A score says more than a vote cut from it at one place, and what each bin is worth is learned like the worth
of any vote. Edges stay with the function, so that new items fall into the bins that were learned. Leaves
scores that compare only within a question to ``tuning.label_model.ranking``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from tuning.label_model.matrix import ABSTAIN, Array, Function, LabelError, LabelMatrix, Votes

BINS = 5


def quantile_edges(scores: ArrayLike, bins: int = BINS) -> tuple[float, ...]:
    """Ascending edges between ``bins`` bins that hold about equally many of the scores; NaN is no score.

    Equal scores share a bin, so that there may be fewer edges than ``bins`` - 1.

    >>> quantile_edges([0.0, 1.0, 2.0, 3.0], bins=2), quantile_edges([0.0, 0.0, 0.0, 5.0], bins=2)
    ((1.5,), (5.0,))

    Raises:
        LabelError: there are not two different scores.
    """
    known = np.asarray(scores, dtype=np.float64)
    known = known[~np.isnan(known)]
    found = np.unique(np.quantile(known, np.arange(1, bins) / bins)) if len(known) else known
    if len(known):
        found = found[found > known.min()]
        if not len(found) and known.max() > known.min():
            found = known[known > known.min()].min(keepdims=True)
    if not len(found):
        raise LabelError("the scores hold no two different values", "leave this function out, or let it vote")
    return tuple(found.tolist())


def binned(scores: ArrayLike, edges: Sequence[float]) -> Votes:
    """The bin ``[n]`` of each score ``[n]``, abstaining where it is NaN.

    >>> binned([0.1, 0.5, np.nan], (0.5,)).tolist()
    [0, 1, -1]
    """
    known = np.asarray(scores, dtype=np.float64)
    bins = np.searchsorted(np.asarray(edges), known, side="right")
    votes: Votes = np.where(np.isnan(known), ABSTAIN, bins).astype(np.int8)
    return votes


def scored(scores: ArrayLike, functions: Sequence[Function], *, classes: int = 2) -> LabelMatrix:
    """A matrix of scores ``[n, m]``, NaN for abstaining, of functions with edges.

    Raises:
        LabelError: shapes differ, or a function has no edges.
    """
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != len(functions) or not all(f.edges for f in functions):
        raise LabelError(
            f"scores of shape {table.shape} for {len(functions)} functions", "give each function its edges"
        )
    votes = [binned(column, f.edges) for column, f in zip(table.T, functions, strict=True)]
    return LabelMatrix(votes=np.stack(votes, axis=1), functions=tuple(functions), classes=classes)


def score_functions(
    scores: ArrayLike, names: Sequence[str], *, bins: int = BINS, favours: int = 1
) -> tuple[Function, ...]:
    """A function for each column of scores ``[n, m]``, with quantile edges.

    Raises:
        LabelError: a column holds no two different scores.
    """
    columns: Array = np.asarray(scores, dtype=np.float64).T
    return tuple(
        Function(name=name, edges=quantile_edges(column, bins), favours=favours)
        for name, column in zip(names, columns, strict=True)
    )
