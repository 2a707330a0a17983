"""How likely each outcome of a function is in each class: prior knowledge, estimates, evidence.

The prior says that functions are better than chance: outcomes are as frequent as they are seen to be, and a
vote is some times likelier in its own class than in others; a score's highest bin is that much likelier in
the class it favours than its lowest bin is. It comes as pseudo-rows (Dirichlet), so that it yields to data.

Abstaining is an outcome: functions that only ever vote for one class would otherwise say nothing by it. Its
evidence can count less than a vote's, as one exponent in the likelihood. Source: Dawid & Skene (1979), Appl.
Statist. 28, for the model without abstentions.
"""

from __future__ import annotations

import numpy as np

from tuning.label_model.matrix import Array, Function
from tuning.label_model.patterns import Tables


def affinity(function: Function, classes: int) -> Array:
    """``[outcomes + 1, k]``: what each outcome speaks for, as a share of one vote; abstaining for nothing.

    >>> affinity(Function(name="class votes"), 2).tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    >>> affinity(Function(name="score", edges=(0.2, 0.6), favours=1), 2).tolist()
    [[0.0, 0.0], [0.5, -0.5], [0.0, 0.0], [-0.5, 0.5]]
    """
    outcomes = function.outcomes(classes)
    table = np.zeros((outcomes + 1, classes))
    if not function.edges:
        table[1:] = np.eye(classes)
        return table
    height = (2.0 * np.arange(outcomes) - (outcomes - 1)) / (2 * (outcomes - 1))
    table[1:] = np.where(np.arange(classes) == function.favours, height[:, None], 0.0 - height[:, None])
    return table


def prior_rows(affinities: Tables, seen: Tables, *, strength: float, better_than_chance: float) -> Tables:
    """Pseudo-rows per function ``[outcomes + 1, k]``, ``strength`` in each class.

    ``seen`` are the rows by outcome, whatever their class, ``[outcomes + 1]``; one more of each is added.

    >>> rows, = prior_rows((affinity(Function(name="a"), 2),), (np.array([3.0, 1.0, 1.0]),), strength=12,
    ...     better_than_chance=3)
    >>> rows.round(9).tolist()
    [[4.0, 4.0], [6.0, 2.0], [2.0, 6.0]]
    """
    found = []
    for table, outcomes in zip(affinities, seen, strict=True):
        tilted = (outcomes + 1.0)[:, None] * np.exp(np.log(better_than_chance) * table)
        found.append(strength * tilted / tilted.sum(axis=0))
    return tuple(found)


def estimated(rows: Tables, abstain_weight: float) -> Tables:
    """Evidence of each outcome for each class, from positive rows ``[outcomes + 1, k]`` by outcome and class.

    A vote's is its log-likelihood, abstaining's is ``abstain_weight`` times its log-likelihood. Likelihoods
    of a class add up to 1 and maximise ``sum(rows * evidence)``.

    >>> (votes,) = estimated((np.array([[2.0, 2.0], [1.0, 3.0], [3.0, 1.0]]),), 1.0)
    >>> np.exp(votes).round(3).tolist()
    [[0.333, 0.333], [0.167, 0.5], [0.5, 0.167]]
    >>> estimated((np.array([[2.0, 2.0], [1.0, 3.0], [3.0, 1.0]]),), 0.0)[0].round(3).tolist()[:2]
    [[0.0, 0.0], [-1.386, -0.288]]
    """
    found = []
    for table in rows:
        weighed = table.copy()
        weighed[0] *= abstain_weight
        with np.errstate(divide="ignore"):
            evidence = np.log(weighed) - np.log(weighed.sum(axis=0))
        evidence[0] = abstain_weight * evidence[0] if abstain_weight else 0.0
        found.append(evidence)
    return tuple(found)


def mirrored(rows: Tables) -> Tables:
    """Rows, or evidence, of pairs by outcome and class, made the same both ways round, bit by bit.

    >>> mirrored((np.array([[2.0, 0.0], [1.0, 2.0], [4.0, 1.0]]),))[0].tolist()
    [[1.0, 1.0], [1.0, 3.0], [3.0, 1.0]]
    """
    found = []
    for table in rows:
        other = table.copy()
        other[0] = table[0, ::-1]
        other[1:] = table[:0:-1, ::-1]
        found.append((table + other) / 2)
    return tuple(found)
