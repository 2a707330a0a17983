"""Intervals by drawing documents for what is no plain mean: stratified means and measures of whole runs.

Source: Efron & Tibshirani (1993), ch. 8 (several samples) and 13 (percentiles).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

import numpy as np

from eval.stats.intervals import LEVEL, Estimate

RESAMPLES = 500

Group = TypeVar("Group")


def resampled(
    groups: Sequence[Group],
    statistic: Callable[[Sequence[Group]], float],
    *,
    n: int,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Estimate:
    """A statistic of documents' results with a percentile interval from drawing whole documents.

    ``groups`` are the results of one document each, ``n`` counts questions. Raises ValueError for no group.

    >>> resampled([1.0, 1.0], lambda drawn: sum(drawn) / len(drawn), n=2)
    Estimate(value=1.0, low=1.0, high=1.0, n=2)
    """
    if not groups:
        raise ValueError("no document")
    rng = np.random.default_rng(seed)
    drawn = [
        statistic([groups[i] for i in rng.integers(len(groups), size=len(groups))]) for _ in range(resamples)
    ]
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value=statistic(groups), low=float(low), high=float(high), n=n)


def stratified_mean(
    values: Sequence[float],
    clusters: Sequence[Hashable],
    strata: Sequence[Hashable],
    *,
    seed: int = 0,
    resamples: int = 2000,
) -> Estimate:
    """The mean of the strata's means, each weighing the same; documents are drawn within their stratum.

    >>> stratified_mean([1.0, 1.0, 1.0, 0.0], ["a", "b", "c", "d"], ["x", "x", "x", "y"]).value
    0.5
    """
    data = np.asarray(values, dtype=np.float64)
    rng = np.random.default_rng(seed)
    names = list(dict.fromkeys(strata))
    means, total = [], np.zeros(resamples)
    for name in names:
        members = [i for i, stratum in enumerate(strata) if stratum == name]
        numbers: dict[Hashable, int] = {}
        document = np.array([numbers.setdefault(clusters[i], len(numbers)) for i in members])
        sums, sizes = np.bincount(document, weights=data[members]), np.bincount(document)
        drawn = rng.integers(len(numbers), size=(resamples, len(numbers)))
        total += sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
        means.append(float(data[members].mean()))
    low, high = np.quantile(total / len(names), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value=sum(means) / len(means), low=float(low), high=float(high), n=len(data))
