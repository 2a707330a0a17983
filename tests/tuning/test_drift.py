from __future__ import annotations

import numpy as np
import pytest

from rag.protocols import Vectors
from tuning.drift import function_drift, new_words, stability_index, vector_drift
from tuning.items import PassageItem
from tuning.labeling import RELEVANT, Vote, labeling_function
from tuning.labeling.applier import Applied


@labeling_function(on="passage", kind="pattern")
def steady(item: PassageItem) -> Vote:
    """Votes alike on old and new items."""
    return RELEVANT


@labeling_function(on="passage", kind="pattern", scored=True)
def shifted(item: PassageItem) -> float:
    """Has higher scores on new items."""
    return 1.0


def test_a_function_whose_scores_move_comes_first_and_one_that_votes_alike_has_no_shift() -> None:
    generator = np.random.default_rng(3)
    is_new = np.repeat([False, True], 400)
    votes = np.where(np.arange(800) % 2 == 0, 1.0, np.nan)
    scores = generator.normal(size=800) + 2.0 * is_new
    values = np.stack([votes, scores], axis=1).astype(np.float32)
    applied = Applied(
        values=values,
        numbers=np.arange(800),
        functions=(steady, shifted),
        unsearched=np.zeros(800, dtype=bool),
    )
    first, second = function_drift(applied, is_new)
    assert (first.name, second.name) == ("shifted", "steady")
    assert first.stability_index > 0.25
    assert second.stability_index == pytest.approx(0.0, abs=1e-6)
    assert second.coverage_before == second.coverage_after == 0.5


def test_the_index_is_finite_for_empty_bins_and_zero_for_nothing() -> None:
    assert 0.25 < stability_index([100, 0], [0, 100]) < 100
    assert stability_index([], []) == stability_index([3], [0]) == 0.0


def test_vectors_of_another_kind_are_far_and_of_the_same_are_not() -> None:
    generator = np.random.default_rng(5)

    def around(center: int, count: int) -> Vectors:
        rows = generator.normal(scale=0.05, size=(count, 16)).astype(np.float32)
        rows[:, center] += 1.0
        found: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return found

    old = around(0, 300)
    near_distance, near = vector_drift(old, around(0, 200))
    far_distance, far = vector_drift(old, around(1, 200))
    assert near < 0.15 < far
    assert far == 1.0
    assert near_distance < 0.05 < far_distance
    assert vector_drift(old[:0], old) == (0.0, 0.0)


def test_words_count_as_often_as_they_stand() -> None:
    assert new_words(["the trustee"], []) == 0.0
    assert new_words(["the trustee"], ["trustee lien lien lien"]) == 0.75
