"""How much functions repeat each other, and what weight that leaves to each.

Two functions repeat each other as far as they are associated within a class: Cramér's V of their outcomes,
bias-corrected, squared, averaged over classes by their rows. Functions of one source family repeat each other
as far as one fires where the other does, whatever they say. A function's weight is one over its own share
plus all it repeats: g copies have 1/g each and one voice together, independent ones have 1.

Sources: Bergsma (2013), J. Korean Stat. Soc. 42, for the correction; the weight is the design effect of
equally correlated measurements, Kish (1965), §8.2.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tuning.label_model.evidence import Evidence
from tuning.label_model.matrix import ABSTAIN, Array, Function, Votes

_NEVER = 1e-9
"""Shares of rows below this are taken for outcomes that do not occur."""


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


def association(evidence: Evidence, posterior: Array) -> Array:
    """Cramér's V of each two functions within the classes, ``[m, m]`` in [0, 1], zero diagonal.

    ``posterior`` ``[u, k]`` are shares of the distinct rows in the classes; one column of ones measures
    association whatever the class.
    """
    sizes = np.array(evidence.layout.sizes)
    fired = _indicators(evidence.layout.decode(evidence.codes), sizes)
    squared = np.zeros((len(sizes), len(sizes)))
    total = 0.0
    for share in posterior.T:
        rows = evidence.counts * share
        n = float(rows.sum())
        if n > 0:
            squared += n * _squared_v((fired * rows[:, None]).T @ fired / n, sizes, n)
            total += n
    found: Array = np.sqrt(squared / max(total, 1.0))
    np.fill_diagonal(found, 0.0)
    return found


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


def _indicators(votes: Votes, sizes: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Array:
    """``[u, sum(sizes)]``: 1 where a function has an outcome."""
    columns = (np.cumsum(sizes) - sizes)[None, :] + votes + 1
    found = np.zeros((len(votes), int(sizes.sum())))
    np.put_along_axis(found, columns, 1.0, axis=1)
    return found


def _squared_v(joint: Array, sizes: np.ndarray[tuple[int], np.dtype[np.int64]], n: float) -> Array:
    """Squared V, bias-corrected, of each two of m functions, from shares of joint outcomes over n rows."""
    starts = np.cumsum(sizes) - sizes
    own = joint.diagonal()
    expected = np.outer(own, own)
    excess = np.divide(
        (joint - expected) ** 2, expected, out=np.zeros_like(joint), where=expected > _NEVER**2
    )
    chi = np.add.reduceat(np.add.reduceat(excess, starts, axis=0), starts, axis=1)
    free = np.add.reduceat((own > _NEVER).astype(np.float64), starts) - 1
    corrected = np.maximum(chi - np.outer(free, free) / max(n - 1, 1.0), 0.0)
    least = np.maximum(np.minimum.outer(free, free), 1.0)
    found: Array = np.minimum(corrected / least, 1.0)
    return found
