"""Yes or no, in as many words and by implication."""

from __future__ import annotations

import pytest

from eval.metrics.answers.verdicts import asks_yes_or_no, denies, directions, dismisses, said, verdict

IMPROVE = "Did Corvane's margin improve in 2022?"
SECURED = "Are the Class B notes secured by the Lutton plant?"
STEADY = "Has the margin of Corvane been consistent (within 2% a year)?"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (IMPROVE, True),
        ("Based on the 2022 report, is Corvane profitable? If that is no useful question, say why.", True),
        ("What is the margin? Is it useful?", False),
        ("How did the margin develop, and why?", False),
        ("If we leave Lutton out, which plant grew?", False),
        ("", False),
    ],
)
def test_questions_that_ask_yes_or_no(question: str, expected: bool) -> None:
    assert asks_yes_or_no(question) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes, it may.", True),
        ("no", False),
        ("The plant burned. So in summary, no, it did not.", False),
        ("The answer to your question is yes.", True),
        ("No plant burned.", False),
        ("None of them.", None),
        ("Nobody may.", None),
        ("", None),
    ],
)
def test_what_is_said_outright(text: str, expected: bool | None) -> None:
    assert said(text) is expected


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        (IMPROVE, "The margin rose to 5%.", True),
        (IMPROVE, "The margin fell to 5%.", False),
        (IMPROVE, "The margin did not improve.", False),
        (IMPROVE, "The margin hasn't declined; it grew.", True),
        (IMPROVE, "To determine whether the margin improved, compare the years. It declined.", False),
        (IMPROVE, "The board met.", None),
        (SECURED, "The Class B notes are secured by the Lutton plant.", True),
        (SECURED, "The Class B notes are not secured by any plant.", False),
        (SECURED, "The Class A notes, which are not callable, are senior.", None),
        (STEADY, "The margin of Corvane has been stable.", True),
        (STEADY, "The margin of Corvane fluctuated by less than 2%.", True),
        (STEADY, "The margin of Corvane has fluctuated widely.", False),
        ("Is working capital positive?", "The company has a working capital deficit.", False),
        ("Is working capital positive?", "While working capital is negative, this is not unusual.", False),
        ("Is liquidity healthy?", "The liquidity is not unhealthy.", True),
        ("", "The margin rose.", None),
    ],
)
def test_what_is_implied(question: str, text: str, expected: bool | None) -> None:
    assert verdict(text, question) is expected


def test_the_conclusion_of_a_long_answer_outweighs_its_beginning() -> None:
    text = (
        "The margin rose in the first quarter. Costs were 5. Sales were 7. Freight was 2. "
        "Therefore, the margin declined over the year."
    )

    assert verdict(text, IMPROVE) is False


def test_directions_are_turned_by_a_negation_in_the_same_clause() -> None:
    assert directions("Sales did not fall, and costs rose") == {1}
    assert directions("Sales fell while costs rose") == {-1, 1}
    assert directions("The board met") == set()


def test_a_measure_can_be_dismissed() -> None:
    assert dismisses("For a bank, gross margin is not meaningful.")
    assert dismisses("The ratio is irrelevant here.")
    assert not dismisses("The ratio is relevant.")


def test_denials() -> None:
    assert denies("None.")
    assert denies("There were no such purchases in 2022", "Which purchases were made?")
    assert not denies(
        "The weather was not good in Lutton that summer", "Which purchases did Corvane make in 2022?"
    )
    assert not denies("It bought Lutton plc.")
