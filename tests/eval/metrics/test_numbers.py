"""Reading quantities and telling whether two are the same number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.numbers import find_quantities, same_quantity, scale_hint


def same(given_text: str, gold_text: str, hint: float | None = None) -> bool:
    return same_quantity(
        find_quantities(given_text, years=True)[0], find_quantities(gold_text, years=True)[0], hint
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("U.S.$310,000,000", 310e6), ("US$310.0 million", 310e6), ("$ 124Mn", 124e6), ("$1.8 bn", 1.8e9),
        ("($5,363)", -5363), ("(12.5%)", -0.125), ("-$1561M", -1561e6), ("−4.2 per cent", -0.042),
        ("150 basis points", 0.015), ("4.25% per annum", 0.0425), (".5", 0.5), ("~42%", 0.42),
        ("1.25x", None), ("364-day", None), ("COVID-19", None), ("10th", None), ("Notes A-1", None),
        ("aside ($1.8 billion)", 1.8e9), ("€3 thousand", 3000), ("12,5", 12), ("1 percentage point", 0.01),
    ],
)  # fmt: skip
def test_quantities_are_read_as_printed(text: str, value: float | None) -> None:
    found = find_quantities(text)

    if value is None:
        assert found == []
    else:
        assert found[0].numeral * (found[0].scale or 1.0) == pytest.approx(value)


@pytest.mark.parametrize(
    ("given_text", "gold"),
    [
        ("$310.0 million", "U.S.$310,000,000"), ("1,577", "$1577.00 million"),
        ("1.58 billion", "$1,577 million"),
        ("8.7", "8.70"), ("1.50%", "150 bps"), ("126%", "125.5%"), ("0.042", "4.2%"),
        ("125.53%", "125.5%"), ("$2.5bn", "2.5 billion"), ("12", "twelve"),
    ],
)  # fmt: skip
def test_same_number(given_text: str, gold: str) -> None:
    assert same(given_text, gold)


@pytest.mark.parametrize(
    ("given_text", "gold"),
    [
        ("125.0%", "125.5%"), ("$311,000,000", "$310,000,000"), ("310", "$310,000,000"), ("370", "(370)"),
        ("€5", "$5"), ("5%", "$5"), ("$4.2", "4.2%"), ("4.2", "0.042"), ("1,577 million", "1577"),
        ("1.6 billion", "$1,577 million"), ("2031", "2032"), ("4.3%", "4.25%"),
    ],
)  # fmt: skip
def test_different_numbers(given_text: str, gold: str) -> None:
    assert not same(given_text, gold)


def test_a_question_that_asks_for_millions_gives_a_bare_gold_number_its_scale() -> None:
    hint = scale_hint("What is the capital expenditure (in USD millions)?")

    assert same("$1.577 billion", "$1577.00", hint)
    assert same("1,577", "$1577.00", hint)
    assert not same("$1.577 million", "$1577.00", hint)
    assert same("$8.738 billion", "$8.70", scale_hint("Answer in USD billions."))
    assert scale_hint("How many notes are there?") is None


@given(st.integers(1, 10**9), st.sampled_from(["", "$", "U.S.$"]))
def test_commas_and_currency_do_not_change_a_number(value: int, currency: str) -> None:
    assert same(f"{currency}{value:,}", f"{value}")
    assert not same(f"{currency}{value:,}", f"{value + 1}")


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert all(quantity.step <= 1.0 for quantity in find_quantities(text))
