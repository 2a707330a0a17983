"""Learning how likely candidates are right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tuning.quality import Judged, learn

TRUE = {"bias": -0.5, "margin": 1.2, "rank": -0.8}


def judged(n: int, source: str, seed: int) -> list[Judged]:
    generator = np.random.default_rng(seed)
    rows = generator.normal(size=(n, 2)) * (3.0, 0.5)
    logits = TRUE["bias"] + rows @ (TRUE["margin"], TRUE["rank"])
    right = generator.random(n) < 1 / (1 + np.exp(-logits))
    return [
        Judged(source=source, kind="span, open", features={"margin": a, "rank": b}, right=bool(r))
        for (a, b), r in zip(rows.tolist(), right, strict=True)
    ]


def test_known_weights_are_found_again() -> None:
    model = learn(judged(6000, "a", 1) + judged(2000, "b", 2), {})
    assert model.weights["span, open"] == pytest.approx(TRUE, abs=0.15)
    assert model.facts["taught"]["span, open"]["candidates"] == 8000


def test_kinds_with_little_to_learn_from_are_left_out() -> None:
    few = [
        Judged(source="a", kind="verdict, yes_no", features={"margin": 1.0}, right=i < 3) for i in range(60)
    ]
    assert set(learn(judged(400, "a", 1) + few, {}).weights) == {"span, open"}
    with pytest.raises(ValueError, match="no kind"):
        learn(few, {})


def test_of_many_that_are_hardly_ever_right_that_is_learned() -> None:
    many = [
        Judged(source="a", kind="words, statement", features={"words": float(i)}, right=i < 3)
        for i in range(700)
    ]
    weights = learn(many, {}).weights["words, statement"]
    assert weights == {"bias": pytest.approx(np.log(3.5 / 697.5))}
    never = [replace(one, right=False) for one in many]
    assert learn(never, {}).weights["words, statement"]["bias"] < weights["bias"]


def test_the_same_data_give_the_same_weights_in_any_order() -> None:
    rows = judged(500, "a", 3)
    one, two = learn(rows, {}), learn(rows[::-1], {})
    assert one.weights["span, open"] == pytest.approx(two.weights["span, open"], abs=1e-6)
