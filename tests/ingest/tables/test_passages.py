from ingest.tables.passages import row_passage, table_context
from tests.ingest.tables.papers import Sheet, only_table


def sheet() -> Sheet:
    paper = Sheet(420, 500).line("Consolidated Statement of Cash Flows (in millions)", bold=True)
    paper.heads("2018", "2017").line("Investing Activities", bold=True)
    return paper.row("Capital spending", "$(1,577)", "$(1,373)").row("Other", "9", "(6)")


def test_a_row_is_told_with_title_path_and_units() -> None:
    table = only_table(sheet().document())
    expected = (
        "Consolidated Statement of Cash Flows (in millions) > Investing Activities > Capital spending: "
        "2018: $(1,577); 2017: $(1,373) (USD millions)"
    )
    assert row_passage(table, 0) == expected


def test_a_chunk_is_told_what_it_stands_under() -> None:
    table = only_table(sheet().document())
    context = table_context(table, 1, 2)
    assert context == (
        "Consolidated Statement of Cash Flows (in millions) (USD millions) | 2018, 2017"
        " | Investing Activities"
    )
    assert "\n" not in context


def test_a_chunk_without_rows_has_a_context_too() -> None:
    assert table_context(only_table(sheet().document()), 5, 9).endswith("2018, 2017")
