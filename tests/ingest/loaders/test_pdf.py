"""PDF files through both engines: rows, boxes, looks, columns, and files that cannot be read."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.loaders import load
from rag.errors import DocumentError
from rag.layout import box_of
from rag.settings import IngestSettings
from rag.types import Bookmark, Document
from tests.ingest.papers import HEIGHT, WIDTH, Print, check_document, lines_of, paragraph, pdf

ENGINES = ("pymupdf", "pypdfium2")


@pytest.fixture(params=ENGINES)
def settings(request: pytest.FixtureRequest) -> IngestSettings:
    return IngestSettings(pdf_parser=request.param)


def read(data: bytes, settings: IngestSettings) -> Document:
    document = load(Path("a_10K.pdf"), data, settings)
    check_document(document)
    return document


def test_pages_lines_and_looks(settings: IngestSettings) -> None:
    document = read(
        pdf(
            [
                Print(72, 80, "NEGATIVE COVENANTS", 16, bold=True),
                *paragraph(72, 110, "The Borrower", "shall not."),
            ],
            [],
            paragraph(72, 100, "On the third page."),
        ),
        settings,
    )
    assert document.name == "a_10K"
    assert document.media_type == "application/pdf"
    assert [document.text[p.start : p.end].split() != [] for p in document.pages] == [True, False, True]
    assert (document.pages[0].width, document.pages[0].height) == (WIDTH, HEIGHT)
    heading, body = document.pages[0].lines[:2]
    assert (heading.bold, body.bold) == (True, False)
    assert heading.font_size == pytest.approx(16, abs=0.2)
    assert body.font_size == pytest.approx(10, abs=0.2)
    assert "NEGATIVE COVENANTS\n\nThe Borrower\nshall not.\n" in document.text


def test_boxes_cover_the_words(settings: IngestSettings) -> None:
    document = read(pdf([Print(100, 200, "Revenue"), Print(300, 200, "1,577")]), settings)
    (line,) = document.pages[0].lines
    assert line.box is not None
    assert line.box.x0 == pytest.approx(100, abs=1.5)
    assert 318 < line.box.x1 < 330
    # The baseline is at 200 points from the top; letters stand above it.
    assert line.box.y0 < 194 < 200 < line.box.y1 < 206


def test_a_table_row_is_one_line(settings: IngestSettings) -> None:
    rows = [
        [
            Print(72, 100 + 12 * i, label),
            Print(300, 100 + 12 * i, "$"),
            Print(330, 100 + 12 * i, a),
            Print(420, 100 + 12 * i, b),
        ]
        for i, (label, a, b) in enumerate(
            [
                ("Purchases of property", "(1,577)", "(1,373)"),
                ("Proceeds", "262", "49"),
                ("Acquisitions", "13", "(2,023)"),
            ]
        )
    ]
    document = read(pdf([mark for row in rows for mark in row]), settings)
    assert lines_of(document) == [
        "Purchases of property  $(1,577)  (1,373)",
        "Proceeds  $262  49",
        "Acquisitions  $13  (2,023)",
    ]


def test_prose_columns_are_read_one_after_the_other(settings: IngestSettings) -> None:
    left = [f"left column line number {i} of the text" for i in range(8)]
    right = [f"right column line number {i} of the text" for i in range(8)]
    marks = [
        mark
        for i in range(8)
        for mark in (Print(72, 100 + 12 * i, left[i]), Print(320, 100 + 12 * i, right[i]))
    ]
    document = read(
        pdf([Print(72, 60, "A heading across both of the columns of this page of a report"), *marks]),
        settings,
    )
    assert lines_of(document)[1:] == left + right


def test_a_word_broken_over_lines_keeps_to_its_lines(settings: IngestSettings) -> None:
    document = read(pdf(paragraph(72, 100, "agreement of non-", "disclosure first")), settings)
    assert lines_of(document) == ["agreement of non-", "disclosure first"]


def test_title_from_properties_else_from_the_first_page(settings: IngestSettings) -> None:
    page = [Print(200, 80, "Credit Agreement", 20), *paragraph(72, 150, "among the parties", "named below")]
    assert read(pdf(page, title="Annual Report 2023"), settings).title == "Annual Report 2023"
    assert read(pdf(page, title="d734519d10k.htm"), settings).title == "Credit Agreement"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (pdf([Print(72, 72, "secret")], password="x"), "encrypted"),  # noqa: S106
        (pdf([], []), "no-text"),
        (b"%PDF-1.7\nnothing that follows makes sense", "broken"),
        (b"just words", "broken"),
    ],
    ids=["encrypted", "no-text", "garbage", "text"],
)
def test_files_that_cannot_be_read(data: bytes, reason: str, settings: IngestSettings) -> None:
    with pytest.raises(DocumentError) as caught:
        read(data, settings)
    assert caught.value.reason == reason
    assert "a_10K.pdf" in caught.value.message
    assert "\n" not in str(caught.value)


def test_engines_agree_on_words() -> None:
    data = pdf(
        paragraph(72, 100, "The Class A-1 Notes bear interest at 5.25% per annum,", "payable quarterly."),
        [Print(72, 100, "Total"), Print(300, 100, "6,439")],
    )
    texts = [read(data, IngestSettings(pdf_parser=engine)).text for engine in ("pymupdf", "pypdfium2")]
    assert texts[0].split() == texts[1].split()


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "other"), [ENGINES, ENGINES[::-1]])
def test_only_the_chosen_engine_is_imported_and_it_is_silent(engine: str, other: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(
        pdf(paragraph(72, 100, "Words")).replace(b"/Font", b"/Tnof").replace(b"endobj", b"endbjo", 1)
    )
    program = (
        "import sys; from pathlib import Path; from ingest.reader import read_file;"
        "from rag.errors import DocumentError; from rag.settings import IngestSettings\n"
        f"try: read_file(Path({str(path)!r}), IngestSettings(pdf_parser={engine!r}))\n"
        "except DocumentError: pass\n"
        f"assert {other!r} not in sys.modules\n"
        "assert not {'pymupdf.layout', 'pymupdf4llm', 'onnxruntime'} & {*sys.modules}\n"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def lying(count: int) -> bytes:
    """A PDF whose page tree is empty and states so many pages."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [] /Count {count} >>"]
    body, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "xref\n0 3\n0000000000 65535 f \n" + "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"trailer << /Root 1 0 R /Size 3 >>\nstartxref\n{len(body)}\n%%EOF\n"
    return (body + table + trailer).encode()


@pytest.mark.parametrize("count", [-1, 0, 5, 1_000_000_000])
def test_a_page_tree_that_lies_is_broken(count: int, settings: IngestSettings) -> None:
    with pytest.raises(DocumentError) as caught:
        load(Path("lying.pdf"), lying(count), settings)
    assert caught.value.reason == "broken"


def test_rules_are_lines_and_thin_bars_not_boxes(settings: IngestSettings) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=True)
    canvas.drawString(72, 700, "Total assets")
    canvas.line(72, 690, 300, 690)
    canvas.rect(72, 600, 200, 0.8, stroke=0, fill=1)
    canvas.rect(72, 400, 200, 80)
    canvas.save()
    (page,) = read(buffer.getvalue(), settings).pages
    line, bar = page.rules
    # PDFium counts the width of the pen.
    assert (line.x0, line.x1, line.y0) == pytest.approx((72, 300, 102), abs=1.1)
    assert (bar.x0, bar.x1, bar.y0) == pytest.approx((72, 272, 191.2), abs=0.5)


def test_bookmarks_are_read_with_their_places(settings: IngestSettings) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=True)
    for number, (title, level) in enumerate([("ARTICLE I", 0), ("Section 1.1 Liens", 1)]):
        canvas.drawString(72, 700, title)
        canvas.bookmarkPage(str(number), fit="XYZ", left=0, top=712)
        canvas.addOutlineEntry(title, str(number), level)
        canvas.showPage()
    canvas.save()
    assert read(buffer.getvalue(), settings).bookmarks == (
        Bookmark(level=1, title="ARTICLE I", page=0, top=80.0),
        Bookmark(level=2, title="Section 1.1 Liens", page=1, top=80.0),
    )


def test_the_box_of_a_word_is_where_the_word_is(settings: IngestSettings) -> None:
    document = read(pdf([Print(72, 100, "Purchases of property"), Print(400, 100, "(1,577)")]), settings)
    (line,) = document.pages[0].lines
    at = document.text.index("(1,577)")
    box = box_of(line, at, at + 7)
    assert box is not None
    assert box.x0 == pytest.approx(400, abs=1)
    assert box.x1 == pytest.approx(430, abs=3)
    at = document.text.index("property")
    box = box_of(line, at, at + 8)
    assert box is not None
    assert 110 < box.x0 < box.x1 < 170


def test_running_headers_and_page_numbers_leave_the_text(settings: IngestSettings) -> None:
    pages = [
        [
            Print(250, 40, "ALDER FUNDING"),
            Print(72, 120, f"Clause {word} says something."),
            Print(300, 760, str(number)),
        ]
        for number, word in enumerate(("one", "two", "three", "four"), start=7)
    ]
    document = read(pdf(*pages), settings)
    assert lines_of(document) == ["ALDER FUNDING"] + [
        f"Clause {word} says something." for word in ("one", "two", "three", "four")
    ]
    assert [page.label for page in document.pages] == ["7", "8", "9", "10"]
