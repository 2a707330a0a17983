r"""Builds a document's text line by line, so that spans, pages and lines fit together by construction.

Loaders of formats with a layout of their own (PDF, HTML) say "line", "blank", "page"; the composer owns
the offsets. Leaves to loaders what a line is and how it looks.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rag.types import Line, Page

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


class Composer:
    r"""Collects lines and page breaks; ``text`` and ``pages`` are the result.

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
        self._parts: list[str] = []
        self._length = 0
        self._lines: list[Line] = []
        self._pages: list[Page] = []
        self._page_start = 0
        self._gap = False

    @property
    def page_number(self) -> int:
        """0-based number of the page being filled."""
        return len(self._pages)

    @property
    def page_has_lines(self) -> bool:
        """Whether anything stands on the page being filled."""
        return bool(self._lines)

    def line(self, text: str, look: Line = _PLAIN) -> None:
        """Append one line that looks like ``look``; ``text`` holds no line break and is not blank."""
        if self._gap and self._lines:
            self._append("\n")
        self._gap = False
        start = self._length
        self._append(text)
        self._lines.append(replace(look, start=start, end=self._length))
        self._append("\n")

    def blank(self) -> None:
        """Leave a blank line before the next line, once, and none at the top of a page."""
        self._gap = True

    def page(self, like: Page = _BLANK, *, last: bool = False) -> None:
        """End the page being filled and, unless it is the last, begin another.

        ``like`` brings what the composer does not know of the page: size, label, rules, origin.
        """
        if self._lines and not last:
            self._append("\n")
        self._pages.append(
            replace(
                like,
                number=len(self._pages),
                start=self._page_start,
                end=self._length,
                lines=tuple(self._lines),
            )
        )
        self._page_start = self._length
        self._lines = []
        self._gap = False

    def finish(self) -> tuple[str, tuple[Page, ...]]:
        """The text and its pages; an unfinished page is ended."""
        if self._lines or not self._pages:
            self.page(last=True)
        return "".join(self._parts), tuple(self._pages)

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
