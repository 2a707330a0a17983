"""Facts of quarterly and annual reports without a cover page: the item that they begin with tells the form.

Form 10-Q begins with "Part I. Financial Information, Item 1. Financial Statements", the annual form with its
business. Filings come so from databases that keep the body alone. Leaves covers to ``ingest.facts.forms``.
"""

from __future__ import annotations

import re

from ingest.facts.opening import Found, Opening
from ingest.facts.reports import find_company
from rag.structure import DocumentKind, FactName

_FIRST_CHARS = 3000
_BEGINNINGS: tuple[tuple[DocumentKind, re.Pattern[str]], ...] = (
    (
        "10-Q",
        re.compile(
            r"^[ \t]{0,20}(part\s+i\b[^\n]{0,12}\bfinancial\s+information"
            r"|item\s+1\s?[.:)—–-]?\s{0,5}(?:(?:condensed|consolidated|unaudited|interim)\s+){0,3}"
            r"financial\s+statements)\b",
            re.I | re.M,
        ),
    ),
    (
        # Small capitals come as "B USINESS".
        "10-K",
        re.compile(
            r"^[ \t]{0,20}(item\s+1\s?[.:)—–-]?\s{0,5}(?:description\s+of\s+)?(?:the\s+)?b\s?usiness)\b",
            re.I | re.M,
        ),
    ),
)


def find_uncovered(opening: Opening) -> list[tuple[FactName, Found | None]]:
    """The facts of a report that begins with its first item; empty where the document does not."""
    for kind, words in _BEGINNINGS:
        match = words.search(opening.text, 0, _FIRST_CHARS)
        if match:
            title = opening.words(*match.span(1))
            return [
                ("kind", Found(kind, title.start, title.end)),
                ("title", title),
                ("company", find_company(opening)),
            ]
    return []
