"""Learn which value of the evidence answers: weights of ``rag.generator.valued``, from questions with gold.

The marginal likelihood of the right values, or of "none" where no value is right; where that is only likely,
each counts as far as it is. Features are scaled to unit variance while weights are sought, with an L2 penalty
on them. How sure the model may be is fitted on questions whose documents it was not taught. Leaves asking
and judging to ``tuning.recipes.values``.

Source: Berant et al., "Semantic Parsing on Freebase from Question-Answer Pairs", EMNLP 2013, for learning
from right answers; Platt, 1999, for the calibration.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.generator.odds import log_odds
from rag.generator.valued.features import NAMES, Features, Found
from rag.generator.valued.model import NONE_NAMES, ValueModel, none_features
from tuning import logistic

_FLAT = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question's values, how likely each is right ``[n]``, and the name of what it is held out with."""

    found: tuple[Found, ...]
    features: Features
    right: NDArray[np.float64]
    together: str


def learn(examples: Sequence[Example], facts: Mapping[str, Any], *, l2: float = 1.0) -> ValueModel:
    """The weights that examples teach, each of them with at least one value. Deterministic.

    Raises:
        ValueError: there is no example.
    """
    from scipy.optimize import minimize

    if not examples:
        raise ValueError("no question has a value to learn from")
    batch = _Batch.of(examples)
    count = len(NAMES) + len(NONE_NAMES)
    found = minimize(
        batch.loss, np.zeros(count), args=(l2,), jac=True, method="L-BFGS-B", options={"maxiter": 200}
    )
    own, none = found.x[: len(NAMES)], found.x[len(NAMES) :]
    weights = own / batch.spread
    none_weights = none / batch.none_spread
    none_weights[0] += float(weights @ batch.center) - float(none_weights[1:] @ batch.none_center[1:])
    return ValueModel(weights=weights, none=none_weights, facts=facts)


@dataclass(frozen=True, slots=True)
class _Batch:
    rows: list[Features]
    none: NDArray[np.float64]
    right: list[NDArray[np.float64]]
    center: NDArray[np.float64]
    spread: NDArray[np.float64]
    none_center: NDArray[np.float64]
    none_spread: NDArray[np.float64]

    @classmethod
    def of(cls, examples: Sequence[Example]) -> _Batch:
        everything = np.concatenate([one.features for one in examples]).astype(np.float64)
        center, spread = everything.mean(axis=0), everything.std(axis=0)
        spread[spread < _FLAT] = 1.0
        none = np.stack([none_features(one.features) for one in examples]).astype(np.float64)
        none_center, none_spread = none.mean(axis=0), none.std(axis=0)
        none_center[0], none_spread[none_spread < _FLAT] = 0.0, 1.0
        return cls(
            [((one.features - center) / spread) for one in examples],
            (none - none_center) / none_spread,
            [one.right for one in examples],
            center,
            spread,
            none_center,
            none_spread,
        )

    def loss(self, vector: NDArray[np.float64], l2: float) -> tuple[float, NDArray[np.float64]]:
        """The negative log likelihood with its penalty, and the gradient."""
        own, none = vector[: len(NAMES)], vector[len(NAMES) :]
        total, gradient = 0.0, np.zeros_like(vector)
        for rows, other, right in zip(self.rows, self.none, self.right, strict=True):
            logits, nothing = rows @ own, float(other @ none)
            top = max(float(logits.max()), nothing)
            each, rest = np.exp(logits - top), np.exp(nothing - top)
            norm = float(each.sum()) + rest
            each, rest = each / norm, rest / norm
            silent = 1.0 - float(right.max())
            likely = max(float(each @ right) + rest * silent, 1e-12)
            total -= np.log(likely)
            gradient[: len(NAMES)] += (each - each * right / likely) @ rows
            gradient[len(NAMES) :] += (rest - rest * silent / likely) * other
        # "None" is held down less: its few weights say how much evidence is enough.
        held = np.concatenate([np.full(len(NAMES), l2), np.full(len(NONE_NAMES), 0.1 * l2)])
        return total + float(held @ vector**2), gradient + 2 * held * vector


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """The best value of a question that was held out: its share of the softmax, and whether it is right."""

    share: float
    right: float


def cross_fitted(examples: Sequence[Example], *, l2: float = 1.0) -> tuple[HeldOut, ...]:
    """The best value of each example by a model that was taught none that it is held out with."""
    found: list[HeldOut] = []
    for together in sorted({one.together for one in examples}):
        taught = [one for one in examples if one.together != together]
        if not taught:
            continue
        model = learn(taught, {}, l2=l2)
        found += [_best(model, one) for one in examples if one.together == together]
    return tuple(found)


def calibrated(model: ValueModel, held_out: Sequence[HeldOut]) -> ValueModel:
    """The model with the slope and intercept that make shares of those held out probabilities."""
    odds = np.array([log_odds(one.share) for one in held_out])
    labels = np.array([one.right for one in held_out])
    slope, intercept = logistic.calibrate(odds, labels, np.ones(len(held_out)))
    return replace(model, slope=slope, intercept=intercept)


def _best(model: ValueModel, example: Example) -> HeldOut:
    best = model.rank(example.found, example.features, limit=1)[0]
    same = [
        float(right)
        for found, right in zip(example.found, example.right, strict=True)
        if (found.value.kind, found.value.key) == (best.found.value.kind, best.found.value.key)
    ]
    return HeldOut(share=best.share, right=max(same))
