"""Preferences: of two candidates for one question, which is better, and what that says about each.

Votes on candidates, or their scores, become votes on ordered pairs (A, B): 1 where A is better, 0 where B
is. A matrix of pairs is mirrored, so that a label model of it says of (B, A) exactly the opposite of what it
says of (A, B). Source for standings: they are Borda counts with log-odds for votes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tuning.label_model.binning import BINS
from tuning.label_model.matrix import ABSTAIN, Array, Function, LabelError, LabelMatrix

Pairs = NDArray[np.int64]
"""``[p, 2]``: indices of candidates A and B."""


def pairs_within(questions: ArrayLike) -> Pairs:
    """All pairs of candidates of one question, each once, from the question ``[n]`` of each candidate.

    >>> pairs_within(["a", "b", "a", "a"]).tolist()
    [[0, 2], [0, 3], [2, 3]]
    """
    _, numbers = np.unique(np.asarray(questions), return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    lists = np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1)
    found = [np.stack([one[index] for index in np.triu_indices(len(one), 1)], axis=1) for one in lists]
    together: Pairs = np.concatenate(found) if found else np.empty((0, 2), dtype=np.int64)
    return together[np.lexsort(together.T[::-1])]


def compared_votes(matrix: LabelMatrix, pairs: Pairs) -> LabelMatrix:
    """Votes on pairs from votes on candidates: the higher class, or bin, is better; equal ones abstain.

    A function that abstains on either candidate abstains. Bins that favour class 0 count downwards.

    >>> compared_votes(LabelMatrix.of([[1], [0], [1]]), np.array([[0, 1], [0, 2], [1, 2]])).votes.tolist()
    [[1], [-1], [0]]
    """
    values = np.where(matrix.votes == ABSTAIN, np.nan, matrix.votes.astype(np.float64))
    down = np.array([bool(f.edges) and f.favours == 0 for f in matrix.functions])
    families = {f.name: f.family for f in matrix.functions}
    return compared_scores(np.where(down, -values, values), matrix.names, pairs, families=families)


def compared_scores(
    scores: ArrayLike,
    names: Sequence[str],
    pairs: Pairs,
    *,
    margin: float = 0.0,
    families: dict[str, str] | None = None,
) -> LabelMatrix:
    """Votes on pairs from scores ``[n, m]`` of candidates: better by more than ``margin``, else abstaining.

    >>> compared_scores([[0.9], [0.2], [0.8]], ["a"], np.array([[1, 0], [0, 2]]), margin=0.5).votes.tolist()
    [[0], [-1]]

    Raises:
        LabelError: scores do not fit the names, or a pair names no candidate.
    """
    ahead = _differences(scores, pairs)
    votes = np.where(ahead > margin, 1, np.where(ahead < -margin, 0, ABSTAIN))
    return LabelMatrix.of(votes, names, families=families, mirrored=True)


def binned_differences(
    scores: ArrayLike, names: Sequence[str], pairs: Pairs, *, bins: int = BINS
) -> LabelMatrix:
    """Differences of scores ``[n, m]`` in bins whose edges lie alike on both sides of zero.

    ``bins`` is odd: the middle one holds what hardly differs, and speaks for neither.

    >>> pairs = np.array([[0, 1], [1, 2], [2, 0]])
    >>> binned_differences([[0.0], [1.0], [4.0]], ["a"], pairs, bins=3).votes.tolist()
    [[1], [0], [2]]

    Raises:
        LabelError: see ``compared_scores``; ``bins`` is even; or no two scores differ.
    """
    if bins % 2 == 0 or bins < 3:
        raise LabelError(f"{bins} bins of differences", "give an odd number, 3 or more")
    ahead = _differences(scores, pairs)
    columns, functions = [], []
    for name, column in zip(names, ahead.T, strict=True):
        sizes = np.abs(column[~np.isnan(column)])
        if not sizes.any():
            raise LabelError(f"the scores of {name} never differ", "leave this function out")
        upper = np.unique(np.quantile(sizes, np.arange(1, bins, 2) / bins))
        upper = upper[upper > 0] if (upper > 0).any() else sizes[sizes > 0].min(keepdims=True)
        functions.append(Function(name=name, edges=(*(-upper[::-1]).tolist(), *upper.tolist())))
        place = np.searchsorted(upper, np.abs(column), side="right")
        votes = len(upper) + np.where(column < 0, -place, place)
        columns.append(np.where(np.isnan(column), ABSTAIN, votes).astype(np.int8))
    return LabelMatrix(votes=np.stack(columns, axis=1), functions=tuple(functions), mirrored=True)


def standings(log_odds: ArrayLike, pairs: Pairs, candidates: int) -> Array:
    """``[candidates]``: the mean log-odds with which each is better than those it was compared with.

    ``log_odds`` ``[p]`` are those of A being better. Candidates in no pair stand at 0.

    >>> standings([2.0, 1.0], np.array([[0, 1], [0, 2]]), 4).tolist()
    [1.5, -2.0, -1.0, 0.0]
    """
    ahead = np.asarray(log_odds, dtype=np.float64)
    total, met = np.zeros(candidates), np.zeros(candidates)
    for side, sign in ((0, 1.0), (1, -1.0)):
        total += np.bincount(pairs[:, side], weights=sign * ahead, minlength=candidates)
        met += np.bincount(pairs[:, side], minlength=candidates)
    return total / np.maximum(met, 1.0)


def _differences(scores: ArrayLike, pairs: Pairs) -> Array:
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2 or pairs.ndim != 2 or pairs.shape[1] != 2:
        raise LabelError(
            f"scores of shape {table.shape}, pairs of shape {pairs.shape}",
            "give scores [candidates, functions] and pairs [p, 2]",
        )
    if len(pairs) and (pairs.min() < 0 or pairs.max() >= len(table)):
        raise LabelError(f"a pair names a candidate beyond {len(table)}", "number candidates from 0")
    ahead: Array = table[pairs[:, 0]] - table[pairs[:, 1]]
    return ahead
