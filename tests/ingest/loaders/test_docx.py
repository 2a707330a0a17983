"""Word files: the numbers that Word computes, what is in force, tables, notes, pages, hostile packages."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.loaders import load as load_any
from ingest.loaders.docx import load
from ingest.loaders.docx_numbering import written
from ingest.loaders.docx_package import MAX_PART_BYTES, MAX_RATIO
from rag.errors import DocumentError
from rag.layout import unpack_places
from rag.settings import IngestSettings
from rag.types import Document, Line
from tests.ingest.papers import check_document, lines_of
from tests.ingest.words import PAGE_BREAK, docx, level, lists, p, root, run, style, table, unzipped, zipped

ARTICLES = (
    level(0, "upperRoman", "ARTICLE %1", '<w:pStyle w:val="H1"/>')
    + level(1, "decimal", "Section %1.%2", '<w:pStyle w:val="H2"/><w:isLgl/>')
    + level(2, "lowerLetter", "(%3)")
    + level(3, "lowerRoman", "(%4)")
    + level(4, "upperLetter", "(%5)", '<w:lvlRestart w:val="0"/>')
)
DECIMALS = level(0, "decimal", "%1.") + level(1, "decimal", "%1.%2")
HEADINGS = (
    style("Normal", "Normal", '<w:rPr><w:sz w:val="22"/></w:rPr>')
    + style(
        "H1",
        "heading 1",
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="0"/></w:pPr>'
        "<w:rPr><w:b/></w:rPr>",
        parent="Normal",
    )
    + style(
        "H2",
        "heading 2",
        '<w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr>'
        '<w:rPr><w:b w:val="0"/></w:rPr>',
        parent="H1",
    )
)


def read(data: bytes) -> Document:
    document = load(Path("credit.docx"), data)
    check_document(document)
    return document


def texts(*blocks: str, **parts: str) -> list[str]:
    return lines_of(read(docx(*blocks, **parts)))


def test_a_contract_keeps_its_numbers() -> None:
    document = read(
        docx(
            p("Definitions", style="H1"),
            p("Defined Terms.", style="H2"),
            p("one", item=(1, 2)),
            p("deep", item=(1, 3)),
            p("upper", item=(1, 4)),
            p("two", item=(1, 2)),
            p("deep begins anew", item=(1, 3)),
            p("upper goes on", item=(1, 4)),
            p("Other.", style="H2"),
            p("Loans", style="H1"),
            p("Commitments.", style="H2"),
            p("Not numbered", style="H2", item=(0, 0)),
            styles=HEADINGS,
            numbering=lists([ARTICLES]),
        )
    )
    assert lines_of(document) == [
        "ARTICLE I Definitions",
        "Section 1.1 Defined Terms.",
        "(a) one",
        "(i) deep",
        "(A) upper",
        "(b) two",
        "(i) deep begins anew",
        "(B) upper goes on",
        "Section 1.2 Other.",
        "ARTICLE II Loans",
        "Section 2.1 Commitments.",
        "Not numbered",
    ]
    levels = [line.heading_level for page in document.pages for line in page.lines]
    assert levels == [1, 2, 0, 0, 0, 0, 0, 0, 2, 1, 2, 2]
    first, second = document.pages[0].lines[:2]
    assert (first.bold, second.bold, first.font_size) == (True, False, 11.0)


def test_lists_that_share_an_abstract_list_go_on_and_may_begin_anew() -> None:
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    other = f'<w:lvlOverride w:ilvl="0">{level(0, "upperLetter", "%1)")}</w:lvlOverride>'
    assert texts(
        p("x", item=(1, 0)),
        p("y", item=(1, 1)),
        p("on", item=(2, 0)),
        p("five", item=(3, 0)),
        p("six", item=(3, 0)),
        p("letter", item=(4, 0)),
        numbering=lists([DECIMALS], [(0, ""), (0, ""), (0, again), (0, other)]),
    ) == ["1. x", "1.1 y", "2. on", "5. five", "6. six", "G) letter"]


def test_a_list_may_stand_with_a_style() -> None:
    linked = '<w:numStyleLink w:val="Clauses"/>'
    clauses = style(
        "Clauses", "Clauses", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>', kind="numbering"
    )
    found = texts(
        p("first", item=(2, 0)), p("second", item=(2, 0)), styles=clauses, numbering=lists([DECIMALS, linked])
    )
    assert found == ["1. first", "2. second"]


def test_bullets_and_labels_without_words() -> None:
    marks = lists(
        [level(0, "bullet", "\uf0b7"), level(0, "decimal", "Schedule %1", '<w:suff w:val="nothing"/>')]
    )
    found = texts(
        p("dot", item=(1, 0)),
        p("", item=(1, 0)),
        p("", item=(2, 0)),
        p(": Liens", item=(2, 0)),
        numbering=marks,
    )
    assert found == ["• dot", "Schedule 1", "Schedule 2: Liens"]


@given(st.integers(1, 3999))
def test_roman_numbers_add_up(count: int) -> None:
    worth = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    values = [worth[letter] for letter in written(count, "upperRoman")]
    total = sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
    assert total == count


def test_only_what_is_in_force_and_printed_is_read() -> None:
    gone = '<w:del w:id="1"><w:r><w:delText>four</w:delText></w:r></w:del>'
    added = f'<w:ins w:id="2">{run("five")}</w:ins>'
    moved = f'<w:moveFrom w:id="3">{run("here")}</w:moveFrom><w:moveTo w:id="4">{run("there")}</w:moveTo>'
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF _1 \\h</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("Section 2.1")}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert texts(
        p(f"{run('within ')}{gone}{added}{run(' days ')}{moved}"),
        p(f"{run('seen')}{run(' unseen', '<w:vanish/>')}{run(' struck', '<w:strike/>')}"),
        p(f"{run('under ')}{field}<w:hyperlink>{run(' linked')}</w:hyperlink>"),
        p(run("in capitals", "<w:caps/>")),
        f"<w:sdt><w:sdtPr/><w:sdtContent>{p('in a control')}</w:sdtContent></w:sdt>",
    ) == ["within five days there", "seen", "under Section 2.1 linked", "IN CAPITALS", "in a control"]


def test_a_deleted_paragraph_end_joins_and_counts_once() -> None:
    deleted = '<w:rPr><w:del w:id="1"/></w:rPr>'
    found = texts(
        p("The Borrower ", item=(1, 0), properties=deleted),
        p("shall pay.", item=(1, 0)),
        p("Next", item=(1, 0)),
        numbering=lists([DECIMALS]),
    )
    assert found == ["1. The Borrower shall pay.", "2. Next"]


def test_a_field_that_never_ends_does_not_swallow_the_document() -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    assert texts(p(f"{run('a')}{begin}{run('code')}"), p("b")) == ["a", "b"]


def test_a_document_struck_out_as_a_whole_is_read() -> None:
    assert texts(p(run("All of it.", "<w:strike/>")), p("x")) == ["All of it.", "x"]


def test_tabs_and_line_breaks() -> None:
    assert texts(p("(a)\tThe Borrower\tshall\npay")) == ["(a) The Borrower  shall", "pay"]


def test_a_table_row_is_one_line_with_places_on_the_grid() -> None:
    wide = f'<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{p("Year")}'
    top, below = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>', "<w:tcPr><w:vMerge/></w:tcPr>"
    document = read(
        docx(
            p("before"),
            table(
                [
                    ["", wide],
                    [f"{top}{p('Revenue')}", "2018", "2017"],
                    [f"{below}{p('')}", "$", "1,577"],
                    [p("Net", properties='<w:ind w:left="400"/>'), "(5", ")"],
                ]
            ),
            table([["one"], [p("two") + table([["in", "ner"]]) + p("three")]]),
        )
    )
    assert lines_of(document) == [
        "before", "Year", "Revenue  2018  2017", "$1,577", "Net  (5)", "one", "two", "in  ner", "three",
    ]  # fmt: skip
    lines = document.pages[0].lines
    assert [line.table for line in lines] == [0, 1, 1, 1, 1, 2, 2, 3, 2]
    assert places(lines[1]) == [(0, 10, 30)]
    assert places(lines[2]) == [(0, 0, 10), (9, 10, 20), (15, 20, 30)]
    assert places(lines[3]) == [(0, 10, 20), (1, 20, 30)]
    assert places(lines[4])[0] == (0, 2, 10)


def places(line: Line) -> list[tuple[int, float, float]]:
    return [(offset, x0, x1) for offset, x0, x1 in unpack_places(line.places)]


def test_pages_end_at_breaks_sections_and_where_word_last_ended_them() -> None:
    last = "<w:r><w:lastRenderedPageBreak/></w:r>"
    document = read(
        docx(
            p(f"{run('one')}{PAGE_BREAK}"),
            p(f"{last}{run('two ')}{last}{run('three')}", properties="<w:sectPr/>"),
            p("four", properties="<w:pageBreakBefore/>"),
            p("five", properties='<w:sectPr><w:type w:val="nextPage"/></w:sectPr>'),
            p("still five"),
            '<w:sectPr><w:type w:val="continuous"/></w:sectPr>',
        )
    )
    pages = [document.text[page.start : page.end].split("\n") for page in document.pages]
    assert [[line for line in page if line] for page in pages] == [
        ["one"], ["two"], ["three"], ["four", "five", "still five"],
    ]  # fmt: skip


def test_a_paragraph_over_two_pages_has_its_number_before_its_first_part() -> None:
    last = "<w:r><w:lastRenderedPageBreak/></w:r>"
    document = read(
        docx(
            p(f"{run('begins')}{last}{run('goes on')}", item=(1, 0)),
            p(f"{last}{run('whole')}", item=(1, 0)),
            numbering=lists([DECIMALS]),
        )
    )
    assert lines_of(document) == ["1. begins", "goes on", "2. whole"]
    assert len(document.pages) == 3


def test_notes_stand_at_the_end_of_their_page_and_of_the_document() -> None:
    foot = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    last = "<w:r><w:lastRenderedPageBreak/></w:r>"
    end = '<w:r><w:endnoteReference w:id="2"/></w:r>'
    assert texts(
        p(f"{run('Revenue')}{foot}{run(' grew')}{end}"),
        p("more"),
        p(f"{PAGE_BREAK}{run('next page')}"),
        footnotes=f'<w:footnote w:id="2">{p(run("Un") + last + run("audited."))}</w:footnote>',
        endnotes=f'<w:endnote w:id="2">{p("As adjusted.")}</w:endnote>',
    ) == ["Revenue[1] grew[e1]", "more", "[1] Unaudited.", "next page", "[e1] As adjusted."]


def test_text_boxes_are_read_once() -> None:
    space = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = f"<w:txbxContent>{p('boxed')}</w:txbxContent>"
    both = (
        f"<w:r><mc:AlternateContent {space}><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert texts(p(f"{run('around ')}{both}{run('it')}"), p("after")) == ["around it", "boxed", "after"]


def test_long_paragraphs_in_a_headings_style_are_no_headings() -> None:
    document = read(
        docx(p("The Borrower shall pay. " * 20, style="H1"), p("Short", style="H1"), styles=HEADINGS)
    )
    assert [line.heading_level for line in document.pages[0].lines] == [0, 1]


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (docx(p("x"), title="Credit Agreement"), "Credit Agreement"),
        (docx(p("x"), title="untitled.docx"), ""),
        (docx(p("Cover"), p("Loan Agreement", style="T"), styles=style("T", "Title")), "Loan Agreement"),
    ],
)
def test_title(data: bytes, title: str) -> None:
    assert read(data).title == title


# Hostile packages

ENTITIES = (
    '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    f"{root('document', '<w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body>').split('?>')[1]}"
)
FILE = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>'
GOOD = docx(p("words"))
COMPOUND = b"\xd0\xcf\x11\xe0" + b"\x00" * 500


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (docx(main=ENTITIES), "broken"),
        (docx(main=FILE), "broken"),
        (docx(main=ENTITIES.encode("utf-16").decode("latin-1")), "broken"),
        (docx(main="<w:document"), "broken"),
        (docx(main=root("document", "")), "broken"),
        (docx(p("")), "empty"),
        (GOOD[:-30], "broken"),
        (GOOD[:200], "broken"),
        (b"PK\x03\x04 nothing", "broken"),
        (GOOD.replace(b"word/document.xml", b"word/documenx.xml"), "broken"),
        (zipped({"a.txt": "x"}), "unsupported"),
        (zipped({"a.docx": GOOD}), "unsupported"),
        (zipped({"xl/workbook.xml": "<x/>"}), "unsupported"),
        (COMPOUND, "unsupported"),
        (COMPOUND + "WordDocument".encode("utf-16-le"), "unsupported"),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (zipped(unzipped(GOOD) | {f"x{n}": b"" for n in range(20_001)}), "too-large"),
    ],
)
def test_refusals(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError) as caught:
        load_any(Path("a.docx"), data, IngestSettings())
    assert caught.value.reason == reason
    assert caught.value.message.startswith("a.docx ")


@pytest.mark.slow
@pytest.mark.parametrize("size", [MAX_PART_BYTES + 1, 16 * 1024 * 1024])
def test_a_zip_bomb_is_refused(size: int) -> None:
    bomb = docx(main=root("document", f"<w:body>{' ' * size}</w:body>"))
    assert size > MAX_RATIO * len(bomb)
    with pytest.raises(DocumentError, match=r"unpacks|packed") as caught:
        read(bomb)
    assert caught.value.reason == "too-large"


def test_a_size_in_the_header_is_not_trusted() -> None:
    data = bytearray(docx(p("words" * 100)))
    at = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 10)
    for start in range(at, len(data)):
        if data[start : start + 4] == b"PK\x01\x02":
            data[start + 24 : start + 28] = b"\x01\x00\x00\x00"
    with pytest.raises(DocumentError) as caught:
        read(bytes(data))
    assert caught.value.reason == "broken"


@pytest.mark.parametrize("part", ["styles", "numbering", "footnotes"])
def test_broken_or_missing_parts_cost_looks_only(part: str) -> None:
    whole = unzipped(docx(p("words"), styles="", numbering="", footnotes=""))
    name = f"word/{part}.xml"
    assert name in whole
    assert lines_of(read(zipped({**whole, name: b"<broken"}))) == ["words"]
    del whole[name]
    assert lines_of(read(zipped(whole))) == ["words"]
