"""Programs become answers whose text, formula and operands agree, and that the check lets pass."""

from __future__ import annotations

import pytest

from rag.numbers.checking import holds
from rag.numbers.computed import computed
from rag.numbers.formula import FormulaError
from rag.numbers.mentions import Mention
from rag.numbers.programs import OPERATIONS, Operation, Program
from tests.rag.numbers.made_mentions import TABLE, mention

MONEY = [
    mention("Sales", "$1,200.5", 2019, scale=10**6),
    mention("Sales", "(1,000)", 2018, scale=10**6),
]
SHARES = [mention("Rate", "12.5%"), mention("Rate", "10.0%")]


@pytest.mark.parametrize(
    ("operation", "mentions", "text"),
    [
        ("lookup", TABLE[:1], "1,200"),
        ("difference", TABLE[:2], "200"),
        ("growth", TABLE[:2], "20.00%"),
        ("share", [TABLE[2], TABLE[0]], "58.33%"),
        ("ratio", TABLE[:2], "1.20"),
        ("sum", TABLE[:2], "2,200"),
        ("average", TABLE[:2], "1,100.00"),
        ("list", TABLE[:2], "1,200; 1,000"),
        ("most", TABLE[:3], "1,200"),
        ("least", TABLE[:3], "700"),
        ("over 100", TABLE[:1], "1,100.00%"),
        ("points", TABLE[:2], "200.00%"),
        ("difference", SHARES, "2.5%"),
        ("product", [TABLE[0], SHARES[0]], "150.00"),
        ("ratio", [TABLE[0], SHARES[0]], "9,600.00"),
        ("lookup", MONEY[1:], "-1,000 million"),
        ("sum", MONEY, "$200.5 million"),
    ],
)
def test_answers_say_what_their_formulas_come_to(
    operation: Operation, mentions: list[Mention], text: str
) -> None:
    candidate = computed("How much?", Program(operation, tuple(range(len(mentions)))), mentions, 0.8)

    assert candidate.text == text
    assert candidate.derivation is not None
    quotes = [operand.text for operand in candidate.derivation.operands]
    assert holds(candidate.text, candidate.derivation, quotes)
    assert not holds(f"9{candidate.text}", candidate.derivation, quotes)


def test_every_operation_is_tested_or_refused() -> None:
    assert set(OPERATIONS) == {
        "lookup", "over 100", "difference", "growth", "share", "ratio", "product", "points", "sum", "average",
        "list", "most", "least",
    }  # fmt: skip


def test_small_results_keep_three_digits() -> None:
    small = [mention("a", "3"), mention("b", "7,000")]
    assert computed("?", Program("ratio", (0, 1)), small, 1.0).text == "0.000429"


def test_nothing_is_divided_by_zero() -> None:
    with pytest.raises(FormulaError):
        computed("?", Program("growth", (0, 1)), [mention("a", "3"), mention("b", "0")], 1.0)
