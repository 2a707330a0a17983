"""Intervals against textbook values and against simulations whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from eval.stats import clustered_mean, quantile, rate, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_has_the_published_values(successes: int, n: int, low: float, high: float) -> None:
    estimate = wilson(successes, n)

    assert (round(estimate.low, 4), round(estimate.high, 4)) == (low, high)
    assert estimate.value == successes / n


def test_wilson_of_nothing_knows_nothing() -> None:
    estimate = wilson(0, 0)

    assert (estimate.low, estimate.high, estimate.n) == (0.0, 1.0, 0)


@pytest.mark.slow
def test_the_cluster_bootstrap_covers_the_true_mean_and_a_naive_one_does_not() -> None:
    rng = np.random.default_rng(1)
    documents, questions, rounds = 60, 8, 400
    members = [document for document in range(documents) for _ in range(questions)]
    covered = naive = 0
    for _ in range(rounds):
        chance = rng.beta(1.0, 1.0, size=documents)  # a document's questions are easy or hard together
        values = (rng.random((documents, questions)) < chance[:, None]).astype(float).ravel()
        clustered = clustered_mean(values, members, seed=2, resamples=500)
        covered += clustered.low <= 0.5 <= clustered.high
        single = wilson(int(values.sum()), len(values))
        naive += single.low <= 0.5 <= single.high

    assert 0.91 <= covered / rounds <= 0.98
    assert naive / rounds < 0.85


def test_the_bootstrap_is_repeatable_and_weighs_questions_not_documents() -> None:
    values, clusters = [1.0, 1.0, 1.0, 0.0], ["a", "a", "a", "b"]

    first, again = (clustered_mean(values, clusters, seed=3) for _ in range(2))
    assert first == again
    assert first.value == 0.75
    assert (first.low, first.high) == (0.0, 1.0)


def test_questions_about_one_document_are_drawn_singly() -> None:
    estimate = clustered_mean([0.2, 0.4, 0.9, 0.5] * 10, ["only"] * 40)

    assert 0.35 < estimate.low < 0.5 < estimate.high < 0.65


def test_means_need_values_and_a_cluster_for_each() -> None:
    with pytest.raises(ValueError, match="0 values"):
        clustered_mean([], [])
    with pytest.raises(ValueError, match="1 values for 2 clusters"):
        clustered_mean([1.0], ["a", "b"])


def test_a_rate_is_never_narrower_than_wilson() -> None:
    values, clusters = [1.0] * 20 + [0.0], [str(i) for i in range(21)]

    estimate, single = rate(values, clusters), wilson(20, 21)
    assert estimate.low <= single.low
    assert estimate.high >= single.high


def test_a_quantile_interval_covers() -> None:
    rng = np.random.default_rng(4)
    covered = 0
    for _ in range(500):
        estimate = quantile(rng.random(200).tolist(), 0.9)
        covered += estimate.low <= 0.9 <= estimate.high

    assert 0.92 <= covered / 500 <= 0.99


def test_a_quantile_of_one_value_is_that_value() -> None:
    estimate = quantile([7.0], 0.95)

    assert (estimate.value, estimate.low, estimate.high, estimate.n) == (7.0, 7.0, 7.0, 1)
    with pytest.raises(ValueError, match="no value"):
        quantile([], 0.5)


def test_wilson_covers_on_average_over_rates() -> None:
    rng = np.random.default_rng(5)
    for n in (30, 65, 300):
        rates = rng.uniform(0.05, 0.95, size=4000)
        found = [wilson(int(rng.binomial(n, p)), n) for p in rates]
        covered = np.mean([e.low <= p <= e.high for e, p in zip(found, rates, strict=True)])
        assert 0.93 <= covered <= 0.97, n
