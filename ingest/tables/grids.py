"""Grids drawn on a page, of words above all: schedules, price lists, lists of lenders, patents, subsidiaries.

What stands between the same ruling lines is one cell, on however many lines it is printed; rows of words
alone say nothing of where a wrapped cell ends. Grids whose rows are lines are left to
``ingest.tables.regions``. A cell that goes on below words of others has the span of its first lines.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.tables.figures import read_figure
from ingest.tables.periods import is_year
from ingest.tables.regions import MOST_TITLE, Region
from ingest.tables.sheets import Sheet
from ingest.tables.strips import Piece, Strip
from rag.layout import unpack_places
from rag.types import Box, Line

_THIN = 3.0
_SHORTEST = 8.0
_NEAR = 3.5
"""Edges this close to each other are one: lines are often drawn twice."""
_TALL = 0.6
_WIDE = 0.9
_MIN_EDGES = 3
_MOST_EDGES = 42
_MOST_RULES = 4000
_MOST_GRIDS = 50
_LONGEST_CELL = 600
_NUMBERED = re.compile(r"\W{0,2}(?:\d{1,4}|[a-z]|[ivxl]{1,6})\W{0,2}", re.I)
_WRAPPED = 0.2
"""Share of rows with cells of several lines from which a grid is better read by its rules."""

_Span = tuple[float, float]


@dataclass(slots=True)
class _Cell:
    """The words between four ruling lines: the spans of their parts by line, and where they stand."""

    parts: list[tuple[int, int]] = field(default_factory=list)
    x0: float = 0.0
    x1: float = 0.0
    y0: float = 0.0
    y1: float = 0.0

    def add(self, part: tuple[int, int], edges: _Span, box: Box) -> None:
        """Take words of a line in."""
        self.x0 = min(self.x0, edges[0]) if self.parts else edges[0]
        self.x1 = max(self.x1, edges[1])
        self.y0, self.y1 = self.y0 or box.y0, box.y1
        self.parts.append(part)


@dataclass(frozen=True, slots=True)
class _Grid:
    """The edges of columns and rows, ascending."""

    xs: Sequence[float]
    ys: Sequence[float]


def find_grids(sheet: Sheet, regions: Sequence[Region]) -> tuple[list[Region], list[Region]]:
    """The tables in drawn grids, and those of ``regions`` that are not better read so."""
    found: list[Region] = []
    kept = list(regions)
    for grid in _grids(sheet.page.rules):
        numbers = [n for n, line in enumerate(sheet.page.lines) if _inside(grid, line)]
        if not numbers:
            continue
        spans = {sheet.page.lines[n].start for n in numbers}
        touched = [r for r in kept if any(s.line.start in spans for s in (*r.header, *r.body))]
        rows, wrapped = _rows(sheet, grid, numbers)
        if len(rows) < 2 or (touched and wrapped < _WRAPPED * len(rows)):
            continue
        kept = [region for region in kept if all(region is not other for other in touched)]
        heads = _heads(rows, first=numbers[0] == 0)
        above = [sheet[n] for n in range(max(numbers[0] - MOST_TITLE, 0), numbers[0]) if sheet[n].pieces]
        found.append(
            Region(page=sheet.page.number, above=above, header=rows[:heads], body=rows[heads:], words=True)
        )
    return found, kept


def _grids(rules: Sequence[Box]) -> list[_Grid]:
    """The grids that vertical and horizontal rules make, from top to bottom."""
    upright = [rule for rule in rules if rule.x1 - rule.x0 < _THIN and rule.y1 - rule.y0 > _SHORTEST]
    level = [rule for rule in rules if rule.y1 - rule.y0 < _THIN and rule.x1 - rule.x0 > _SHORTEST]
    if min(len(upright), len(level)) < _MIN_EDGES or len(rules) > _MOST_RULES:
        return []
    grids = []
    for top, bottom in _unions((rule.y0, rule.y1) for rule in upright)[:_MOST_GRIDS]:
        high = [rule for rule in upright if top - 1 <= rule.y0 and rule.y1 <= bottom + 1]
        xs = _edges([(r.x0, (r.y0, r.y1)) for r in high], _TALL * (bottom - top))
        if not _MIN_EDGES <= len(xs) <= _MOST_EDGES:
            continue
        wide = [r for r in level if top - _NEAR <= r.y0 <= bottom + _NEAR]
        ys = _edges([(r.y0, (max(r.x0, xs[0]), r.x1)) for r in wide], _WIDE * (xs[-1] - xs[0]))
        ys = [top, *(y for y in ys if top + _NEAR < y < bottom - _NEAR), bottom]
        if len(ys) >= _MIN_EDGES:
            grids.append(_Grid(xs, ys))
    return grids


def _edges(rules: Sequence[tuple[float, _Span]], least: float) -> list[float]:
    """The places of parallel rules that together reach over ``least`` at one place.

    >>> _edges([(10.0, (0, 50)), (10.5, (50, 100)), (60.0, (0, 20))], 80.0)
    [10.0]
    """
    edges: list[tuple[float, list[_Span]]] = []
    for place, span in sorted(rules):
        if edges and place - edges[-1][0] <= _NEAR:
            edges[-1][1].append(span)
        else:
            edges.append((place, [span]))
    return [place for place, spans in edges if sum(b - a for a, b in _unions(spans)) >= least]


def _unions(spans: Iterable[_Span]) -> list[_Span]:
    """Spans that touch made one.

    >>> _unions([(0.0, 10.0), (40.0, 50.0), (9.0, 20.0)])
    [(0.0, 20.0), (40.0, 50.0)]
    """
    joined: list[_Span] = []
    for first, last in sorted(spans):
        if joined and first - joined[-1][1] <= _NEAR:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def _inside(grid: _Grid, line: Line) -> bool:
    box = line.box
    return box is not None and grid.ys[0] <= (box.y0 + box.y1) / 2 <= grid.ys[-1]


def _rows(sheet: Sheet, grid: _Grid, numbers: Sequence[int]) -> tuple[list[Strip], int]:
    """The rows of a grid as strips with a piece for each cell, and how many have cells of several lines.

    None where words stand beside the grid or cells are paragraphs.
    """
    rows: dict[int, dict[int, _Cell]] = {}
    lines: dict[int, list[Line]] = {}
    for number in numbers:
        line = sheet.page.lines[number]
        at = bisect_right(grid.ys, _middle(line))
        cells = rows.setdefault(at, {})
        lines.setdefault(at, []).append(line)
        for column, part, edges in _parts(sheet.text_of(line), line, grid.xs):
            if not 0 <= column < len(grid.xs) - 1 or line.box is None:
                return [], 0
            cells.setdefault(column, _Cell()).add(part, edges, line.box)
    if any(
        sum(end - start for start, end in c.parts) > _LONGEST_CELL for r in rows.values() for c in r.values()
    ):
        return [], 0
    labels = _label_columns(sheet, list(rows.values()))
    strips = [_strip(sheet, grid, lines[at], _labelled(rows[at], labels)) for at in sorted(rows) if rows[at]]
    wrapped = sum(any(len(cell.parts) > 1 for cell in row.values()) for row in rows.values())
    if sum(len(strip.pieces) > 1 for strip in strips) < 2:
        return [], 0
    return strips, wrapped


def _middle(line: Line) -> float:
    return (line.box.y0 + line.box.y1) / 2 if line.box else 0.0


def _parts(text: str, line: Line, xs: Sequence[float]) -> list[tuple[int, tuple[int, int], _Span]]:
    """A line cut where columns are parted: column, span in the document and edges of each part."""
    places = unpack_places(line.places)
    parts: list[tuple[int, tuple[int, int], _Span]] = []
    ends = [*(place.offset for place in places[1:]), len(text)]
    for place, end in zip(places, ends, strict=False):
        column = bisect_right(xs, (place.x0 + min(place.x1, place.x0 + 8)) / 2) - 1
        start, stop = line.start + place.offset, line.start + len(text[:end].rstrip())
        if parts and parts[-1][0] == column:
            parts[-1] = (column, (parts[-1][1][0], stop), (parts[-1][2][0], place.x1))
        else:
            parts.append((column, (start, stop), (place.x0, place.x1)))
    return parts


def _label_columns(sheet: Sheet, rows: Sequence[dict[int, _Cell]]) -> int:
    """How many columns are labels: a first one of numbers labels nothing without the second."""
    firsts = [sheet.words(*row[0].parts[0]) for row in rows if 0 in row]
    numbered = sum(bool(_NUMBERED.fullmatch(text)) for text in firsts)
    return 2 if numbered and numbered >= len(firsts) - 1 and any(2 in row for row in rows) else 1


def _labelled(row: dict[int, _Cell], labels: int) -> list[list[_Cell]]:
    """The cells of a row by column, the first one being what labels it, empty or not."""
    label = [row[column] for column in range(labels) if column in row]
    return [label, *([row[column]] for column in sorted(row) if column >= labels)]


def _strip(sheet: Sheet, grid: _Grid, lines: Sequence[Line], cells: Sequence[Sequence[_Cell]]) -> Strip:
    boxes = [line.box for line in lines if line.box]
    box = Box(
        page=sheet.page.number,
        x0=min(b.x0 for b in boxes),
        y0=min(b.y0 for b in boxes),
        x1=max(b.x1 for b in boxes),
        y1=max(b.y1 for b in boxes),
    )
    bold = all(line.bold for line in lines)
    line = Line(start=lines[0].start, end=lines[-1].end, box=box, font_size=lines[0].font_size, bold=bold)
    pieces = [_piece(sheet, grid, line, group) for group in cells]
    text = "  ".join(piece.text for piece in pieces if piece.text)
    return Strip(line=line, page=sheet.page.number, text=text, pieces=pieces, top=box.y0, bottom=box.y1)


def _piece(sheet: Sheet, grid: _Grid, line: Line, group: Sequence[_Cell]) -> Piece:
    """A cell, or the cells of a label, as a piece as wide as its column."""
    if not group:
        left = grid.xs[0] + 1
        return Piece(start=line.start, end=line.start, x0=left, x1=left, text="", left=left)
    parts = [part for cell in group for part in cell.parts]
    words = " ".join(sheet.words(*part) for part in parts)
    start, end = parts[0]
    for before, after in pairwise(parts):
        # What only a break parts from the words before it still belongs to one span.
        if sheet.words(before[1], after[0]):
            break
        end = after[1]
    column = bisect_right(grid.xs, group[-1].x0 + 1)
    left = grid.xs[max(bisect_right(grid.xs, group[0].x0 + 1) - 1, 0)] + 1
    box = Box(
        page=sheet.page.number,
        x0=min(cell.x0 for cell in group),
        y0=min(cell.y0 for cell in group),
        x1=max(cell.x1 for cell in group),
        y1=max(cell.y1 for cell in group),
    )
    right = grid.xs[min(column, len(grid.xs) - 1)] - 1
    piece = Piece(start=start, end=end, x0=left, x1=max(right, left), text=words, left=left, box=box)
    if len(parts) == 1:
        piece.figure, piece.year = read_figure(words), is_year(words)
    return piece


def _heads(rows: Sequence[Strip], *, first: bool) -> int:
    """Whether the first row heads the others, as 1 or 0; ``first`` on its page it may go on from the last."""
    top, *others = rows
    if len(top.pieces) < 2 or not top.pieces[1].text:
        return 0
    if top.line.bold:
        return int(not all(row.line.bold for row in others))
    return int(not first and len(top.pieces) > 2 and not any(piece.figure for piece in top.pieces[1:]))
