"""Weights from files: what comes with Covenant, what a file must hold; probabilities that keep the order."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rag.combiner.features import FEATURES
from rag.combiner.model import BUILT_IN, Combiner
from rag.errors import ModelError


def test_what_comes_with_covenant_says_what_it_was_learned_from() -> None:
    combiner = Combiner.load()

    assert set(combiner.weights) == set(FEATURES)
    assert min(combiner.weights.values()) >= 0
    assert sum(combiner.facts["groups"].values()) > 500
    assert combiner.to_json() == BUILT_IN.read_text(encoding="utf-8")


def test_probabilities_follow_the_weighted_sum() -> None:
    combiner = Combiner(weights=dict.fromkeys(FEATURES, 0.0) | {"lexical": 2.0}, slope=2.0, intercept=-1.0)
    rows = np.zeros((3, len(FEATURES)), dtype=np.float32)
    rows[:, FEATURES.index("lexical")] = (0.0, 0.25, 1.0)

    expected = 1 / (1 + np.exp([1.0, 0.0, -3.0]))
    assert combiner.probabilities(rows) == pytest.approx(expected)
    assert combiner.probabilities(rows[:0]).shape == (0,)


def test_identity_is_of_weights_and_calibration_not_of_facts() -> None:
    one = Combiner(weights=dict.fromkeys(FEATURES, 1.0), facts={"loss": 1.0})

    assert one.fingerprint == Combiner(weights=dict.fromkeys(FEATURES, 1.0)).fingerprint
    assert one.fingerprint != Combiner(weights=dict.fromkeys(FEATURES, 1.0), slope=2.0).fingerprint


@pytest.mark.parametrize(
    "change",
    [{"weights": {"lexical": 1.0}}, {"features": 0}, {"format": 0}, {"calibration": {}}, {"weights": None}],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "weights.json"
    path.write_text(json.dumps({**json.loads(Combiner.load().to_json()), **change}), encoding="utf-8")

    with pytest.raises(ModelError, match=r"weights\.json"):
        Combiner.load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.json"):
        Combiner.load(tmp_path / "none.json")


def test_a_reranker_joins_with_its_weight_or_decides_alone() -> None:
    combiner = Combiner(weights=dict.fromkeys(FEATURES, 1.0), slope=2.0, rerankers={"late_interaction": 10.0})
    before = np.array([0.5, 0.25], dtype=np.float32)
    scores = np.array([0.1, 0.3], dtype=np.float32)

    expected = [0.0 + 1.0, np.log(1 / 3) / 2 + 3.0]
    assert combiner.with_reranker(before, scores, "late_interaction") == pytest.approx(expected, rel=1e-5)
    assert (combiner.with_reranker(before, scores, "cross_encoder") == scores).all()
