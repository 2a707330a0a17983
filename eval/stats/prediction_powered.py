"""An absolute figure from automatic grades of all questions and people's grades of some.

The automatic grader's mean over all questions is corrected by how far people's grades are from it on the
sub-sample they judged: the estimate is unbiased however biased the grader is, and as narrow as the two agree.
The automatic grades count with the weight that makes the estimate narrowest (λ of PPI++), between 0 (people's
grades alone) and 1. The sub-sample must be drawn by chance.

Source: Angelopoulos et al. (2023), "Prediction-powered inference", Science 382; Angelopoulos, Duchi and
Zrnic (2023), "PPI++". The document is the sampling unit, as everywhere.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from eval.stats.intervals import LEVEL, Estimate
from eval.stats.power import document_error, t_quantile


def prediction_powered(
    predicted: Sequence[float],
    judged: Mapping[int, float],
    clusters: Sequence[Hashable],
    *,
    level: float = LEVEL,
) -> Estimate:
    """The mean of people's grades over all questions, in [0, 1]; ``n`` counts those judged.

    ``predicted`` are the automatic grades ``[n]``, ``judged`` people's by position. Raises ValueError where
    nobody judged anything, or positions or lengths do not fit.

    >>> prediction_powered([1.0, 0.0, 1.0, 0.0], {0: 1.0, 1: 0.0}, ["a", "b", "c", "d"]).value
    0.5
    """
    data = np.asarray(predicted, dtype=np.float64)
    if not judged or data.size != len(clusters) or not all(0 <= i < data.size for i in judged):
        raise ValueError(f"{len(judged)} judged of {data.size} questions with {len(clusters)} clusters")
    places = np.array(sorted(judged), dtype=np.int64)
    people = np.array([judged[int(i)] for i in places], dtype=np.float64)
    weight = _weight(data, data[places], people)
    own = [clusters[int(i)] for i in places]
    value = weight * float(data.mean()) + float((people - weight * data[places]).mean())
    error = np.hypot(
        weight * document_error(data, clusters), document_error(people - weight * data[places], own)
    )
    documents = len(set(own))
    half = t_quantile((1 + level) / 2, documents - 1) * float(error) if documents > 1 else 1.0
    low, high = max(0.0, value - half), min(1.0, value + half)
    return Estimate(value=min(1.0, max(0.0, value)), low=low, high=high, n=len(people))


def _weight(
    all_grades: NDArray[np.float64], grades: NDArray[np.float64], people: NDArray[np.float64]
) -> float:
    """λ of PPI++, from 0 to 1; 1 where the sub-sample is too small to tell."""
    if len(people) < 10:
        return 1.0
    variance = float(all_grades.var())
    if variance == 0:
        return 0.0
    covariance = float(((grades - grades.mean()) * (people - people.mean())).mean())
    return min(1.0, max(0.0, covariance / ((1 + len(people) / len(all_grades)) * variance)))
