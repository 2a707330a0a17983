"""Learn kinds of statement from agreements that were judged: how usual each verdict is, which words tell it.

A logistic model over the terms of what was judged, for each kind and verdict, kept to the terms that tell
most. Leaves which kind a question is to ``rag.generator.statements``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from rag.generator.odds import log_odds
from rag.generator.span.verdicts import CONTRADICTED, ENTAILED
from rag.generator.statements import StatementKind, Telling
from rag.tokens import terms
from tuning.logistic import regression

_AS_MANY = 10.0
"""A kind is drawn to all of them together as by so many agreements more."""
_WORDS = 40
"""Kept of each kind and verdict, those that tell most."""
_LEAST = 4
"""Passages that have a word, from which on it tells anything."""
_LEAST_JUDGED = 8
"""Agreements that say so, from which on words tell it."""
_SEARCHED, _KEPT = 16.0, 4.0
"""Penalties on weights: while terms are chosen, and of those that are kept."""

Judged = tuple[str, str, int]
"""A statement, what it was judged by, and the verdict."""


def learn_statements(judged: Iterable[Judged]) -> tuple[StatementKind, ...]:
    """The kinds among statements with the verdict of an agreement each, by their text.

    Deterministic, whatever the order. Empty where a verdict is given never or always.
    """
    passages: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for text, passage, verdict in sorted(judged):
        passages[text].append((passage, verdict))
    counts = {text: Counter(verdict for _, verdict in own) for text, own in passages.items()}
    everything = sum(counts.values(), Counter[int]())
    whole = {one: everything[one] / max(everything.total(), 1) for one in (ENTAILED, CONTRADICTED)}
    if not all(0 < share < 1 for share in whole.values()):
        return ()

    def usual(own: Counter[int], verdict: int) -> float:
        share = (own[verdict] + _AS_MANY * whole[verdict]) / (own.total() + _AS_MANY)
        return round(log_odds(share) - log_odds(whole[verdict]), 3)

    return tuple(
        StatementKind(
            text=text,
            entailed=usual(own, ENTAILED),
            contradicted=usual(own, CONTRADICTED),
            says=_telling(passages[text], ENTAILED),
            denies=_telling(passages[text], CONTRADICTED),
        )
        for text, own in sorted(counts.items())
    )


def _telling(passages: Sequence[tuple[str, int]], verdict: int) -> Telling:
    """The terms that tell a verdict from the others, most first; none where it is hardly ever given."""
    said = np.array([float(own == verdict) for _, own in passages])
    often = round(log_odds((float(said.sum()) + 0.5) / (len(said) + 1)), 3)
    if said.sum() < _LEAST_JUDGED or len(said) - said.sum() < _LEAST_JUDGED:
        return Telling(start=often, words={})
    held = [frozenset(terms(passage)) for passage, _ in passages]
    heard = Counter(term for one in held for term in one)
    known = sorted(term for term, count in heard.items() if count >= _LEAST)
    if not known:
        return Telling(start=often, words={})
    rows = np.array([[float(term in one) for term in known] for one in held])
    even = np.ones(len(said))
    weights, _ = regression(rows, said, even, l2=_SEARCHED)
    best = sorted(range(len(known)), key=lambda i: (-abs(weights[i]), known[i]))[:_WORDS]
    kept, start = regression(rows[:, best], said, even, l2=_KEPT)
    words = {known[i]: round(float(weight), 3) for i, weight in zip(best, kept, strict=True)}
    return Telling(start=round(start, 3), words=words)
