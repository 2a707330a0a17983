"""Learn which value of the evidence answers: weights of ``rag.generator.valued``, from questions with labels.

The marginal likelihood of the right values, or of "none" where no value is right; where that is only likely,
each counts as far as it is. Features are scaled to unit variance while weights are sought, with an L2 penalty
on them, or on how far they go from a model that they begin with. How sure the model may be is fitted on
questions whose documents it was not taught. Leaves asking and judging with gold to ``tuning.recipes.values``,
without it to ``tuning.value_labels``.

Source: Berant et al., "Semantic Parsing on Freebase from Question-Answer Pairs", EMNLP 2013, for learning
from right answers; Platt, 1999, for the calibration.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.generator.odds import log_odds
from rag.generator.valued.features import NAMES, Features, Found
from rag.generator.valued.model import NONE_NAMES, Hidden, ValueModel, none_features
from tuning import logistic

_FLAT = 1e-6
_UNITS = 16
_COMMITTEE = 4
_ROUNDS = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question's values, how likely each is right ``[n]``, and the name of what it is held out with."""

    found: tuple[Found, ...]
    features: Features
    right: NDArray[np.float64]
    together: str


def learn(examples: Sequence[Example], facts: Mapping[str, Any], *, l2: float = 2.0) -> ValueModel:
    """The weights that examples teach, each of them with at least one value. Deterministic.

    The mean of ``_COMMITTEE`` models that begin at different places: one of them alone is off by as much as
    a tenth in what it answers.

    Raises:
        ValueError: there is no example.
    """
    from scipy.optimize import minimize

    if not examples:
        raise ValueError("no question has a value to learn from")
    batch = _Batch.of(examples)
    starts = [_start(seed) for seed in range(_COMMITTEE)]
    zero = np.zeros(len(starts[0]))
    held = _held(len(zero), l2)
    members = [
        minimize(
            batch.loss, start, args=(held, zero), jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS}
        ).x
        for start in starts
    ]
    return batch.model(members, facts)


def moved(
    start: ValueModel,
    examples: Sequence[Example],
    facts: Mapping[str, Any],
    *,
    l2: float,
    none_only: bool = False,
) -> ValueModel:
    """The weights that examples teach a model that knows something already; its calibration stays.

    ``l2`` holds every weight to what it was: the more examples, the further they go. With ``none_only`` the
    order of values stays, and what is learned is how much evidence is enough. Deterministic.

    Raises:
        ValueError: there is no example.
    """
    from scipy.optimize import minimize

    if not examples:
        raise ValueError("no question has a value to learn from")
    batch = _Batch.of(examples)
    begin = batch.vector(start)
    held = np.full(len(begin), l2)
    free = np.full(len(begin), not none_only)
    _Parts.of(free).none[:] = True

    def loss(steps: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        at = begin.copy()
        at[free] += steps
        value, gradient = batch.loss(at, held, begin)
        return value, gradient[free]

    found = minimize(
        loss, np.zeros(int(free.sum())), jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS}
    )
    begin[free] += found.x
    model = batch.model([begin], facts)
    return replace(model, slope=start.slope, intercept=start.intercept)


def _held(length: int, l2: float) -> NDArray[np.float64]:
    """How much each parameter of a new model is held to zero."""
    # "None" is held down less: its few weights say how much evidence is enough.
    held = np.full(length, l2)
    _Parts.of(held).none[:] = 0.1 * l2
    _Parts.of(held).offsets[:] = 0.0
    return held


def _start(seed: int) -> NDArray[np.float64]:
    """Linear weights at zero; hidden ones small and random, or all units would learn the same."""
    drawn = np.random.default_rng(seed).normal(0.0, 0.1, _UNITS * (len(NAMES) + 1))
    inputs, outputs = drawn[: _UNITS * len(NAMES)], drawn[_UNITS * len(NAMES) :]
    return np.concatenate([np.zeros(len(NAMES) + len(NONE_NAMES)), inputs, np.zeros(_UNITS), outputs])


class _Parts(NamedTuple):
    """A vector of parameters by what they are; the arrays are views of it."""

    own: NDArray[np.float64]
    none: NDArray[np.float64]
    inputs: NDArray[np.float64]
    offsets: NDArray[np.float64]
    outputs: NDArray[np.float64]

    @classmethod
    def of(cls, vector: NDArray[np.float64]) -> _Parts:
        units = (len(vector) - len(NAMES) - len(NONE_NAMES)) // (len(NAMES) + 2)
        ends = np.cumsum([len(NAMES), len(NONE_NAMES), units * len(NAMES), units])
        own, none, inputs, offsets, outputs = np.split(vector, ends)
        return cls(own, none, inputs.reshape(units, len(NAMES)), offsets, outputs)


@dataclass(frozen=True, slots=True)
class _Batch:
    """All values of all questions, scaled, a question's one after the other from ``starts`` on."""

    rows: NDArray[np.float64]
    starts: NDArray[np.int64]
    question: NDArray[np.int64]
    none: NDArray[np.float64]
    right: NDArray[np.float64]
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
        counts = np.array([len(one.right) for one in examples])
        return cls(
            rows=(everything - center) / spread,
            starts=np.concatenate([[0], np.cumsum(counts)[:-1]]),
            question=np.repeat(np.arange(len(examples)), counts),
            none=(none - none_center) / none_spread,
            right=np.concatenate([one.right for one in examples]),
            center=center,
            spread=spread,
            none_center=none_center,
            none_spread=none_spread,
        )

    def loss(
        self, vector: NDArray[np.float64], held: NDArray[np.float64], to: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float64]]:
        """The negative log likelihood and its gradient, with a penalty for being away from ``to``."""
        own, none, inputs, offsets, outputs = _Parts.of(vector)
        units = np.tanh(self.rows @ inputs.T + offsets)
        logits, nothing = self.rows @ own + units @ outputs, self.none @ none
        top = np.maximum(np.maximum.reduceat(logits, self.starts), nothing)
        each, rest = np.exp(logits - top[self.question]), np.exp(nothing - top)
        norm = np.add.reduceat(each, self.starts) + rest
        each, rest = each / norm[self.question], rest / norm
        silent = 1.0 - np.maximum.reduceat(self.right, self.starts)
        likely = np.maximum(np.add.reduceat(each * self.right, self.starts) + rest * silent, 1e-12)
        slope = each - each * self.right / likely[self.question]
        into = (slope[:, None] * outputs) * (1.0 - units**2)
        gradient = np.concatenate(
            [
                slope @ self.rows,
                (rest - rest * silent / likely) @ self.none,
                (into.T @ self.rows).ravel(),
                into.sum(axis=0),
                slope @ units,
            ]
        )
        away = vector - to
        return float(held @ away**2 - np.log(likely).sum()), gradient + 2 * held * away

    def vector(self, model: ValueModel) -> NDArray[np.float64]:
        """The parameters of a model over features as they are, as those over scaled ones."""
        none = model.none * self.none_spread
        none[0] += float(model.none[1:] @ self.none_center[1:]) - float(model.weights @ self.center)
        hidden = model.hidden
        return np.concatenate(
            [
                model.weights * self.spread,
                none,
                (hidden.inputs * self.spread).ravel(),
                hidden.offsets + hidden.inputs @ self.center,
                hidden.outputs,
            ]
        )

    def model(self, members: Sequence[NDArray[np.float64]], facts: Mapping[str, Any]) -> ValueModel:
        """The mean of models over scaled features as one over features as they are."""
        parts = [_Parts.of(one) for one in members]
        weights = np.mean([one.own for one in parts], axis=0) / self.spread
        none = np.mean([one.none for one in parts], axis=0) / self.none_spread
        none[0] += float(weights @ self.center) - float(none[1:] @ self.none_center[1:])
        inputs = np.concatenate([one.inputs for one in parts]) / self.spread
        hidden = Hidden(
            inputs=inputs,
            offsets=np.concatenate([one.offsets for one in parts]) - inputs @ self.center,
            outputs=np.concatenate([one.outputs for one in parts]) / len(parts),
        )
        return ValueModel(weights=weights, none=none, hidden=hidden, facts=facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """The best value of a question that was held out: its share of the softmax, and whether it is right."""

    share: float
    right: float


def cross_fitted(
    examples: Sequence[Example], those: Collection[str] | None = None, *, l2: float = 2.0
) -> tuple[HeldOut, ...]:
    """The best value of each example by a model that was taught none that it is held out with.

    With ``those`` only of what is held out by these names; the others teach.
    """
    found: list[HeldOut] = []
    for together in sorted({one.together for one in examples} if those is None else those):
        taught = [one for one in examples if one.together != together]
        if not taught:
            continue
        model = learn(taught, {}, l2=l2)
        found += [best_of(model, one) for one in examples if one.together == together]
    return tuple(found)


def calibrated(model: ValueModel, held_out: Sequence[HeldOut]) -> ValueModel:
    """The model with the slope and intercept that make shares of those held out probabilities."""
    odds = np.array([log_odds(one.share) for one in held_out])
    labels = np.array([one.right for one in held_out])
    slope, intercept = logistic.calibrate(odds, labels, np.ones(len(held_out)))
    return replace(model, slope=slope, intercept=intercept)


def best_of(model: ValueModel, example: Example) -> HeldOut:
    """The best value of an example: its share, and how likely it is right."""
    best = model.rank(example.found, example.features, limit=1)[0]
    same = [
        float(right)
        for found, right in zip(example.found, example.right, strict=True)
        if (found.value.kind, found.value.key) == (best.found.value.kind, best.found.value.key)
    ]
    return HeldOut(share=best.share, right=max(same))
