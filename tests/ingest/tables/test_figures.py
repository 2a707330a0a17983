from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.tables.figures import read_figure
from rag.structure import Unit


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,577", "1577"),
        ("(370)", "-370"),
        ("$ (1,577)", "-1577"),
        ("$(5", "-5"),
        ("-12.5", "-12.5"),
        ("−12.5", "-12.5"),
        ("+50 bps", "50"),
        (".05", "0.05"),
        ("$.01", "0.01"),
        ("8 1/4%", "8.25"),
        ("7½%", "7.5"),
        ("3.25 to 1.00", "3.25"),
        ("1.75 : 1", "1.75"),
        ("—", "0"),
        ("$ –", "0"),
        ("--", "0"),
        ("—%", "0"),
        ("12,345,678.90", "12345678.90"),
    ],
)
def test_a_figure_has_its_value_with_its_sign(text: str, value: str) -> None:
    figure = read_figure(text)
    assert figure is not None
    assert figure.value == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["Total", "Note 7", "1.234,56", "1,23", "12-31", "5)", "(a)", "2018 and 2017", "", "1,2345", "x", "$"],
)
def test_what_is_no_figure_is_none(text: str) -> None:
    assert read_figure(text) is None


@pytest.mark.parametrize(
    ("text", "unit", "currency", "scale"),
    [
        ("(2.3)%", "percent", "", 1),
        ("0.25 percent", "percent", "", 1),
        ("3.2x", "multiple", "", 1),
        ("50 bps", "basis_points", "", 1),
        ("4.5 years", "years", "", 1),
        ("€1,000", "money", "EUR", 1),
        ("US$ 1,000", "money", "USD", 1),
        ("C$10", "money", "CAD", 1),
        ("RMB 5.2", "money", "CNY", 1),
        ("$1.2 billion", "money", "USD", 10**9),
        ("3 million", "", "", 10**6),
        ("17", "", "", 1),
    ],
)
def test_a_figure_shows_its_unit(text: str, unit: Unit, currency: str, scale: int) -> None:
    figure = read_figure(text)
    assert figure is not None
    assert (figure.unit, figure.currency, figure.scale) == (unit, currency, scale)


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("1,234 (1)", ("(1)",)),
        ("(370)(a)", ("(a)",)),
        ("1,234*", ("*",)),
        ("12 † (b)", ("†", "(b)")),
        ("5¹", ("¹",)),
        ("(1)", ()),
    ],
)
def test_footnote_marks_are_kept_apart(text: str, notes: tuple[str, ...]) -> None:
    figure = read_figure(text)
    assert figure is not None
    assert figure.notes == notes


@pytest.mark.parametrize("text", ["N/A", "n.a.", "NM", "n/m", "*", "Not applicable"])
def test_what_stands_for_no_figure_has_no_value(text: str) -> None:
    figure = read_figure(text)
    assert figure is not None
    assert figure.value is None


@given(st.integers(-(10**12), 10**12), st.integers(0, 3), st.sampled_from(["", "$", "€", "£"]))
def test_what_is_printed_the_usual_way_is_read_back(number: int, places: int, sign: str) -> None:
    value = Decimal(number).scaleb(-places)
    printed = f"{sign}{abs(value):,.{places}f}"
    figure = read_figure(f"({printed})" if value < 0 else printed)
    assert figure is not None
    assert figure.value == value


@given(st.text(alphabet="0123456789,.()$%-— xabmNn/*†", max_size=60))
def test_hostile_text_is_a_figure_or_none(text: str) -> None:
    figure = read_figure(text)
    assert figure is None or figure.value is None or figure.value.is_finite()
