from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.tuning.label_model.cases import pairs, three_classes
from tuning.label_model import LabelMatrix
from tuning.label_model.emissions import affinity, prior_rows
from tuning.label_model.evidence import Evidence
from tuning.label_model.expectation import Problem, Solution, maximised
from tuning.label_model.matrix import Array
from tuning.label_model.synthetic import Kind, gold_of, made


def problem_of(
    evidence: Evidence, *, abstain_weight: float, weights: Array, learned: bool, scale: float = 1.0
) -> Problem:
    seen = evidence.layout.counts(evidence.codes, evidence.counts[:, None])
    gold = evidence.gold()
    return Problem(
        evidence=evidence,
        gold=gold,
        unlabeled=scale * (evidence.counts - gold.sum(axis=1)),
        prior=prior_rows(
            tuple(affinity(f, evidence.classes) for f in evidence.functions),
            tuple(table[:, 0] for table in seen),
            strength=10,
            better_than_chance=3,
        ),
        weights=weights,
        abstain_weight=abstain_weight,
        balance=np.full(evidence.classes, 1 / evidence.classes),
        balance_rows=np.full(evidence.classes, 1.0) if learned else None,
    )


def solved(problem: Problem, seed: int = 0) -> Solution:
    classes = problem.evidence.classes
    start = np.random.default_rng(seed).dirichlet(np.ones(classes), len(problem.unlabeled))
    if problem.evidence.mirrored:
        start = np.full_like(start, 0.5)
    return maximised(problem, start, iterations=40, tolerance=1e-12)


@pytest.mark.parametrize("kind", ["A", "B", "C", "D"])
@pytest.mark.parametrize("abstain_weight", [1.0, 0.5, 0.0])
@pytest.mark.parametrize("learned", [True, False])
def test_no_iteration_lowers_the_objective(kind: Kind, abstain_weight: float, learned: bool) -> None:
    one = made(kind, 600, seed=1)
    weights = np.random.default_rng(2).uniform(0.2, 1.0, 12)
    evidence = Evidence.of(one.matrix, gold_of(one.truth, 50, seed=3))
    found = solved(problem_of(evidence, abstain_weight=abstain_weight, weights=weights, learned=learned))
    assert len(found.objectives) > 2
    assert all(later >= earlier - 1e-9 * abs(earlier) for earlier, later in pairwise(found.objectives))
    assert found.objectives[-1] > found.objectives[0]


def test_no_iteration_lowers_the_objective_of_pairs_or_of_three_classes() -> None:
    for matrix, truth in (pairs(500, seed=1), three_classes(500, seed=1)):
        evidence = Evidence.of(matrix, np.where(np.arange(500) < 40, truth, -1))
        weights = np.linspace(0.4, 1, len(matrix.functions))
        found = solved(
            problem_of(evidence, abstain_weight=0.7, weights=weights, learned=not matrix.mirrored, scale=0.3)
        )
        assert all(later >= earlier - 1e-9 * abs(earlier) for earlier, later in pairwise(found.objectives))


def test_emissions_and_balance_of_gold_rows_are_counts_with_the_prior() -> None:
    # Class 1: votes 1, 1, 0; class 0: votes 0, abstained. Prior rows by hand: of five rows seen and one more
    # of each outcome 2, 3, 3 of 8, votes three times likelier in their class: class 0 2, 9, 3 of 14.
    matrix = LabelMatrix.of([[1], [1], [0], [0], [-1]])
    evidence = Evidence.of(matrix, [1, 1, 1, 0, 0])
    problem = problem_of(evidence, abstain_weight=1.0, weights=np.ones(1), learned=True)
    found = solved(problem)
    assert len(found.objectives) == 1  # nothing is unlabeled: one step is exact
    zero, one = np.array([2, 9, 3]) * 10 / 14, np.array([2, 3, 9]) * 10 / 14
    expected = np.stack([(zero + np.array([1, 1, 0])) / 12, (one + np.array([0, 1, 2])) / 13], axis=1)
    assert np.allclose(np.exp(found.evidence[0]), expected)
    assert np.allclose(found.balance, [3 / 7, 4 / 7])


def test_one_step_from_shares_weighs_rows_by_them() -> None:
    matrix = LabelMatrix.of([[1], [0]])
    evidence = Evidence.of(matrix)
    problem = problem_of(evidence, abstain_weight=1.0, weights=np.ones(1), learned=True)
    # Rows stand in the order of their votes: first the 0.
    step = maximised(problem, np.array([[0.75, 0.25], [0.5, 0.5]]), iterations=1, tolerance=1e-9)
    prior = problem.prior[0]
    rows = prior + np.array([[0, 0], [0.75, 0.25], [0.5, 0.5]])
    assert np.allclose(np.exp(step.evidence[0]), rows / rows.sum(axis=0))
    assert np.allclose(step.balance, np.array([2.25, 1.75]) / 4)
    scores = np.log(step.balance) + step.evidence[0][[1, 2]]
    assert np.allclose(step.posterior, np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True))
    expected = np.log(np.exp(scores).sum(axis=1)).sum() + (prior * step.evidence[0]).sum()
    assert step.objectives[0] == pytest.approx(expected + np.log(step.balance).sum())
