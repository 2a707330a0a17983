"""What a label model would be without a function: fitted anew without it, and compared.

Leaves figures that need no second fit to ``tuning.label_model.analysis``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tuning.label_model.choice import compared
from tuning.label_model.evidence import Evidence
from tuning.label_model.fitting import DEFAULTS, plan_of
from tuning.label_model.matrix import LabelError, LabelMatrix
from tuning.label_model.methods import fit_plan
from tuning.label_model.settings import LabelModelSettings, Method


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """The effect of leaving a function out.

    ``moved``: how much labels change, the mean over rows of the probability that changes class, 0 to 1.
    ``loss`` is what log-loss on held-out gold rows rises by (negative: labels are better without it), with
    the standard ``error`` of that difference; None without enough gold rows.
    """

    name: str
    moved: float
    loss: float | None
    error: float | None


def left_out(
    matrix: LabelMatrix,
    gold: ArrayLike | None = None,
    *,
    method: Method = "em",
    settings: LabelModelSettings = DEFAULTS,
) -> tuple[LeftOut, ...]:
    """The effect of each function, in the matrix's order; the same folds of gold rows with and without it.

    Raises:
        LabelError: gold does not fit, the method needs gold that is missing, or there is one function only.
    """
    if len(matrix.functions) < 2:
        raise LabelError("one function cannot be left out", "write a second one")
    plan, whole = plan_of(method, settings), Evidence.of(matrix, gold)
    dealt = whole.folds(settings.folds) if len(whole.gold_classes) >= settings.least_gold else None
    labels = fit_plan(whole, plan, settings).probabilities(matrix)
    losses = None if dealt is None else compared(whole, [plan], settings, dealt)[0].losses
    found = []
    for name in matrix.names:
        rest = matrix.select([other for other in matrix.names if other != name])
        evidence = Evidence.of(rest, gold)
        moved = np.abs(fit_plan(evidence, plan, settings).probabilities(rest) - labels).sum(axis=1) / 2
        rise = None if losses is None else compared(evidence, [plan], settings, dealt)[0].losses - losses
        found.append(
            LeftOut(
                name=name,
                moved=float(moved.mean()) if len(moved) else 0.0,
                loss=None if rise is None else float(rise.mean()),
                error=None if rise is None else float(rise.std() / np.sqrt(len(rise))),
            )
        )
    return tuple(found)
