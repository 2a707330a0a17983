"""The nearest-neighbour chain merges as the textbook loop over all pairs does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from eval.errors.grouping import group


def textbook(vectors: NDArray[np.float32], threshold: float) -> list[list[int]]:
    """Average linkage: the most similar two groups merge while their mean cosine is at the threshold."""
    cosines = vectors.astype(np.float64) @ vectors.astype(np.float64).T
    groups = [[at] for at in range(len(vectors))]
    while len(groups) > 1:
        pairs = [(a, b) for a in range(len(groups)) for b in range(a + 1, len(groups))]
        means = [cosines[np.ix_(groups[a], groups[b])].mean() for a, b in pairs]
        best = int(np.argmax(means))
        if means[best] < threshold:
            break
        a, b = pairs[best]
        groups[a] = sorted(groups[a] + groups.pop(b))
    return sorted(groups, key=lambda own: (-len(own), own[0]))


def unit_vectors(count: int, seed: int) -> NDArray[np.float32]:
    drawn = np.random.default_rng(seed).normal(size=(count, 4)).astype(np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return drawn


@given(count=st.integers(1, 14), seed=st.integers(0, 10_000), threshold=st.floats(-0.9, 0.95))
def test_as_the_textbook_does(count: int, seed: int, threshold: float) -> None:
    vectors = unit_vectors(count, seed)

    assert group(vectors, threshold) == textbook(vectors, threshold)


def test_every_row_is_in_one_group_and_twice_the_same_is_the_same() -> None:
    vectors = unit_vectors(60, 3)
    found = group(vectors, 0.4)

    assert sorted(at for own in found for at in own) == list(range(60))
    assert found == group(vectors, 0.4)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_equal_rows_are_one_group(count: int) -> None:
    vectors = np.tile(np.array([[0.6, 0.8]], dtype=np.float32), (count, 1))

    assert group(vectors, 0.9) == ([list(range(count))] if count else [])
