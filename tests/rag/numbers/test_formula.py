"""Formulas as people write them, lowered to plain arithmetic and computed exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.numbers.formula import FormulaError, Item, evaluate, items_of, lowered, operand_names, parse


def named(words: str, year: int) -> str:
    return f"{words.lower().replace(' ', '_')}_{year}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("current assets divided by current liabilities", "(current_assets_2020 / current_liabilities_2020)"),
        ("depreciation and amortization + interest", "(depreciation_and_amortization_2020 + interest_2020)"),
        ("FY2018 sales / (average PPE from FY2017 to FY2018)", "(sales_2018 / ((ppe_2018 + ppe_2017) / 2))"),
        ("average total assets", "((total_assets_2020 + total_assets_2019) / 2)"),
        ("FY2018 COGS + change in cash from FY2017 to FY2018", "(cogs_2018 + (cash_2018 - cash_2017))"),
        ("EBITDA less capex", "(ebitda_2020 - capex_2020)"),
        ("100 * a - b / c", "((100 * a_2020) - (b_2020 / c_2020))"),
        ("long-term debt - cash", "(long-term_debt_2020 - cash_2020)"),
    ],
)  # fmt: skip
def test_words_become_arithmetic(text: str, expected: str) -> None:
    assert lowered(parse(text), 2020, named) == expected


@pytest.mark.parametrize(
    "text", ["", "revenue /", "(revenue", "revenue) / 2", "/ revenue", "2018", "*", "(" * 60 + "a" + ")" * 60]
)
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        parse(text)


def test_items_are_in_the_order_of_the_text() -> None:
    assert list(items_of(parse("FY2018 sales / (assets - cash)"))) == [
        Item("sales", 2018), Item("assets"), Item("cash"),
    ]  # fmt: skip


def test_days_payable_by_hand() -> None:
    amounts = dict(zip("abcde", map(Decimal, (46092, 41433, 373396, 43783, 43046)), strict=True))
    value = evaluate("365 * ((a + b) / 2) / (c + (d - e))", amounts)
    assert round(value, 2) == Decimal("42.69")


@pytest.mark.parametrize("amounts", [{"a": 1, "b": 0}, {"a": 0, "b": 0}, {"a": 1}])
def test_what_cannot_be_computed_is_an_error(amounts: dict[str, int]) -> None:
    with pytest.raises(FormulaError):
        evaluate("a / b", {name: Decimal(value) for name, value in amounts.items()})


NUMBERS = st.integers(1, 10**12).map(Decimal)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_arithmetic_is_that_of_decimals(a: Decimal, b: Decimal, c: Decimal) -> None:
    operands = {"a": a, "b": b, "c": c}
    assert evaluate("a - b - c", operands) == a - b - c
    assert evaluate("a / b / c", operands) == a / b / c
    assert evaluate("a + b * c", operands) == a + b * c
    assert evaluate("(a + b) * c", operands) == (a + b) * c


def test_operands_never_run_out_of_names() -> None:
    names = operand_names()
    drawn = [next(names) for _ in range(60)]
    assert len(set(drawn)) == 60
    assert drawn[:2] + drawn[26:28] == ["a", "b", "a1", "b1"]
    assert evaluate("a1 + b1", {"a1": Decimal(1), "b1": Decimal(2)}) == 3
