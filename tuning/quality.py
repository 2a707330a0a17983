"""Learn how likely a candidate is right, from candidates that were judged.

One logistic model for each kind of candidate, features scaled to unit variance while weights are sought, an
L2 penalty on them; each source counts the same, however many candidates it has. Leaves features to
``rag.generator.quality``, asking and judging to ``tuning.recipes.quality``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rag.generator.quality import BIAS, QualityModel
from tuning.logistic import regression

_LEAST = 20
"""Fewer right or wrong candidates of a kind teach nothing; ``QualityModel.choose`` says what counts then."""
_MANY = 500
"""Of so many, right ones that are fewer teach how few they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A candidate of a kind, its features, and how likely it was right; ``source`` is its question's.

    ``right`` is 0 or 1 where somebody judged, and a soft label where functions did.
    """

    source: str
    kind: str
    features: Mapping[str, float]
    right: float


def learn(judged: Sequence[Judged], facts: Mapping[str, Any], *, l2: float = 1.0) -> QualityModel:
    """The model that judged candidates teach; ``facts`` are kept with it. Deterministic.

    Raises:
        ValueError: no kind has enough right and wrong candidates.
    """
    kinds: dict[str, list[Judged]] = {}
    for one in judged:
        kinds.setdefault(one.kind, []).append(one)
    weights, counts = {}, {}
    for kind, own in sorted(kinds.items()):
        right = sum(one.right for one in own)
        wrong = len(own) - right
        if wrong < _LEAST or (right < _LEAST and len(own) < _MANY):
            continue
        few = {BIAS: math.log((right + 0.5) / (wrong + 0.5))}
        weights[kind] = few if right < _LEAST else _weights(own, l2)
        counts[kind] = {"candidates": len(own), "right": round(right, 3)}
    if not weights:
        raise ValueError(f"no kind of candidate has {_LEAST} right and {_LEAST} wrong ones")
    return QualityModel(weights=weights, facts={**facts, "taught": counts})


def _weights(judged: Sequence[Judged], l2: float) -> dict[str, float]:
    names = sorted({name for one in judged for name in one.features})
    rows = np.array([[one.features.get(name, 0.0) for name in names] for one in judged], dtype=np.float64)
    labels = np.array([float(one.right) for one in judged])
    sizes = Counter(one.source for one in judged)
    shares = np.array([len(judged) / len(sizes) / sizes[one.source] for one in judged])
    center, spread = rows.mean(axis=0), rows.std(axis=0)
    spread[spread < 1e-9] = 1.0
    weights, intercept = regression((rows - center) / spread, labels, shares, l2=l2)
    slopes = weights / spread
    bias = float(intercept - slopes @ center)
    return {BIAS: bias, **{name: float(value) for name, value in zip(names, slopes, strict=True)}}
