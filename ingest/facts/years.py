"""The fiscal year a report covers, as the document itself names it.

A year of 52 or 53 weeks that ends on February 1, 2020 is fiscal 2019 to one company and fiscal 2020 to
another; only the text tells.
"""

from __future__ import annotations

import re
from collections import Counter

from ingest.facts.dates import DATE, iso_date
from ingest.facts.opening import Found, Opening
from rag.structure import DocumentKind

_YEAR = r"(20\d\d|19\d\d)"
_NAMED = re.compile(rf"\bfiscal\s{{1,4}}(?:year\s{{1,4}})?{_YEAR}\b", re.I)
_QUARTER_OF = re.compile(
    rf"\b(?:quarter|months|weeks|half)\s{{1,4}}(?:of|ended|in)\s{{1,4}}(?:our\s{{1,4}})?fiscal\s{{1,4}}(?:year\s{{1,4}})?{_YEAR}\b",
    re.I,
)
_DATE_THEN_NAME = re.compile(
    rf"({DATE})\s{{0,4}}\(\s?(?:the\s|our\s)?[“\"']?\s?fiscal\s{{1,4}}(?:year\s{{1,4}})?{_YEAR}", re.I
)
_NAME_THEN_DATE = re.compile(
    rf"\bfiscal\s{{1,4}}(?:year\s{{1,4}})?{_YEAR}[”\"')]{{0,3}}[^.;\n]{{0,60}}?\bended\b(?:\s{{1,4}}on)?\s{{1,4}}({DATE})",
    re.I,
)
_REPORT_OF = re.compile(
    rf"\b{_YEAR}\s{{1,4}}(?:annual\s{{1,4}}report\s{{1,4}}on\s{{1,4}})?form\s{{1,4}}10-?K\b", re.I
)
_FEWEST = 2
_FIRST_WEEK = 7
_LAST_AMBIGUOUS_MONTH = 5


def find_fiscal_year(opening: Opening, kind: DocumentKind, period: Found) -> Found:
    """The fiscal year of a report whose period ends on the date found (ISO 8601)."""
    told = _told(opening.text, period.value)
    if told:
        return told
    year = int(period.value[:4])
    if kind == "10-Q":
        return _of_quarter(opening.text, period, year)
    return _of_year(opening.text, period, year)


def _told(text: str, end: str) -> Found | None:
    """The year that the document puts beside the very date."""
    for match in _DATE_THEN_NAME.finditer(text):
        if iso_date(match[1]) == end:
            return Found(match[2], *match.span(2))
    for match in _NAME_THEN_DATE.finditer(text):
        if iso_date(match[2]) == end:
            return Found(match[1], *match.span(1))
    return None


def _of_quarter(text: str, period: Found, year: int) -> Found:
    """The latest year whose quarters are spoken of; a quarter can lie in the fiscal year of the next."""
    spoken = [match for match in _QUARTER_OF.finditer(text) if abs(int(match[1]) - year) <= 1]
    counts = Counter(int(match[1]) for match in spoken)
    often = [named for named, count in counts.items() if count >= _FEWEST]
    if not often:
        return Found(str(year), period.start, period.end)
    return _first(spoken, max(often))


def _of_year(text: str, period: Found, year: int) -> Found:
    """The year of the period's end, or the one before if that is what the document calls it."""
    month, day = int(period.value[5:7]), int(period.value[8:10])
    candidates = {year - 1, year} if month <= _LAST_AMBIGUOUS_MONTH else {year}
    headed = [match for match in _REPORT_OF.finditer(text) if int(match[1]) in candidates]
    spoken = headed or [match for match in _NAMED.finditer(text) if int(match[1]) in candidates]
    counts = Counter(int(match[1]) for match in spoken)
    if not counts:
        opens_january = month == 1 and day <= _FIRST_WEEK
        return Found(str(year - 1 if opens_january else year), period.start, period.end)
    return _first(spoken, max(counts, key=lambda named: (counts[named], named)))


def _first(matches: list[re.Match[str]], year: int) -> Found:
    match = next(match for match in matches if int(match[1]) == year)
    return Found(str(year), *match.span(1))
