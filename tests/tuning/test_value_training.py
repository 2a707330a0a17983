"""The values' model gone on from the one in use: what is kept, how sure it is, how it is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.generator.valued.features import NAMES
from rag.generator.valued.model import ValueModel
from tests.tuning.test_values import made_examples
from tuning.artifacts import read_examples, read_manifest
from tuning.items import Asked
from tuning.value_labels import Taught
from tuning.value_training import WEIGHTS, Examples, ValueTuning, as_sure, expected, train_values
from tuning.values import Example, best_of, calibrated, cross_fitted, learn


def taught(examples: list[Example], name: str) -> tuple[Taught, ...]:
    return tuple(
        Taught(
            question=Asked(text=f"{name} {number}?", kind="value", origin="documents"),
            example=one,
            label_model="made",
        )
        for number, one in enumerate(examples)
    )


@pytest.fixture(scope="module")
def start() -> ValueModel:
    examples = made_examples(120, seed=5)
    return calibrated(learn(examples, {}), cross_fitted(examples))


def tabled(count: int, seed: int) -> list[Example]:
    """Questions that have an answer where, and only where, a cell is asked for; sentences do not tell it."""
    found = []
    generator = np.random.default_rng(seed)
    for number, one in enumerate(made_examples(count, seed)):
        features = one.features.copy()
        covered = generator.uniform(0, 1, 4)
        features[:, NAMES.index("sentence")] = covered
        features[:, NAMES.index("cell")] = float(number % 3 > 0)
        right = (np.arange(4) == covered.argmax()) & bool(number % 3)
        found.append(replace(one, features=features, right=right * 0.95))
    return found


def test_how_much_is_enough_is_learned_and_kept(start: ValueModel, tmp_path: Path) -> None:
    examples = Examples(made=taught(tabled(90, 6), "a"), asked=(), dev=taught(tabled(60, 7), "b"))
    folder = train_values(examples, start, ValueTuning(made_l2=0.01), tmp_path)
    figures = read_manifest(folder)["dev"]
    assert figures["kept"] == "made"
    assert figures["after"] > figures["before"] + 0.1
    assert figures["wrong_after"] <= figures["wrong_before"]
    tuned = ValueModel.load(folder / WEIGHTS)
    sentence = NAMES.index("sentence")
    assert tuned.weights[sentence] == pytest.approx(start.weights[sentence], abs=1e-3), "order is as it was"
    assert len(list(read_examples(folder))) == len(
        {label.item for one in examples.made for label in one.labelled()}
    )
    assert train_values(examples, start, ValueTuning(made_l2=0.01), tmp_path) == folder


def test_what_does_not_help_is_not_kept(start: ValueModel, tmp_path: Path) -> None:
    # The labels to learn from are of the wrong values.
    turned = [replace(one, right=np.roll(one.right, 1)) for one in made_examples(60, seed=6)]
    examples = Examples(
        made=taught(turned, "a"), asked=taught(turned, "c"), dev=taught(made_examples(60, seed=7), "b")
    )
    folder = train_values(examples, start, ValueTuning(made_l2=0.1, asked_l2=0.1), tmp_path)
    figures = read_manifest(folder)["dev"]
    assert figures["kept"] == "start"
    assert figures["after"] == figures["before"]
    assert set(figures["tried"]) == {"start", "made", "asked", "asked, made"}
    assert ValueModel.load(folder / WEIGHTS).fingerprint == start.fingerprint


def test_a_threshold_keeps_its_meaning(start: ValueModel) -> None:
    dev = made_examples(120, seed=8)
    # The same shares, believed less.
    flat = replace(start, slope=start.slope / 2, intercept=start.intercept / 2 - 4.0)
    again = as_sure(flat, start, dev)
    before, after = expected(start, dev), expected(again, dev)
    assert after.right == pytest.approx(before.right, abs=0.05)
    assert after.wrong == pytest.approx(before.wrong, abs=0.05)
    assert expected(flat, dev).right < before.right - 0.05
    assert as_sure(flat, start, dev[:5]) is flat, "five tell nothing"
    same = as_sure(start, start, dev)
    assert same.slope == pytest.approx(start.slope, rel=1e-3)


def test_silence_is_right_where_nothing_is(start: ValueModel) -> None:
    nothing = [replace(one, right=np.zeros(4)) for one in made_examples(10, seed=3)]
    never = replace(start, intercept=-20.0)
    always = replace(start, intercept=20.0)
    assert expected(never, nothing).gain == 1.0
    assert (expected(never, nothing).right, expected(never, nothing).wrong) == (1.0, 0.0)
    assert (expected(always, nothing).right, expected(always, nothing).wrong) == (0.0, 1.0)
    assert best_of(always, nothing[0]).right == 0.0
    assert expected(always, []).right == 0.0
