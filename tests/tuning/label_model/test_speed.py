from __future__ import annotations

import time

import numpy as np
import pytest

from tuning.label_model import LabelMatrix, fit

ROWS, FUNCTIONS = 1_000_000, 30
MOST_SECONDS = 30.0
"""Of two processors."""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_million_rows_are_fitted_and_labeled_in_half_a_minute() -> None:
    random = np.random.default_rng(1)
    truth = random.random(ROWS) < 0.1
    votes = np.full((ROWS, FUNCTIONS), -1, dtype=np.int8)
    for column in votes.T:
        fires = random.random(ROWS) < random.uniform(0.2, 0.7)
        right = random.random(ROWS) < random.uniform(0.6, 0.9)
        column[fires] = (truth == right)[fires]
    matrix = LabelMatrix.of(votes)
    begin = time.process_time()
    labels = fit(matrix).probabilities(matrix)
    assert time.process_time() - begin < 2 * MOST_SECONDS
    assert ((labels[:, 1] > 0.5) == truth).mean() > 0.95
