"""Marked clauses: the precision-recall curve of proposed spans, as CUAD measures it.

A proposal matches a marked clause where they share at least half of the words of both together (Jaccard index
of word sets). At a threshold, every marked clause that some proposal above it matches is found, every other
missed; every proposal above it that matches none is a false alarm.

Source: Hendrycks et al., "CUAD", NeurIPS 2021, §4.1 and its published evaluation code (precision is made
monotone from the right before the area is taken).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from eval.metrics.text import words

SHARED = 0.5


@dataclass(frozen=True, slots=True)
class Marked:
    """One question about one contract: proposals with scores, and the marked clauses (none: not in it).

    ``matched`` are the best scores of the proposals that match each clause (-inf: none does), ``false`` the
    scores of those that match no clause.
    """

    matched: tuple[float, ...]
    false: tuple[float, ...]

    @classmethod
    def judge(cls, proposed: Sequence[tuple[str, float]], gold: Sequence[str]) -> Marked:
        """Compare proposals with the marked clauses.

        >>> Marked.judge([("the Agreement", 0.9), ("Purple", 0.2)], ["Agreement"])
        Marked(matched=(0.9,), false=(0.2,))
        """
        wanted = [set(words(text)) for text in gold]
        given = [(set(words(text)), score) for text, score in proposed]
        best = [max((s for g, s in given if _alike(g, w)), default=-np.inf) for w in wanted]
        return cls(
            matched=tuple(float(score) for score in best),
            false=tuple(score for g, score in given if not any(_alike(g, w) for w in wanted)),
        )


def curve_area(groups: Iterable[Sequence[Marked]]) -> float:
    """Area under the precision-recall curve over all questions, in [0, 1].

    >>> curve_area([[Marked(matched=(0.9,), false=(0.5,)), Marked(matched=(0.4,), false=())]])
    0.8333333333333333
    """
    recall, precision = _curve(list(chain.from_iterable(groups)))
    return float(np.trapezoid(np.maximum.accumulate(precision[::-1])[::-1], recall)) if len(recall) else 0.0


def precision_at_recall(groups: Iterable[Sequence[Marked]], wanted: float) -> float:
    """The best precision among thresholds that reach a recall; 0 where none does.

    >>> precision_at_recall([[Marked(matched=(0.9,), false=(0.5,)), Marked(matched=(0.4,), false=())]], 0.8)
    0.6666666666666666
    """
    recall, precision = _curve(list(chain.from_iterable(groups)))
    reached = precision[recall >= wanted]
    return float(reached.max()) if len(reached) else 0.0


def _curve(questions: Sequence[Marked]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Recall, ascending from 0, and precision at each distinct score as the threshold."""
    matched = np.array([s for q in questions for s in q.matched], dtype=np.float64)
    false = np.array([s for q in questions for s in q.false], dtype=np.float64)
    if not len(matched):
        return np.zeros(0), np.zeros(0)
    found = np.sort(matched[np.isfinite(matched)])
    thresholds = np.unique(np.concatenate([found, false]))[::-1]
    right = len(found) - np.searchsorted(found, thresholds, side="left")
    wrong = len(false) - np.searchsorted(np.sort(false), thresholds, side="left")
    recall = np.concatenate([[0.0], right / len(matched)])
    precision = right / np.maximum(1, right + wrong)
    return recall, np.concatenate([[1.0], precision])


def _alike(given: set[str], gold: set[str]) -> bool:
    union = len(given | gold)
    return bool(union) and len(given & gold) >= SHARED * union
