"""How large a difference must be for a set to show it, given how differences scatter by document.

Source: Cameron and Miller (2015), J. Human Resources 50, §II (errors clustered by document); Bloom (1995),
Evaluation Review 19 (minimum detectable effects).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

POWER = 0.8
LEAST_DISCORDANCE = 0.05
"""Share of questions that two systems are taken to differ on at least; nearly equal runs say too little."""


def detectable_difference(
    differences: ArrayLike, clusters: Sequence[Hashable], *, level: float = 0.95, power: float = POWER
) -> float:
    """The smallest true mean difference that the test by document finds with that power.

    The scatter is that of the differences observed, and at least that of independent questions of which
    ``LEAST_DISCORDANCE`` differ by one. In the values' unit; at most 1, which also stands for one document.
    """
    data = np.asarray(differences, dtype=np.float64)
    documents = len(set(clusters))
    if documents < 2:
        return 1.0
    error = max(document_error(data, clusters), sqrt(LEAST_DISCORDANCE / len(data)))
    reach = t_quantile((1 + level) / 2, documents - 1) + t_quantile(power, documents - 1)
    return float(min(1.0, reach * error))


def document_error(values: ArrayLike, clusters: Sequence[Hashable]) -> float:
    """Standard error of the mean over questions, clustered by document; 0 for one document.

    >>> document_error([1.0, 0.0, 1.0, 0.0], ["a", "b", "c", "d"])  # sd / sqrt(n) = 0.57735 / 2
    0.28867513459481287
    """
    data = np.asarray(values, dtype=np.float64)
    numbers: dict[Hashable, int] = {}
    member = np.array([numbers.setdefault(c, len(numbers)) for c in clusters], dtype=np.int64)
    count = len(numbers)
    if count < 2:
        return 0.0
    residuals = np.bincount(member, weights=data - data.mean())
    return float(sqrt(count / (count - 1) * float((residuals**2).sum())) / len(data))


def t_quantile(p: float, degrees: int) -> float:
    """The p-quantile of Student's t with that many degrees of freedom (library: SciPy).

    >>> round(t_quantile(0.975, 10), 3)
    2.228
    """
    return float(stdtrit(degrees, p))
