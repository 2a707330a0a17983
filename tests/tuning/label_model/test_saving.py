from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rag.errors import ModelError
from tests.tuning.label_model.cases import QUICK, pairs
from tuning.label_model import LabelModel, fit
from tuning.label_model.binning import score_functions, scored
from tuning.label_model.saving import load, save
from tuning.label_model.synthetic import gold_of, made


@pytest.fixture(scope="module")
def model() -> LabelModel:
    one = made("A", 400, seed=1)
    scores = np.random.default_rng(2).normal(one.truth, 1)[:, None]
    matrix = one.matrix.beside(scored(scores, score_functions(scores, ["score"])))
    return fit(matrix, gold_of(one.truth, 40, seed=1), QUICK)


def test_a_model_read_back_is_the_same(model: LabelModel, tmp_path: Path) -> None:
    save(model, tmp_path / "new" / "model.json")
    found = load(tmp_path / "new" / "model.json")
    assert found.parameters() == model.parameters()
    assert found.fingerprint == model.fingerprint
    assert found.facts == model.facts
    matrix, _ = pairs(200, seed=1)
    save(fit(matrix), tmp_path / "pairs.json")
    assert np.array_equal(load(tmp_path / "pairs.json").scores(matrix), fit(matrix).scores(matrix))


def test_facts_are_no_part_of_identity(model: LabelModel, tmp_path: Path) -> None:
    save(model, tmp_path / "model.json")
    content = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    content["facts"] = {}
    (tmp_path / "model.json").write_text(json.dumps(content), encoding="utf-8")
    assert load(tmp_path / "model.json").fingerprint == model.fingerprint


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        (["label_model"], 2, "label_model"),
        (["balance"], [0.5, 0.6], "balance"),
        (["balance", 0], "much", "balance.0"),
        (["scale"], 0, "scale"),
        (["offset"], [0.0], "offsets"),
        (["functions", 0, "weight"], 1.5, "weight"),
        (["functions", 0, "evidence"], [[0.0, 0.0]], "evidence of f0"),
        (["functions", 0, "name"], "zzz", "order of their names"),
        (["functions", 0, "evidence", 1, 0], -0.5, "was changed"),
        (["functions"], [], "functions"),
        (["surplus"], 1, "surplus"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(
    model: LabelModel, tmp_path: Path, place: list[str | int], value: object, told: str
) -> None:
    path = tmp_path / "model.json"
    save(model, path)
    content = json.loads(path.read_text(encoding="utf-8"))
    inner = content
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ModelError, match=told) as caught:
        load(path)
    assert str(path) in caught.value.message


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"\xff"])
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "model.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match="cannot be read"):
        load(path)
