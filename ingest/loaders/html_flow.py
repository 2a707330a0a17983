"""From a stream of marked-up text to lines: blocks, preformatted text, and table rows on one line.

Knows nothing of elements; ``ingest.loaders.html`` says when blocks, rows, cells and pages begin and end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ingest.furniture import find_line_furniture
from ingest.loaders.composer import Composer, clean
from ingest.rows import is_one_figure
from rag.layout import Place, pack_places
from rag.types import Line, Page

COLUMN_WIDTH = 10.0
"""A grid column's width on the scale of a row's places; see ``rag.layout``."""
MAX_COLUMNS = 600
_MAX_INDENT = 9.0
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_MARKER = re.compile(r"[•·▪■●○◦‣§]|[–—*-]|\(?(?:[a-zA-Z]|[ivxIVX]{1,5}|\d{1,2})[.)]")
_BREAK = re.compile(r"\r\n|\r|\n|\f")


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks: ``size`` in points or 0.0, ``level`` of a heading or 0, ``pre`` keeps white space.

    ``indent`` is the sum of the margins and paddings to its left, in points.
    """

    bold: bool = False
    size: float = 0.0
    level: int = 0
    pre: bool = False
    indent: float = 0.0


@dataclass(slots=True)
class _Text:
    """A line being written: its pieces and how each looks."""

    pieces: list[tuple[str, Look]] = field(default_factory=list)

    def string(self) -> str:
        """The line as it is read: white space collapsed, except in preformatted text."""
        whole = clean("".join(text for text, _ in self.pieces))
        if any(look.pre for _, look in self.pieces):
            return whole.expandtabs(8).strip()
        return " ".join(whole.split())


@dataclass(slots=True)
class _Cell:
    """A cell of the grid columns ``[first, last)``."""

    first: int = 0
    last: int = 1
    lines: list[_Text] = field(default_factory=lambda: [_Text()])

    def edges(self) -> tuple[float, float]:
        """Left and right edge, a grid column being ``COLUMN_WIDTH`` wide; an indent moves the left one."""
        indent = next((look.indent for line in self.lines for text, look in line.pieces if text.strip()), 0.0)
        return self.first * COLUMN_WIDTH + min(indent / 10, _MAX_INDENT), self.last * COLUMN_WIDTH


@dataclass(slots=True)
class _Row:
    table: int = 0
    cells: list[_Cell] = field(default_factory=list)


@dataclass(slots=True)
class _Table:
    """A table being read: its number, and how many rows yet a cell above reaches down into each column."""

    number: int
    reaching: dict[int, int] = field(default_factory=dict)

    def next_free(self, column: int) -> int:
        """The first column from ``column`` on that no cell above reaches into."""
        while self.reaching.get(column, 0) > 0:
            column += 1
        return column


class Flow:
    r"""Takes text and structure in document order, gives the composed text.

    >>> flow = Flow()
    >>> flow.open_row()
    >>> for cell in ("Revenue", "", "$", "1,577"):
    ...     flow.open_cell(layout=False)
    ...     flow.text(cell, Look())
    ...     flow.close_cell()
    >>> flow.close_row()
    >>> flow.finish()[0]
    'Revenue  $1,577\n'
    """

    def __init__(self) -> None:
        self._composer = Composer()
        self._line = _Text()
        self._tables: list[_Table] = []
        self._table_count = 0
        self._rows: list[_Row] = []
        self._cells: list[_Cell | None] = []
        self._marker = ""

    def text(self, text: str, look: Look) -> None:
        """Text as it stands in the source."""
        if not look.pre:
            self._write(_SPACE.sub(" ", text), look)
            return
        first, *others = _BREAK.split(text)
        self._write(first, look)
        for line in others:
            if self._target().string():
                self.newline()
            else:
                self.blank()
            self._write(line, look)

    def newline(self) -> None:
        """End the line being written; nothing where it is empty."""
        if self._in_cell():
            lines = self._cell().lines
            if lines[-1].string():
                lines.append(_Text())
            return
        self._emit([self._line])
        self._line = _Text()

    def blank(self) -> None:
        """End the line and leave space before the next."""
        self.newline()
        if not self._in_cell():
            self._composer.blank()

    def page(self) -> None:
        """End the page, unless nothing stands on it yet."""
        if self._in_cell():
            return
        self.newline()
        self._flush_marker()
        if self._composer.page_has_lines:
            self._composer.page()

    def open_table(self) -> None:
        """Begin a table."""
        self._table_count += 1
        self._tables.append(_Table(self._table_count))

    def close_table(self) -> None:
        """End the table."""
        if self._tables:
            self._tables.pop()

    def open_row(self) -> None:
        """Begin a table row."""
        self.newline()
        table = self._tables[-1] if self._tables else None
        self._rows.append(_Row(table=table.number if table else 0))

    def open_cell(self, *, layout: bool, columns: int = 1, rows: int = 1) -> None:
        """Begin a cell of so many grid columns and rows.

        One that only lays out blocks (``layout``) is written as blocks.
        """
        if layout or not self._rows:
            self._flush_row()
            self.newline()
            self._cells.append(None)
            return
        row = self._rows[-1]
        first = row.cells[-1].last if row.cells else 0
        if self._tables:
            first = self._tables[-1].next_free(first)
        cell = _Cell(first=min(first, MAX_COLUMNS), last=min(first + columns, MAX_COLUMNS + 1))
        if self._tables and rows > 1:
            # One more: the row that the cell stands in counts down as well.
            self._tables[-1].reaching.update(dict.fromkeys(range(cell.first, cell.last), rows))
        row.cells.append(cell)
        self._cells.append(cell)

    def close_cell(self) -> None:
        """End the cell."""
        if self._cells and self._cells.pop() is None:
            self.newline()

    def close_row(self) -> None:
        """End the row and write it: one line, or the lines of its only cell."""
        self._flush_row()
        if self._rows:
            self._rows.pop()
        if self._tables:
            reaching = self._tables[-1].reaching
            for column in [column for column, rows in reaching.items() if rows > 0]:
                reaching[column] -= 1

    def finish(self) -> tuple[str, tuple[Page, ...]]:
        """The text and its pages."""
        self._cells.clear()
        while self._rows:
            self.close_row()
        self.newline()
        self._flush_marker()
        return self._composer.finish(find_line_furniture(self._composer.texts()))

    def _in_cell(self) -> bool:
        return bool(self._cells) and self._cells[-1] is not None

    def _cell(self) -> _Cell:
        cell = self._cells[-1]
        assert cell is not None  # noqa: S101 - narrows the type after _in_cell
        return cell

    def _target(self) -> _Text:
        return self._cell().lines[-1] if self._in_cell() else self._line

    def _write(self, text: str, look: Look) -> None:
        if text:
            self._target().pieces.append((text, look))

    def _flush_row(self) -> None:
        if not self._rows:
            return
        row = self._rows[-1]
        cells = [replace(cell, lines=[line for line in cell.lines if line.string()]) for cell in row.cells]
        cells = [cell for cell in cells if cell.lines]
        row.cells = []
        if len(cells) == 1:
            lines = cells[0].lines
            for line in lines:
                self._emit([line], [cells[0].edges()], row.table)
                if len(lines) > 1:
                    self._composer.blank()
        elif cells:
            whole = [_Text([piece for line in cell.lines for piece in _spaced(line)]) for cell in cells]
            self._emit(whole, [cell.edges() for cell in cells], row.table)

    def _flush_marker(self) -> None:
        if self._marker:
            self._composer.line(self._marker)
            self._marker = ""

    def _emit(self, cells: list[_Text], edges: Sequence[tuple[float, float]] = (), table: int = 0) -> None:
        """Write the cells as one line; ``edges`` are theirs, or none where there is no grid."""
        strings = [cell.string() for cell in cells]
        if len(strings) == 1 and _MARKER.fullmatch(strings[0]) and not self._marker:
            # A bullet or number set apart from its text by layout belongs before it.
            self._marker = strings[0]
            return
        if not any(strings):
            return
        line, self._marker = self._marker, ""
        before = line
        places: list[Place] = []
        for index, string in enumerate(strings):
            if not string:
                continue
            if line:
                line += "" if is_one_figure(before, string) else "  "
            if edges:
                places.append(Place(len(line), *edges[index]))
            line += string
            before = string
        self._composer.line(line, replace(_line_look(cells), places=pack_places(places), table=table))


def _line_look(cells: Sequence[_Text]) -> Line:
    """How most characters of a line look."""
    looks: Counter[Look] = Counter()
    for cell in cells:
        for text, look in cell.pieces:
            looks[look] += len(text.strip())
    total = sum(looks.values())
    look = min(looks, key=lambda look: (-looks[look], look.size))
    bold = 2 * sum(count for look, count in looks.items() if look.bold) > total
    return Line(start=0, end=0, font_size=look.size, bold=bold, heading_level=look.level)


def _spaced(line: _Text) -> list[tuple[str, Look]]:
    return [*line.pieces, (" ", Look())]
