"""Where to cut soft labels, if they must be cut: by gold rows, for a stated precision or the best F-measure.

Half is no threshold: where positives are rare or functions one-sided, good labels may all lie below it.
Probabilities of gold rows that the model was fitted on flatter it; give those that were held out
(``tuning.label_model.fitting.Choice.held_out``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from eval.stats import Estimate, wilson
from tuning.label_model.matrix import Array, Classes, LabelError


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """Rows whose probability is ``value`` or more are taken; what that means on the gold rows."""

    value: float
    precision: Estimate
    recall: Estimate

    def f_measure(self, beta: float = 1.0) -> float:
        """Weighed mean of precision and recall, recall ``beta`` times as important; 0 where both are."""
        return float(_f_measure(np.array(self.precision.value), np.array(self.recall.value), beta))


def for_precision(
    probabilities: ArrayLike, positive: ArrayLike, precision: float, *, surely: bool = False
) -> Threshold | None:
    """The lowest threshold with at least this precision on gold rows, None where there is none.

    Args:
        probabilities: ``[g]`` of the class to be taken.
        positive: ``[g]``, whether a row is of that class.
        precision: from 0 to 1.
        surely: hold the lower end of the 95 % interval to it rather than the value.

    >>> for_precision([0.9, 0.8, 0.3, 0.1], [1, 1, 0, 1], 0.9).value
    0.8

    Raises:
        LabelError: nothing is given, or shapes differ.
    """
    values, hits, taken, positives = _cuts(probabilities, positive)
    reached = [
        (wilson(int(h), int(t)).low if surely else h / t) >= precision
        for h, t in zip(hits, taken, strict=True)
    ]
    if not any(reached):
        return None
    return _threshold(int(np.flatnonzero(reached)[-1]), (values, hits, taken), positives)


def for_f_measure(probabilities: ArrayLike, positive: ArrayLike, *, beta: float = 1.0) -> Threshold:
    """The threshold with the best F-measure on gold rows; of equals the highest. Arguments as above.

    >>> for_f_measure([0.4, 0.3, 0.1], [1, 1, 0]).value
    0.3

    Raises:
        LabelError: nothing is given, or shapes differ.
    """
    values, hits, taken, positives = _cuts(probabilities, positive)
    measure = _f_measure(hits / taken, hits / max(positives, 1), beta)
    return _threshold(int(np.argmax(measure)), (values, hits, taken), positives)


def _cuts(probabilities: ArrayLike, positive: ArrayLike) -> tuple[Array, Classes, Classes, int]:
    """Distinct probabilities, highest first; positives and rows at or above each; all positives."""
    given, truth = np.asarray(probabilities, dtype=np.float64), np.asarray(positive).astype(bool)
    if given.ndim != 1 or given.shape != truth.shape or not len(given):
        raise LabelError(
            f"probabilities of shape {given.shape}, gold of shape {truth.shape}", "give one of each per row"
        )
    order = np.argsort(-given, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(given[order]) < 0, True))
    return given[order][ends], np.cumsum(truth[order])[ends], ends + 1, int(truth.sum())


def _threshold(at: int, cuts: tuple[Array, Classes, Classes], positives: int) -> Threshold:
    values, hits, taken = cuts
    return Threshold(
        value=float(values[at]),
        precision=wilson(int(hits[at]), int(taken[at])),
        recall=wilson(int(hits[at]), positives),
    )


def _f_measure(precision: Array, recall: Array, beta: float) -> Array:
    below = beta**2 * precision + recall
    found: Array = np.divide(
        (1 + beta**2) * precision * recall, below, out=np.zeros_like(below, dtype=np.float64), where=below > 0
    )
    return found
