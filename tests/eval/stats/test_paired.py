"""Tests between two runs: textbook values, properties, and error rates on runs whose truth is known."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.stats import compare_paired, mcnemar_mid_p, sign_flip
from eval.stats.paired import difference_interval
from tests.eval.stats.simulated import clusters, two_runs

DIFFERENCES = st.lists(
    st.tuples(st.sampled_from([-1.0, 0.0, 1.0]), st.integers(0, 6)), min_size=1, max_size=20
)


def brute_force(differences: list[float], members: list[int]) -> float:
    """The share of all flips of documents that are as far from zero."""
    names = sorted(set(members))
    sums = [sum(d for d, m in zip(differences, members, strict=True) if m == name) for name in names]
    totals = [
        abs(sum(s * f for s, f in zip(sums, flips, strict=True)))
        for flips in product((1, -1), repeat=len(sums))
    ]
    return sum(total >= abs(sum(sums)) - 1e-9 for total in totals) / len(totals)


@given(DIFFERENCES)
def test_few_documents_are_flipped_in_all_ways(pairs: list[tuple[float, int]]) -> None:
    differences, members = [d for d, _ in pairs], [m for _, m in pairs]

    assert sign_flip(differences, members) == pytest.approx(brute_force(differences, members))


@given(DIFFERENCES)
def test_swapping_the_runs_or_the_order_changes_no_p_value(pairs: list[tuple[float, int]]) -> None:
    differences, members = [d for d, _ in pairs], [m for _, m in pairs]

    assert sign_flip([-d for d in differences], members) == pytest.approx(sign_flip(differences, members))
    assert sign_flip(differences[::-1], members[::-1]) == pytest.approx(sign_flip(differences, members))


def test_many_documents_are_flipped_by_chance_and_repeatably() -> None:
    differences, members = [1.0] * 14 + [-1.0] * 6, list(range(20))
    exact = 2 * sum(comb for comb in binomial_tail(20, 14)) / 2**20

    found = sign_flip(differences, members, seed=5, resamples=40_000)
    assert found == sign_flip(differences, members, seed=5, resamples=40_000)
    assert found == pytest.approx(exact, abs=0.008)


def binomial_tail(n: int, least: int) -> list[int]:
    from math import comb

    return [comb(n, i) for i in range(least, n + 1)]


@pytest.mark.parametrize(
    ("wins", "losses", "p"),
    # Fagerland, Lydersen and Laake (2013), BMC Med. Res. Methodol. 13, table 2: 1 and 7 discordant pairs.
    [(1, 7, 0.0391), (7, 1, 0.0391), (5, 5, 1.0), (0, 0, 1.0), (0, 5, 0.03125)],
)
def test_mid_p_has_the_published_values(wins: int, losses: int, p: float) -> None:
    assert mcnemar_mid_p(wins, losses) == pytest.approx(p, abs=5e-5)


@pytest.mark.slow
@pytest.mark.parametrize(("documents", "questions"), [(40, 5), (15, 10)])
def test_the_flip_test_keeps_its_level_where_a_plain_one_does_not(documents: int, questions: int) -> None:
    rng = np.random.default_rng(11)
    members, rounds = clusters(documents, questions), 1200
    flips = plain = 0
    for _ in range(rounds):
        before, after = two_runs(rng, documents, questions, spread=0.35)
        flips += sign_flip(after - before, members, seed=1, resamples=999) <= 0.05
        wins, losses = int((after > before).sum()), int((after < before).sum())
        plain += mcnemar_mid_p(wins, losses) <= 0.05

    assert 0.03 <= flips / rounds <= 0.07
    assert plain / rounds > 0.10


@pytest.mark.slow
def test_mid_p_keeps_its_level_on_independent_questions() -> None:
    rng = np.random.default_rng(12)
    rounds = 20_000
    discordant = rng.binomial(150, 0.3, size=rounds)
    wins = rng.binomial(discordant, 0.5)
    rejected = np.mean(
        [mcnemar_mid_p(int(w), int(d - w)) <= 0.05 for w, d in zip(wins, discordant, strict=True)]
    )

    assert 0.03 <= rejected <= 0.07


@pytest.mark.slow
@pytest.mark.parametrize(("documents", "questions"), [(12, 6), (40, 5), (80, 2)])
def test_the_difference_interval_covers_the_true_difference(documents: int, questions: int) -> None:
    rng = np.random.default_rng(13)
    members, rounds, gain = clusters(documents, questions), 2000, 0.1
    covered = 0
    for _ in range(rounds):
        before, after = two_runs(rng, documents, questions, gain=gain, spread=0.15)
        found = difference_interval(after - before, members)
        covered += found.low <= gain <= found.high

    assert 0.93 <= covered / rounds <= 0.97


def test_equal_runs_do_not_claim_to_know_that_they_are_equal() -> None:
    found = compare_paired([1.0, 0.0] * 10, [1.0, 0.0] * 10, clusters(10, 2))

    assert (found.p_value, found.wins, found.losses, found.ties) == (1.0, 0, 0, 20)
    assert found.difference.low < 0 < found.difference.high
    assert found.detectable > 0
    assert found.few_documents


def test_one_document_tells_nothing_of_others() -> None:
    found = compare_paired([0.0] * 8, [1.0] * 8, ["only"] * 8)

    assert (found.difference.low, found.difference.high, found.detectable) == (-1.0, 1.0, 1.0)
    assert found.p_value == 1.0


def test_runs_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="1 and 2 values"):
        compare_paired([1.0], [1.0, 0.0], ["a"])
