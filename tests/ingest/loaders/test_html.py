"""HTML files: blocks, tables, what is hidden, pages, encodings, and hostile input."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.loaders import html, load
from rag.errors import DocumentError
from rag.layout import unpack_places
from rag.settings import IngestSettings
from rag.types import Document
from tests.ingest.papers import check_document, lines_of


def read(body: str | bytes) -> Document:
    data = body if isinstance(body, bytes) else f"<html><body>{body}</body></html>".encode()
    document = load(Path("filing.htm"), data, IngestSettings())
    check_document(document)
    return document


def test_blocks_are_set_apart_and_inline_text_is_not() -> None:
    document = read("<p>The <b>Borrower</b>\n shall&nbsp;pay.</p><div>Second<br>line</div>tail")
    assert document.text == "The Borrower shall pay.\n\nSecond\nline\n\ntail\n"


def test_a_table_row_is_one_line_and_its_figures_are_whole() -> None:
    document = read(
        "<table><tr><td>Net sales</td><td></td><td>$</td><td>32,765</td><td></td><td>(</td><td>370</td>"
        "<td>)</td></tr>"
        "<tr><td>Margin</td><td>22.0</td><td>%</td><td>&#8212;</td></tr></table>"
    )
    assert lines_of(document) == ["Net sales  $32,765  (370)", "Margin  22.0%  —"]


def test_a_cell_that_only_lays_out_is_a_block() -> None:
    document = read(
        "<table><tr><td><p>One paragraph.</p><p>Another.</p>"
        "<table><tr><td>a</td><td>1</td></tr></table></td></tr></table>"
    )
    assert lines_of(document) == ["One paragraph.", "Another.", "a  1"]


def test_a_bullet_stands_before_its_text() -> None:
    document = read("<div>•</div><div>First point</div><p>(a)</p><p>Clause</p>")
    assert lines_of(document) == ["•  First point", "(a)  Clause"]


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>x()</script>",
        "<style>p {}</style>",
        '<div style="display: none">x</div>',
        "<div hidden>x</div>",
        "<ix:header><ix:hidden>x</ix:hidden></ix:header>",
        "<!-- x -->",
        '<span style="text-decoration:line-through">x</span>',
    ],
)
def test_what_is_not_shown_is_left_out_and_what_follows_is_not(hidden: str) -> None:
    assert read(f"<p>before {hidden}after</p>").text.split() == ["before", "after"]


def test_looks_and_heading_levels() -> None:
    document = read(
        "<h2>Title</h2><p><b>Bold line</b></p><p style='font-weight:700;font-size:14pt'>Big <span"
        " style='font-weight:400;font-size:8pt'>s</span></p><p>plain <b>b</b></p>"
    )
    looks = [(line.heading_level, line.bold, line.font_size) for line in document.pages[0].lines]
    assert looks == [(2, True, 0.0), (0, True, 0.0), (0, True, 14.0), (0, False, 0.0)]


@pytest.mark.parametrize(
    "mark",
    [
        "<hr style='page-break-after: always'>",
        "<div style='page-break-before:always'></div>",
        "<div style='break-after:page'></div>",
        "<page>",
    ],
)
def test_pages(mark: str) -> None:
    document = read(f"<p>one</p>{mark}<p>two</p>{mark}{mark}<p>three</p>")
    assert [document.text[p.start : p.end].strip() for p in document.pages] == ["one", "two", "three"]


def test_preformatted_text_keeps_its_lines_and_columns() -> None:
    document = read("<pre>Item        1998    1997\nSales     10,000   9,000\n\nNext</pre>")
    assert document.text == "Item        1998    1997\nSales     10,000   9,000\n\nNext\n"


@pytest.mark.parametrize(
    "data",
    [
        "<p>naïve “x” — €5</p>".encode(),
        "<p>naïve “x” — €5</p>".encode("cp1252"),
        b"<meta charset='iso-8859-1'>" + "<p>naïve “x” — €5</p>".encode("cp1252"),
        "<p>naïve “x” — €5</p>".encode("utf-16"),
        b"<p>na&#239;ve &#147;x&#148; &mdash; &euro;5</p>",
        '<?xml version="1.0" encoding="UTF-8"?><html><p>naïve “x” — €5</p></html>'.encode(),
    ],
)
def test_encodings(data: bytes) -> None:
    assert read(data).text == "naïve “x” — €5\n"


def test_the_wrapper_of_a_submission_is_not_text() -> None:
    data = b"<DOCUMENT>\n<TYPE>EX-10\n<SEQUENCE>2\n<TEXT>\n<html><body><p>Words</p></body></html></TEXT>"
    document = load(Path("full.txt"), data, IngestSettings())
    assert (document.media_type, document.text) == ("text/html", "Words\n")


@pytest.mark.parametrize("depth", [300, 3000, 30_000])
def test_deep_nesting_loses_nothing(depth: int) -> None:
    document = read("start" + "<div>" * depth + "deep" + "</div>" * depth + "end")
    assert document.text.split() == ["start", "deep", "end"]


def test_deeply_nested_tables_take_linear_time() -> None:
    begun = time.perf_counter()
    document = read("<table><tr><td>x" * 3000)
    assert document.text.count("x") == 3000
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize("body", ["", "<script>only</script>", "<p>&nbsp;</p>"])
def test_nothing_visible_is_empty(body: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(body)
    assert caught.value.reason == "empty"


MARKS = st.sampled_from(
    "<p> </p> <div> </div> <table> </table> <tr> </tr> <td> </td> <b> </b> <br> <hr> <page> <pre> </pre>"
    " <h1> </h1> <li> &nbsp; &#147; <!-- --> <script> </script> <span&hidden> ) $ ( % 1,577 (370 word •"
    " (a) \n \f < > & \x00".split(" ")
)


@given(st.lists(MARKS, max_size=60))
def test_any_soup_of_marks_is_read_or_refused(marks: list[str]) -> None:
    data = ("<html>" + " ".join(marks)).encode()
    try:
        document = html.load(Path("soup.html"), data)
    except DocumentError as error:
        refused = error.reason
    else:
        check_document(document)
        return
    assert refused in {"empty", "unsupported"}


def grid(document: Document) -> list[list[tuple[str, int, int]]]:
    """The cells of each row: text, first and last grid column."""
    rows = []
    for line in document.pages[0].lines:
        text = document.text[line.start : line.end]
        places = unpack_places(line.places)
        ends = [place.offset for place in places[1:]] + [len(text)]
        rows.append(
            [
                (text[place.offset : end].strip(), int(place.x0 // 10), round(place.x1 / 10))
                for place, end in zip(places, ends, strict=True)
            ]
        )
    return rows


def test_cells_know_their_grid_columns() -> None:
    document = read(
        "<table><tr><td rowspan=2>Item</td><td colspan=2>Year ended</td><td colspan=2>Note</td></tr>"
        "<tr><td>2018</td><td>2017</td><td></td><td>x</td></tr>"
        "<tr><td>Sales</td><td>5</td><td>4</td><td></td><td>y</td></tr></table>"
    )
    assert grid(document) == [
        [("Item", 0, 1), ("Year ended", 1, 3), ("Note", 3, 5)],
        [("2018", 1, 2), ("2017", 2, 3), ("x", 4, 5)],
        [("Sales", 0, 1), ("5", 1, 2), ("4", 2, 3), ("y", 4, 5)],
    ]
    assert {line.table for line in document.pages[0].lines} == {1}


def test_tables_are_numbered_and_text_outside_of_them_is_not() -> None:
    document = read("<table><tr><td>a</td><td>b</td></tr></table><p>c</p><table><tr><td>d</td></tr></table>")
    assert [line.table for line in document.pages[0].lines] == [1, 0, 2]


@pytest.mark.parametrize(
    ("style", "tenths"),
    [
        ("padding-left:12pt", 12),
        ("margin:0 0 0 20pt", 20),
        ("margin-left:24pt;text-indent:-12pt", 12),
        ("padding:2pt 16px", 12),
        ("margin-right:30pt", 0),
    ],
)
def test_indented_labels_stand_further_right(style: str, tenths: int) -> None:
    document = read(f"<table><tr><td><div style='{style}'>Inventories</div></td><td>5</td></tr></table>")
    (label, _) = unpack_places(document.pages[0].lines[0].places)
    assert round(label.x0 * 10) == tenths


@pytest.mark.parametrize("span", ["", "0", "-3", "1e9", "99999999999", "²", "two", "4 5"])
def test_odd_spans_do_no_harm(span: str) -> None:
    cell = f"<td colspan='{span}' rowspan='{span}'>a</td>"
    assert lines_of(read(f"<table><tr>{cell}<td>b</td></tr><tr><td>c</td></tr></table>")) == ["a  b", "c"]
