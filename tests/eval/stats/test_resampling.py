"""Intervals of stratified means and of measures of whole runs."""

from __future__ import annotations

import numpy as np
import pytest

from eval.stats import resampled, stratified_mean


def test_each_stratum_weighs_the_same_however_many_questions_it_has() -> None:
    found = stratified_mean([1.0] * 90 + [0.0] * 10, list(range(100)), ["big"] * 90 + ["small"] * 10)

    assert (found.value, found.low, found.high, found.n) == (0.5, 0.5, 0.5, 100)


@pytest.mark.slow
def test_the_stratified_interval_covers() -> None:
    rng = np.random.default_rng(51)
    strata = ["a"] * 120 + ["b"] * 60
    members = [i // 2 for i in range(180)]
    covered, rounds = 0, 400
    for _ in range(rounds):
        values = (rng.random(180) < np.repeat([0.3, 0.7], [120, 60])).astype(float)
        found = stratified_mean(values.tolist(), members, strata, resamples=400)
        covered += found.low <= 0.5 <= found.high

    assert 0.92 <= covered / rounds <= 0.98


def test_a_statistic_of_documents_is_drawn_by_document() -> None:
    groups = [[1.0, 1.0], [0.0], [1.0, 0.0, 1.0]] * 10

    def mean(drawn: list[list[float]]) -> float:
        return float(np.mean([value for group in drawn for value in group]))

    found = resampled(groups, lambda drawn: mean(list(drawn)), n=60, seed=2)
    assert found.value == pytest.approx(4 / 6)
    assert found.low < found.value < found.high
    assert found == resampled(groups, lambda drawn: mean(list(drawn)), n=60, seed=2)
    with pytest.raises(ValueError, match="no document"):
        resampled([], lambda _: 0.0, n=0)
