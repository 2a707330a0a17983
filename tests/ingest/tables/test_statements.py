from ingest.tables.statements import recognise, settle
from rag.structure import Row, Statement, Table
from rag.types import DocumentId

ASSETS = ("Total current assets", "Goodwill", "Total assets")


def table(ordinal: int, page: int, statement: Statement, title: str, rows: int = 20) -> Table:
    return Table(
        document_id=DocumentId("d"),
        ordinal=ordinal,
        start=ordinal * 10,
        end=ordinal * 10 + 9,
        first_page=page,
        last_page=page,
        title=title,
        statement=statement,
        rows=tuple(Row(path=("x",), start=ordinal * 10, end=ordinal * 10 + 1) for _ in range(rows)),
    )


def test_the_assets_alone_on_a_page_are_a_balance_sheet() -> None:
    assert recognise("Consolidated Balance Sheets", ASSETS) == "balance_sheet"


def test_a_sentence_that_speaks_of_a_statement_names_none() -> None:
    title = "The following adjustments were made to accounts on the consolidated balance sheets in 2018:"
    assert recognise(title, ASSETS) == ""


def test_statements_of_guarantors_and_selected_data_are_none() -> None:
    labels = ("Net sales", "Income before income taxes", "Net income")
    assert recognise("Consolidated Statements of Income", labels) == "income"
    assert recognise("Condensed Consolidating Statements of Income", labels) == ""
    assert recognise("Selected Consolidated Statements of Income Data:", labels) == ""


def test_a_continued_statement_may_lack_what_the_first_page_has() -> None:
    labels = ("Repayments of debt", "Net cash used in financing activities")
    assert recognise("Consolidated Statement of Cash Flows", labels) == ""
    assert recognise("Consolidated Statement of Cash Flows (continued)", labels) == "cash_flow"


def test_only_the_statements_that_stand_together_are_kept() -> None:
    tables = (
        table(0, 16, "income", "Consolidated Statements of Operations"),
        table(1, 40, "income", "Consolidated Statements of Operations"),
        table(2, 42, "balance_sheet", "Consolidated Balance Sheets"),
        table(3, 43, "cash_flow", "Consolidated Statements of Cash Flows"),
        table(4, 44, "income", "Quarterly results"),
        table(5, 90, "income", "Segments"),
        table(6, 91, "", "Leases"),
    )
    kept = settle(tables)
    assert [t.statement for t in kept] == ["", "income", "balance_sheet", "cash_flow", "", "", ""]
    assert [t.title for t in kept] == [t.title for t in tables]


def test_a_statement_without_a_name_counts_beside_named_ones() -> None:
    tables = (
        table(0, 3, "income", "Example Company"),
        table(1, 4, "balance_sheet", "Consolidated Balance Sheets"),
    )
    assert [t.statement for t in settle(tables)] == ["income", "balance_sheet"]
    assert settle(()) == ()
