"""Logistic regression: weights of features, or a slope and an intercept that make scores probabilities.

Maximum likelihood of weighed rows, a penalty on the weights but not on the intercept. Deterministic.

Source: Platt, "Probabilistic Outputs for Support Vector Machines", 1999.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_LEAST_SLOPE = 1e-3
"""Of a calibration: more of a score must not make it less likely."""


def calibrate(scores: Array, labels: Array, weights: Array) -> tuple[float, float]:
    """Slope and intercept of the curve from scores ``[n]`` to labels of 0 or 1; the slope is positive.

    >>> slope, intercept = calibrate(np.array([-1.0, 1.0, 1.0]), np.array([0.0, 1.0, 0.0]), np.ones(3))
    >>> slope > 0 > intercept
    True
    """
    bounds: list[tuple[float | None, float | None]] = [(_LEAST_SLOPE, None), (None, None)]
    slopes, intercept = _minimised(scores[:, None], labels, weights, 0.0, np.array([1.0, 0.0]), bounds)
    return float(slopes[0]), intercept


def regression(rows: Array, labels: Array, weights: Array, *, l2: float) -> tuple[Array, float]:
    """Weights ``[f]`` of features ``[n, f]``, and the intercept."""
    return _minimised(rows, labels, weights, l2, np.zeros(rows.shape[1] + 1), None)


def _minimised(
    rows: Array,
    labels: Array,
    weights: Array,
    l2: float,
    start: Array,
    bounds: list[tuple[float | None, float | None]] | None,
) -> tuple[Array, float]:
    from scipy.optimize import minimize

    columns = np.ascontiguousarray(rows.T)

    def loss(line: Array) -> tuple[float, Array]:
        slopes = line[:-1]
        logits = rows @ slopes + line[-1]
        slack = weights * (1.0 / (1.0 + np.exp(-logits)) - labels)
        value = float(weights @ (np.logaddexp(0.0, logits) - labels * logits)) + l2 * float(slopes @ slopes)
        return value, np.array([*(columns @ slack + 2 * l2 * slopes), slack.sum()])

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x[:-1], dtype=np.float64), float(found.x[-1])
