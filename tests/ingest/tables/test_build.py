import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.tables.build import find_tables
from rag.structure import Fact, Period
from rag.types import Section, SectionId
from tests.ingest.tables.papers import Sheet, cell, only_table, read, tables_of

HTML = """<html><body><p>Consolidated Statements of Income</p>
<p>(in millions, except per share data)</p><table>
<tr><td></td><td colspan="2">Year ended June 30,</td></tr>
<tr><td></td><td>2023</td><td>2022</td></tr>
<tr><td>Revenue</td><td>$211,915</td><td>$198,270</td></tr>
<tr><td>Other income (expense), net</td><td>788</td><td>(333)</td></tr>
<tr><td>Net income</td><td>$72,361</td><td>$72,738</td></tr>
<tr><td>Diluted earnings per share</td><td>$9.68</td><td>$9.65</td></tr>
</table></body></html>"""


def cash_flows() -> Sheet:
    sheet = Sheet(420, 500)
    sheet.line("Example Company", bold=True).line("Consolidated Statement of Cash Flows", bold=True)
    sheet.line("Years ended December 31", bold=True).gap(4).row("(Millions)", "2018", "2017", bold=True)
    sheet.line("Cash Flows from Operating Activities", bold=True).row("Net income", "$5,363", "$4,869")
    sheet.line("Adjustments to reconcile net income to net cash").line("provided by operating activities")
    sheet.row("Depreciation", "1,488", "1,544", indent=9).row("Pension", "(370)", "—", indent=9)
    sheet.row("Net cash provided by operating activities", "6,481", "6,413")
    sheet.line("Cash Flows from Investing Activities", bold=True)
    return sheet.row("Purchases of property, plant", "(1,577)", "(1,373)")


def test_a_statement_is_read_with_sign_scale_period_and_path() -> None:
    table = only_table(cash_flows().document())
    assert table.title == "Example Company Consolidated Statement of Cash Flows"
    assert (table.scale, table.currency, table.statement) == (10**6, "USD", "cash_flow")
    capital = cell(table, "Purchases of property, plant", 0)
    assert (capital.value, capital.scale, capital.currency) == (Decimal(-1577), 10**6, "USD")
    assert capital.amount == Decimal(-1_577_000_000)
    assert capital.period == Period("2018-12-31", 12)
    assert cell(table, "Pension", 1).value == Decimal(0)
    assert cell(table, "Pension", 1).period == Period("2017-12-31", 12)


def test_rows_stand_under_their_headings() -> None:
    table = only_table(cash_flows().document())
    paths = [row.path for row in table.rows]
    operating = "Cash Flows from Operating Activities"
    wrapped = "Adjustments to reconcile net income to net cash provided by operating activities"
    assert paths[0] == (operating, "Net income")
    assert paths[1] == (operating, wrapped, "Depreciation")
    assert paths[3] == (operating, "Net cash provided by operating activities")
    assert paths[-1] == ("Cash Flows from Investing Activities", "Purchases of property, plant")


def test_what_the_caption_excepts_is_not_scaled() -> None:
    sheet = Sheet(420, 500).line("Consolidated Statements of Operations", bold=True)
    sheet.line("(In thousands, except per share data)").heads("Year Ended December 31,").heads("2020", "2019")
    sheet.row("Net sales", "$9,497", "$4,713").row("Income before income taxes", "216", "378")
    sheet.row("Net income (loss)", "$(213)", "$375").line("Net income (loss) per share:")
    sheet.row("Basic", "$(0.48)", "$0.88", indent=9)
    sheet.line("Weighted-average shares used to compute net income (loss) per share:")
    sheet.row("Basic", "443,126", "424,999", indent=9).row("Effective tax rate", "1.3%", "0.7%")
    table = only_table(sheet.document())
    assert table.statement == "income"
    per_share, shares = [c for c in table.cells if table.rows[c.row].path[-1] == "Basic" and c.column == 0]
    assert (per_share.value, per_share.unit, per_share.scale) == (Decimal("-0.48"), "per_share", 1)
    assert (shares.unit, shares.scale, shares.currency) == ("shares", 1000, "")
    rate = cell(table, "Effective tax rate", 1)
    assert (rate.value, rate.unit, rate.scale) == (Decimal("0.7"), "percent", 1)


def test_header_words_reach_as_far_as_the_rule_below_them() -> None:
    sheet = Sheet(300, 370, 440, 510).line("Net revenues were as follows (in thousands):").gap(6)
    sheet.heads("Three months ended", "Twelve months ended").rule(255, 375).rule(395, 515).gap(3)
    sheet.heads("December 31,", "December 31,", "December 31,", "December 31,")
    sheet.heads("2022", "2021", "2022", "2021")
    sheet.row("Resorts", "2,297", "1,806", "8,398", "4,737").row("Other", "991", "899", "3,815", "3,392")
    table = only_table(sheet.document())
    assert [column.period for column in table.columns] == [
        Period("2022-12-31", 3),
        Period("2021-12-31", 3),
        Period("2022-12-31", 12),
        Period("2021-12-31", 12),
    ]
    assert table.scale == 1000


def test_a_column_of_changes_has_no_period() -> None:
    sheet = Sheet(300, 370, 440, 510).line("Results of operations", bold=True)
    sheet.heads("2018", "2017", "2018 vs. 2017", "% Change")
    sheet.row("Sales", "$110", "$100", "$10", "10.0%").row("Costs", "90", "80", "10", "12.5")
    table = only_table(sheet.document())
    assert [column.period for column in table.columns] == [Period("2018"), Period("2017"), None, None]
    assert cell(table, "Costs", 3).unit == "percent"


def test_rows_that_are_years_give_the_period() -> None:
    sheet = Sheet(420, 500).line("Benefits are expected to be paid as follows:")
    sheet.row("(dollars in millions)", "Pension", "Health").row("2022", "$2,049", "$906").row(
        "2023", "1,648", "883"
    )
    sheet.row("Thereafter", "5,097", "4,139")
    table = only_table(sheet.document())
    assert [row.period for row in table.rows] == [Period("2022"), Period("2023"), None]
    assert cell(table, "2023", 1).period == Period("2023")
    assert cell(table, "2023", 1).scale == 10**6


def test_flows_between_two_balances_have_their_period() -> None:
    sheet = Sheet(420, 500).line("Statements of Changes in Equity", bold=True).heads("Capital", "Total")
    sheet.row("Balances as of February 3, 2018", "$26", "$3,479").row("Net earnings", "—", "1,798")
    sheet.row("Balances as of February 2, 2019", "$26", "$5,277")
    table = only_table(sheet.document())
    assert [row.period for row in table.rows] == [
        Period("2018-02-03", 0),
        Period("2019-02-02", 12),
        Period("2019-02-02", 0),
    ]


def test_a_table_goes_on_over_the_page() -> None:
    sheet = Sheet(420, 500).line("Debt (in millions)", bold=True).heads("2018", "2017")
    sheet.row("Notes due 2020", "10", "20").row("Notes due 2021", "30", "40").page()
    table = only_table(sheet.row("Notes due 2022", "50", "60").row("Total debt", "90", "120").document())
    assert (table.first_page, table.last_page) == (0, 1)
    assert len(table.rows) == 4
    last = cell(table, "Total debt", 1)
    assert (last.page, last.row, last.value, last.scale) == (1, 3, Decimal(120), 10**6)
    assert last.period == Period("2017")
    assert table.rows[3].total


def test_two_tables_below_each_other_stay_apart() -> None:
    sheet = (
        Sheet(420, 500).line("Assets were:").heads("2018", "2017").row("Cash", "1", "2").row("Land", "3", "4")
    )
    sheet.gap().line("Liabilities were:").heads("2016", "2015").row("Loans", "5", "6").row("Taxes", "7", "8")
    first, second = tables_of(sheet.document())
    assert (first.title, second.title) == ("Assets were:", "Liabilities were:")
    assert second.columns[0].period == Period("2016")


def test_a_document_wide_remark_gives_the_scale() -> None:
    sheet = Sheet(420, 500).line("Unless otherwise noted, tabular dollars are in millions.").gap(40)
    sheet.line("Charges were as follows:").heads("2018", "2017").row("Sales", "$33", "$29").row(
        "Other", "3", "2"
    )
    assert cell(only_table(sheet.document()), "Other", 0).scale == 10**6


def test_an_html_table_is_read() -> None:
    table = only_table(read("income.htm", HTML))
    assert (table.statement, table.scale) == ("income", 10**6)
    assert [column.period for column in table.columns] == [Period("2023-06-30", 12), Period("2022-06-30", 12)]
    assert cell(table, "Other income (expense), net", 1).value == Decimal(-333)
    assert cell(table, "Diluted earnings per share", 0).scale == 1


def test_a_plain_text_table_is_read() -> None:
    text = (
        "Selected data (in thousands)\n\n"
        "                         1998        1997\n"
        "Revenue               $ 1,200     $   900\n"
        "Costs                    (800)       (750)\n"
    )
    table = only_table(read("data.txt", text))
    assert cell(table, "Costs", 0).value == Decimal(-800)
    assert cell(table, "Revenue", 1).amount == Decimal(900_000)
    assert cell(table, "Revenue", 1).period == Period("1997")


def test_a_markdown_table_is_read() -> None:
    rows = [
        "| (in millions) | 2018 | 2017 |",
        "|---|---|---|",
        "| Sales | 1,200 | 900 |",
        "| Costs | (80) | (750) |",
    ]
    text = "# Sales\n\n" + "\n".join(rows) + "\n"
    table = only_table(read("data.md", text))
    assert cell(table, "Costs", 1).value == Decimal(-750)
    assert cell(table, "Sales", 0).period == Period("2018")
    assert cell(table, "Sales", 0).scale == 10**6


@pytest.mark.parametrize(
    "lines",
    [
        ["Revenue rose from $1,200 million in 2017 to $1,577 million in 2018, or by 31.4 percent."] * 4,
        [
            "Item 1.  Business  4",
            "Item 1A.  Risk Factors  12",
            "Item 2.  Properties  30",
            "Item 3.  Legal  31",
        ],
        ["1.1  Definitions", "1.2  Accounting Terms", "2.1  The Loans", "2.2  Interest"],
        ["10.1  Credit Agreement  10-K  10.9", "10.2  Indenture  10-K  10.4", "10.3  Lease  8-K  10.1"],
        ["Annex A  -  Definitions", "Annex B  -  Cash Management", "Annex C  -  Closing Documents"],
        ["By: ______________", "Name: John Smith", "Title: Vice President", "Date: December 31, 2018"],
    ],
)
def test_what_only_holds_numbers_is_no_table(lines: list[str]) -> None:
    assert tables_of(read("paper.txt", "\n".join(lines))) == ()


def test_a_contents_page_is_no_table() -> None:
    sheet = Sheet(500).line("TABLE OF CONTENTS", bold=True)
    for number, title in enumerate(["Business", "Risk Factors", "Properties", "Legal Proceedings"]):
        sheet.row(f"Item {number}. {title}", str(4 + 9 * number))
    assert tables_of(sheet.document()) == ()


def test_a_table_of_words_that_the_format_marks_is_read() -> None:
    rows = "".join(f"<tr><td>Lender {n}</td><td>Bank {n}</td><td>New York</td></tr>" for n in range(3))
    head = "<tr><td><b>Party</b></td><td><b>Name</b></td><td><b>Place</b></td></tr>"
    table = only_table(
        read("lenders.htm", f"<html><body><p>Lenders</p><table>{head}{rows}</table></body></html>")
    )
    assert table.title == "Lenders"
    assert [column.header for column in table.columns] == [("Name",), ("Place",)]
    assert cell(table, "Lender 2", 0).text == "Bank 2"
    assert cell(table, "Lender 2", 0).value is None


def test_a_list_that_a_format_lays_out_as_a_table_is_none() -> None:
    rows = "".join(f"<tr><td>({n})</td><td>the Borrower shall pay item {n};</td></tr>" for n in "abcd")
    assert tables_of(read("list.htm", f"<html><body><table>{rows}</table></body></html>")) == ()


def test_a_year_alone_heads_the_rows_below_it() -> None:
    sheet = Sheet(420, 500).line("Segments were as follows (in millions):").heads("Retail", "Total")
    sheet.line("2018").row("Revenues", "$134", "$194").line("2017").row("Revenues", "$130", "$184")
    table = only_table(sheet.document())
    assert [row.path for row in table.rows] == [("2018", "Revenues"), ("2017", "Revenues")]
    assert [row.period for row in table.rows] == [Period("2018"), Period("2017")]


def test_tight_headers_are_parted_where_they_repeat() -> None:
    sheet = Sheet(420, 470).line("Store update (in thousands)", bold=True)
    sheet.line("January 28, January 29,", x=385, bold=True).heads("2023", "2022")
    sheet.row("Cosmetics", "42", "43").row("Services", "21", "20")
    assert [column.period for column in only_table(sheet.document()).columns] == [
        Period("2023-01-28"),
        Period("2022-01-29"),
    ]


@pytest.mark.parametrize(
    ("said", "end"), [("All amounts are audited.", "2017-11-30"), ("Years have 52 or 53 weeks.", "2018")]
)
def test_quarters_end_relative_to_the_fiscal_year(said: str, end: str) -> None:
    sheet = Sheet(420, 500).line(said).gap(60)
    sheet.line("Quarterly data", bold=True).heads("2nd Quarter").heads("2018", "2017")
    document = sheet.row("Revenues", "$8,554", "$8,180").row("Net income", "767", "842").document()
    told = {"kind": "10-K", "period_end": "2018-05-31"}
    facts = [Fact(document_id=document.id, name=n, value=v, start=0, end=1) for n, v in told.items()]  # type: ignore[arg-type]
    assert find_tables(document, ())[0].columns[0].period == Period("2018-06", 3)
    assert find_tables(document, (), facts)[0].columns[0].period == Period(end, 3)


def test_a_table_without_a_title_is_named_after_its_section() -> None:
    document = read(
        "paper.txt",
        "Debt\n\nSee below.\n\n\n\n\n\n\n         2018   2017\nLoans   1,200  1,300\nNotes     400    500\n",
    )
    end = len(document.text)
    section = Section(
        id=SectionId("s"), document_id=document.id, parent_id=None, number="", title="Debt", path=("Debt",),
        level=1, start=0, end=end,
    )  # fmt: skip
    (table,) = find_tables(document, (section,))
    assert table.title == "Debt"
    assert document.text[table.title_start : table.title_end] == "Debt"


_WORDS = [
    "2018",
    "2017",
    "1,577",
    "(370)",
    "—",
    "$",
    "12%",
    "Total",
    "Net sales:",
    "Year ended May 31,",
    "(in millions)",
]
_LINES = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=8)


@given(st.lists(st.tuples(_LINES, st.sampled_from(["  ", " ", " | ", "        "])), max_size=25))
def test_whatever_stands_on_a_page_tables_keep_their_promises(lines: list[tuple[list[str], str]]) -> None:
    text = "\n".join(gap.join(words) for words, gap in lines)
    tables_of(read("paper.txt", text + "\nend"))


@pytest.mark.slow
def test_a_page_of_very_many_rows_takes_time_in_proportion() -> None:
    def seconds(rows: int) -> float:
        document = read(
            "paper.txt",
            "\n".join(f"Row {n}      {n % 900 + 1},000     (1,{n % 900 + 100})" for n in range(rows)),
        )
        start = time.process_time()
        assert len(find_tables(document, ())[0].rows) == rows
        return time.process_time() - start

    seconds(100)
    assert seconds(8000) < 20 * max(seconds(2000), 0.05)


def test_rows_stand_under_their_date_through_headings_and_totals() -> None:
    sheet = (
        Sheet(420, 500).line("Fair values were as follows:").gap(4).row("(In millions)", "Level 1", "Total")
    )
    for date in ("June 30, 2016", "June 30, 2015"):
        sheet.line(date, bold=True).line("Assets", bold=True)
        sheet.row("Commercial paper", "298", "298").row("Total", "298", "298")
        sheet.line("Liabilities", bold=True).row("Derivatives", "630", "630")
    rows = only_table(sheet.document()).rows
    assert [row.path for row in rows][2:4] == [
        ("June 30, 2016", "Liabilities", "Derivatives"),
        ("June 30, 2015", "Assets", "Commercial paper"),
    ]
    assert [row.period.end for row in rows if row.period] == ["2016-06-30"] * 3 + ["2015-06-30"] * 3


def test_a_heading_with_figures_of_its_own_holds_for_the_rows_below_it() -> None:
    sheet = Sheet(420, 500).line("Plan assets by category:").gap(4).row("", "Target", "Actual")
    sheet.line("Bargain plan:").row("Equity securities:", "60%", "59%").row(
        "Domestic", "36%", "35%", indent=9
    )
    sheet.row("Fixed income securities:", "40%", "41%").row("Core fund", "40%", "41%", indent=9)
    assert [row.path for row in only_table(sheet.document()).rows] == [
        ("Bargain plan:", "Equity securities:"),
        ("Bargain plan:", "Equity securities:", "Domestic"),
        ("Bargain plan:", "Fixed income securities:"),
        ("Bargain plan:", "Fixed income securities:", "Core fund"),
    ]


def test_a_row_of_a_quarter_has_a_quarters_length() -> None:
    sheet = (
        Sheet(420, 500)
        .line("High prices by quarter were as follows:")
        .gap(4)
        .row("", "2017", "2016", bold=True)
    )
    sheet.row("First quarter", "148.29", "122.18").row("Second quarter", "166.87", "111.85")
    assert cell(only_table(sheet.document()), "Second quarter", 1).period == Period("2016", 3)


def test_addresses_and_lists_of_exhibits_are_no_tables() -> None:
    sheet = (
        Sheet(300, 360).line("With a copy to:").row("Fax: + 1", "973", "442").row("Telephone:", "0312", "322")
    )
    sheet.gap().row("Exhibit A", "--", "Patents").row("Exhibit B", "--", "Fixtures")
    assert tables_of(sheet.document()) == ()


def test_a_range_is_a_cell_without_a_value() -> None:
    sheet = Sheet(420, 520).line("Assumptions were as follows:").gap(4).row("", "2023", "2022", bold=True)
    sheet.row("Interest rates", "2.0% – 5.4%", "0.03% – 3.6%").row("Volatility", "30%", "31%")
    rates = cell(only_table(sheet.document()), "Interest rates", 0)
    assert (rates.text, rates.value, rates.period) == ("2.0% – 5.4%", None, Period("2023"))
