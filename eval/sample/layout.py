"""Laying out: blocks of text and table rows become lines on pages, and every quote learns its page.

The layout is done before anything is drawn, so a table of contents knows its page numbers without a second
pass and a quote's page is a plain look-up. Drawing is left to ``drawing``; widths come in as a function.

A paragraph that holds evidence is never split across pages; nor is a table row.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from eval.sample.blocks import Block, Break, Contents, Format, Paragraph, Table
from eval.sample.lines import Face, Measure, Piece, pieces, wrap


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One printed run of a line at ``(x, y)``, origin bottom left; ``gap`` widens every space."""

    x: float
    y: float
    pieces: tuple[Piece, ...]
    size: float
    gap: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A horizontal line."""

    x0: float
    x1: float
    y: float


@dataclass(slots=True)
class Sheet:
    """What one page shows."""

    marks: list[Words | Rule] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A laid-out document: its sheets, the page of every quote, and the contents' entries with pages."""

    sheets: tuple[Sheet, ...]
    quotes: dict[str, tuple[int, str]]
    body_start: int


def place(blocks: list[Block], shape: Format, measure: Measure) -> Placed:
    """Lay blocks out; a contents block, if there is one, starts its own pages and ends them.

    The contents' length depends only on how many entries there are, so it is laid out once with blank
    page numbers to learn its length and once with the real ones.
    """
    entries = [block.contents for block in blocks if isinstance(block, Paragraph) and block.contents]
    at = next((i for i, block in enumerate(blocks) if isinstance(block, Contents)), None)
    if at is None:
        press = _Press(shape, measure)
        press.run(blocks)
        return Placed(sheets=tuple(press.sheets), quotes=press.quotes, body_start=0)
    front = _Press(shape, measure)
    front.run(blocks[:at])
    front.contents([(level, title, 0) for level, title in entries])
    body = _Press(shape, measure)
    body.run(blocks[at + 1 :])
    start = len(front.sheets)
    front = _Press(shape, measure)
    front.run(blocks[:at])
    front.contents([(level, title, page + 1) for level, title, page in body.entries])
    quotes = front.quotes | {key: (page + start, text) for key, (page, text) in body.quotes.items()}
    return Placed(sheets=(*front.sheets, *body.sheets), quotes=quotes, body_start=start)


_SHORT_TABLE = 14
"""Tables of up to so many rows are not split across pages."""


class _Press:
    """The running state of one layout: the current sheet and the next baseline."""

    def __init__(self, shape: Format, measure: Measure) -> None:
        self.shape = shape
        self.measure = measure
        self.sheets: list[Sheet] = []
        self.quotes: dict[str, tuple[int, str]] = {}
        self.entries: list[tuple[int, str, int]] = []
        self.y = 0.0
        self._break()

    def run(self, blocks: list[Block]) -> None:
        for i, block in enumerate(blocks):
            match block:
                case Paragraph():
                    self._paragraph(block, _following(blocks, i) * self.shape.leading)
                case Table():
                    self._table(block)
                case Break() if self.sheets[-1].marks:
                    self._break()
                case _:
                    pass

    def contents(self, entries: list[tuple[int, str, int]]) -> None:
        """Contents lines: title, dots, page; on pages of their own."""
        if self.sheets[-1].marks:
            self._break()
        heading = Paragraph(text="**TABLE OF CONTENTS**", align="center", after=14)
        self._paragraph(heading, 0.0)
        for level, title, page in entries:
            if level == 0:
                self.y -= 5
            self._contents_line(level, title, str(page))
        self._break()
        self.sheets.pop()

    def _contents_line(self, level: int, title: str, page: str) -> None:
        size = self.shape.size * 0.95
        if self.y - self.shape.leading < self.shape.bottom:
            self._break()
        self.y -= self.shape.leading
        x = self.shape.margin + 24 * level
        right = self.shape.width - self.shape.margin
        width = self.measure(title, "regular", size)
        dot = self.measure(" .", "regular", size)
        room = right - x - width - 34
        dots = " ." * max(0, int(room / dot))
        self._mark(Words(x=x, y=self.y, pieces=((title + dots, "regular"),), size=size))
        at = right - self.measure(page, "regular", size)
        self._mark(Words(x=at, y=self.y, pieces=((page, "regular"),), size=size))

    def _paragraph(self, block: Paragraph, keep: float) -> None:
        size = self.shape.size * block.size
        leading = self.shape.leading * block.size
        lines = list(
            wrap(pieces(block.text), self.shape.measure - block.indent, block.first, size, self.measure)
        )
        top = self.sheets[-1].marks
        if top:
            self.y -= block.before
        tall = len(lines) * leading + keep
        whole = bool(block.quotes) or len(lines) <= 3 or block.contents is not None
        room = self.y - self.shape.bottom
        if top and ((whole and tall > room) or room < 2 * leading):
            self._break()
        if block.contents is not None:
            self.entries.append((*block.contents, len(self.sheets) - 1))
        for i, line in enumerate(lines):
            if self.y - leading < self.shape.bottom:
                self._break()
            self.y -= leading
            self._line(block, line, size, first=i == 0, last=i == len(lines) - 1)
        self.y -= block.after
        for quote in block.quotes:
            self.quotes[quote.key] = (len(self.sheets) - 1, quote.text)

    def _line(self, block: Paragraph, line: list[Piece], size: float, *, first: bool, last: bool) -> None:
        indent = block.indent + (block.first if first else 0.0)
        x = self.shape.margin + indent
        free = self.shape.measure - indent - sum(self.measure(text, face, size) for text, face in line)
        gap = 0.0
        if block.align == "center":
            x = self.shape.margin + (self.shape.measure - sum(self.measure(t, f, size) for t, f in line)) / 2
        elif block.align == "right":
            x += free
        elif block.align == "justify" and self.shape.justified and not last:
            spaces = sum(text.count(" ") for text, _ in line)
            gap = free / spaces if spaces else 0.0
        self._mark(Words(x=x, y=self.y, pieces=tuple(line), size=size, gap=gap))

    def _table(self, table: Table) -> None:
        total = sum(table.widths)
        widths = [self.shape.measure * width / total for width in table.widths]
        size = self.shape.size * table.size
        leading = self.shape.leading * table.size
        header = self._cells(table.header, widths, size, "bold")
        rows = [self._cells(row, widths, size, "regular") for row in table.rows]
        depths = [_depth(header), *(_depth(cells) for cells in rows)]
        needed = depths if _is_short(table) else [depths[0], 3]
        if self.sheets[-1].marks and self.y - sum(needed) * leading - 4 * len(needed) < self.shape.bottom:
            self._break()
        self._row(header, widths, size, leading, ruled=True)
        for i, cells in enumerate(rows):
            if self.y - _depth(cells) * leading - 4 < self.shape.bottom:
                self._break()
                self._row(header, widths, size, leading, ruled=True)
            self._row(cells, widths, size, leading, ruled=table.ruled)
            key = table.keys[i] if i < len(table.keys) else None
            if key is not None:
                text = " ".join(cell for cell in table.rows[i] if cell)
                self.quotes[key] = (len(self.sheets) - 1, text)
        self.y -= 10

    def _cells(
        self, row: tuple[str, ...], widths: list[float], size: float, face: Face
    ) -> list[list[list[Piece]]]:
        wrapped = (
            list(wrap([(cell, face)], width - 6, 0.0, size, self.measure)) if cell else []
            for cell, width in zip(row, widths, strict=True)
        )
        return list(wrapped)

    def _row(
        self, cells: list[list[list[Piece]]], widths: list[float], size: float, leading: float, *, ruled: bool
    ) -> None:
        x = self.shape.margin
        for lines, width in zip(cells, widths, strict=True):
            for i, line in enumerate(lines):
                y = self.y - leading * (i + 1)
                self._mark(Words(x=x + 3, y=y, pieces=tuple(line), size=size))
            x += width
        self.y -= leading * max(1, _depth(cells)) + 4
        if ruled:
            self._mark(Rule(x0=self.shape.margin, x1=x, y=self.y))

    def _mark(self, mark: Words | Rule) -> None:
        self.sheets[-1].marks.append(mark)

    def _break(self) -> None:
        self.sheets.append(Sheet())
        self.y = self.shape.height - self.shape.margin


def _following(blocks: list[Block], i: int) -> float:
    """Lines of room that a heading asks for below itself: further headings, then some text or a table."""
    lines = 0.0
    while isinstance(block := blocks[i], Paragraph) and block.with_next and i + 1 < len(blocks):
        lines += 2.5
        i += 1
    if not lines:
        return 0.0
    return lines + (2 * len(block.rows) if isinstance(block, Table) and _is_short(block) else 3)


def _is_short(table: Table) -> bool:
    """Whether a table is kept on one page where it can be."""
    return len(table.rows) <= _SHORT_TABLE


def _depth(cells: list[list[list[Piece]]]) -> int:
    return max((len(lines) for lines in cells), default=0)
