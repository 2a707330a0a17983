"""What a document calls itself: a sensible title from its properties, else its most prominent lines.

Leaves reading the properties to the loaders.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.types import Line, Page

MAX_CHARS = 160
_MIN_LETTERS = 4
_TOP_LINES = 60
_MAX_LINES = 3
_FILE_LIKE = re.compile(r"\.(?:docx?|pdf|html?|txt|rtf|xlsx?|qxd|indd)\b|[\\/]|^[\w-]*\d{5,}[\w-]*$", re.I)
_EMPTY_WORDS = re.compile(
    r"^(?:</?\w+>|untitled|document|title|microsoft word.*|print|none|default|form\b.{0,12}|page"
    r"|inline xbrl.*|(?:ex|exhibit)\b.{0,12}|united states.*|securities and exchange commission.*"
    r"|washington\b.*|\(?mark one\)?|(?:table of )?contents|execution (?:copy|version)"
    r"|.*\bcommission file\b.*|conformed copy|.*:|w\s?i\s?t\s?n\s?e\s?s\s?s.*|filed pursuant.*"
    r"|(?:as )?filed with.*|dated? .{0,30}|.{0,20}\(\s*exact name.*|s-\d+|[a-z0-9_-]*\d[a-z0-9_-]*"
    r"|[a-z0-9]+-[a-z0-9-]+)\W*$",
    re.I,
)


def sensible(title: str) -> str:
    """The title on one line if it is one that a person would write, else an empty string.

    >>> sensible("  3M Company   Annual Report ")
    '3M Company Annual Report'
    >>> sensible("Microsoft Word - draft_v3.docx"), sensible("d734519d10k.htm"), sensible("Untitled")
    ('', '', '')
    """
    title = " ".join(title.split())
    letters = sum(character.isalpha() for character in title)
    if letters < _MIN_LETTERS or letters < 0.5 * len(title) or len(title) > MAX_CHARS:
        return ""
    says_nothing = _FILE_LIKE.search(title) or _EMPTY_WORDS.match(title.strip("_ *")) or title.startswith("<")
    return "" if says_nothing else title


def prominent(text: str, page: Page) -> str:
    """The largest line of a page, then the boldest, then the first in capitals, with its continuation.

    Empty where no line stands out from the others.
    """
    lines = [line for line in page.lines[:_TOP_LINES] if sensible(text[line.start : line.end])]
    if not lines:
        return ""
    ranks = [_rank(text, line) for line in lines]
    best = max(ranks)
    if best == min(ranks) and len(lines) > _MAX_LINES:
        return ""
    return _join(text, lines, ranks.index(best), best)


def _rank(text: str, line: Line) -> tuple[int, int, bool, bool]:
    words = text[line.start : line.end]
    return (-(line.heading_level or 7), round(line.font_size), line.bold, words.isupper())


def _join(text: str, lines: Sequence[Line], first: int, rank: tuple[int, int, bool, bool]) -> str:
    title = ""
    for line in lines[first : first + _MAX_LINES]:
        longer = f"{title} {text[line.start : line.end]}".strip()
        if _rank(text, line) != rank or not sensible(longer):
            break
        title = longer
    return sensible(title)
