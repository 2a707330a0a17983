"""How sure a ranker of programs may be: its shares on questions held out by document, against the truth.

Leaves learning to ``tuning.numbers``.

Source: Platt, "Probabilistic Outputs for Support Vector Machines", 1999, on the log odds of the softmax.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.numbers.ranker import Ranker
from tuning import logistic
from tuning.numbers import USUAL, Example, Penalties, fold_of, learn

_SURE = 0.45
"""A confidence from which answers are given (``Settings.least_confidence``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """The best program of a question that was held out: its share of the softmax, and whether it is right."""

    source: str
    share: float
    right: bool


def cross_fitted(
    examples: Sequence[Example], folds: int, penalties: Penalties = USUAL
) -> tuple[HeldOut, ...]:
    """The best program of each question asked, by a ranker taught by the documents of other folds."""
    found: list[HeldOut] = []
    for fold in range(folds):
        taught = [one for one in examples if fold_of(one.together, folds) != fold]
        held = [one for one in examples if fold_of(one.together, folds) == fold and not one.from_template]
        if held:
            ranker = learn(taught, {}, penalties)
            found += [_best(ranker, one) for one in held]
    return tuple(found)


def calibrate(held_out: Sequence[HeldOut]) -> tuple[float, float]:
    """Slope and intercept of the logistic curve from the log odds of a share to being right."""
    labels = np.array([float(one.right) for one in held_out])
    return logistic.calibrate(_log_odds(held_out), labels, np.ones(len(held_out)))


def summary(held_out: Sequence[HeldOut], slope: float, intercept: float) -> dict[str, dict[str, float]]:
    """By source: questions, the share right, the share that is sure enough, and the share right of these."""
    by_source: dict[str, dict[str, float]] = {}
    for source in sorted({one.source for one in held_out}):
        own = [one for one in held_out if one.source == source]
        logits = slope * _log_odds(own) + intercept
        sure = 1.0 / (1.0 + np.exp(-logits)) >= _SURE
        right = np.array([one.right for one in own])
        by_source[source] = {
            "questions": len(own),
            "right": round(float(right.mean()), 3),
            "sure": round(float(sure.mean()), 3),
            "right_of_sure": round(float(right[sure].mean()) if sure.any() else 0.0, 3),
        }
    return by_source


def _best(ranker: Ranker, example: Example) -> HeldOut:
    """Programs that come to the same count together, as where the ranker is used."""
    judged = ranker.judge(example.asked, example.made, limit=1)
    if not judged.programs:
        return HeldOut(source=example.source, share=0.0, right=False)
    best = judged.programs[0]
    return HeldOut(source=example.source, share=best.share, right=example.is_right(best.program))


def _log_odds(held_out: Sequence[HeldOut]) -> NDArray[np.float64]:
    shares = np.clip([one.share for one in held_out], 1e-9, 1 - 1e-9)
    odds: NDArray[np.float64] = np.log(shares) - np.log1p(-shares)
    return odds
