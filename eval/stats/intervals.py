"""Intervals: Wilson for a rate, bootstrap over documents for a mean, order statistics for a quantile.

Questions about one document share its fate, so the document is the sampling unit: resampling questions
would claim more than the data hold. With few documents a percentile bootstrap is too narrow: below
``FEW_DOCUMENTS`` reports say so, and ``rate`` never gives less than the Wilson interval. Tests between two
runs are in ``eval.stats.paired``.

Sources: Wilson (1927), J. Am. Stat. Assoc. 22; Efron & Tibshirani (1993), ch. 13; Conover (1999), §3.2.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import ceil, floor, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEVEL = 0.95
RESAMPLES = 2000
FEW_DOCUMENTS = 40
_BLOCK = 2**22  # cluster counts drawn at once: bounds memory for sets with many documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value, the ends of its 95 % interval, and over how many questions it was taken."""

    value: float
    low: float
    high: float
    n: int

    def as_dict(self) -> dict[str, float]:
        """The object that ``--json`` prints, to six decimals.

        >>> Estimate(value=0.5, low=0.25, high=1.0, n=8).as_dict()
        {'value': 0.5, 'low': 0.25, 'high': 1.0, 'n': 8}
        """
        return {
            "value": round(self.value, 6),
            "low": round(self.low, 6),
            "high": round(self.high, 6),
            "n": self.n,
        }


def wilson(successes: int, n: int, *, level: float = LEVEL) -> Estimate:
    """The rate of independent trials with Wilson's score interval; [0, 1] for no trial.

    >>> e = wilson(8, 10)
    >>> round(e.low, 4), round(e.high, 4)
    (0.4902, 0.9433)
    """
    if n == 0:
        return Estimate(value=0.0, low=0.0, high=1.0, n=0)
    z = _z(level)
    rate = successes / n
    centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return Estimate(value=rate, low=max(0.0, centre - half), high=min(1.0, centre + half), n=n)


def clustered_mean(
    values: ArrayLike,
    clusters: Sequence[Hashable],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Estimate:
    """The mean of ``values`` ``[n]`` with a percentile bootstrap that draws whole clusters.

    The same seed gives the same interval. Where all values are of one cluster, single values are drawn: the
    interval then speaks of that cluster only. Raises ValueError for no value or for lengths that differ.

    >>> clustered_mean([1.0, 1.0, 1.0], ["a", "b", "c"])
    Estimate(value=1.0, low=1.0, high=1.0, n=3)
    """
    data = np.asarray(values, dtype=np.float64)
    if data.size == 0 or data.size != len(clusters):
        raise ValueError(f"{data.size} values for {len(clusters)} clusters")
    if len(set(clusters)) == 1:
        clusters = range(len(clusters))
    numbers: dict[Hashable, int] = {}
    member = np.array([numbers.setdefault(c, len(numbers)) for c in clusters])
    sums = np.bincount(member, weights=data).astype(np.float64)
    means = _resampled_means(sums, np.bincount(member), np.random.default_rng(seed), resamples)
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Estimate(value=float(data.mean()), low=float(low), high=float(high), n=int(data.size))


def rate(values: Sequence[float], clusters: Sequence[Hashable], *, seed: int = 0) -> Estimate:
    """The mean of values in [0, 1]; for hits and misses the wider of Wilson's and the bootstrap's ends.

    >>> e = rate([1.0, 1.0, 1.0], ["a", "b", "c"])
    >>> round(e.low, 3), e.high
    (0.439, 1.0)
    """
    estimate = clustered_mean(values, clusters, seed=seed)
    if not set(values) <= {0.0, 1.0}:
        return estimate
    single = wilson(round(sum(values)), len(values))
    return Estimate(
        value=estimate.value,
        low=min(estimate.low, single.low),
        high=max(estimate.high, single.high),
        n=estimate.n,
    )


def quantile(values: Sequence[float], q: float, *, level: float = LEVEL) -> Estimate:
    """The q-quantile (the value of rank ceil(q n)) and the order statistics around it.

    >>> quantile([float(i) for i in range(1, 101)], 0.5)
    Estimate(value=50.0, low=40.0, high=60.0, n=100)
    """
    ordered = sorted(values)
    n = len(ordered)
    if not n:
        raise ValueError("no value")
    half = _z(level) * sqrt(n * q * (1 - q))

    def at(rank: int) -> float:
        return ordered[min(n, max(1, rank)) - 1]

    return Estimate(value=at(ceil(n * q)), low=at(floor(n * q - half)), high=at(ceil(n * q + half)), n=n)


def _resampled_means(
    sums: NDArray[np.float64], sizes: NDArray[np.int64], rng: np.random.Generator, resamples: int
) -> NDArray[np.float64]:
    """Means of ``resamples`` draws of as many clusters as there are, with replacement: ``[resamples]``."""
    count = len(sums)
    parts = []
    for start in range(0, resamples, max(1, _BLOCK // count)):
        rows = min(resamples - start, max(1, _BLOCK // count))
        drawn = rng.integers(count, size=(rows, count))
        parts.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    return np.concatenate(parts)


def _z(level: float) -> float:
    return NormalDist().inv_cdf(0.5 + level / 2)
