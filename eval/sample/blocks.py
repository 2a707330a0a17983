"""What a document is made of before it has pages: paragraphs, tables, breaks; and the shape of a page.

Text may carry face marks (``lines``). Where things land is decided in ``layout``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "justify", "center", "right"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A stretch of printed text that a question may rest on."""

    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text; ``**bold**`` and ``__italic__`` mark the face. ``contents`` makes a contents line.

    ``indent`` and ``first`` are points; ``size`` is relative to the body size.
    """

    text: str
    indent: float = 0.0
    first: float = 0.0
    size: float = 1.0
    align: Align = "justify"
    before: float = 0.0
    after: float = 6.0
    with_next: bool = False
    quotes: tuple[Quote, ...] = ()
    contents: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells under a repeated header; ``keys[i]`` names row ``i`` as evidence (or is None)."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    keys: tuple[str | None, ...] = ()
    size: float = 0.85
    ruled: bool = True


@dataclass(frozen=True, slots=True)
class Break:
    """A new page."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The place of the table of contents."""


Block = Paragraph | Table | Break | Contents


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A page's size and a body text's, in points."""

    width: float
    height: float
    margin: float
    size: float
    leading: float
    justified: bool = True

    @property
    def measure(self) -> float:
        """The width of a line of text."""
        return self.width - 2 * self.margin

    @property
    def bottom(self) -> float:
        """The lowest baseline of the body."""
        return self.margin
