import pytest

from ingest.tables.labels import column_unit, is_count, row_unit
from ingest.tables.units import named_currency, read_units, standing_units
from rag.structure import Unit


@pytest.mark.parametrize(
    ("text", "scale", "currency"),
    [
        ("(in millions)", 10**6, ""),
        ("(Dollars in thousands)", 10**3, "USD"),
        ("$ in millions", 10**6, "USD"),
        ("(Millions)", 10**6, ""),
        ("In billions", 10**9, ""),
        ("(in $000s)", 10**3, "USD"),
        ("(000s)", 10**3, ""),
        ("thousands of U.S. dollars", 10**3, "USD"),
        ("(RMB in millions)", 10**6, "CNY"),
        ("(€ in thousands)", 10**3, "EUR"),
        ("£m", 10**6, "GBP"),
        ("$ and shares in millions, except per share amounts", 10**6, "USD"),
    ],
)
def test_a_caption_names_scale_and_currency(text: str, scale: int, currency: str) -> None:
    units = read_units(text)
    assert units is not None
    assert (units.scale, units.currency) == (scale, currency)


@pytest.mark.parametrize("text", ["(unaudited)", "Consolidated Balance Sheets", ""])
def test_what_names_no_scale_of_money_is_no_caption(text: str) -> None:
    assert read_units(text) is None


@pytest.mark.parametrize(
    ("text", "excepts", "shares"),
    [
        ("(in millions, except per share amounts)", {"per_share"}, 0),
        ("(In thousands, except share and per share data)", {"per_share", "shares"}, 1),
        (
            "(In millions, except number of shares, which are reflected in thousands, and per-share amounts)",
            {"per_share", "shares"},
            1000,
        ),
        ("(in thousands, except percentages)", {"other"}, 0),
        ("(in millions)", set(), 0),
    ],
)
def test_a_caption_names_its_exceptions(text: str, excepts: set[str], shares: int) -> None:
    units = read_units(text)
    assert units is not None
    assert (units.excepts, units.shares_scale) == (frozenset(excepts), shares)


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        (("Net income per share", "Basic"), "per_share"),
        (("Weighted-average shares used to compute net income per share", "Basic"), "shares"),
        (("Weighted average common shares outstanding", "Diluted"), "shares"),
        (("Shares used in per share calculation", "Basic"), "shares"),
        (("Equity", "Common stock, $.01 par value; 1,000 shares authorized"), ""),
        (("Common stock dividends, $2.20 per share",), ""),
        (("Fair value of shares issued related to acquisition",), ""),
        (("Gross profit as a % of revenue",), "percent"),
        (("Expected life (in years)",), "years"),
        (("Net sales",), ""),
    ],
)
def test_labels_name_units(path: tuple[str, ...], unit: Unit) -> None:
    assert row_unit(path) == unit


def test_a_caption_may_be_of_shares_alone() -> None:
    units = read_units("(shares in thousands)")
    assert units is not None
    assert (units.scale, units.shares_scale, units.unit) == (1, 1000, "shares")


def test_headers_name_units() -> None:
    assert column_unit("Number of Shares") == "shares"
    assert column_unit("Weighted Average Exercise Price") == "per_share"
    assert column_unit("Three months ended") == ""


def test_counts_are_told_from_money() -> None:
    assert is_count("Number of stores at end of year")
    assert not is_count("Cost of sales")


def test_a_document_says_once_what_holds_for_all_its_tables() -> None:
    text = "Notes.\nUnless otherwise noted, tabular dollars are in millions.\nUnless noted, sad.\n"
    assert [units.scale for _, units in standing_units(text)] == [10**6]
    notes = "NOTES TO CONSOLIDATED FINANCIAL STATEMENTS\n(amounts in thousands, except share data)\nNote 1"
    assert [units.scale for _, units in standing_units(notes)] == [10**3]


def test_a_header_may_name_the_currency_of_its_column() -> None:
    assert [named_currency(text) for text in ("Fee (in euros)", "Price (CAD)", "Yield (%)", "Fee")] == [
        "EUR",
        "CAD",
        "",
        "",
    ]
