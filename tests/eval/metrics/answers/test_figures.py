"""Which of an answer's values is its answer, and how close it has to be."""

from __future__ import annotations

import pytest

from eval.metrics.answers import Gold, grade
from eval.metrics.answers.figures import calculated
from eval.metrics.numbers import scale_hint
from rag.types import Answer

RATIO = "What is the stock turnover ratio? Round to two decimals."


def right(gold: str, text: str, question: str = "") -> bool:
    wanted = Gold(kind="number", texts=(gold,), hint=scale_hint(question), question=question)
    return grade(wanted, Answer(text=text, confidence=1.0, citations=())).correct


@pytest.mark.parametrize(
    ("gold", "text", "expected"),
    [
        ("4.20", "Sales were 840 and stocks 200. Sales / stocks = 840 / 200 = 4.2", True),
        ("4.20", "- Sales: 840\n- Stocks: 200\n- Therefore, the ratio is 4.20.", True),
        ("4.20", "840 / 200 = 4.1999. Rounded to two decimals, the ratio is 4.20.", True),
        ("4.20", "The ratio is therefore 840 / 200 = 4.2 (rounded).", True),
        ("4.20", "The average of stocks is therefore 200. The ratio is 840 / 200 = 9.3.", False),
        ("4.20", "The ratio of 4.20 was last year's. Therefore, the ratio is 3.90.", False),
        ("4.20", "Therefore, nothing is known.", False),
        ("$1,577", "It was $1,577,000 in thousands", False),
        ("0", "There were no such costs.", True),
        ("0", "Costs were $5 million.", False),
        ("5", "There were no such costs.", False),
    ],
)
def test_the_value_an_answer_comes_to(gold: str, text: str, expected: bool) -> None:
    assert right(gold, text, "What was the figure of such costs?") is expected


@pytest.mark.parametrize(
    ("gold", "text"),
    [("$303.00", "$302,578 in thousands"), ("$303.00", "302,578 (in thousands)"), ("$1577.00", "1,577")],
)
def test_units_of_a_table_are_read(gold: str, text: str) -> None:
    assert right(gold, text, "How much was paid (in USD millions)?")


def test_a_calculated_value_may_be_off_by_half_a_per_cent() -> None:
    assert right("42.69", "42.50", RATIO)
    assert not right("42.69", "42.40", RATIO)


def test_a_value_read_off_a_page_may_not() -> None:
    assert not right("4.25%", "4.27%", "What is the interest rate of the Class B notes?")
    assert right("4.25%", "4.250 per cent", "What is the interest rate of the Class B notes?")


@pytest.mark.parametrize(
    ("question", "expected"),
    [(RATIO, True), ("What was the growth of sales?", True), ("What is the coupon?", False), ("", False)],
)
def test_questions_that_ask_for_a_calculation(question: str, expected: bool) -> None:
    assert calculated(question) is expected
