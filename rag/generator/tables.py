"""Cells of a table row with the words that head their columns, from rows printed as lines.

A row is a line whose cells stand two spaces or a tab apart. Its header is the nearest group of lines above
whose cells are words, years or dates; columns are matched from the right, where tables are aligned. A first
reading of tables for a generator that quotes; leaves scale, units and wrapped labels to the readers of
documents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CELL = re.compile(r"\S+(?: \S+)*")
_FIGURE = re.compile(r"[-–—$€£(]*\d[\d,.]*(?:\s?%|x)?\)?%?|[-–—]+|N/?A", re.IGNORECASE)
_YEAR = re.compile(r"(?:fy\s?)?(?:19|20)\d\d", re.IGNORECASE)
_PROSE_CHARS = 90
_LINES_ABOVE = 60
_HEADER_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell ``[start, end)`` of the text, and the words above its column (may be empty)."""

    start: int
    end: int
    header: str


def row_cells(text: str, start: int, end: int) -> list[Cell]:
    r"""The cells of the row at ``[start, end)`` behind its label, with their headers; none for other lines.

    >>> table = "Class  Amount  Rate\nA-1  $208,000,000  1.17%\nC  $26,500,000  2.37%"
    >>> [(table[c.start : c.end], c.header) for c in row_cells(table, 45, len(table))]
    [('$26,500,000', 'Amount'), ('2.37%', 'Rate')]
    """
    row = [(start + match.start(), start + match.end()) for match in _CELL.finditer(text[start:end])]
    if len(row) < 2 or "\n" in text[start:end]:
        return []
    header = _header(text[:start].splitlines(), len(row))
    width = len(header)
    return [
        Cell(start=a, end=b, header=header[width - len(row) + i] if width - len(row) + i >= 0 else "")
        for i, (a, b) in enumerate(row)
        if i > 0
    ]


def _header(above: list[str], width: int) -> list[str]:
    """The heads of the columns, left to right, from the lines above a row of ``width`` cells."""
    found: list[list[str]] = []
    for line in reversed(above[-_LINES_ABOVE:]):
        cells = _CELL.findall(line)
        if len(cells) < 2:
            if found or len(line) > _PROSE_CHARS:
                break
        elif _is_header(cells):
            found.append(cells)
            if len(found) == _HEADER_LINES:
                break
        elif found:
            break
    fitting = [cells for cells in found if len(cells) in (width, width - 1)]
    if not fitting:
        return []
    same = [cells for cells in fitting if len(cells) == len(fitting[0])]
    return [" ".join(column) for column in zip(*reversed(same), strict=True)]


def _is_header(cells: list[str]) -> bool:
    """Whether the cells name columns: at most half of them are figures, years not counted."""
    figures = sum(1 for cell in cells[1:] if _FIGURE.fullmatch(cell) and not _YEAR.fullmatch(cell))
    return 2 * figures < len(cells) - 1
