"""Small documents with tables in every format, and how their cells are looked up."""

from __future__ import annotations

import io
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from ingest.loaders import load
from ingest.tables.build import find_tables
from rag.layout import box_of
from rag.settings import IngestSettings
from rag.structure import Cell, Table
from rag.types import Document

WIDTH, HEIGHT = 612, 792
LABELS = 60.0
SIZE = 9.0


class Sheet:
    """A PDF page being set: lines from top to bottom, figures right-aligned at column edges."""

    def __init__(self, *columns: float) -> None:
        self._buffer = io.BytesIO()
        self._canvas = Canvas(self._buffer, pagesize=(WIDTH, HEIGHT), invariant=True)
        self._columns = columns
        self._top = 80.0

    def line(self, text: str, *, x: float = LABELS, bold: bool = False) -> Sheet:
        """A line of words."""
        self._font(bold)
        self._canvas.drawString(x, HEIGHT - self._top, text)
        self._top += 12
        return self

    def row(self, label: str, *cells: str, indent: float = 0.0, bold: bool = False) -> Sheet:
        """A label and cells; a currency sign stands apart at the left of its column, ")" overhangs."""
        self._font(bold)
        self._canvas.drawString(LABELS + indent, HEIGHT - self._top, label)
        for edge, cell in zip(self._columns[-len(cells) :], cells, strict=True):
            if cell.startswith("$"):
                self._canvas.drawString(edge - 50, HEIGHT - self._top, "$")
            text = cell.removeprefix("$")
            over = self._canvas.stringWidth(text[len(text.rstrip(")%")) :], "Times-Roman", SIZE)
            self._canvas.drawRightString(edge + over, HEIGHT - self._top, text)
        self._top += 12
        return self

    def heads(self, *words: str) -> Sheet:
        """Header words centred over the columns, or over as many columns as there are for each."""
        self._font(True)
        share = len(self._columns) // len(words)
        for number, word in enumerate(words):
            edges = self._columns[number * share : (number + 1) * share]
            self._canvas.drawCentredString((edges[0] + edges[-1]) / 2 - 20, HEIGHT - self._top, word)
        self._top += 12
        return self

    def rule(self, x0: float, x1: float) -> Sheet:
        """A ruling line below what was set last."""
        self._canvas.line(x0, HEIGHT - self._top + 9, x1, HEIGHT - self._top + 9)
        return self

    def gap(self, points: float = 12.0) -> Sheet:
        """Leave space."""
        self._top += points
        return self

    def page(self) -> Sheet:
        """Begin another page."""
        self._canvas.showPage()
        self._top = 80.0
        return self

    def document(self) -> Document:
        """The document as it is loaded."""
        self._canvas.save()
        return load(Path("paper.pdf"), self._buffer.getvalue(), IngestSettings())

    def _font(self, bold: bool) -> None:
        self._canvas.setFont("Times-Bold" if bold else "Times-Roman", SIZE)


def read(name: str, text: str) -> Document:
    """A document of a text format."""
    return load(Path(name), text.encode(), IngestSettings())


def tables_of(document: Document) -> tuple[Table, ...]:
    """The document's tables, checked against what must hold of every table."""
    tables = find_tables(document, ())
    check_tables(document, tables)
    return tables


def only_table(document: Document) -> Table:
    """The one table of a document."""
    (table,) = tables_of(document)
    return table


def cell(table: Table, label: str, column: int) -> Cell:
    """The cell in the first row whose own label is this one."""
    row = next(number for number, row in enumerate(table.rows) if row.path and row.path[-1] == label)
    return next(cell for cell in table.cells if (cell.row, cell.column) == (row, column))


def check_tables(document: Document, tables: tuple[Table, ...]) -> None:
    """Spans hold what they say, cells are in order and inside their row, boxes are those of their words."""
    lines = [line for page in document.pages for line in page.lines]
    for ordinal, table in enumerate(tables):
        assert table.ordinal == ordinal
        assert table.first_page <= table.last_page
        assert [(c.row, c.column) for c in table.cells] == sorted({(c.row, c.column) for c in table.cells})
        assert table.start < table.end
        for item in table.cells:
            row = table.rows[item.row]
            assert document.text[item.start : item.end] == item.text
            assert table.start <= row.start <= item.start < item.end <= row.end <= table.end
            assert item.column < len(table.columns)
            line = next(line for line in lines if line.start <= item.start < line.end)
            assert item.box == box_of(line, item.start, item.end)
            assert item.page == next(p.number for p in document.pages if p.start <= item.start < p.end)
