"""The detectable difference is found four times in five."""

from __future__ import annotations

import numpy as np
import pytest

from eval.stats import detectable_difference, sign_flip
from eval.stats.power import document_error
from tests.eval.stats.simulated import clusters, two_runs


@pytest.mark.slow
def test_a_difference_of_that_size_is_found_four_times_in_five() -> None:
    rng = np.random.default_rng(21)
    documents, questions = 50, 4
    members = clusters(documents, questions)
    sizes = []
    for _ in range(200):
        before, after = two_runs(rng, documents, questions, spread=0.2)
        sizes.append(detectable_difference(after - before, members))
    gain, found, rounds = float(np.mean(sizes)), 0, 500
    for _ in range(rounds):
        before, after = two_runs(rng, documents, questions, gain=gain, spread=0.2)
        found += sign_flip(after - before, members, seed=1, resamples=999) <= 0.05

    assert 0.74 <= found / rounds <= 0.88


def test_more_documents_detect_less() -> None:
    rng = np.random.default_rng(22)
    few, many = (
        detectable_difference(rng.choice([-1.0, 0.0, 1.0], size=n), list(range(n))) for n in (30, 300)
    )

    assert many < few / 2


def test_runs_that_hardly_differ_do_not_claim_perfect_sight() -> None:
    assert 0.05 < detectable_difference([0.0] * 100, list(range(100))) < 0.1
    assert detectable_difference([0.0, 1.0], ["a", "a"]) == 1.0


def test_the_error_of_single_questions_is_the_textbook_one() -> None:
    values = np.random.default_rng(23).random(40)

    assert document_error(values, range(40)) == pytest.approx(values.std(ddof=1) / np.sqrt(40))
    assert document_error([1.0, 2.0], ["a", "a"]) == 0.0
