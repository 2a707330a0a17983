import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from ingest.loaders import load
from ingest.tables.build import find_tables
from rag.settings import IngestSettings
from rag.structure import Table
from rag.types import Document

HEIGHT = 792
EDGES = (60.0, 80.0, 240.0, 330.0, 450.0)
HEAD = (("",), ("Name of", "Subsidiary"), ("Jurisdiction",), ("Percentage", "owned"))
ROWS = (
    (("1.",), ("Example Communications", "do Brasil Ltda."), ("Brazil",), ("99.9%",)),
    (("2.",), ("Example Limited",), ("Ireland",), ("100%",)),
    (("3.",), ("Example Holding", "and Trading GmbH"), ("Germany",), ("51%",)),
)
Row = Sequence[Sequence[str]]


def draw(canvas: Canvas, rows: Sequence[Row], top: float, *, head: bool, verticals: bool = True) -> None:
    """Rows of cells between ruling lines; the words of a cell are centred in the height of its row."""
    y = top
    canvas.line(EDGES[0], HEIGHT - y, EDGES[-1], HEIGHT - y)
    for number, row in enumerate(rows):
        height = 12.0 * max(map(len, row)) + 4
        canvas.setFont("Times-Bold" if head and number == 0 else "Times-Roman", 9)
        for edge, cell in zip(EDGES, row, strict=False):
            first = y + (height - 12.0 * len(cell)) / 2 + 9
            for line, words in enumerate(cell):
                canvas.drawString(edge + 4, HEIGHT - first - 12 * line, words)
        y += height
        canvas.line(EDGES[0], HEIGHT - y, EDGES[-1], HEIGHT - y)
    for edge in EDGES if verticals else ():
        canvas.line(edge, HEIGHT - top, edge, HEIGHT - y)


def paper(*, pages: int = 1, verticals: bool = True) -> Document:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, HEIGHT), invariant=True)
    canvas.setFont("Times-Bold", 11)
    canvas.drawString(200, HEIGHT - 70, "SCHEDULE 4.15 SUBSIDIARIES")
    draw(canvas, [HEAD, *ROWS], 100, head=True, verticals=verticals)
    for _ in range(pages - 1):
        canvas.showPage()
        draw(canvas, ROWS, 80, head=False)
    canvas.save()
    return load(Path("paper.pdf"), buffer.getvalue(), IngestSettings())


def grid(document: Document) -> Table:
    (table,) = find_tables(document, ())
    return table


def test_cells_between_ruling_lines_are_whole_however_many_lines_they_take() -> None:
    document = paper()
    table = grid(document)
    assert [column.header for column in table.columns] == [("Jurisdiction",), ("Percentage owned",)]
    assert [row.path for row in table.rows] == [
        ("1. Example Communications do Brasil Ltda.",),
        ("2. Example Limited",),
        ("3. Example Holding and Trading GmbH",),
    ]
    assert [(cell.row, cell.column, cell.text) for cell in table.cells if cell.column == 0] == [
        (0, 0, "Brazil"),
        (1, 0, "Ireland"),
        (2, 0, "Germany"),
    ]
    owned = [cell for cell in table.cells if cell.column == 1]
    assert [(cell.value, cell.unit) for cell in owned] == [
        (Decimal("99.9"), "percent"),
        (Decimal(100), "percent"),
        (Decimal(51), "percent"),
    ]
    assert all(document.text[cell.start : cell.end] == cell.text for cell in table.cells)


def test_boxes_lie_in_their_cells() -> None:
    table = grid(paper())
    for cell in table.cells:
        box = cell.box
        assert box is not None
        assert EDGES[cell.column + 2] < box.x0 < box.x1 < EDGES[cell.column + 3]


def test_a_grid_that_goes_on_over_pages_is_one_table() -> None:
    table = grid(paper(pages=3))
    assert (table.first_page, table.last_page) == (0, 2)
    assert len(table.rows) == 3 * len(ROWS)
    assert table.cells[-1].text == "51%"
    assert table.cells[-1].page == 2


def test_without_upright_rules_it_is_no_grid() -> None:
    tables = find_tables(paper(verticals=False), ())
    assert all(row.path != ("1. Example Communications do Brasil Ltda.",) for t in tables for row in t.rows)


def test_a_page_of_lines_without_words_has_no_table() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, HEIGHT), invariant=True)
    canvas.drawString(60, 700, "A chart stands below.")
    draw(canvas, [(("",), ("",), ("",), ("",))] * 4, 150, head=False)
    canvas.save()
    assert find_tables(load(Path("paper.pdf"), buffer.getvalue(), IngestSettings()), ()) == ()
