"""Scores, preferences and rankings as votes; thresholds."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tuning.label_model.cases import QUICK
from tuning.label_model import LabelError, LabelMatrix, fit
from tuning.label_model.binning import binned, quantile_edges, score_functions, scored
from tuning.label_model.pairs import (
    binned_differences,
    compared_scores,
    compared_votes,
    pairs_within,
    standings,
)
from tuning.label_model.ranking import relative_votes
from tuning.label_model.thresholds import for_f_measure, for_precision


def test_bins_hold_equally_many() -> None:
    scores = np.random.default_rng(1).normal(size=1000)
    scores[::10] = np.nan
    votes = binned(scores, quantile_edges(scores, 5))
    assert np.bincount(votes[votes >= 0]).tolist() == [180] * 5
    assert (votes == -1).sum() == 100


def test_scores_without_a_difference_make_no_bins() -> None:
    for scores in ([1.0, 1.0], [np.nan], []):
        with pytest.raises(LabelError, match="no two different"):
            quantile_edges(scores)


def test_a_score_is_learned_in_the_direction_that_gold_shows() -> None:
    random = np.random.default_rng(2)
    truth = random.integers(2, size=2000)
    scores = np.stack([truth + random.normal(0, 1, 2000), -truth + random.normal(0, 1, 2000)], axis=1)
    functions = score_functions(scores, ["up", "down"])
    matrix = scored(scores, functions)
    model = fit(matrix, truth, QUICK.model_copy(update={"method": "naive_bayes"}))
    log_odds = {
        f.name: table[1:, 1] - table[1:, 0] for f, table in zip(model.functions, model.evidence, strict=True)
    }
    assert (np.diff(log_odds["up"]) > 0).all()
    assert (np.diff(log_odds["down"]) < 0).all()
    with pytest.raises(LabelError, match="its edges"):
        scored(scores, [])


def test_votes_on_candidates_become_votes_on_pairs() -> None:
    matrix = LabelMatrix.of([[1, 2], [0, 2], [-1, 0]], ["a", "b"], classes=3, families={"a": "words"})
    pairs = pairs_within(["q", "q", "q"])
    found = compared_votes(matrix, pairs)
    assert found.mirrored
    assert found.votes.tolist() == [[1, -1], [-1, 1], [-1, 1]]
    assert found.functions[0].family == "words"
    assert np.array_equal(compared_votes(matrix, pairs[:, ::-1]).votes, found.swapped().votes)


@pytest.mark.parametrize("bins", [3, 5])
def test_comparing_the_other_way_round_swaps(bins: int) -> None:
    random = np.random.default_rng(3)
    scores = random.integers(0, 6, (40, 2)).astype(np.float64)
    scores[random.random((40, 2)) < 0.2] = np.nan
    pairs = pairs_within(np.repeat(np.arange(8), 5))
    assert len(pairs) == 80
    for forth, back in (
        (
            compared_scores(scores, "ab", pairs, margin=1),
            compared_scores(scores, "ab", pairs[:, ::-1], margin=1),
        ),
        (
            binned_differences(scores, "ab", pairs, bins=bins),
            binned_differences(scores, "ab", pairs[:, ::-1], bins=bins),
        ),
    ):
        assert np.array_equal(back.votes, forth.swapped().votes)
        assert back.functions == forth.functions


def test_standings_follow_strength() -> None:
    strength = np.array([0.3, 2.0, -1.0, 0.9])
    pairs = pairs_within(["q"] * 4)
    log_odds = strength[pairs[:, 0]] - strength[pairs[:, 1]]
    assert np.argsort(standings(log_odds, pairs, 4)).tolist() == np.argsort(strength).tolist()


def test_pairs_that_name_nobody_are_refused() -> None:
    with pytest.raises(LabelError, match="beyond 2"):
        compared_scores([[1.0], [2.0]], ["a"], np.array([[0, 2]]))
    with pytest.raises(LabelError, match="odd number"):
        binned_differences([[1.0], [2.0]], ["a"], np.array([[0, 1]]), bins=4)
    with pytest.raises(LabelError, match="never differ"):
        binned_differences([[1.0], [1.0]], ["a"], np.array([[0, 1]]))


def test_relative_votes_know_nothing_of_other_questions_scale() -> None:
    scores = np.array([[3.0], [2.0], [1.0], [0.5], [np.nan], [30.0], [10.0]])
    questions = ["a", "a", "a", "a", "a", "b", "b"]
    votes = relative_votes(scores, questions).ravel()
    assert votes.tolist() == [1, -1, 0, 0, -1, 1, 0]
    scaled = np.where(np.array(questions)[:, None] == "b", scores * 1e-3 - 7, scores)
    assert np.array_equal(relative_votes(scaled, questions).ravel(), votes)
    assert relative_votes(scores, questions, first=2).ravel().tolist() == [1, 1, 0, 0, -1, -1, 0]
    assert relative_votes([[1.0], [1.0]], ["a", "a"]).ravel().tolist() == [-1, -1]
    with pytest.raises(LabelError, match="first 0"):
        relative_votes(scores, questions, first=0)


def test_thresholds_keep_what_they_promise() -> None:
    random = np.random.default_rng(4)
    said = random.random(400)
    truth = random.random(400) < said * 0.4  # nothing is ever likelier than not
    found = for_precision(said, truth, 0.3)
    assert found is not None
    taken = said >= found.value
    assert truth[taken].mean() == pytest.approx(found.precision.value)
    assert found.precision.value >= 0.3
    assert found.recall.value == pytest.approx(truth[taken].sum() / truth.sum())
    lower = said[said < found.value]
    assert all(truth[said >= value].mean() < 0.3 for value in lower)
    surely = for_precision(said, truth, 0.3, surely=True)
    assert surely is None or (surely.value > found.value and surely.precision.low >= 0.3)
    assert for_precision(said, truth, 1.01) is None


def test_the_best_f_measure_is_found_by_trying_all() -> None:
    random = np.random.default_rng(5)
    said, truth = random.integers(0, 20, 60) / 20, random.random(60) < 0.3
    for beta in (0.5, 1.0, 2.0):
        measures = []
        for value in np.unique(said):
            hits = (truth & (said >= value)).sum()
            precision, recall = hits / (said >= value).sum(), hits / truth.sum()
            below = beta**2 * precision + recall
            measures.append((1 + beta**2) * precision * recall / below if below else 0.0)
        assert for_f_measure(said, truth, beta=beta).f_measure(beta) == pytest.approx(max(measures))
    with pytest.raises(LabelError):
        for_f_measure([], [])
