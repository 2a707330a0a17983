"""Learning programs: gradients, what can be learned is learned, right programs, calibration."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from rag.numbers.asked import Asked
from rag.numbers.matching import match
from rag.numbers.program_features import candidates
from rag.numbers.programs import Program
from tests.rag.numbers.made_mentions import TABLE
from tuning.number_answers import NumberAnswer, number_answer, right_programs
from tuning.number_calibration import HeldOut, calibrate, cross_fitted
from tuning.numbers import Batch, Example, Penalties, learn, loss_and_gradient

ASKED = (
    ("What is the percentage change in net sales from 2018 to 2019?", 20.0, "percent"),
    ("What is the percentage change in cost of sales from 2018 to 2019?", 40.0, "percent"),
    ("What was the change in cost of sales from 2018 to 2019?", 200.0, ""),
    ("What was cost of sales in 2019?", 700.0, ""),
    ("Why did net sales grow?", None, ""),
)
LOOSE = Penalties(phrases=0.01, features=0.01, least_phrases=1, iterations=60)


def example(question: str, value: float | None, scale: str, together: str = "d") -> Example:
    asked = Asked.of(question)
    made = candidates(match(asked, TABLE))
    row = {"dataset": "tatqa", "answer": value if value is not None else ["prices"], "scale": scale,
           "derivation": "", "answer_type": "span" if value is None else "arithmetic"}  # fmt: skip
    return Example(
        source="tatqa",
        together=together,
        asked=asked,
        made=made,
        right=right_programs(number_answer(row), made),
    )


def examples() -> list[Example]:
    return [example(*asked, together=str(number)) for number, asked in enumerate(ASKED)]


def test_the_gradient_is_that_of_the_loss() -> None:
    batch = Batch.of(examples(), ["change", "percentage", ":growth", ""], 1.0)
    # The programs' scores are in single precision: a longer step than the machine's is needed.
    point = np.random.default_rng(1).normal(size=batch.size) * 0.1

    step = np.random.default_rng(2).normal(size=batch.size)
    step /= np.linalg.norm(step)
    there, back = (loss_and_gradient(point + sign * 1e-2 * step, batch, LOOSE)[0] for sign in (1, -1))

    assert (there - back) / 2e-2 == pytest.approx(loss_and_gradient(point, batch, LOOSE)[1] @ step, rel=2e-3)


def test_what_was_taught_is_answered() -> None:
    taught = examples()
    ranker = learn(taught, {"recipe": "a test"}, LOOSE)
    for one in taught[:4]:
        best = ranker.judge(one.asked, one.made, limit=1).programs[0]
        assert one.is_right(best.program)
    assert ranker.judge(taught[4].asked, taught[4].made, limit=1).none > 0.5
    assert ranker.facts["questions"] == len(taught)
    assert learn(taught, {}, LOOSE).to_json() == learn(taught, {}, LOOSE).to_json()


def test_nothing_is_learned_where_no_answer_is_among_the_programs() -> None:
    with pytest.raises(ValueError, match="no question"):
        learn(examples()[4:], {})


def test_programs_with_the_gold_operands_are_preferred_to_those_right_by_chance() -> None:
    made = candidates(match(Asked.of("change in net sales"), TABLE))
    gold = NumberAnswer(values=(200.0,), executed=False)
    by_chance = right_programs(gold, made)["pair"].sum()
    meant = right_programs(replace(gold, operands=frozenset({Decimal(1200), Decimal(1000)})), made)["pair"]
    assert by_chance == 2  # 1,200 - 1,000 and 700 - 500
    assert meant.sum() == 1


def test_executed_values_are_in_printed_units_and_per_cent_may_be_fractions() -> None:
    made = candidates(match(Asked.of("percent change in net sales"), TABLE))
    row = {"dataset": "finqa", "exe_ans": "0.2", "program": "subtract(1200, 1000), divide(#0, 1000)"}
    one = Example(
        source="finqa",
        together="d",
        asked=made.matched.asked,
        made=made,
        right=right_programs(number_answer(row), made),
    )
    assert one.is_right(Program("growth", (0, 1)))
    assert not one.is_right(Program("growth", (1, 0)))
    assert not one.is_right(Program("difference", (0, 1)))


def test_calibration_recovers_how_often_a_share_is_right() -> None:
    generator = np.random.default_rng(3)
    shares = generator.uniform(0.05, 0.95, size=4000)
    odds = 0.5 * np.log(shares / (1 - shares)) - 1.0
    right = generator.random(4000) < 1 / (1 + np.exp(-odds))
    held = [HeldOut(source="a", share=float(s), right=bool(r)) for s, r in zip(shares, right, strict=True)]
    slope, intercept = calibrate(held)
    assert slope == pytest.approx(0.5, abs=0.08)
    assert intercept == pytest.approx(-1.0, abs=0.1)


def test_documents_are_held_out_whole() -> None:
    assert len(cross_fitted(examples(), 2, LOOSE)) == len(ASKED)
