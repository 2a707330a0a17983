"""Learn a fusion: weights of candidate features from questions whose evidence is known or guessed.

A group is a question's candidates with their gains (0: not evidence). The loss is listwise: the cross
entropy between the gains, as shares, and the softmax of the weighted features over the group; each source
counts the same, however many groups it has. Weights are held at 0 or above: a feature may only speak for a
candidate, which keeps a quirk of one source from being learned against another. A slope and an intercept
fitted afterwards make scores probabilities.

Source: Cao et al., "Learning to Rank: From Pairwise Approach to Listwise Approach", ICML 2007; Platt,
"Probabilistic Outputs for Support Vector Machines", 1999. Leaves where groups come from to
``tuning.combiner_groups``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.combiner.features import FEATURES, Features
from rag.combiner.model import Combiner
from tuning.logistic import calibrate

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A question's candidates: features ``[n, f]`` and gains ``[n]``, at least 0, of a named source."""

    source: str
    rows: Features
    gains: NDArray[np.float32]

    @property
    def teaches(self) -> bool:
        """Whether some candidate is evidence and some is not."""
        return bool(0 < np.count_nonzero(self.gains) < len(self.gains))


def learn(
    groups: Sequence[Group],
    facts: Mapping[str, Any],
    *,
    l2: float = 0.003,
    prior: Mapping[str, float] = MappingProxyType({}),
) -> Combiner:
    """The combiner that groups teach; ``facts`` are kept with it. Deterministic.

    ``l2`` holds weights to those of ``prior``, 0 where it says nothing.

    Raises:
        ValueError: no group has both evidence and other candidates.
    """
    from scipy.optimize import minimize

    used = [group for group in groups if group.teaches]
    if not used:
        raise ValueError("no question has its evidence among the candidates")
    counts = Counter(group.source for group in used)
    shares = [1.0 / counts[group.source] / len(counts) for group in used]
    center = np.array([prior.get(name, 0.0) for name in FEATURES], dtype=np.float64)
    found = minimize(
        loss_and_gradient,
        center,
        args=(used, shares, l2, center),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None)] * len(FEATURES),
    )
    weights = np.asarray(found.x, dtype=np.float64)
    slope, intercept = _calibrate(weights, used, shares)
    return Combiner(
        weights=dict(zip(FEATURES, weights.tolist(), strict=True)),
        slope=slope,
        intercept=intercept,
        facts={**facts, "groups": dict(sorted(counts.items())), "loss": round(float(found.fun), 4)},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """A question's first candidates, read by a reranker too: sums of features, its scores, gains; ``[n]``."""

    source: str = ""
    sums: NDArray[np.float32]
    scores: NDArray[np.float32]
    gains: NDArray[np.float32]


def learn_reranker(lists: Sequence[Reread]) -> float:
    """The weight, from 0 to 100, with which a reranker's scores join the sums; sources count alike.

    The reranker must not have been trained on these questions: it would be believed too much.

    Raises:
        ValueError: no list has both evidence and other candidates.
    """
    from scipy.optimize import minimize_scalar

    used = [one for one in lists if 0 < np.count_nonzero(one.gains) < len(one.gains)]
    if not used:
        raise ValueError("no question has its evidence among the candidates")

    counts = Counter(one.source for one in used)
    shares = [1.0 / counts[one.source] / len(counts) for one in used]

    def loss(weight: float) -> float:
        total = 0.0
        for one, share in zip(used, shares, strict=True):
            logits = one.sums.astype(np.float64) + weight * one.scores
            top = logits.max()
            missed = np.log(np.exp(logits - top).sum()) + top - one.gains @ logits / one.gains.sum()
            total += share * float(missed)
        return total

    return float(minimize_scalar(loss, bounds=(0.0, 100.0), method="bounded").x)


def loss_and_gradient(
    weights: Array, groups: Sequence[Group], shares: Sequence[float], l2: float, center: Array
) -> tuple[float, Array]:
    """The listwise loss of weights ``[f]`` and its gradient ``[f]``; ``shares`` weigh the groups.

    ``l2`` is that of their distance from ``center`` ``[f]``.
    """
    away = weights - center
    loss, gradient = l2 * float(away @ away), 2 * l2 * away
    for group, share in zip(groups, shares, strict=True):
        rows = group.rows.astype(np.float64)
        target = group.gains / group.gains.sum()
        logits = rows @ weights
        top = logits.max()
        exponentials = np.exp(logits - top)
        total = exponentials.sum()
        loss += share * (float(np.log(total) + top) - float(target @ logits))
        gradient = gradient + share * ((exponentials / total - target) @ rows)
    return loss, gradient


def _calibrate(weights: Array, groups: Sequence[Group], shares: Sequence[float]) -> tuple[float, float]:
    """Slope and intercept of the logistic curve from scores to "is evidence"; gains are how likely it is."""
    scores = np.concatenate([group.rows @ weights for group in groups])
    labels = np.concatenate([np.minimum(group.gains, 1.0).astype(np.float64) for group in groups])
    weight = np.concatenate(
        [np.full(len(g.gains), share / len(g.gains)) for g, share in zip(groups, shares, strict=True)]
    )

    return calibrate(scores, labels, weight)
