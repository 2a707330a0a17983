"""How sure a sum of evidence may be, learned from gold rows: one scale, and one offset per class.

Functions depend on each other in ways that no weight mends; their sum is then too sure of itself, or leans to
one class on every row. Both corrections keep a label the sum that it is. They are learned from what was said
of gold rows that were held out, and few rows change little: doubling or halving the scale, and an offset of
0.7, cost a quarter of a nat. Source: Platt (1999), "Probabilistic Outputs for Support Vector Machines".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tuning.label_model.expectation import shares
from tuning.label_model.matrix import Array, Classes

_LEAST, _MOST = 0.05, 5.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """Scores are log shares of the classes, plus ``offset`` ``[k]``, plus ``scale`` times the evidence."""

    scale: float
    offset: Array

    @classmethod
    def none(cls, classes: int) -> Calibration:
        """Which changes nothing."""
        return cls(scale=1.0, offset=np.zeros(classes))

    def scores(self, priors: Array, sums: Array) -> Array:
        """Scores ``[n, k]`` from log shares of the classes and sums of evidence."""
        found: Array = priors + self.offset + self.scale * sums
        return found


def calibrated(priors: Array, sums: Array, classes: Classes, *, mirrored: bool = False) -> Calibration:
    """The calibration that explains classes ``[g]`` best, by log shares and sums of evidence ``[g, k]``.

    ``mirrored``: rows are pairs, so that an offset would prefer a side; there is none.

    >>> surely = np.array([[0.0, 8.0]] * 8)
    >>> right = np.array([1, 1, 1, 1, 1, 1, 0, 0])
    >>> calibrated(np.zeros((8, 2)), surely, right, mirrored=True).scale < 0.3
    True
    """
    from scipy.optimize import minimize

    k = sums.shape[1]
    if mirrored:
        turned = (classes == 0)[:, None]
        priors, sums = np.where(turned, priors[:, ::-1], priors), np.where(turned, sums[:, ::-1], sums)
        classes = np.ones_like(classes)
    # Sums of rounded numbers depend on their order, and labels must not.
    order = np.lexsort((*sums.T, *priors.T, classes))
    priors, sums, truth = priors[order], sums[order], np.eye(k)[classes[order]]

    def loss(at: Array) -> tuple[float, Array]:
        offset, scale = at[:-1], np.exp(at[-1])
        scores = priors + offset + scale * sums
        said, levels = shares(scores)
        missed = said - truth
        slope = np.append(missed.sum(axis=0), scale * (missed * sums).sum())
        return float((levels - (truth * scores).sum(axis=1)).sum() + 0.5 * at @ at), slope + at

    sides = [(0.0, 0.0) if mirrored else (None, None)] * k
    bounds = [*sides, (np.log(_LEAST), np.log(_MOST))]
    found = minimize(loss, np.zeros(k + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    return Calibration(scale=float(np.exp(found[-1])), offset=np.asarray(found[:-1], dtype=np.float64))
