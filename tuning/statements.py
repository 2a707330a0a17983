"""Learn kinds of statement from agreements that were judged: how often each is entailed, or contradicted.

Leaves which kind a question is to ``rag.generator.statements``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from rag.generator.odds import log_odds
from rag.generator.span.verdicts import CONTRADICTED, ENTAILED
from rag.generator.statements import StatementKind

_AS_MANY = 10.0
"""A kind is drawn to all of them together as by so many agreements more."""


def learn_statements(judged: Iterable[tuple[str, int]]) -> tuple[StatementKind, ...]:
    """The kinds among statements with the verdict of an agreement each, by their text.

    Deterministic, whatever the order. Empty where a verdict is given never or always.
    """
    counts: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for text, verdict in judged:
        counts[text][verdict] += 1
    everything = sum(counts.values(), Counter[int]())
    whole = {one: everything[one] / max(everything.total(), 1) for one in (ENTAILED, CONTRADICTED)}
    if not all(0 < share < 1 for share in whole.values()):
        return ()

    def usual(own: Counter[int], verdict: int) -> float:
        share = (own[verdict] + _AS_MANY * whole[verdict]) / (own.total() + _AS_MANY)
        return round(log_odds(share) - log_odds(whole[verdict]), 3)

    return tuple(
        StatementKind(text=text, entailed=usual(own, ENTAILED), contradicted=usual(own, CONTRADICTED))
        for text, own in sorted(counts.items())
    )
