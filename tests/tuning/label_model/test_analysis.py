from __future__ import annotations

import numpy as np
import pytest

from tests.tuning.label_model.cases import QUICK
from tuning.label_model import Function, LabelError, LabelMatrix, fit
from tuning.label_model.analysis import (
    conflict_rows,
    correlated_pairs,
    function_reports,
    leanings,
    rows_report,
)
from tuning.label_model.leaving_out import left_out
from tuning.label_model.synthetic import gold_of, made

VOTES = [[1, 1, -1], [1, 0, -1], [1, -1, -1], [-1, -1, -1], [-1, 0, 0]]


def test_figures_by_hand() -> None:
    matrix = LabelMatrix.of(VOTES, ["a", "b", "c"])
    rows = rows_report(matrix)
    assert (rows.rows, rows.coverage, rows.overlap, rows.conflict) == (5, 0.8, 0.6, 0.2)
    a, b, c = function_reports(matrix, [1, 0, -1, 1, 0])
    assert (a.coverage, a.overlap, a.conflict, a.polarity) == (0.6, 0.4, 0.2, (1,))
    assert (b.coverage, b.overlap, b.conflict, b.polarity) == (0.6, 0.6, 0.2, (0, 1))
    assert (c.coverage, c.overlap, c.conflict, c.polarity) == (0.2, 0.2, 0.0, (0,))
    assert a.measured is not None
    assert b.measured is not None
    assert (a.measured.value, a.measured.n) == (0.5, 2)
    assert (b.measured.value, b.measured.n) == (1.0, 3)
    assert (a.estimated, a.weight) == (None, None)
    assert function_reports(matrix)[0].measured is None


def test_scores_lean_to_the_class_they_favour() -> None:
    functions = (Function(name="up", edges=(0.0, 1.0)), Function(name="down", edges=(0.0,), favours=0))
    matrix = LabelMatrix(votes=np.array([[0, 0], [1, 1], [2, -1]], np.int8), functions=functions)
    assert leanings(matrix).tolist() == [[0, 1], [-1, 0], [1, -1]]
    many = LabelMatrix(votes=matrix.votes, functions=functions, classes=3)
    assert leanings(many).tolist() == [[-1, -1], [-1, 0], [1, -1]]


@pytest.mark.slow
def test_estimated_accuracy_is_near_the_truth() -> None:
    one = made("A", 8000, seed=3)
    gold = gold_of(one.truth, 100, seed=4)
    model = fit(one.matrix, gold, QUICK)
    for report, column in zip(function_reports(one.matrix, gold, model), one.matrix.votes.T, strict=True):
        voted = column >= 0
        assert report.estimated == pytest.approx((column[voted] == one.truth[voted]).mean(), abs=0.06)
        assert report.weight == model.weights_by_name[report.name]


@pytest.mark.slow
def test_copies_are_found() -> None:
    one = made("D", 5000, seed=3)
    model = fit(one.matrix, gold_of(one.truth, 100, seed=4), QUICK)
    found = correlated_pairs(one.matrix, model, least=0.5)
    assert {(p.first, p.second) for p in found} == {
        (f"f{i}", f"f{j}") for i in range(2, 6) for j in range(i + 1, 6)
    }
    assert [p.correlation for p in found] == sorted((p.correlation for p in found), reverse=True)
    assert all(p.agreement == 1 and p.both > 300 for p in found)
    assert len(correlated_pairs(one.matrix, least=0.0)) == 66


def test_conflicts_are_shown_by_row() -> None:
    matrix = LabelMatrix.of(VOTES, ["a", "b", "c"])
    assert conflict_rows(matrix, "a").tolist() == [1]
    assert conflict_rows(matrix, "b", "a").tolist() == [1]
    assert conflict_rows(matrix, "c").tolist() == []
    assert conflict_rows(matrix, "a", limit=0).tolist() == []
    with pytest.raises(LabelError, match="no votes of d"):
        conflict_rows(matrix, "d")


def test_leaving_out_a_copy_costs_nothing_and_leaving_out_a_good_function_much() -> None:
    random = np.random.default_rng(1)
    truth = random.integers(2, size=1500)
    right = (0.95, 0.7, 0.7, 0.65)
    columns = [np.where(random.random(1500) < share, truth, 1 - truth) for share in right]
    matrix = LabelMatrix.of(np.stack([*columns, columns[1]], axis=1), ["best", "b", "c", "d", "copy"])
    gold = np.where(np.arange(1500) < 150, truth, -1)
    found = {one.name: one for one in left_out(matrix, gold, method="anchored", settings=QUICK)}
    loss = {name: one.loss for name, one in found.items() if one.loss is not None}
    assert loss["best"] == max(loss.values())
    assert loss["best"] > 0.15
    assert loss["copy"] < 0.02
    assert found["best"].moved > 2 * found["copy"].moved
    assert left_out(matrix, settings=QUICK)[0].loss is None
    with pytest.raises(LabelError, match="cannot be left out"):
        left_out(matrix.select(["best"]))
