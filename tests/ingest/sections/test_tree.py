"""Headings and the tree: numbered, printed and marked ones, and what only looks like one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.loaders import load
from ingest.sections import find_sections
from rag.settings import IngestSettings
from rag.types import Bookmark, Document, Section
from tests.ingest.papers import Print, document_of, paragraph, pdf

PROSE = "The parties agree to what is said here, which goes on for more than a line of text.\n"


def outline(document: Document) -> list[tuple[int, str, str]]:
    return [(s.level, s.number, s.title) for s in check_tree(document)[1:]]


def check_tree(document: Document) -> tuple[Section, ...]:
    sections = find_sections(document)
    root = sections[0]
    by_id = {section.id: section for section in sections}
    assert len(by_id) == len(sections)
    assert (root.start, root.end, root.level, root.parent_id, root.path) == (
        0,
        len(document.text),
        0,
        None,
        (),
    )
    assert [(s.start, s.level) for s in sections] == sorted((s.start, s.level) for s in sections)
    for section in sections[1:]:
        parent = by_id[section.parent_id]  # type: ignore[index]
        assert parent.start <= section.start < section.end <= parent.end
        assert section.level == parent.level + 1 == len(section.path)
        assert section.path[:-1] == parent.path
        assert section.path[-1] == f"{section.number} {section.title}".strip()
    return sections


def text_of(*blocks: str) -> Document:
    return document_of("\n".join(blocks))


def test_articles_sections_and_clauses_nest() -> None:
    document = text_of(
        "ARTICLE VII",
        "NEGATIVE COVENANTS",
        "",
        "Section 7.1 Limitation on Liens. The Borrower shall not create any Lien.",
        "",
        "(a) Permitted Liens. Liens for taxes.",
        "",
        "(b) Other Liens. Any other Lien, subject to Section 7.2(b).",
        "",
        "Section 7.2 Mergers. " + PROSE,
        "ARTICLE VIII",
        "EVENTS OF DEFAULT",
        "",
        PROSE,
    )
    assert outline(document) == [
        (1, "ARTICLE VII", "NEGATIVE COVENANTS"),
        (2, "Section 7.1", "Limitation on Liens"),
        (3, "(a)", "Permitted Liens"),
        (3, "(b)", "Other Liens"),
        (2, "Section 7.2", "Mergers"),
        (1, "ARTICLE VIII", "EVENTS OF DEFAULT"),
    ]


@pytest.mark.parametrize(
    "prose",
    [
        "The Lien is permitted subject to\nSection 7.2(b) of this Agreement and the other documents.",
        "as provided in\nSection 7.2 of the Credit Agreement, the Borrower shall pay.",
        "in accordance with\nArticle VII hereof and the schedules.",
        "see\nNote 7, “Debt,” to the financial statements.",
        "an amount of\n1.5 times the Consolidated Net Income of the year.",
        "set out in\nExhibit A hereto.",
    ],
)
def test_references_inside_prose_are_no_headings(prose: str) -> None:
    assert outline(text_of("", prose, "", PROSE)) == []


def test_a_table_of_contents_is_no_outline() -> None:
    document = text_of(
        "TABLE OF CONTENTS",
        "",
        "1. Definitions ........ 1",
        "2. The Loans  4",
        "",
        "3. Payments",
        "4. Costs",
        "",
        "1. Definitions",
        "",
        PROSE * 4,
        "2. The Loans",
        "",
        PROSE * 4,
        "3. Payments",
        "",
        PROSE * 4,
        "4. Costs",
        "",
        PROSE * 4,
    )
    titles = [title for _, _, title in outline(document)]
    assert titles[-4:] == ["Definitions", "The Loans", "Payments", "Costs"]
    assert titles[:-4] == ["Preamble"]


def test_decimals_nest_by_depth_and_strays_are_dropped() -> None:
    document = text_of(
        "1. Term\n", PROSE, "1.1 First Period. " + PROSE, "1.1.1 Start. " + PROSE,
        "1.2 Second Period. " + PROSE, "2. Fees\n", PROSE, "10.9 Pension Plan of 1999\n", PROSE,
    )  # fmt: skip
    assert [(level, number) for level, number, _ in outline(document)] == [
        (1, "1"), (2, "1.1"), (3, "1.1.1"), (2, "1.2"), (1, "2"),
    ]  # fmt: skip


def test_clauses_without_titles_are_sections_where_they_are_numbered_in_sequence() -> None:
    clause = "means any entity that is under the control of another one, of whatever kind that is.\n"
    document = text_of(
        "1. Terms\n", f'1.1 "Affiliate" {clause}', f"1.2 Any Person {clause}", f"1.3 Each {clause}",
        f"A sum of 7.5 {clause}", f"7.5 Million Dollars {clause}",
    )  # fmt: skip
    assert outline(document) == [(1, "1", "Terms"), (2, "1.1", "Affiliate"), (2, "1.2", ""), (2, "1.3", "")]


def test_a_part_right_above_its_first_item_stays_though_its_number_comes_again() -> None:
    document = text_of(
        "PART I",
        "",
        "Item 1. Business",
        "",
        PROSE * 4,
        "EXHIBIT 9",
        "FORM OF PLAN",
        "",
        PROSE,
        "PART I",
        "",
        PROSE,
    )
    assert [number for _, number, _ in outline(document)][:2] == ["PART I", "Item 1"]


def test_items_notes_and_statements_of_a_filing() -> None:
    document = text_of(
        "PART II", "", "Item 7. Management's Discussion", "", PROSE, "Item 8. Financial Statements", "",
        "Consolidated Statement of Cash Flows", "Years ended December 31", "Net income  5,363  4,869", "",
        "Notes to Consolidated Financial Statements", "", "NOTE 1. Significant Accounting Policies", "",
        PROSE, "2. Revenue", "", PROSE, "Item 9A. Controls and Procedures", "", PROSE,
    )  # fmt: skip
    assert [(level, f"{number} {title}".strip()) for level, number, title in outline(document)] == [
        (1, "PART II"),
        (2, "Item 7 Management's Discussion"),
        (2, "Item 8 Financial Statements"),
        (3, "Consolidated Statement of Cash Flows"),
        (3, "Notes to Consolidated Financial Statements"),
        (4, "NOTE 1 Significant Accounting Policies"),
        (4, "2 Revenue"),
        (2, "Item 9A Controls and Procedures"),
    ]


def test_typography_makes_headings_and_table_labels_do_not() -> None:
    body = [f"body text of line {i} that fills the page as usual" for i in range(12)]
    pages = [
        [
            Print(72, 90, "Results of Operations", 14, bold=True),
            *paragraph(72, 120, *body[:4]),
            Print(72, 190, "Net Sales", 10, bold=True),
            *paragraph(72, 210, *body[4:8]),
            Print(72, 280, "Cash Flows from Operating Activities", 10, bold=True),
            Print(72, 292, "Net income"),
            Print(300, 292, "5,363"),
            Print(72, 304, "Depreciation"),
            Print(300, 304, "1,488"),
        ]
    ]
    document = load(Path("a.pdf"), pdf(*pages), IngestSettings())
    assert outline(document) == [(1, "", "Results of Operations"), (2, "", "Net Sales")]


def test_running_headers_are_no_headings() -> None:
    pages = [
        [
            Print(72, 40, "THE ANNUAL REPORT", bold=True),
            *paragraph(72, 90, *["some text of the page"] * 4),
            Print(300, 760, str(number)),
        ]
        for number in range(8)
    ]
    assert outline(load(Path("a.pdf"), pdf(*pages), IngestSettings())) == []


def test_a_heading_takes_the_running_line_above_it_along() -> None:
    body = paragraph(72, 120, *["some text of the page that is plain"] * 4)
    pages = [
        [Print(72, 40, "The Annual Report"), Print(72, 90, f"Item {n}. Chapter", bold=True), *body]
        for n in range(1, 7)
    ]
    document = load(Path("a.pdf"), pdf(*pages), IngestSettings())
    sections = check_tree(document)
    assert [s.number for s in sections if s.number] == [f"Item {n}" for n in range(1, 7)]
    assert [s.start for s in sections[-5:]] == [page.start for page in document.pages[1:]]


def test_marked_headings_of_markdown() -> None:
    document = load(
        Path("a.md"), b"# Deal\n\nx\n\n## 1. Terms\n\ny\n\n## Fees\n\nz\n\n# End\n", IngestSettings()
    )
    assert outline(document) == [(1, "", "Deal"), (2, "1", "Terms"), (2, "", "Fees"), (1, "", "End")]


def test_exhibits_head_pages_and_lists_of_them_do_not() -> None:
    lead = "Words of the agreement that go on and on for a while. " * 40
    document = text_of(
        lead, "", "Exhibit A - Form of Note", "Exhibit B - Form of Notice", "Exhibit C - Form of Lease", "",
        lead, "",
        "EXHIBIT A", "FORM OF NOTE", "", PROSE,
    )  # fmt: skip
    assert outline(document) == [(1, "", "Preamble"), (1, "EXHIBIT A", "FORM OF NOTE")]


def test_short_attachments_on_pages_of_their_own_are_no_list() -> None:
    opening = [Print(72, 90 + 12 * n, PROSE.strip()) for n in range(30)]
    pages = [
        [
            Print(200, 90, f"SCHEDULE 7.{n}", bold=True),
            Print(200, 110, title, bold=True),
            Print(72, 140, "None."),
        ]
        for n, title in enumerate(["EXISTING LIENS", "EXISTING LOANS", "EXISTING LEASES", "EXISTING FEES"], 1)
    ]
    document = load(Path("a.pdf"), pdf(opening, *pages), IngestSettings())
    numbers = [number for _, number, _ in outline(document) if number]
    assert numbers == [f"SCHEDULE 7.{n}" for n in range(1, 5)]


def test_a_roman_after_its_letter_is_a_letter() -> None:
    clauses = [f"({letter}) Clause Title. {PROSE}" for letter in "abcdefghij"]
    levels = {level for level, _, _ in outline(text_of("Section 1.1 Clauses. " + PROSE, *clauses))[1:]}
    assert levels == {2}


def test_numbers_inside_of_lines_are_headings_where_they_count_on() -> None:
    body = "The parties agree to this, as in Section 9.4 of the Lease. "
    flat = (
        f"AGREEMENT made today. 1. TERM 1.1 First Period. {body}1.2 Second Period. {body}2. FEES 2.1 Rate. "
    )
    assert outline(text_of(flat + body)) == [
        (1, "", "Preamble"),
        (1, "1", "TERM"),
        (2, "1.1", "First Period"),
        (2, "1.2", "Second Period"),
        (1, "2", "FEES"),
        (2, "2.1", "Rate"),
    ]


def test_a_number_does_not_stand_below_another_one() -> None:
    document = text_of(
        "1. Term\n", "1.1 First Period. " + PROSE, "2.1 Rate. " + PROSE, "2.2 Costs. " + PROSE
    )  # fmt: skip
    assert [(level, number) for level, number, _ in outline(document)] == [
        (1, "1"), (2, "1.1"), (1, "2.1"), (1, "2.2"),
    ]  # fmt: skip


def test_numbers_that_only_the_contents_print_come_back() -> None:
    document = text_of(
        "TABLE OF CONTENTS\n", "SECTION 1.1 The Merger ........ 1", "SECTION 1.2 Closing ........ 2",
        "SECTION 1.3 Effective Time ........ 3\n", PROSE, "The Merger. " + PROSE, "Closing. " + PROSE,
        "Effective Time. " + PROSE,
    )  # fmt: skip
    assert outline(document) == [
        (1, "", "Table of Contents"),
        (1, "", "Preamble"),
        (1, "SECTION 1.1", "The Merger"),
        (1, "SECTION 1.2", "Closing"),
        (1, "SECTION 1.3", "Effective Time"),
    ]


def test_a_bookmark_makes_a_heading_of_the_line_that_prints_it_and_rubbish_makes_none() -> None:
    document = text_of("Words.", "", "We may not find enough sand", "", PROSE * 3, "And so on.")
    marks = (
        Bookmark(level=2, title="We may not find enough sand ", page=0),
        Bookmark(level=1, title="form10k_final_v7.docx", page=0),
    )
    assert outline(document) == []
    assert outline(replace(document, bookmarks=marks)) == [
        (1, "", "Preamble"),
        (1, "", "We may not find enough sand"),
    ]
    far = tuple(replace(mark, page=9) for mark in marks)
    assert outline(replace(document, bookmarks=far)) == []


def test_definitions_signatures_and_capital_sentences_are_no_headings() -> None:
    document = text_of(
        "ARTICLE I", "THE LOANS", "", PROSE,
        "FIRST NATIONAL BANK", "", "By: ________________", "Name: A. Person", "",
        "THE BANK SHALL NOT BE LIABLE", "", PROSE,
        "Termination Date shall mean 22 June", "", PROSE,
    )  # fmt: skip
    assert outline(document) == [(1, "ARTICLE I", "THE LOANS")]


def test_paragraphs_that_bear_numbers_alone_are_sections_where_nothing_else_is() -> None:
    clauses = [f"{n}. The Seller delivers what was sold, in parts. {PROSE * 7}" for n in range(1, 6)]
    assert [number for _, number, _ in outline(text_of(*clauses))] == ["1", "2", "3", "4", "5"]
    titled = text_of(
        "ARTICLE I", "TERM", "", PROSE, "ARTICLE II", "FEES", "", PROSE, "ARTICLE III", "", *clauses
    )
    assert [number for _, number, _ in outline(titled)] == ["ARTICLE I", "ARTICLE II", "ARTICLE III"]


def test_bold_lines_below_each_other_are_one_title_only_where_the_first_is_full() -> None:
    body = [f"body text of line {i} that fills the page as usual from left to right" for i in range(12)]
    page = [
        *paragraph(72, 60, *body[:4]),
        Print(72, 130, "Fair Value Measurements", 10, bold=True),
        Print(72, 142, "Recurring Items", 10, bold=True),
        *paragraph(72, 166, *body[4:8]),
        Print(72, 240, "Valuation of What Others Owe to Us for Goods of the", 10, bold=True),
        Print(72, 252, "Years Before", 10, bold=True),
        *paragraph(72, 276, *body[8:]),
    ]
    document = load(Path("a.pdf"), pdf(page), IngestSettings())
    assert [title for _, _, title in outline(document)] == [
        "Preamble",
        "Fair Value Measurements",
        "Recurring Items",
        "Valuation of What Others Owe to Us for Goods of the Years Before",
    ]


PIECES = st.sampled_from(
    [
        *[
            "ARTICLE I",
            "Section 1.1 Liens. Text",
            "1. Terms",
            "(a) Clause Title. Text",
            "(i) Sub Clause. Text",
        ],
        *[
            "PART II",
            "Item 7. Discussion",
            "NOTE 3. Debt",
            "EXHIBIT A",
            "PLAIN CAPITALS",
            "prose that runs on",
        ],
        *[
            "",
            "Revenue  1,577  1,420",
            "TABLE OF CONTENTS",
            "Section 1.1 Liens ...... 4",
            "2.10",
            "SCHEDULE 1.1",
        ],
        *[
            "Notes to Consolidated Financial Statements",
            "6.14 untitled words of a clause",
            "6.15 Titled Clause",
            "Words that go on. " * 12
            + "1. Terms. 1.1 Price. "
            + "None is due. " * 9
            + "1.2 Costs. 2. Law. Ohio.",
            "2.1 The Loans ........ 7",
        ],
    ]
)


@given(st.lists(PIECES, max_size=30))
def test_every_mixture_gives_a_tree(blocks: list[str]) -> None:
    check_tree(document_of("\n".join(blocks)))
    check_tree(document_of("\n\n".join(blocks)))
