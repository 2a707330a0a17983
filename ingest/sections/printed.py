"""A document's lines as headings are judged by: text, looks, the space around, and what repeats.

Finds the body's dominant style, running headers and footers, table rows and lines of a table of
contents. Leaves the judgement to ``ingest.sections.headings``.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from ingest.sections.numbering import inner_numbers, parse_number
from rag.types import Document, Line

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"[\W_]*(?:page\s*)?(?:[A-Z]{1,2}-)?(?:\d{1,4}|[ivxlc]{1,6})[\W_]*(?:of \d+)?\W*", re.I
)
_FIGURE = re.compile(r"[\s(]*[$€£]?\s?\(?[\d.,]*\d[\d.,]*\)?\s?%?\)?|[—–-]+|N/?[AM]")
_CONTENTS_LINE = re.compile(
    r"(?:\.\s?){4,}\s*(?:[A-Z]{1,3}-)?[\divxlc]*\s*$"
    r"|(?:\t| {2,})(?:[A-Z]{1,3}-)?(?:\d{1,4}(?:\s?[-–,]\s?\d{1,4})?|[ivxlc]{1,6}|N/A)\s*$"
)
_ENTRY = re.compile(r"[^\W\d_]{3}.*?(?:\s|\.)(?:[A-Z]{1,2}-)?(\d{1,3})$")
_ENTRY_CHARS = 240
_ENTRY_ENDS = frozenset("0123456789ivxlcA. ")
_MIN_ENTRIES = 5
_PROSE_END = re.compile(r"[.;:!?”\"\])]\s{0,3}$|;\s{0,9}(?:and|or|provided)\s{0,3}$", re.IGNORECASE)
_EDGE_LINES = 2
_LONG_CHARS = 200
_COLUMN_POINTS = 6.0
_ROW_CHARS = 300
_RUNNING_SHARE = 0.15
_RUNNING_PAGES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedLine:
    """A line and its surroundings; ``space_before``: a blank line or page break lies above it.

    ``left`` is its indentation in points, or what comes near it where the format has none, ``room`` how far
    it ends from the right edge of its page's text, 0.0 where the format does not tell. ``inner`` marks the
    rest of a long line from where a number in it counts on.
    """

    start: int
    end: int
    text: str
    size: float
    bold: bool
    level: int
    page: int
    space_before: bool
    space_after: bool
    page_top: bool
    running: bool
    row: bool
    contents: bool
    left: float
    room: float
    inner: bool = False

    @property
    def upper(self) -> bool:
        """Whether the letters are capitals."""
        return self.text.isupper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The dominant style: most characters' font size (0.0 if unknown), and whether most are bold."""

    size: float
    bold: bool


def printed_lines(document: Document) -> list[PrintedLine]:
    """The lines of a document in order; a long one is cut where clauses begin inside of it."""
    text = document.text
    running = _running(document)
    contents = _contents_pages(document)
    result: list[PrintedLine] = []
    flat = [(page, index, line) for page in document.pages for index, line in enumerate(page.lines)]
    inner = inner_numbers([text[line.start : line.end] for _, _, line in flat], _LONG_CHARS)
    edges = {
        page.number: max((one.box.x1 for one in page.lines if one.box), default=0.0)
        for page in document.pages
    }
    for position, (page, index, line) in enumerate(flat):
        top = index == 0
        before = flat[position - 1][2].end if position else 0
        after = flat[position + 1][2].start if position + 1 < len(flat) else len(text)
        spaced = top or text.count("\n", before, line.start) > 1
        last = index == len(page.lines) - 1
        edge = index < _EDGE_LINES or index >= len(page.lines) - _EDGE_LINES
        cuts = [0, *inner.get(position, ()), line.end - line.start]
        for first, end in pairwise(cuts):
            words = text[line.start + first : line.start + end].rstrip()
            result.append(
                PrintedLine(
                    start=line.start + first,
                    end=line.start + first + len(words),
                    text=words,
                    size=line.font_size,
                    bold=line.bold,
                    level=line.heading_level,
                    page=page.number,
                    space_before=spaced or first > 0,
                    space_after=end < cuts[-1] or last or text.count("\n", line.end, after) > 1,
                    page_top=top and not first,
                    running=edge and len(words) <= _ENTRY_CHARS and _runs(words, running),
                    row=is_table_row(words),
                    contents=page.number in contents or is_contents_line(words),
                    left=_left(document, line),
                    room=edges[page.number] - line.box.x1 if line.box else 0.0,
                    inner=first > 0,
                )
            )
    return result


def _left(document: Document, line: Line) -> float:
    if line.box is not None:
        return line.box.x0
    return _COLUMN_POINTS * (line.start - document.text.rfind("\n", 0, line.start) - 1)


def body_style(lines: list[PrintedLine]) -> Body:
    """The style that most characters of the lines have."""
    sizes: Counter[float] = Counter()
    bold = total = 0
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
        total += len(line.text)
        bold += len(line.text) if line.bold else 0
    size = min(sizes, key=lambda key: (-sizes[key], key)) if sizes else 0.0
    return Body(size=size, bold=2 * bold > total)


def is_table_row(text: str) -> bool:
    """Whether a line has cells as table rows do: a figure after a gap, or three cells and more.

    >>> is_table_row("Revenue  1,577  1,420"), is_table_row("Item 7.  Management's Discussion")
    (True, False)
    """
    if len(text) > _ROW_CHARS:
        return False
    cells = [cell.strip() for cell in re.split(r"\t| {2,}", text.strip()) if cell.strip()]
    return len(cells) > 3 or any(_FIGURE.fullmatch(cell) for cell in cells[1:])


def is_contents_line(text: str) -> bool:
    """Whether a line ends as lines of a table of contents do: dot leaders, or a gap and a page number.

    >>> is_contents_line("Section 1.01 Definitions ........ 5"), is_contents_line("Section 1.01 Definitions")
    (True, False)
    """
    ends_so = len(text) <= _ENTRY_CHARS and text[-1:] in _ENTRY_ENDS
    return ends_so and bool(_CONTENTS_LINE.search(text))


def ends_prose(text: str) -> bool:
    """Whether a line ends as sentences and list items do, so that the next may begin something new.

    >>> ends_prose("as set out below:"), ends_prose("subject to the terms of")
    (True, False)
    """
    return bool(_PROSE_END.search(text))


def _contents_pages(document: Document) -> frozenset[int]:
    """Pages that mostly list headings with page numbers that grow."""
    found = set()
    for page in document.pages if len(document.pages) > 1 else ():
        numbers = [
            int(match[1])
            for line in page.lines
            if line.end - line.start <= _ENTRY_CHARS
            and document.text[line.end - 1].isdigit()
            and (match := _ENTRY.search(document.text, line.start, line.end)) is not None
        ]
        rising = sum(a <= b for a, b in pairwise(numbers))
        if len(numbers) >= max(_MIN_ENTRIES, 0.3 * len(page.lines)) and rising >= 0.9 * (len(numbers) - 1):
            found.add(page.number)
    return frozenset(found)


def _running(document: Document) -> frozenset[str]:
    """Shapes of lines that stand at the edge of many pages."""
    pages: Counter[str] = Counter()
    for page in document.pages if len(document.pages) > 1 else ():
        edges = {*page.lines[:_EDGE_LINES], *page.lines[-_EDGE_LINES:]}
        pages.update({_shape(document.text[line.start : line.end]) for line in edges})
    least = max(_RUNNING_PAGES, _RUNNING_SHARE * len(document.pages))
    return frozenset(shape for shape, count in pages.items() if count >= least)


def _runs(text: str, running: frozenset[str]) -> bool:
    return _shape(text) in running or bool(_PAGE_NUMBER.fullmatch(text))


def _shape(text: str) -> str:
    """What lines that differ in their page number alone share; a heading's number is none."""
    line = " ".join(text.split()).casefold()
    return line if parse_number(text) else _DIGITS.sub("#", line)
