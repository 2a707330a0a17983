"""Printed tables of contents: found, read, and told from tables of figures."""

from __future__ import annotations

from ingest.sections.contents import Announced, Contents, Entry, find_contents, unnumbered
from ingest.sections.printed import PrintedLine, printed_lines
from rag.types import Bookmark
from tests.ingest.papers import document_of


def lines_of(*texts: str) -> list[PrintedLine]:
    return printed_lines(document_of("\n".join(texts)))


def entries(*texts: str) -> list[tuple[str, str, str]]:
    return [
        (one.number, one.title, one.page)
        for table in find_contents(lines_of(*texts))
        for one in table.entries
    ]


def test_entries_have_number_title_and_page() -> None:
    assert entries(
        "TABLE OF CONTENTS", "", "ARTICLE I DEFINITIONS", "Section 1.1 Certain Terms ........ 1",
        "Section 1.2 Rules of Construction . . . . . 14", "", "ii", "", "Section 2.1 The Loans  F-3", "End.",
    ) == [
        ("Section 1.1", "Certain Terms", "1"),
        ("Section 1.2", "Rules of Construction", "14"),
        ("Section 2.1", "The Loans", "F-3"),
    ]  # fmt: skip


def test_the_name_above_belongs_to_it() -> None:
    lines = lines_of("Deed", "Table of Contents", "Page", "Terms  1", "Fees  2", "Law  9", "Words.")
    assert [(one.first, one.last) for one in find_contents(lines)] == [(1, 5)]


def test_entries_that_stand_in_one_line() -> None:
    flat = "CONTENTS   1. Grant of Rights 1   1.1 Scope of Rights 1   1.2 Place 2   2. Term 4   2.1 Start 4"
    flat += "   2.2 Renewal of the Term 5   3. Fees 6   3.1 Rate of the Fees 7   3.2 Costs 8   4. Law 11"
    assert [number for number, _, _ in entries(f"{flat}   4.1 Venue and Choice of Courts 12")] == [
        "1", "1.1", "1.2", "2", "2.1", "2.2", "3", "3.1", "3.2", "4", "4.1",
    ]  # fmt: skip


def test_tables_of_figures_and_falling_numbers_are_none() -> None:
    rows = [f"Revenue of region {name}  {100 - n}" for n, name in enumerate("abcdefgh")]
    assert entries(*rows) == []
    assert entries(*[f"Units sold in year {n}  4,0{n}2  {n}" for n in range(10, 20)]) == []
    assert entries("Exhibit 4.65", "Exhibit 4.66", "Exhibit 4.67", "Exhibit 4.68", "Exhibit 4.69") == []
    assert entries(*[f"Words that count up without a name {n}" for n in range(8)]) == []


def test_a_bookmark_counts_near_its_page_alone() -> None:
    announced = Announced(
        [], [Bookmark(level=1, title="We may fail", page=7), Bookmark(level=1, title="47", page=7)]
    )
    assert announced.indent_of("We May Fail", page=8) is not None
    assert announced.indent_of("We May Fail", page=9) is None
    assert announced.indent_of("47", page=7) is None


def test_numbers_come_back_in_the_order_of_the_entries_alone() -> None:
    names = ["The Merger", "Closing", "Effect"]
    table = Contents(
        first=0,
        last=0,
        entries=tuple(
            Entry(number=f"2.{n}", title=name, page="1", indent=0) for n, name in enumerate(names, 1)
        ),
    )
    lines = lines_of(
        "Contents", "Closing. Not yet.", "The Merger. It is done.", "Closing. At noon.", "Effect . Full."
    )
    found = unnumbered(lines, [table], frozenset())
    assert [(one.position, one.number.label) for one in found] == [(2, "2.1"), (3, "2.2"), (4, "2.3")]
    assert unnumbered(lines, [table], frozenset({"decimal 2.1", "decimal 2.2"})) == []
