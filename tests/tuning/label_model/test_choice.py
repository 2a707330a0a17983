from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from tests.tuning.label_model.cases import QUICK, pairs
from tuning.label_model.calibration import Calibration, calibrated
from tuning.label_model.choice import Trial, best, compared
from tuning.label_model.evidence import Evidence
from tuning.label_model.expectation import shares
from tuning.label_model.fitting import plan_of
from tuning.label_model.methods import Plan
from tuning.label_model.synthetic import gold_of, made


def test_folds_are_even_in_size_and_class() -> None:
    one = made("A", 2000, seed=1)
    gold = gold_of(one.truth, 97, seed=2)
    evidence = Evidence.of(one.matrix, gold)
    dealt = evidence.folds(5)
    assert sorted(np.bincount(dealt).tolist()) == [19, 19, 19, 20, 20]
    positives = np.bincount(dealt, weights=evidence.gold_classes)
    assert positives.max() - positives.min() <= 1


def test_a_pair_and_the_same_pair_swapped_fall_into_one_fold() -> None:
    matrix, truth = pairs(300, seed=1)
    gold = np.where(np.arange(300) < 50, truth, -1)
    plain = Evidence.of(matrix, gold)
    swapped = Evidence.of(matrix.swapped(), np.where(gold < 0, -1, 1 - gold))
    loss, other = (compared(e, [plan_of("anchored", QUICK)], QUICK)[0] for e in (plain, swapped))
    assert loss.log_loss == pytest.approx(other.log_loss, abs=1e-12)


def test_a_held_out_class_has_no_say() -> None:
    one = made("A", 500, seed=1)
    gold = gold_of(one.truth, 40, seed=2)
    dealt = np.arange(40) % 4
    settings = QUICK.model_copy(update={"calibrated": False, "balance": (0.9, 0.1)})
    other = gold.copy()
    first = np.flatnonzero(gold >= 0)[dealt == 0]
    other[first] = 1 - other[first]
    trials = [
        compared(Evidence.of(one.matrix, g), [plan_of("naive_bayes", settings)], settings, dealt)[0]
        for g in (gold, other)
    ]
    assert np.array_equal(trials[0].held_out[dealt == 0], trials[1].held_out[dealt == 0])
    assert not np.allclose(trials[0].held_out[dealt == 1], trials[1].held_out[dealt == 1])


def test_thinning_keeps_gold_rows() -> None:
    one = made("A", 3000, seed=1)
    evidence = Evidence.of(one.matrix, gold_of(one.truth, 100, seed=2))
    thin = evidence.thinned(300)
    assert 300 <= thin.counts.sum() <= 400
    assert thin.gold().sum() == 100
    assert np.array_equal(thin.codes[thin.gold_places], evidence.codes[evidence.gold_places])


def test_a_safer_plan_is_taken_where_the_difference_is_noise() -> None:
    def trial(losses: list[float]) -> Trial:
        none = np.zeros((len(losses), 2))
        return Trial(
            plan=Plan(method="em"), calibration=Calibration.none(2), held_out=none, losses=np.array(losses)
        )

    lowest, noisy, worse = (
        trial([0.2, 0.2, 0.2, 0.2]),
        trial([0.1, 0.1, 0.1, 0.6]),
        trial([0.3, 0.3, 0.3, 0.31]),
    )
    assert best([worse, noisy, lowest]) is noisy
    assert best([worse, lowest, noisy]) is lowest
    assert best([worse]) is worse


def test_calibration_finds_scale_and_offset() -> None:
    random = np.random.default_rng(1)
    sums = np.stack([np.zeros(20_000), random.normal(0, 4, 20_000)], axis=1)
    true = Calibration(scale=0.4, offset=np.array([0.3, -0.3]))
    said = shares(true.scores(np.zeros(2), sums))[0]
    found = calibrated(np.zeros((20_000, 2)), sums, (random.random(20_000) < said[:, 1]).astype(np.int64))
    assert found.scale == pytest.approx(0.4, abs=0.02)
    assert np.allclose(found.offset, true.offset, atol=0.05)


def test_calibration_is_the_best_by_brute_force() -> None:
    random = np.random.default_rng(2)
    sums = random.normal(0, 2, (30, 2))
    classes = random.integers(2, size=30)

    def loss(log_scale: float) -> float:
        said = shares(np.exp(log_scale) * sums)[0]
        return float(-np.log(said[np.arange(30), classes]).sum() + 0.5 * log_scale**2)

    best = minimize_scalar(loss, bounds=(np.log(0.05), np.log(5)), method="bounded").x
    found = calibrated(np.zeros((30, 2)), sums, classes, mirrored=True)
    assert found.scale == pytest.approx(np.exp(best), rel=1e-3)
    assert not found.offset.any()


def test_few_rows_change_little() -> None:
    found = calibrated(np.zeros((2, 2)), np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([1, 0]))
    assert 1.0 < found.scale < 1.7
    assert np.allclose(found.offset, 0, atol=1e-3)
