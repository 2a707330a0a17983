"""What filings print in ways of their own: counts, statements over pages, crowded headers, marks."""

from __future__ import annotations

from decimal import Decimal

from ingest.tables.labels import is_count, row_unit
from ingest.tables.units import read_units
from rag.structure import Period
from tests.ingest.tables.papers import Sheet, cell, only_table, tables_of


def test_a_caption_that_excepts_counts_holds_for_areas() -> None:
    sheet = Sheet(420, 500).line("International Segment", bold=True)
    sheet.line("(Amounts in millions, except unit counts)").heads("2020", "2019")
    sheet.row("Net sales", "$120,130", "$120,824").row("Unit counts at period end", "6,146", "5,993")
    sheet.row("Total stores", "5,100", "5,000").row("Retail square feet at period end", "345", "344")
    table = only_table(sheet.document())
    sales, counts = cell(table, "Net sales", 0), cell(table, "Unit counts at period end", 0)
    assert (sales.unit, sales.scale, sales.currency) == ("money", 10**6, "USD")
    assert (counts.unit, counts.scale, counts.currency) == ("", 1, "")
    assert cell(table, "Total stores", 1).amount == Decimal(5000)
    area = cell(table, "Retail square feet at period end", 1)
    assert (area.unit, area.scale, area.currency) == ("", 10**6, "")


def test_stores_are_counted_only_where_the_caption_excepts_counts() -> None:
    units = read_units("(in millions, except number of stores)")
    assert is_count("Stores", units)
    assert not is_count("Stores", read_units("(in millions, except per share data)"))
    assert not is_count("Net sales of stores", units)


def equity(sheet: Sheet) -> Sheet:
    return sheet.heads("Capital", "Deficit", "Total")


def test_a_statement_goes_on_below_its_header_repeated() -> None:
    sheet = Sheet(340, 420, 500).line("Consolidated Statements of Stockholders’ Equity", bold=True)
    sheet.line("(In thousands)").gap(4)
    equity(sheet).row("Balance at December 31, 2015", "$1,116", "$(607)", "$509")
    sheet.row("Net loss", "—", "(171)", "(171)").page()
    equity(sheet).row("Exercise of options", "82", "—", "82").row("Compensation", "141", "—", "141")
    sheet.row("Balance at December 31, 2016", "$1,339", "$(778)", "$561")
    table = only_table(sheet.document())
    assert (table.first_page, table.last_page, table.statement) == (0, 1, "equity")
    options, loss = cell(table, "Exercise of options", 0), cell(table, "Net loss", 1)
    assert (options.page, options.scale, options.currency) == (1, 1000, "USD")
    assert options.period == loss.period == Period("2016-12-31", 12)


def test_years_alone_repeated_as_a_header_are_another_table() -> None:
    sheet = Sheet(420, 500).line("Sales by region (in millions):").gap(4).heads("2016", "2015")
    sheet.row("Europe", "$12", "$11").row("Asia", "21", "20").page().heads("2016", "2015")
    assert len(tables_of(sheet.row("Rent", "$4", "$3").row("Wages", "5", "6").document())) == 2


def test_a_word_over_one_column_is_not_spread_by_the_rule_below_all_of_them() -> None:
    sheet = Sheet(300, 370, 440, 510).line("Guarantor information (in thousands)", bold=True).gap(8)
    sheet.line("Guarantor", x=336).gap(-4).heads("Parent", "Subsidiaries", "Other", "Total").gap(-2)
    sheet.rule(250, 520).gap(8).row("Revenues", "$110", "$76", "$10", "$196").row(
        "Costs", "11", "43", "92", "146"
    )
    headers = [column.header for column in only_table(sheet.document()).columns]
    assert headers == [("Parent",), ("Guarantor", "Subsidiaries"), ("Other",), ("Total",)]


def test_two_times_over_columns_of_their_own_are_not_shared_out() -> None:
    sheet = Sheet(300, 370, 440, 510).line("Debt by maturity (in millions):").gap(8)
    sheet.row("", "", "", "2018 and", "2015").row("", "2016", "2017", "thereafter", "Fair value")
    sheet.row("Fixed", "$600", "$450", "$975", "$1,372").row("Variable", "230", "12", "13", "230")
    columns = only_table(sheet.document()).columns
    assert columns[0].header == ("2016",)
    assert columns[-1].header == ("2015", "Fair value")


def test_a_date_over_rows_is_their_period_though_columns_are_years() -> None:
    sheet = Sheet(360, 430, 500).line("Loans by year of origination were as follows:").gap(6)
    sheet.row("(in millions)", "2022", "2021", "Total", bold=True).line("December 31, 2022", bold=True)
    sheet.row("1", "$12", "$15", "$27").row("2 to 4", "326", "247", "573").row("7", "3", "4", "7")
    sheet.row("Total", "$341", "$266", "$607").line("December 31, 2021", bold=True)
    sheet.row("1", "", "$28", "$28").row("7", "", "9", "9").row("Total", "", "$37", "$37")
    table = only_table(sheet.document())
    assert table.rows[0].path == ("December 31, 2022", "1")
    assert {found.period for found in table.cells if found.row < 4} == {Period("2022-12-31")}
    assert {found.period for found in table.cells if found.row >= 4} == {Period("2021-12-31")}


def test_footnote_marks_of_labels_are_the_cells_notes() -> None:
    sheet = Sheet(420, 500).line("Assumptions were as follows:").gap(4).row("", "2018", "2017", bold=True)
    sheet.line("Rates: (2)").row("Dividend yield (1)", "2.76%", "2.56%", indent=9)
    sheet.row("Volatility (a)(b)", "21.27%", "18.39% (c)", indent=9)
    table = only_table(sheet.document())
    assert [row.path for row in table.rows] == [("Rates:", "Dividend yield"), ("Rates:", "Volatility")]
    assert cell(table, "Dividend yield", 0).notes == ("(1)",)
    assert cell(table, "Volatility", 1).notes == ("(a)", "(b)", "(c)")


def test_shares_are_money_where_cash_is_counted() -> None:
    sheet = Sheet(420, 500).line("Consolidated Statements of Cash Flows", bold=True).line("(In thousands)")
    sheet.heads("2018", "2017").row("Net cash from operating activities", "$1,722", "$2,206")
    sheet.row("Net cash used in investing activities", "(2,083)", "(1,580)")
    sheet.row("Issuance of Class A shares in public offering", "—", "404")
    table = only_table(sheet.row("Net cash from financing activities", "$721", "$(569)").document())
    assert cell(table, "Issuance of Class A shares in public offering", 1).unit == "money"
    assert row_unit(("Proceeds from common shares issued",)) == ""
    assert row_unit(("Common shares issued",)) == "shares"
