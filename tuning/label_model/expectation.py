"""Emissions by expectation maximisation: rows get shares in the classes, shares give emissions, and so on.

Maximised is, over emissions and, unless it is fixed, the balance,

    scale * sum over unlabeled rows of log sum over classes of exp(score)
    + sum over gold rows of the score of their class
    + prior rows, weighed as their function is,

where a score is the log share of the class plus, for each function, its weight times its evidence. Weights
temper the likelihood of functions that repeat each other; they are given. Each iteration cannot lower the
objective. There is no seed: the start is given. Sources: Dempster, Laird & Rubin (1977), J. R. Stat. Soc. B
39; Dawid & Skene (1979); weighing unlabeled rows: Nigam et al. (2000), Machine Learning 39.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tuning.label_model.emissions import estimated, mirrored
from tuning.label_model.evidence import Evidence
from tuning.label_model.matrix import Array
from tuning.label_model.patterns import Tables


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """What is maximised.

    ``gold`` ``[u, k]`` are rows of known class, ``unlabeled`` ``[u]`` the other rows times their scale,
    ``prior`` pseudo-rows per function, ``weights`` ``[m]``. The balance ``[k]`` is fixed, or else the start
    and ``balance_rows`` ``[k]`` what is added to the rows that teach it.
    """

    evidence: Evidence
    gold: Array
    unlabeled: Array
    prior: Tables
    weights: Array
    abstain_weight: float
    balance: Array
    balance_rows: Array | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solution:
    """Evidence per function, balance ``[k]``, shares ``[u, k]`` of rows, the objective by iteration."""

    evidence: Tables
    balance: Array
    posterior: Array
    objectives: tuple[float, ...]


def maximised(problem: Problem, posterior: Array, *, iterations: int, tolerance: float) -> Solution:
    """The solution reached from shares ``[u, k]`` of the unlabeled rows.

    Ends where the objective gains less than ``tolerance`` of itself. Without unlabeled rows one iteration is
    exact: naive Bayes on gold.
    """
    balance, objectives = problem.balance, list[float]()
    while True:
        tables = _evidence(problem, posterior)
        balance = _balance(problem, posterior)
        scores = np.log(balance) + problem.evidence.layout.sums(
            problem.evidence.codes, weighed(tables, problem.weights)
        )
        posterior, levels = shares(scores)
        objectives.append(_objective(problem, tables, balance, scores, levels))
        settled = len(objectives) > 1 and objectives[-1] - objectives[-2] < tolerance * abs(objectives[-1])
        if settled or len(objectives) >= iterations or not problem.unlabeled.any():
            return Solution(
                evidence=tables, balance=balance, posterior=posterior, objectives=tuple(objectives)
            )


def weighed(tables: Tables, weights: Array) -> Tables:
    """Each function's table times its weight."""
    return tuple(weight * table for weight, table in zip(weights, tables, strict=True))


def shares(scores: Array) -> tuple[Array, Array]:
    """Scores ``[n, k]`` as shares of classes ``[n, k]``, and their log-sum-exp ``[n]``.

    >>> [found.round(4).tolist() for found in shares(np.log([[1.0, 3.0]]))]
    [[[0.25, 0.75]], [1.3863]]
    """
    top = scores.max(axis=1)
    found = np.exp(scores - top[:, None])
    total = found.sum(axis=1)
    found /= total[:, None]
    return found, top + np.log(total)


def _evidence(problem: Problem, posterior: Array) -> Tables:
    rows = problem.gold + problem.unlabeled[:, None] * posterior
    layout, codes = problem.evidence.layout, problem.evidence.codes
    counts = tuple(
        found + prior for found, prior in zip(layout.counts(codes, rows), problem.prior, strict=True)
    )
    if not problem.evidence.mirrored:
        return estimated(counts, problem.abstain_weight)
    return mirrored(estimated(mirrored(counts), problem.abstain_weight))


def _balance(problem: Problem, posterior: Array) -> Array:
    if problem.balance_rows is None:
        return problem.balance
    rows = problem.gold.sum(axis=0) + problem.unlabeled @ posterior + problem.balance_rows
    found: Array = rows / rows.sum()
    return found


def _objective(problem: Problem, tables: Tables, balance: Array, scores: Array, levels: Array) -> float:
    value = float(problem.unlabeled @ levels) + float((problem.gold * scores).sum())
    for weight, rows, table in zip(problem.weights, problem.prior, tables, strict=True):
        value += float(weight * (rows * table).sum())
    if problem.balance_rows is not None:
        value += float(problem.balance_rows @ np.log(balance))
    return value
