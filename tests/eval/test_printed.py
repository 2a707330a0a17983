"""Numbers of a wrong answer: their digits, scale and place, and whether gold has to be worked out."""

from __future__ import annotations

import pytest

from eval.metrics.numbers import Quantity, find_quantities
from eval.printed import (
    first_quantity,
    gold_quantity,
    is_figures,
    is_printed,
    is_whole,
    needs_arithmetic,
    printed_row,
    rescaled,
    row_label,
    texts_on,
    years_in,
)
from tests.eval.made_rows import place, row


def number(text: str) -> Quantity:
    return find_quantities(text)[0]


@pytest.mark.parametrize(
    ("given", "gold", "expected"),
    [
        ("1,577 thousand", "$1,577 million", True),
        ("$1.577 million", "$1,577 million", True),
        ("1,577", "$1,577 million", True),
        ("42", "4.2%", False),
        ("420", "4.2%", True),
        ("1,600 thousand", "$1,577 million", False),
        ("0 million", "$1,577 million", False),
    ],
)
def test_other_scales(given: str, gold: str, expected: bool) -> None:
    assert rescaled(number(given), number(gold)) is expected


@pytest.mark.parametrize(
    ("wanted", "text", "expected"),
    [
        ("$1,577 million", "Revenue  1,577  1,420", True),
        ("$1.58 billion", "Revenue  1,577  1,420", True),
        ("(1,577)", "Revenue  1,577", True),
        ("157", "Revenue  1,577", False),
        ("42", "Revenue  42,000", False),
        ("4.2%", "a rate of 4.2% per annum", True),
    ],
)
def test_what_counts_as_printed(wanted: str, text: str, expected: bool) -> None:
    assert is_printed(number(wanted), text) is expected


def test_the_row_of_a_table_and_its_label() -> None:
    table = "Revenue, net  1,577  1,420\nCosts of goods  900  800"

    assert is_figures(table)
    assert row_label(printed_row(number("800"), table)) == "Costs of goods"
    assert printed_row(number("7"), table) == ""


def test_years_are_no_amounts() -> None:
    assert years_in("2018 and FY2017, $2,016, 2015.5, 20190, 1899") == {2017, 2018}
    year, amount = first_quantity("2031"), first_quantity("In 2018 it was 5.5")

    assert year is not None
    assert amount is not None
    assert (year.numeral, amount.numeral) == (2031.0, 5.5)


@pytest.mark.parametrize(
    ("gold", "kind", "expected"),
    [
        ("1,577", "number", 1577.0),
        ("Revenue was 1,577.", "text", 1577.0),
        ("Yes, 1,577", "text", None),
        ("Higher sales in Europe, a better mix and 3% more volume", "text", None),
        ("Alder", "span", None),
        ("1,577", "list", None),
    ],
)
def test_gold_that_is_a_number(gold: str, kind: str, expected: float | None) -> None:
    found = gold_quantity(row(gold=(gold,), kind=kind))

    assert (found.numeral if found else None) == expected


def test_of_quotes_that_are_cut_the_question_decides() -> None:
    cut = place("a", 1, "Revenue  1,577" + " " * 500)
    whole = place("a", 1, "Revenue  1,577")
    cut = type(cut)(**{name: getattr(cut, name) for name in cut.__slots__} | {"quote": "Revenue  1,577"})

    assert (is_whole(whole), is_whole(cut)) == (True, False)
    for question, expected in (("What was it?", False), ("What was the margin?", True)):
        assert needs_arithmetic(row(question=question, gold=("157",), evidence=(cut,))) is expected
    assert needs_arithmetic(row(question="What was it?", gold=("157",), evidence=(whole,))) is True


def test_texts_on_a_place_are_those_inside_it() -> None:
    evidence = place("a", 1, "x" * 90)
    inside, outside = place("a", 1, "inside", offset=10), place("a", 2, "outside")

    assert texts_on(row(shown=(inside, outside), citations=()), evidence) == ["x" * 90, "inside"]
