"""Calendar dates in running text: found in the usual American, British and ISO forms.

Two-digit years are not read (ambiguous); 3/4/2031 is March 4 as in American filings, 15/4/2031 can only be
April 15.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})\b"
_FORMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_MONTH}\s+{_DAY}(?:,|\s)\s*{_YEAR}",
        rf"\b{_DAY}(?:\s+day)?(?:\s+of)?\s+{_MONTH},?\s+{_YEAR}",
        r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b",
        r"\b(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})\b",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """A date and where it stands in the text."""

    value: date
    start: int
    end: int


def find_dates(text: str) -> list[DateMention]:
    """All dates of a text in reading order; impossible ones (February 30) are left out.

    >>> [str(m.value) for m in find_dates("due Jan. 15, 2031 (the 15th day of April, 2032)")]
    ['2031-01-15', '2032-04-15']
    >>> [str(m.value) for m in find_dates("2031-1-5 or 15/4/2031, not 30 February 2031")]
    ['2031-01-05', '2031-04-15']
    """
    found = []
    for form in _FORMS:
        for match in form.finditer(text):
            value = _date(match["year"], match["month"], match["day"])
            if value is not None:
                found.append(DateMention(value=value, start=match.start(), end=match.end()))
    return sorted(found, key=lambda mention: mention.start)


def _date(year: str, month: str, day: str) -> date | None:
    numbers = [int(year), _month(month), int(day)]
    if numbers[1] > 12 and numbers[2] <= 12:
        numbers[1], numbers[2] = numbers[2], numbers[1]
    try:
        return date(*numbers)
    except ValueError:
        return None


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS.index(text[:3].lower()) + 1
