"""Which value of the evidence answers a question: a small model that ranks all of them, in a readable file.

Every value gets a score from its features, by weights and a layer of hidden units, "none of them" one from
the best features that there are; the softmax over all, summed over equal values, is how sure an answer is,
and a slope and intercept on its log odds, fitted on questions held out, make it a probability.
``values.json`` beside this file comes with Covenant: made by ``tuning.recipes.values``. Leaves learning to
``tuning.values``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.fingerprints import fingerprint
from rag.generator.odds import log_odds, probability
from rag.generator.valued.features import NAMES, Features, Found
from rag.weight_files import reading_weights, row_of

BUILT_IN = Path(__file__).with_name("values.json")
FORMAT = 2
VERSION = 3
"""Of the features: weights of another are refused."""
NONE_NAMES = ("bias", "all", "near", "sentence", "cell", "wanted", "hop all", "known")
_DIGITS = 4

Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedValue:
    """A value, the probability that it answers, and its share of the softmax before calibration."""

    found: Found
    probability: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A layer of units: a value of features x gets ``tanh(x @ inputs.T + offsets) @ outputs``.

    Shapes: inputs ``[units, len(NAMES)]``, offsets and outputs ``[units]``.
    """

    inputs: Weights
    offsets: Weights
    outputs: Weights

    @classmethod
    def empty(cls) -> Hidden:
        """No unit: the model is log-linear."""
        return cls(inputs=np.zeros((0, len(NAMES))), offsets=np.zeros(0), outputs=np.zeros(0))

    def __call__(self, features: Features) -> Weights:
        """``[n]`` of what the units add to the scores of values ``[n, len(NAMES)]``."""
        found: Weights = np.tanh(features @ self.inputs.T + self.offsets) @ self.outputs
        return found

    def lines(self) -> list[str]:
        """A unit a line: its output, its offset, its inputs in the order of ``NAMES``."""
        rows = np.column_stack([self.outputs, self.offsets, self.inputs])
        return [" ".join(f"{weight:.{_DIGITS}f}" for weight in row) for row in rows]

    @classmethod
    def of_lines(cls, lines: Sequence[str]) -> Hidden:
        """What ``lines`` writes.

        Raises:
            ValueError: a line is not of as many finite numbers as there are features, and two.
        """
        rows = np.array([[float(word) for word in line.split()] for line in lines], dtype=np.float64)
        rows = rows.reshape(len(lines), len(NAMES) + 2)
        if not np.isfinite(rows).all():
            raise ValueError("a hidden unit has a weight that is no number")
        return cls(inputs=rows[:, 2:], offsets=rows[:, 1], outputs=rows[:, 0])


@dataclass(frozen=True, kw_only=True)
class ValueModel:
    """Weights by feature, those of there being no answer, the calibration; ``facts`` tell their origin."""

    weights: Weights
    none: Weights
    hidden: Hidden = field(default_factory=Hidden.empty)
    slope: float = 1.0
    intercept: float = 0.0
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path = BUILT_IN) -> ValueModel:
        """Weights from a file.

        Raises:
            ModelError: it cannot be read, or is of other features than these.
        """
        with reading_weights("value model", path, setting="generator.values"):
            found = json.loads(path.read_text(encoding="utf-8"))
            if (found["format"], found["features"]) != (FORMAT, VERSION):
                raise ModelError(f"the value model {path} is of another release", "train it again")
            weights = row_of(NAMES, found["weights"])
            none = row_of(NONE_NAMES, found["none"])
            hidden = Hidden.of_lines(found["hidden"])
            slope, intercept = (float(found["calibration"][name]) for name in ("slope", "intercept"))
        return cls(
            weights=weights,
            none=none,
            hidden=hidden,
            slope=slope,
            intercept=intercept,
            facts=found.get("facts", {}),
        )

    @cached_property
    def fingerprint(self) -> str:
        """Identity of features, weights and calibration."""
        table = json.loads(self.to_json())
        return fingerprint({key: value for key, value in table.items() if key != "facts"})

    def to_json(self) -> str:
        """The file's text."""
        table = {
            "format": FORMAT,
            "features": VERSION,
            "calibration": {"slope": round(self.slope, _DIGITS), "intercept": round(self.intercept, _DIGITS)},
            "weights": _named(NAMES, self.weights),
            "none": _named(NONE_NAMES, self.none),
            "hidden": self.hidden.lines(),
            "facts": dict(self.facts),
        }
        return json.dumps(table, indent=1) + "\n"

    def rank(self, found: Sequence[Found], features: Features, *, limit: int = 3) -> list[RankedValue]:
        """The values that answer most likely, equal ones as one, best first."""
        if not found:
            return []
        logits = features @ self.weights + self.hidden(features)
        none = float(none_features(features) @ self.none)
        top = max(none, float(logits.max()))
        each = np.exp(logits - top)
        each /= each.sum() + math.exp(none - top)
        shares: dict[tuple[str, str], float] = {}
        best: dict[tuple[str, str], int] = {}
        for place, share in enumerate(each.tolist()):
            key = (found[place].value.kind, found[place].value.key)
            shares[key] = shares.get(key, 0.0) + share
            if key not in best or share > each[best[key]]:
                best[key] = place
        order = sorted(shares, key=lambda key: (-shares[key], best[key]))[:limit]
        return [
            RankedValue(found=found[best[key]], probability=self.calibrated(shares[key]), share=shares[key])
            for key in order
        ]

    def calibrated(self, share: float) -> float:
        """The probability for a share of the softmax; keeps the order."""
        return probability(self.slope * log_odds(share) + self.intercept)


def none_features(features: Features) -> NDArray[np.float32]:
    """``[len(NONE_NAMES)]``: the best that values have; whether it is known what kind is asked for."""
    at = {name: place for place, name in enumerate(NAMES)}
    best = features.max(axis=0)
    known = max(float(best[at["wanted"]]), float(best[at["unwanted"]])) > 0
    own = [float(best[at[name]]) for name in NONE_NAMES[1:-1]]
    return np.array([1.0, *own, float(known)], dtype=np.float32)


def _named(names: Sequence[str], weights: Weights) -> dict[str, float]:
    return {name: round(float(weight), _DIGITS) for name, weight in zip(names, weights, strict=True)}
