"""Context lines: short, on one line, and of a table what its rows need to be understood."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking import cut_chunks
from ingest.context import (
    CONTEXT_CHARS,
    TABLE_CHARS,
    TableFinder,
    document_label,
    section_context,
    with_table,
)
from ingest.sections import find_sections
from ingest.structure import find_structure
from rag.structure import Column, Fact, FactName, Period, Row, Table
from rag.types import DocumentId
from tests.ingest.papers import document_of


@given(st.text(max_size=300), st.text(max_size=300), st.lists(st.text(min_size=1, max_size=200), max_size=8))
def test_context_is_one_short_line(name: str, title: str, path: list[str]) -> None:
    document = document_of("x", name=name, title=title)
    section = replace(find_sections(document)[0], path=tuple(path))
    line = section_context(document_label(document, ()), section)
    assert len(line) <= CONTEXT_CHARS
    assert len(line.splitlines()) <= 1


@pytest.mark.parametrize(
    ("name", "title", "label"),
    [
        ("3M_2018_10K", "3M Company", "3M 2018 10K 3M Company"),
        ("scan_0012", "", "scan 0012 3M COMPANY 10-K 2018"),
        ("annual", "3M Company 2018", "annual 3M Company 2018 10-K"),
    ],
)
def test_a_document_is_called_by_its_name_and_what_that_leaves_unsaid(
    name: str, title: str, label: str
) -> None:
    said: dict[FactName, str] = {"company": "3M COMPANY", "kind": "10-K", "fiscal_year": "2018"}
    facts = [
        Fact(document_id=DocumentId("d"), name=fact, value=value, start=0, end=1)
        for fact, value in said.items()
    ]
    assert document_label(document_of("x", name=name, title=title), facts) == label


def table(start: int, end: int, **changes: object) -> Table:
    """A table of two rows."""
    middle = (start + end) // 2
    made = Table(
        document_id=DocumentId("d"),
        ordinal=0,
        start=start,
        end=end,
        first_page=0,
        last_page=0,
        title="Cash Flows",
        title_start=start,
        title_end=start,
        currency="USD",
        scale=1_000_000,
        columns=(Column(header=("2018",), period=Period("2018")),),
        rows=(
            Row(path=("Investing", "Purchases"), start=start, end=middle),
            Row(path=("Financing", "Dividends"), start=middle, end=end),
        ),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_rows_come_with_title_units_columns_and_the_labels_above_them() -> None:
    assert with_table("ACME", table(100, 200), 150, 200) == (
        "ACME | Cash Flows (USD millions) | 2018 | Financing"
    )
    assert with_table("ACME > Cash flows", table(100, 200), 0, 120) == (
        "ACME > Cash flows | USD millions | 2018 | Investing"
    )
    long = with_table("ACME", table(100, 200, title="very " * 60), 0, 120)
    assert len(long) <= len("ACME | ") + TABLE_CHARS


def test_tables_are_found_by_place() -> None:
    tables = [table(100, 200), table(300, 400), table(500, 520)]
    finder = TableFinder(tables)
    assert finder.between(150, 301) == tables[:2]
    assert finder.between(200, 300) == []
    assert finder.covering(180, 420) == tables[1]
    assert finder.covering(190, 300) is None


def test_a_table_stands_in_chunks_of_its_own_that_name_its_columns() -> None:
    prose = "The Company sells tape and film to many customers in all parts of the world. " * 8
    rows = "\n".join(f"Product line {number}  {number},577  {number},373" for number in range(1, 30))
    header = "Sales by product (in millions)\n\nYears ended December 31,  2018  2017"
    text = f"{prose}\n\n{header}\n{rows}\n\n{prose}"
    document = document_of(text, name="ACME")
    sections = find_sections(document)
    structure = find_structure(document, sections)
    assert len(structure.tables) == 1
    chunks = cut_chunks(document, sections, 120, structure)
    mixed = [chunk for chunk in chunks if "Product line" in chunk.text and "tape and film" in chunk.text]
    assert mixed == []
    holding = [chunk for chunk in chunks if "Product line" in chunk.text]
    assert len(holding) > 1
    assert all("millions" in chunk.context and "2018" in chunk.context for chunk in holding)
    assert all("2018" not in chunk.context for chunk in chunks if chunk not in holding)
