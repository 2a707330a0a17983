"""The ranker that ships: what it asks for in plain questions, its file, its refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.numbers.asked import Asked
from rag.numbers.matching import match
from rag.numbers.outcomes import outcomes
from rag.numbers.program_features import FEATURES, candidates
from rag.numbers.programs import KINDS
from rag.numbers.ranker import BUILT_IN, Ranker
from tests.rag.numbers.made_mentions import TABLE


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    return Ranker.load()


@pytest.mark.parametrize(
    ("question", "operation", "operands"),
    [
        ("What is the percentage change in net sales from 2018 to 2019?", "growth", (0, 1)),
        ("What was the change in cost of sales between 2018 and 2019?", "difference", (2, 3)),
        ("What is the average net sales for 2018 and 2019?", "average", (0, 1)),
        ("What was the cost of sales in 2018?", "lookup", (3,)),
        ("What were the net sales in 2019 and 2018 respectively?", "list", (0, 1)),
    ],
)
def test_plain_questions_are_understood(
    ranker: Ranker, question: str, operation: str, operands: tuple[int, ...]
) -> None:
    best = ranker.rank(question, TABLE).programs[0]
    assert (best.program.operation, best.program.operands) == (operation, operands)
    assert best.probability > 0.5


def test_what_asks_for_no_figure_is_likely_none_of_them(ranker: Ranker) -> None:
    assert ranker.rank("Why did the company change its method of accounting?", TABLE).none > 0.5
    assert ranker.rank("What were net sales in 2019?", []).none == 1.0


def test_shares_and_none_are_one_together(ranker: Ranker) -> None:
    asked = Asked.of("What was the change in cost of sales?")
    made = candidates(match(asked, TABLE))
    shares = ranker.shares(asked, made)
    total = sum(one.sum() for one in shares.values())
    assert 0 < total < 1
    for kind, found in outcomes(TABLE, made.places).items():
        assert shares[kind].shape == found.values.shape
        assert made.features[kind].shape[1] == len(FEATURES[kind])
        assert shares[kind].shape[1] == len(KINDS[kind])


def test_the_file_comes_back_as_it_was(ranker: Ranker, tmp_path: Path) -> None:
    (tmp_path / "again.json").write_text(ranker.to_json())
    again = Ranker.load(tmp_path / "again.json")
    assert again.to_json() == ranker.to_json()
    assert again.fingerprint == ranker.fingerprint


@pytest.mark.parametrize("change", [{"features": 0}, {"format": 0}, {"none": {"no such": 1.0}}])
def test_weights_of_another_release_are_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "ranker.json"
    path.write_text(json.dumps({**json.loads(BUILT_IN.read_text()), **change}))
    with pytest.raises(ModelError):
        Ranker.load(path)
    with pytest.raises(ModelError, match="cannot be read"):
        Ranker.load(tmp_path / "none.json")
