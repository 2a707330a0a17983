"""Votes on the candidates of a question, from scores that mean something only beside each other.

Scores of one question do not compare with those of another, so a ranking votes on places: its first
candidates are relevant where they stand clear of the next, its lower half is not, and between it abstains.
Each (question, candidate) is a row of a matrix, and the label model's shares become what a ranking learns
from: an expected grade per candidate, or shares of one among a question's candidates (listwise losses).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tuning.label_model.matrix import ABSTAIN, Array, LabelError, Votes


def relative_votes(
    scores: ArrayLike, questions: ArrayLike, *, first: int = 1, margin: float = 0.0, relevant: int = 1
) -> Votes:
    """Votes ``[n, m]`` from scores ``[n, m]`` of candidates of questions ``[n]``; NaN is no score.

    Of a question's candidates with a score, those among the ``first`` that are above the best of the others
    by more than ``margin`` are voted ``relevant``; those below the median are voted 0, unless they are among
    the first. A single candidate gets no vote.

    >>> relative_votes([[9.0], [4.0], [3.0], [1.0], [7.0]], list("aaaab")).ravel().tolist()
    [1, -1, 0, 0, -1]
    >>> relative_votes([[9.0], [8.5], [3.0], [1.0]], list("aaaa"), margin=1.0).ravel().tolist()
    [-1, -1, 0, 0]

    Raises:
        LabelError: shapes differ, or ``first`` is not 1 at least.
    """
    table, asked = np.asarray(scores, dtype=np.float64), np.asarray(questions)
    if table.ndim != 2 or asked.shape != (len(table),) or first < 1:
        raise LabelError(
            f"scores of shape {table.shape} for questions of shape {asked.shape}, first {first}",
            "give scores [candidates, functions], a question for each candidate, and first of 1 or more",
        )
    votes = np.full(table.shape, ABSTAIN, dtype=np.int8)
    _, numbers = np.unique(asked, return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1):
        for column in range(table.shape[1]):
            votes[rows, column] = _placed(table[rows, column], first, margin, relevant)
    return votes


def grades(probabilities: Array, values: ArrayLike | None = None) -> Array:
    """``[n]``: expected grade of each candidate from shares ``[n, k]``; grades are 0 to k - 1 unless given.

    >>> grades(np.array([[0.25, 0.75], [1.0, 0.0]])).tolist()
    [0.75, 0.0]
    """
    worth = np.arange(probabilities.shape[1]) if values is None else np.asarray(values, dtype=np.float64)
    found: Array = probabilities @ worth
    return found


def shares_within(gains: ArrayLike, questions: ArrayLike) -> Array:
    """``[n]``: each candidate's share of its question's gains ``[n]``; 0 where a question has none.

    >>> shares_within([3.0, 1.0, 0.0], ["a", "a", "b"]).tolist()
    [0.75, 0.25, 0.0]
    """
    worth = np.asarray(gains, dtype=np.float64)
    _, numbers = np.unique(np.asarray(questions), return_inverse=True)
    totals = np.bincount(numbers, weights=worth)[numbers]
    found: Array = np.divide(worth, totals, out=np.zeros_like(worth), where=totals > 0)
    return found


def _placed(scores: Array, first: int, margin: float, relevant: int) -> Votes:
    votes = np.full(len(scores), ABSTAIN, dtype=np.int8)
    known = scores[~np.isnan(scores)]
    if len(known) < 2:
        return votes
    bar = np.sort(known)[::-1][first] + margin if len(known) > first else np.inf
    votes[scores < np.median(known)] = 0
    votes[scores > bar] = relevant
    return votes
