"""Comparisons and computations in words that no form of ``rag.parts`` has."""

from __future__ import annotations

import pytest

from rag.parts import Named, Plan, taken_apart
from rag.types import DocumentId


def _plan(question: str, *names: str) -> Plan | None:
    named = [
        Named(
            start=question.index(name),
            end=question.index(name) + len(name),
            documents=frozenset({DocumentId(name)}),
        )
        for name in names
    ]
    return taken_apart(question, named)


@pytest.mark.parametrize(
    ("question", "operation", "asked"),
    [
        (
            "I think Alder has a longer cure period for late payment than Birch. Quantify the excess.",
            "difference",
            "cure period for late payment",
        ),
        (
            "Were Alder to match Birch on annual rent, by how much would its figure have to rise?",
            "difference",
            "annual rent",
        ),
        ("Alder or Birch, later date of maturity?", "most", "date of maturity"),
        ("smaller placement fee - Alder / Birch?", "least", "placement fee"),
        (
            "Audit query: as to signing date, state whether Alder or Birch bears the later date.",
            "most",
            "signing date",
        ),
        ("In order of signing date, which one is first out of Alder and Birch?", "least", "signing date"),
    ],
)
def test_the_longest_thing_named_is_what_is_compared(question: str, operation: str, asked: str) -> None:
    plan = _plan(question, "Alder", "Birch")
    assert plan is not None
    assert plan.operation == operation
    assert plan.unsigned or operation != "difference"
    assert [part.question for part in plan.parts] == [
        f"What is the {asked} in Alder?",
        f"What is the {asked} in Birch?",
    ]


@pytest.mark.parametrize(
    "question",
    [
        "The Class C Par Value Ratio in Alder passed on May 4, 2025. Passed by how much?",
        "Take the Class C Par Value Ratio from Alder's May 4, 2025 report and subtract the required level.",
        "Alder Class C Par Value Ratio cushion, May 4, 2025?",
        "How comfortably was Alder clearing its Class C Par Value Ratio test on May 4, 2025?",
    ],
)
def test_a_ratio_and_a_cushion_are_enough(question: str) -> None:
    plan = _plan(question, "Alder")
    assert plan is not None
    assert plan.operation == "difference"
    assert [part.question for part in plan.parts] == [
        "What is the actual result of the Class C Par Value Ratio on May 4, 2025 for Alder?",
        "What is the required level of the Class C Par Value Ratio on May 4, 2025 for Alder?",
    ]


@pytest.mark.parametrize(
    ("question", "operation", "parts"),
    [
        (
            "I was working out the total initial size of Classes C and E together and got lost. Alder, thx",
            "sum",
            [
                "What is the initial size of Class C for Alder?",
                "What is the initial size of Class E for Alder?",
            ],
        ),
        (
            "On May 4, 2025 a report went out for Alder. In it, find the net change (deposits less"
            " withdrawals) of the Expense Account.",
            "difference",
            [
                "What is the deposits of Expense Account on May 4, 2025 for Alder?",
                "What is the withdrawals of Expense Account on May 4, 2025 for Alder?",
            ],
        ),
    ],
)
def test_a_form_is_found_within_a_question(question: str, operation: str, parts: list[str]) -> None:
    plan = _plan(question, "Alder")
    assert plan is not None
    assert (plan.operation, [part.question for part in plan.parts]) == (operation, parts)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Is Alder longer than Birch?", ("Alder", "Birch")),
        ("What do Alder and Birch say of assignment?", ("Alder", "Birch")),
        ("In which year was the income of Alder less than 600 million?", ("Alder",)),
        ("What is the allowance for credit losses of Alder?", ("Alder",)),
        ("What is the Class C Par Value Ratio of Alder on May 4, 2025?", ("Alder",)),
    ],
)
def test_what_compares_nothing_has_no_plan(question: str, names: tuple[str, ...]) -> None:
    assert _plan(question, *names) is None


def test_a_share_may_be_the_name_of_one_figure() -> None:
    plan = _plan("What is the maximum price as a percentage of principal in Alder?", "Alder")
    assert plan is not None
    assert plan.printed
    plain = _plan("What is the ratio of the fee to the rent in Alder?", "Alder")
    assert plain is not None
    assert not plain.printed
