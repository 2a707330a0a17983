"""From the paragraphs, cells and breaks of a Word file to lines and pages; a table row is one line.

Knows nothing of XML; ``ingest.loaders.docx`` says when rows, cells and pages begin and end.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ingest.furniture import find_line_furniture
from ingest.loaders.composer import Composer, clean
from ingest.loaders.html_flow import COLUMN_WIDTH, MAX_COLUMNS
from ingest.rows import is_one_figure
from rag.layout import Place, pack_places
from rag.types import Line, Page

_HEADING_CHARS = 200
_MAX_INDENT = 9.0
_MARKER = re.compile(
    r"(?:(?:article|section|§) ?[\w.]{1,9}|[(]?[\w.]{1,6}[).]|\d[\d.]{0,8}|[^\w\s])[.:]?", re.IGNORECASE
)


@dataclass(slots=True)
class Written:
    r"""A paragraph being written: pieces with their boldness and size; ``level`` of a heading or 0.

    ``indent`` is in points. Tabs and line breaks stand in the pieces as ``\t`` and ``\n``.

    >>> written = Written()
    >>> written.add("(a)\tThe  Borrower\n", bold=False, size=11)
    >>> written.add("shall\tpay", bold=False, size=11)
    >>> written.lines()
    ['(a) The Borrower', 'shall  pay']
    """

    level: int = 0
    indent: float = 0.0
    pieces: list[tuple[str, bool, float]] = field(default_factory=list)

    def add(self, text: str, *, bold: bool, size: float) -> None:
        """Append text as it stands in the file."""
        self.pieces.append((text, bold, size))

    def lines(self) -> list[str]:
        """The lines as read: white space collapsed, tabs as two spaces, as between cells."""
        whole = "".join(text for text, _, _ in self.pieces)
        lines = (_tabbed(line) for line in whole.split("\n"))
        return [line for line in lines if line]

    def look(self, text: str) -> Line:
        """How ``text``, lines of this paragraph, looks: the size of most characters, bold if most are."""
        sizes: Counter[float] = Counter()
        bold = 0
        for piece, is_bold, size in self.pieces:
            count = len(piece.strip())
            sizes[size] += count
            bold += count if is_bold else 0
        size = min(sizes, key=lambda size: (-sizes[size], size)) if sizes else 0.0
        # Numbered paragraphs of whole sentences often carry a heading's style for its numbering alone.
        level = self.level if len(text) <= _HEADING_CHARS else 0
        return Line(start=0, end=0, font_size=size, bold=2 * bold > sizes.total(), heading_level=level)


def _tabbed(line: str) -> str:
    parts = [joined for part in line.split("\t") if (joined := " ".join(clean(part).split()))]
    if len(parts) > 1 and _MARKER.fullmatch(parts[0]):
        parts[:2] = [f"{parts[0]} {parts[1]}"]
    return "  ".join(parts)


@dataclass(slots=True)
class _Cell:
    """A cell of the grid columns ``[first, last)``."""

    first: int
    last: int
    written: list[Written] = field(default_factory=list)

    def place(self, offset: int) -> Place:
        """Where it stands, on the scale of tables in HTML; an indent moves the left edge."""
        indent = next((written.indent for written in self.written if written.lines()), 0.0)
        left = self.first * COLUMN_WIDTH + min(max(indent / 10, 0.0), _MAX_INDENT)
        return Place(offset, left, self.last * COLUMN_WIDTH)


@dataclass(slots=True)
class _Row:
    number: int
    cells: list[_Cell] = field(default_factory=list)
    breaks: bool = False
    in_cell: bool = False


class Flow:
    r"""Takes paragraphs and structure in document order, gives the composed text.

    >>> flow = Flow()
    >>> flow.open_row(1)
    >>> for column, cell in enumerate(("Revenue", "", "$", "1,577")):
    ...     flow.open_cell(column, column + 1)
    ...     flow.paragraph(Written(pieces=[(cell, False, 10)]))
    ...     flow.close_cell()
    >>> flow.close_row()
    >>> flow.finish()[0]
    'Revenue  $1,577\n'
    """

    def __init__(self) -> None:
        self._composer = Composer()
        self._rows: list[_Row] = []
        self._notes: list[Written] = []

    @property
    def in_row(self) -> bool:
        """Whether a table row is being written."""
        return bool(self._rows)

    def paragraph(self, written: Written) -> None:
        """A paragraph at its end."""
        if self._rows and self._rows[-1].in_cell:
            self._rows[-1].cells[-1].written.append(written)
            return
        self._composer.blank()
        self._write(written, 0)

    def note(self, written: Written) -> None:
        """A footnote's paragraph: it is printed at the end of the page."""
        self._notes.append(written)

    def blank(self) -> None:
        """Leave space before the next line."""
        self._composer.blank()

    def page(self) -> None:
        """End the page, unless nothing stands on it yet; in a table row, before or after the row."""
        if self._rows:
            row = self._rows[0]
            if any(written.lines() for cell in row.cells for written in cell.written):
                row.breaks = True
                return
            if len(self._rows) > 1:
                return
        self._end_page()

    def open_row(self, table: int) -> None:
        """Begin a row of the ``table``-th table of the document; inside a cell, of a table of its own."""
        if self._rows:
            self._flush_row()
        self._rows.append(_Row(number=table))

    def open_cell(self, first: int, last: int) -> None:
        """Begin a cell of the grid columns ``[first, last)``."""
        row = self._rows[-1]
        row.cells.append(_Cell(min(first, MAX_COLUMNS), min(last, MAX_COLUMNS + 1)))
        row.in_cell = True

    def close_cell(self) -> None:
        """End the cell."""
        self._rows[-1].in_cell = False

    def close_row(self) -> None:
        """End the row and write it: one line, or the lines of its only cell."""
        self._flush_row()
        row = self._rows.pop()
        if row.breaks and self._rows:
            self._rows[0].breaks = True
        elif row.breaks:
            self._end_page()

    def finish(self) -> tuple[str, tuple[Page, ...]]:
        """The text and its pages."""
        while self._rows:
            self.close_row()
        self._flush_notes()
        return self._composer.finish(find_line_furniture(self._composer.texts()))

    def _end_page(self) -> None:
        self._flush_notes()
        if self._composer.page_has_lines:
            self._composer.page()

    def _flush_notes(self) -> None:
        for written in self._notes:
            self._composer.blank()
            self._write(written, 0)
        self._notes = []

    def _flush_row(self) -> None:
        row = self._rows[-1]
        cells = [cell for cell in row.cells if any(written.lines() for written in cell.written)]
        # A nested table parts the cell that it stands in: what follows it belongs to the same cell.
        row.cells = [_Cell(row.cells[-1].first, row.cells[-1].last)] if row.in_cell else []
        if len(cells) == 1:
            for written in cells[0].written:
                self._write(written, row.number, cells[0])
                if len(cells[0].written) > 1:
                    self._composer.blank()
        elif cells:
            self._write_cells(cells, row.number)

    def _write(self, written: Written, table: int, cell: _Cell | None = None) -> None:
        lines = written.lines()
        look = written.look(" ".join(lines))
        places = b"" if cell is None else pack_places([cell.place(0)])
        for line in lines:
            self._composer.line(line, replace(look, table=table, places=places))

    def _write_cells(self, cells: list[_Cell], table: int) -> None:
        strings = [" ".join(line for written in cell.written for line in written.lines()) for cell in cells]
        text = strings[0]
        places = [cells[0].place(0)]
        for cell, (before, string) in zip(cells[1:], pairwise(strings), strict=True):
            text += "" if is_one_figure(before, string) else "  "
            places.append(cell.place(len(text)))
            text += string
        whole = Written(
            level=max(written.level for cell in cells for written in cell.written),
            pieces=[piece for cell in cells for written in cell.written for piece in written.pieces],
        )
        self._composer.line(text, replace(whole.look(text), table=table, places=pack_places(places)))
