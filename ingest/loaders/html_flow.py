"""From a stream of marked-up text to lines: blocks, preformatted text, and table rows on one line.

Knows nothing of elements; ``ingest.loaders.html`` says when blocks, rows, cells and pages begin and end.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.loaders.composer import Composer, clean
from ingest.rows import is_one_figure
from rag.types import Page

_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_MARKER = re.compile(r"[•·▪■●○◦‣§]|[–—*-]|\(?(?:[a-zA-Z]|[ivxIVX]{1,5}|\d{1,2})[.)]")
_BREAK = re.compile(r"\r\n|\r|\n|\f")


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks: ``size`` in points or 0.0, ``level`` of a heading or 0, ``pre`` keeps white space."""

    bold: bool = False
    size: float = 0.0
    level: int = 0
    pre: bool = False


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
    lines: list[_Text] = field(default_factory=lambda: [_Text()])


@dataclass(slots=True)
class _Row:
    cells: list[_Cell] = field(default_factory=list)


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

    def open_row(self) -> None:
        """Begin a table row."""
        self.newline()
        self._rows.append(_Row())

    def open_cell(self, *, layout: bool) -> None:
        """Begin a cell; one that only lays out blocks (``layout``) is written as blocks."""
        if layout or not self._rows:
            self._flush_row()
            self.newline()
            self._cells.append(None)
            return
        cell = _Cell()
        self._rows[-1].cells.append(cell)
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

    def finish(self) -> tuple[str, tuple[Page, ...]]:
        """The text and its pages."""
        self._cells.clear()
        while self._rows:
            self.close_row()
        self.newline()
        self._flush_marker()
        return self._composer.finish()

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
        cells = [[line for line in cell.lines if line.string()] for cell in self._rows[-1].cells]
        cells = [lines for lines in cells if lines]
        self._rows[-1].cells = []
        if len(cells) == 1:
            for line in cells[0]:
                self._emit([line])
                if len(cells[0]) > 1:
                    self._composer.blank()
        elif cells:
            self._emit([_Text([piece for line in lines for piece in _spaced(line)]) for lines in cells])

    def _flush_marker(self) -> None:
        if self._marker:
            self._composer.line(self._marker)
            self._marker = ""

    def _emit(self, cells: list[_Text]) -> None:
        strings = [string for cell in cells if (string := cell.string())]
        if len(strings) == 1 and _MARKER.fullmatch(strings[0]) and not self._marker:
            # A bullet or number set apart from its text by layout belongs before it.
            self._marker = strings[0]
            return
        if not strings:
            return
        if self._marker:
            strings.insert(0, self._marker)
            self._marker = ""
        line = strings[0]
        for before, string in pairwise(strings):
            line += string if is_one_figure(before, string) else f"  {string}"
        looks: Counter[Look] = Counter()
        for cell in cells:
            for text, look in cell.pieces:
                looks[look] += len(text.strip())
        total = sum(looks.values())
        look = min(looks, key=lambda look: (-looks[look], look.size))
        self._composer.line(
            line,
            font_size=look.size,
            bold=2 * sum(count for look, count in looks.items() if look.bold) > total,
            heading_level=look.level,
        )


def _spaced(line: _Text) -> list[tuple[str, Look]]:
    return [*line.pieces, (" ", Look())]
