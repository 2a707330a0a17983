"""How much functions repeat each other, and what weight that leaves to each.

Two functions repeat each other as far as their evidence is correlated within a class: then their sum varies
more than a sum of independent ones, and says less than it seems to. Functions that exclude each other, or err
in opposite directions, repeat nothing. Functions of one source family repeat each other as far as one votes
where the other does, whatever they say. A function's weight is one over one plus all it repeats: g copies
have 1/g each and one voice together, independent ones have 1.

Source: the weight is the design effect of correlated measurements, Kish (1965), §8.2.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tuning.label_model.evidence import Evidence
from tuning.label_model.matrix import ABSTAIN, Array, Function
from tuning.label_model.patterns import Tables

_NOISE = 2.0
"""Correlations below so many standard errors of none are taken for none: many of them would add up."""


def weights(associated: Array, shared: Array) -> Array:
    """``[m]`` in (0, 1]: one over one plus what a function shares with others, from two ``[m, m]``.

    >>> r = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    >>> weights(r, np.zeros((3, 3))).tolist()
    [0.5, 0.5, 1.0]
    """
    repeated = np.maximum(associated, shared)
    np.fill_diagonal(repeated, 0.0)
    found: Array = 1.0 / (1.0 + repeated.sum(axis=1))
    return found


def association(evidence: Evidence, posterior: Array, tables: Tables) -> Array:
    """Correlation of each two functions' evidence within the classes, ``[m, m]`` in [0, 1], zero diagonal.

    ``posterior`` ``[u, k]`` are shares of the distinct rows in the classes; one column of ones correlates
    whatever the class. ``tables`` ``[outcomes + 1, k]`` hold each function's evidence by outcome.
    """
    votes = evidence.layout.decode(evidence.codes)
    levels = np.stack(
        [
            (table - table.mean(axis=1, keepdims=True))[column + 1]
            for table, column in zip(tables, votes.T, strict=True)
        ]
    )
    together = np.zeros((len(tables), len(tables)))
    for share in posterior.T:
        rows = evidence.counts * share
        for level in np.moveaxis(levels, 2, 0):
            away = level - (level @ rows / max(rows.sum(), 1e-9))[:, None]
            together += (away * rows) @ away.T
    spread = np.sqrt(np.maximum(together.diagonal(), 1e-12))
    found: Array = together / np.outer(spread, spread)
    found[found < _NOISE / np.sqrt(max(evidence.counts.sum(), 1.0))] = 0.0
    np.fill_diagonal(found, 0.0)
    return np.minimum(found, 1.0)


def family_share(evidence: Evidence) -> Array:
    """``[m, m]``: for two of a family, the share of the rarer one's votes where both fire; else 0."""
    fires = (evidence.layout.decode(evidence.codes) != ABSTAIN).astype(np.float64)
    both = (fires * evidence.counts[:, None]).T @ fires
    own = both.diagonal()
    least = np.maximum(np.minimum.outer(own, own), 1.0)
    found: Array = np.minimum(both / least, 1.0) * _same_family(evidence.functions)
    np.fill_diagonal(found, 0.0)
    return found


def _same_family(functions: Sequence[Function]) -> Array:
    families = np.array([f.family for f in functions])
    same: Array = ((families[:, None] == families[None, :]) & (families != "")).astype(np.float64)
    return same
