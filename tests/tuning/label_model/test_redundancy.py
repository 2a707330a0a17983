from __future__ import annotations

import numpy as np
import pytest

from tuning.label_model import LabelMatrix
from tuning.label_model.emissions import affinity
from tuning.label_model.evidence import Evidence
from tuning.label_model.redundancy import association, family_share, weights


def everything(evidence: Evidence) -> np.ndarray:
    return np.ones((len(evidence.codes), 1))


def correlated(evidence: Evidence, posterior: np.ndarray) -> np.ndarray:
    return association(evidence, posterior, tuple(affinity(f, 2) for f in evidence.functions))


def test_copies_have_a_share_each_and_independent_ones_all() -> None:
    votes = np.random.default_rng(1).integers(-1, 2, (4000, 5)).astype(np.int8)
    votes[:, 2] = votes[:, 1] = votes[:, 0]
    evidence = Evidence.of(LabelMatrix.of(votes))
    strength = correlated(evidence, everything(evidence))
    assert np.allclose(strength[:3, :3], 1 - np.eye(3), atol=1e-3)
    assert strength[:3, 3:].max() < 0.05
    assert np.allclose(weights(strength, np.zeros((5, 5))), [1 / 3, 1 / 3, 1 / 3, 1, 1], atol=0.06)


def test_association_is_the_correlation_of_votes() -> None:
    # Two functions that always vote: 80 of 100 times the same, each half of the time 1.
    votes = np.array([[0, 0]] * 40 + [[1, 1]] * 40 + [[0, 1]] * 10 + [[1, 0]] * 10)
    evidence = Evidence.of(LabelMatrix.of(votes))
    assert correlated(evidence, everything(evidence))[0, 1] == pytest.approx(0.6)


def test_functions_that_exclude_or_contradict_each_other_repeat_nothing() -> None:
    excluding = np.array([[1, -1], [-1, 1]] * 50)
    contradicting = np.array([[1, 0], [-1, -1]] * 50)
    for votes in (excluding, contradicting):
        evidence = Evidence.of(LabelMatrix.of(votes))
        assert not correlated(evidence, everything(evidence)).any()


def test_what_the_class_explains_is_no_association() -> None:
    random = np.random.default_rng(2)
    truth = random.integers(2, size=6000)
    votes = np.where(random.random((6000, 2)) < 0.9, truth[:, None], 1 - truth[:, None])
    evidence = Evidence.of(LabelMatrix.of(votes), truth)
    within = evidence.gold() / evidence.counts[:, None]
    assert correlated(evidence, everything(evidence))[0, 1] > 0.6
    assert correlated(evidence, within)[0, 1] < 0.05


def test_a_family_shares_what_it_votes_on_together() -> None:
    votes = [[1, 1, -1], [1, -1, 1], [-1, 0, 1], [0, 1, -1]]
    matrix = LabelMatrix.of(votes, ["a", "b", "c"], families={"a": "words", "b": "words", "c": "other"})
    shared = family_share(Evidence.of(matrix))
    assert shared.tolist() == [[0, 2 / 3, 0], [2 / 3, 0, 0], [0, 0, 0]]
