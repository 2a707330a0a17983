"""Character-level precision and recall against a textbook loop over single characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.characters import Span, character_scores

SPANS = st.builds(
    lambda document, start, length: (document, start, start + length),
    st.sampled_from(["d", "e"]),
    st.integers(0, 30),
    st.integers(1, 20),
)


def by_hand(retrieved: list[Span], gold: list[Span]) -> tuple[float, float]:
    """Counted character by character, over pairs of snippets."""

    def characters(span: Span) -> set[tuple[str, int]]:
        return {(span[0], at) for at in range(span[1], span[2])}

    overlap = sum(len(characters(r) & characters(g)) for r in retrieved for g in gold)
    length, total = (sum(end - start for _, start, end in spans) for spans in (retrieved, gold))
    return (overlap / length if length else 0.0, overlap / total if total else 0.0)


@given(st.lists(SPANS, max_size=8), st.lists(SPANS, max_size=4), st.integers(1, 10))
def test_the_definition(retrieved: list[Span], gold: list[Span], k: int) -> None:
    assert character_scores(retrieved, gold, [k])[k] == pytest.approx(by_hand(retrieved[:k], gold))


def test_nothing_retrieved_scores_zero_at_every_cutoff() -> None:
    assert character_scores([], [("d", 0, 5)], [1, 64]) == {1: (0.0, 0.0), 64: (0.0, 0.0)}
