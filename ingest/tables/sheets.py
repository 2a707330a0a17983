"""A page's lines as strips, made when they are asked for: most lines of a document are prose.

Leaves it to ``ingest.tables.regions`` which of them are a table.
"""

from __future__ import annotations

import re

from ingest.tables.strips import Strip, strip_of
from rag.types import Document, Line, Page

_FIGURES_APART = re.compile(r"(?:[ \t]{2,}|\|\s?|^)[$€£¥(US +-]{0,6}(?:[.\d—–-]|n/?[am]\b)", re.I)


class Sheet:
    """A page's lines as strips, made when they are asked for."""

    def __init__(self, document: Document, page: Page) -> None:
        self._document = document
        self.page = page
        self._strips: dict[int, Strip] = {}
        self._heights: list[int] = []

    def __len__(self) -> int:
        return len(self.page.lines)

    def __getitem__(self, number: int) -> Strip:
        strip = self._strips.get(number)
        if strip is None:
            strip = strip_of(self._document, self.page.lines[number], self.page.number, self._height(number))
            self._strips[number] = strip
        return strip

    def text_of(self, line: Line) -> str:
        """A line's text."""
        return self._document.text[line.start : line.end]

    def words(self, start: int, end: int) -> str:
        """The words of a span on one line."""
        return " ".join(self._document.text[start:end].split())

    def _height(self, number: int) -> int:
        """How many lines of text, blank ones included, stand above a line on its page."""
        if not self._heights and self.page.lines[number].box is None:
            text, at, count = self._document.text, self.page.start, 0
            for line in self.page.lines:
                count += text.count("\n", at, line.start)
                at = line.start
                self._heights.append(count)
        return self._heights[number] if self._heights else 0

    def candidates(self) -> list[int]:
        """The numbers of the lines that may hold figures set apart."""
        text = self._document.text
        return [number for number, line in enumerate(self.page.lines) if _may_hold(text, line)]


def _may_hold(text: str, line: Line) -> bool:
    return _FIGURES_APART.search(text, line.start, min(line.end, line.start + 400)) is not None
