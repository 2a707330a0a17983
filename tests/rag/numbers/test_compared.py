"""Whether one figure is greater than another: the sides, the figures, the check of the answer."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.numbers.checking import holds
from rag.numbers.compared import Comparison, compared, read_comparison
from rag.numbers.mentions import Mention
from rag.numbers.ranker import Ranker
from tests.rag.numbers.made_mentions import TABLE, mention


@pytest.mark.parametrize(
    ("question", "first", "second", "more"),
    [
        ("Were net sales higher in 2019 than in 2018?", "net sales in 2019", "in 2018", True),
        ("did acme outperform the index over five years?", "acme", "the index over five years", True),
        ("In 2019, was cost of sales lower than net sales?", "In 2019 cost of sales", "net sales", False),
        ("Is debt larger compared to equity?", "debt", "equity", True),
    ],
)
def test_sides_are_read(question: str, first: str, second: str, more: bool) -> None:
    assert read_comparison(question) == Comparison(first=first, second=second, more=more)


@pytest.mark.parametrize(
    "question",
    [
        "What was higher than net sales?",
        "How much higher were net sales in 2019 than in 2018?",
        "Did net sales increase more than cost of sales?",
        "Were net sales higher or lower than in 2018?",
        "Were there impairment charges in 2019?",
        "The margin was higher than in 2018.",
    ],
)
def test_what_asks_something_else_is_left_alone(question: str) -> None:
    assert read_comparison(question) is None


@pytest.mark.parametrize(
    ("question", "answer", "figures"),
    [
        ("Were net sales higher in 2019 than in 2018?", "Yes", ("1,200", "1,000")),
        ("Were net sales higher in 2018 than in 2019?", "No", ("1,000", "1,200")),
        ("Was the cost of sales lower in 2018 than in 2019?", "Yes", ("500", "700")),
        ("Was the cost of sales in 2019 greater than net sales in 2019?", "No", ("700", "1,200")),
    ],
)
def test_comparisons_are_answered_with_both_figures(
    question: str, answer: str, figures: tuple[str, str]
) -> None:
    comparison = read_comparison(question)
    assert comparison is not None
    candidate = compared(Ranker.load(), comparison, TABLE)
    assert candidate is not None
    assert candidate.derivation is not None
    assert candidate.text == answer
    assert tuple(one.text for one in candidate.derivation.operands) == figures
    quotes = [operand.text for operand in candidate.derivation.operands]
    assert holds(answer, candidate.derivation, quotes)
    assert not holds("Yes" if answer == "No" else "No", candidate.derivation, quotes)
    assert not holds(answer, candidate.derivation, ["nothing", "here"])


@pytest.mark.parametrize("mentions", [[], [mention("Net sales", "1,200", 2019), mention("Margin", "12%")]])
def test_where_no_two_figures_fit_there_is_no_answer(mentions: Sequence[Mention]) -> None:
    comparison = Comparison(first="net sales", second="margin", more=True)
    assert compared(Ranker.load(), comparison, mentions) is None


def test_of_equals_neither_is_greater() -> None:
    same = [mention("Net sales", "10", 2019), mention("Net sales", "10", 2018, column=1)]
    candidate = compared(
        Ranker.load(), Comparison(first="net sales in 2019", second="in 2018", more=True), same
    )
    assert candidate is not None
    assert candidate.text == "No"
