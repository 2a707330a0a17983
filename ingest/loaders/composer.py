r"""Builds a document's text line by line, so that spans, pages and lines fit together by construction.

Loaders of formats with a layout of their own (PDF, HTML, DOCX) say "line", "blank", "page"; the composer owns
the offsets. The text is set at the end, when running headers and page numbers are known from all pages.
Leaves to loaders what a line is and how it looks, to ``ingest.furniture`` what runs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.furniture import PageFurniture
from rag.types import Line, Page

_NOTHING = PageFurniture()

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")


def clean(text: str) -> str:
    r"""Text that prints and can be stored: odd spaces become spaces, invisible and half characters go.

    >>> clean("Net\u00a0income\u200b of\u00ad 3M\x00")
    'Net income of 3M '
    """
    if text.isascii() and text.isprintable():
        return text
    text = _INVISIBLE.sub("", text)
    text = _CONTROL.sub(" ", text)
    text = _SURROGATE.sub("\ufffd", text)
    return text.translate(_SPACES)


_SPACES = dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")


_PLAIN = Line(start=0, end=0)
_BLANK = Page(number=0, start=0, end=0)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A page before its text is set: its lines, each with whether space precedes it, and what it is like."""

    lines: tuple[tuple[str, Line, bool], ...]
    like: Page


class Composer:
    r"""Collects lines and page breaks; ``finish`` makes text and pages of them.

    >>> composer = Composer()
    >>> composer.line("Item 1.", Line(start=0, end=0, bold=True))
    >>> composer.blank()
    >>> composer.line("We make tape.")
    >>> composer.page()
    >>> composer.line("Item 2.")
    >>> text, pages = composer.finish()
    >>> text
    'Item 1.\n\nWe make tape.\n\nItem 2.\n'
    >>> [text[page.start : page.end] for page in pages]
    ['Item 1.\n\nWe make tape.\n\n', 'Item 2.\n']
    """

    def __init__(self) -> None:
        self._drafts: list[_Draft] = []
        self._lines: list[tuple[str, Line, bool]] = []
        self._gap = False

    @property
    def page_number(self) -> int:
        """0-based number of the page being filled."""
        return len(self._drafts)

    @property
    def page_has_lines(self) -> bool:
        """Whether anything stands on the page being filled."""
        return bool(self._lines)

    def line(self, text: str, look: Line = _PLAIN) -> None:
        """Append one line that looks like ``look``; ``text`` holds no line break and is not blank."""
        self._lines.append((text, look, self._gap))
        self._gap = False

    def blank(self) -> None:
        """Leave a blank line before the next line, once, and none at the top of a page."""
        self._gap = True

    def page(self, like: Page = _BLANK) -> None:
        """End the page being filled and begin another.

        ``like`` brings what the composer does not know of the page: size, rules, origin.
        """
        self._drafts.append(_Draft(tuple(self._lines), like))
        self._lines = []
        self._gap = False

    def texts(self) -> list[list[str]]:
        """The lines of each page so far, the one being filled last if anything stands on it."""
        pages = [draft.lines for draft in self._drafts] + ([tuple(self._lines)] if self._lines else [])
        return [[text for text, _, _ in lines] for lines in pages]

    def finish(self, furniture: Sequence[PageFurniture] = ()) -> tuple[str, tuple[Page, ...]]:
        """The text and its pages; an unfinished page is ended.

        ``furniture`` has one entry a page, as ``texts`` counts them: what to leave out, and the page's label.
        """
        if self._lines or not self._drafts:
            self.page()
        setter = _Setter()
        for number, draft in enumerate(self._drafts):
            setter.set(
                draft, furniture[number] if furniture else _NOTHING, last=number == len(self._drafts) - 1
            )
        return "".join(setter.parts), tuple(setter.pages)


class _Setter:
    """Sets drafts one after the other; owns the offsets."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.pages: list[Page] = []
        self._length = 0

    def set(self, draft: _Draft, furniture: PageFurniture, *, last: bool) -> None:
        """Set one page; the text of all but the last ends with a blank line."""
        page_start = self._length
        dropped = frozenset(furniture.dropped)
        lines: list[Line] = []
        gap = False
        for index, (text, look, spaced) in enumerate(draft.lines):
            gap = gap or spaced
            if index in dropped:
                continue
            if gap and lines:
                self._append("\n")
            gap = False
            start = self._length
            self._append(text)
            lines.append(replace(look, start=start, end=self._length))
            self._append("\n")
        if lines and not last:
            self._append("\n")
        self.pages.append(
            replace(
                draft.like,
                number=len(self.pages),
                start=page_start,
                end=self._length,
                lines=tuple(lines),
                label=furniture.label,
            )
        )

    def _append(self, text: str) -> None:
        self.parts.append(text)
        self._length += len(text)
