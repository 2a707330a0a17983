"""Two systems on the same questions: is the difference more than chance, and how large may it be?

The default test flips the sign of whole documents' differences: were the two systems alike, each document's
difference might as well have come out the other way round, all its questions together. A plain McNemar test
takes questions for independent and raises false alarms where documents make questions easy or hard together;
its mid-p form is for sets that have one question a document.

The difference's interval is a t interval from the scatter between documents, with as many degrees of freedom
as documents less one. In simulations it covers as promised from a dozen documents on, where the percentile
bootstrap is too narrow.

Source: Good (2005), "Permutation, Parametric and Bootstrap Tests of Hypotheses", ch. 3; Lancaster (1961),
J. Am. Stat. Assoc. 56 (mid-p); Miller (2024), "Adding Error Bars to Evals" (clustered, paired differences).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import comb, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eval.stats.intervals import FEW_DOCUMENTS, LEVEL, Estimate, rate
from eval.stats.power import detectable_difference, document_error, t_quantile

FLIPS = 10_000
_EXACT_DOCUMENTS = 14
_TOLERANCE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One measure before and after, on the same questions.

    ``difference`` is after less before, in the measure's unit; ``p_value`` that of ``sign_flip``;
    ``detectable`` the smallest true difference that such a set finds four times in five. Wins, losses and
    ties count questions. Below ``FEW_DOCUMENTS`` documents, intervals are rough.
    """

    before: Estimate
    after: Estimate
    difference: Estimate
    p_value: float
    detectable: float
    wins: int
    losses: int
    ties: int
    documents: int

    @property
    def few_documents(self) -> bool:
        """Whether there are too few documents for intervals to be trusted to the point."""
        return self.documents < FEW_DOCUMENTS


def compare_paired(
    before: Sequence[float], after: Sequence[float], clusters: Sequence[Hashable], *, seed: int = 0
) -> Comparison:
    """Compare two systems' values on the same questions, in the same order; ``clusters`` are their documents.

    Raises ValueError for no question or for lengths that differ.

    >>> found = compare_paired([0.0, 0.0, 1.0], [1.0, 0.0, 1.0], ["a", "b", "c"])
    >>> found.wins, found.losses, found.ties, found.p_value
    (1, 0, 2, 1.0)
    """
    if not len(before) == len(after) == len(clusters) or not len(before):
        raise ValueError(f"{len(before)} and {len(after)} values for {len(clusters)} clusters")
    differences = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    return Comparison(
        before=rate(before, clusters, seed=seed),
        after=rate(after, clusters, seed=seed),
        difference=difference_interval(differences, clusters),
        p_value=sign_flip(differences, clusters, seed=seed),
        detectable=detectable_difference(differences, clusters),
        wins=int((differences > 0).sum()),
        losses=int((differences < 0).sum()),
        ties=int((differences == 0).sum()),
        documents=len(set(clusters)),
    )


def sign_flip(
    differences: ArrayLike, clusters: Sequence[Hashable], *, seed: int = 0, resamples: int = FLIPS
) -> float:
    """Two-sided p-value of the mean difference under flips of whole documents' signs.

    Exact where at most 14 documents differ, else by ``resamples`` random flips (the observed one counts
    as one of them). 1.0 where nothing differs.

    >>> sign_flip([1.0, 1.0, 1.0], ["a", "b", "c"])  # 2 of the 8 flips are as far from zero
    0.25
    """
    sums = _document_sums(differences, clusters)
    sums = sums[np.abs(sums) > _TOLERANCE]
    if not len(sums):
        return 1.0
    observed = abs(sums.sum()) - _TOLERANCE * len(sums)
    if len(sums) <= _EXACT_DOCUMENTS:
        patterns = np.arange(2 ** len(sums))[:, None] >> np.arange(len(sums)) & 1
        return float((np.abs((2.0 * patterns - 1) @ sums) >= observed).mean())
    rng = np.random.default_rng(seed)
    signs = rng.integers(0, 2, size=(resamples, len(sums)), dtype=np.int8)
    flipped = np.abs((2.0 * signs - 1) @ sums)
    return float((1 + (flipped >= observed).sum()) / (1 + resamples))


def mcnemar_mid_p(wins: int, losses: int) -> float:
    """Two-sided mid-p value of McNemar's test; only for questions that are independent of each other.

    >>> mcnemar_mid_p(5, 0)  # 2 * (0.5 * 1/32)
    0.03125
    """
    n, few = wins + losses, min(wins, losses)
    if wins == losses:
        return 1.0
    below = sum(comb(n, i) for i in range(few))
    return float(min(1.0, 2 * (below + comb(n, few) / 2) / 2**n))


def difference_interval(
    differences: ArrayLike, clusters: Sequence[Hashable], *, level: float = LEVEL
) -> Estimate:
    """The mean difference with its interval over documents; unbounded in neither direction beyond [-1, 1].

    One document alone tells nothing of others: the interval is then all of [-1, 1]. Values are shares.
    """
    data = np.asarray(differences, dtype=np.float64)
    mean, documents = float(data.mean()), len(set(clusters))
    if documents < 2:
        return Estimate(value=mean, low=-1.0, high=1.0, n=len(data))
    error = document_error(data, clusters)
    # Where no document differs the scatter says nothing; one that differs fully might have been drawn.
    least = sqrt(1 / documents) / documents if error == 0 else 0.0
    half = t_quantile((1 + level) / 2, documents - 1) * max(error, least)
    return Estimate(value=mean, low=max(-1.0, mean - half), high=min(1.0, mean + half), n=len(data))


def _document_sums(differences: ArrayLike, clusters: Sequence[Hashable]) -> NDArray[np.float64]:
    data = np.asarray(differences, dtype=np.float64)
    if data.size != len(clusters):
        raise ValueError(f"{data.size} values for {len(clusters)} clusters")
    numbers: dict[Hashable, int] = {}
    member = np.array([numbers.setdefault(c, len(numbers)) for c in clusters], dtype=np.int64)
    return np.bincount(member, weights=data, minlength=len(numbers)).astype(np.float64)
