"""Prediction-powered inference on simulated grades whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from eval.stats import prediction_powered
from eval.stats.intervals import Estimate


def draw(rng: np.random.Generator, n: int, judged: int, *, documents: int) -> tuple[Estimate, float, float]:
    """An estimate, the truth of the set's source, and the width of the interval from people alone."""
    members = [i % documents for i in range(n)]
    chance = rng.uniform(0.2, 0.8, size=documents)[members]
    truth = (rng.random(n) < chance).astype(float)
    # A grader that calls one right answer in five wrong, and one wrong one in ten right.
    flipped = rng.random(n) < np.where(truth == 1, 0.2, 0.1)
    predicted = np.where(flipped, 1 - truth, truth)
    people = rng.choice(n, size=judged, replace=False)
    found = prediction_powered(predicted.tolist(), {int(i): float(truth[i]) for i in people}, members)
    alone = 2 * 1.96 * truth[people].std(ddof=1) / np.sqrt(judged)
    return found, 0.5, float(alone)


@pytest.mark.slow
def test_it_is_unbiased_covers_and_is_narrower_than_people_alone() -> None:
    rng = np.random.default_rng(41)
    found = [draw(rng, 600, 100, documents=200) for _ in range(800)]

    assert np.mean([e.value for e, _, _ in found]) == pytest.approx(0.5, abs=0.01)
    assert 0.93 <= np.mean([e.low <= truth <= e.high for e, truth, _ in found]) <= 0.97
    assert np.mean([e.high - e.low for e, _, _ in found]) < 0.85 * np.mean([alone for _, _, alone in found])


def test_a_grader_that_is_always_wrong_in_one_way_is_corrected() -> None:
    truth = [1.0, 0.0] * 50
    found = prediction_powered([1.0] * 100, dict(enumerate(truth)), list(range(100)))

    assert found.value == 0.5
    assert found.n == 100


@pytest.mark.parametrize("judged", [{}, {4: 1.0}, {-1: 1.0}])
def test_judgements_must_be_of_these_questions(judged: dict[int, float]) -> None:
    with pytest.raises(ValueError, match="judged of 4 questions"):
        prediction_powered([1.0] * 4, judged, list("abcd"))
