"""Items of a question beside each other: rarity of words among them, and how far each is from the best."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tuning.items import Asked, PassageItem
from tuning.label_model.matrix import ABSTAIN
from tuning.label_model.ranking import relative_votes

Scores = NDArray[np.float64]


def by_question(items: Sequence[PassageItem]) -> Iterator[tuple[Asked, NDArray[np.int64]]]:
    """Questions with the indices of their items."""
    groups: dict[str, list[int]] = {}
    for index, item in enumerate(items):
        groups.setdefault(item.question.id, []).append(index)
    for indices in groups.values():
        yield items[indices[0]].question, np.array(indices, dtype=np.int64)


def behind_best(scores: Scores, items: Sequence[PassageItem]) -> Scores:
    """``[n]``: how far each score is below its question's best, 0 or less; NaN stays.

    Scores of two questions do not compare, distances from the best do.
    """
    found = np.full(len(items), np.nan)
    for _, rows in by_question(items):
        own = scores[rows]
        if not np.isnan(own).all():
            found[rows] = own - np.nanmax(own)
    return found


def places(scores: Scores, items: Sequence[PassageItem], *, by_document: bool = False) -> Scores:
    """``[n]``: one over the place of each score among its question's, 1 for the best; NaN stays.

    With ``by_document`` among those of its document. Equal scores share the better place.
    """
    found = np.full(len(items), np.nan)
    for _, rows in by_question(items):
        groups: dict[str, list[int]] = {}
        for row in rows.tolist():
            if not np.isnan(scores[row]):
                groups.setdefault(items[row].chunk.document_id if by_document else "", []).append(row)
        for group in groups.values():
            own = scores[group]
            found[group] = 1.0 / (1 + (own[None, :] > own[:, None]).sum(axis=1))
    return found


def first_by_margin(
    scores: Scores, items: Sequence[PassageItem], *, first: int, margin: float
) -> NDArray[np.float64]:
    """Votes ``[n]``: relevant for the first where they stand clear, irrelevant below the median."""
    questions = [item.question.id for item in items]
    votes = relative_votes(scores[:, None], questions, first=first, margin=margin)[:, 0]
    found: NDArray[np.float64] = np.where(votes == ABSTAIN, np.nan, votes)
    return found


def rarity(texts: Iterable[frozenset[str]]) -> Callable[[str], float]:
    """The smoothed inverse frequency of a word among texts."""
    counts: Counter[str] = Counter()
    number = 0
    for words in texts:
        number += 1
        counts.update(words)
    return lambda word: math.log(1 + (number + 1) / (counts[word] + 0.5))


def covered(asked: frozenset[str], said: frozenset[str], weight: Callable[[str], float]) -> float:
    """The share of asked words, by rarity, that are said.

    >>> covered(frozenset({"rent", "flat"}), frozenset({"rent"}), lambda word: 1.0)
    0.5
    """
    whole = sum(weight(word) for word in sorted(asked))
    return sum(weight(word) for word in sorted(asked & said)) / whole if whole else 0.0
