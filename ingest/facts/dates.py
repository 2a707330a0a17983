"""Dates as documents print them, to ISO 8601. Leaves to others what a date is the date of."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"\d{1,2}(?:\s?(?:s\s?t|n\s?d|r\s?d|t\s?h)\b)?"
_SPACE = r"[\s,]{1,6}"
DATE = (
    rf"(?:{_MONTH}{_SPACE}{_DAY}{_SPACE}\d{{4}}\b"
    rf"|\b{_DAY}\s{{1,4}}(?:day\s{{1,4}}of\s{{1,4}})?{_MONTH}{_SPACE}\d{{4}}\b"
    r"|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})\b)"
)
"""The pattern of a whole date, for use inside of case-insensitive patterns; it has no groups."""

_WORD = re.compile(rf"{_MONTH}", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_EARLIEST, _LATEST = 1900, 2099
_CENTURY = 70
_MONTHS_OF_YEAR = 12


def iso_date(text: str) -> str:
    """A printed date as ISO 8601, or '' if there is no such day.

    Numeric dates are month first, unless there is no such month.

    >>> iso_date("December 31, 2018"), iso_date("this 1st day of October 2008"), iso_date("9/24/18")
    ('2018-12-31', '2008-10-01', '2018-09-24')
    >>> iso_date("2018-12-31"), iso_date("29/3/18"), iso_date("February 30, 2018")
    ('2018-12-31', '2018-03-29', '')
    """
    numbers = [int(number) for number in _NUMBER.findall(text)]
    month = _WORD.search(text)
    if month and len(numbers) == 2:
        day, year = numbers
        number = _MONTHS.index(month.group()[:3].lower()) + 1
    elif len(numbers) == 3 and "-" in text:
        year, number, day = numbers
    elif len(numbers) == 3:
        number, day, year = numbers
        if number > _MONTHS_OF_YEAR >= day:
            number, day = day, number
        year += 0 if year > 99 else 1900 if year >= _CENTURY else 2000
    else:
        return ""
    try:
        found = date(year, number, day)
    except ValueError:
        return ""
    return found.isoformat() if _EARLIEST <= year <= _LATEST else ""
