"""Header words to periods: "Three months ended June 30," over "2023" ends on 2023-06-30 and has 3 months.

A period is only what is printed: a bare year stays a year. A text that names two years ("2018 vs. 2017")
has no period of its own. Leaves to ``ingest.tables.columns`` which words stand over which figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from ingest.tables.calendars import YearEnd, quarter_end
from rag.structure import Period

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?:19[5-9]\d|20\d\d)"
_MONTH_DAY = re.compile(
    rf"\b{_MONTH}\s{{0,2}}(?P<day>[0-3]?\d)\b(?!,?\d)(?:\s?,)?(?:\s{{1,2}}(?P<year>{_YEAR})\b)?", re.I
)
_DAY_MONTH = re.compile(
    rf"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\s{{1,2}}{_MONTH},?\s{{1,2}}(?P<year>{_YEAR})\b", re.I
)
_SLASHES = re.compile(rf"\b(?P<month>[01]?\d)/(?P<day>[0-3]?\d)/(?P<year>{_YEAR}|\d\d)\b")
_MONTH_SLASH_YEAR = re.compile(r"(?P<month>0?[1-9]|1[0-2])/(?P<year>\d\d)")
_MONTH_YEAR = re.compile(rf"\b{_MONTH},?\s{{1,2}}(?P<year>{_YEAR})\b", re.I)
_BARE_YEAR = re.compile(rf"(?<![\d.,/$]){_YEAR}(?![\d%]|[.,/]\d|\s?[-–]\s?\d)")
_SHORT_YEAR = re.compile(
    r"\b(?:FY|CY|F)\s?'?(?P<year>\d\d(?:\d\d)?)\b|\b[1-4]Q\s?'?(?P<after>\d\d)\b|\bQ[1-4]\s?'?(?P<quarter>\d\d)\b"
)
_ORDINAL = "first|second|third|fourth|1st|2nd|3rd|4th"
_QUARTER = re.compile(
    r"\bQ(?P<q>[1-4])(?![a-z])|\b(?P<q2>[1-4])Q(?!\w*[a-z])"
    rf"|\b(?P<word>{_ORDINAL})[ -]quarter\b|\bquarters?\s(?P<nth>{_ORDINAL})\b",
    re.I,
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_NUMBERS = {
    "three": 3, "six": 6, "nine": 9, "twelve": 12, "thirteen": 13, "fourteen": 14, "sixteen": 16,
    "twenty-six": 26, "twenty-four": 24, "twenty-seven": 27, "thirty-six": 36, "thirty-nine": 39,
    "forty": 40, "fifty-two": 52, "fifty-three": 53,
}  # fmt: skip
_COUNT = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_SPAN = re.compile(
    rf"(?<!than )(?<!within )(?<!least )(?<!next )\b(?P<count>{_COUNT}|\d{{1,2}})"
    r"[\s-]{1,2}(?P<unit>months?|weeks?)\b",
    re.I,
)
_YEAR_LONG = re.compile(
    r"\b(?:fiscal|calendar)\b|\byears?[\s-]ended\b|\byears? ending\b|\bfor the years?\b|\bfull[- ]year\b"
    r"|\bFY\s?'?\d",
    re.I,
)
_QUARTER_LONG = re.compile(r"\bquarters?\b", re.I)
_POINT = re.compile(r"\b(?:as of|as at|at(?! the following)|balances?)\b", re.I)
_FILLER = re.compile(
    r"\b(?:ended|ending|for|the|as|of|at|on|in|and|fiscal|calendar|years?|months?|weeks?|quarters?|period|periods"
    r"|beginning|from|to|unaudited|audited|restated|adjusted|actual|estimated|through|full|note|balance|balances)\b|[\s(),.:*†'’–—-]",
    re.I,
)
_AND_YEAR = re.compile(rf"{_YEAR}\s?(?:,|,?\s?and|&)\s{{1,2}}{_YEAR}\b", re.I)
_PRIOR = re.compile(rf"\b(?:prior to|before|after|since)\s{_YEAR}\b", re.I)
_THROUGH = re.compile(r"\b(?:through|to|until)\b|[–—]", re.I)
_COMPARES = re.compile(
    r"\b(?:vs?\.?|versus|change|compared|increase|decrease|variance|growth)\b|%|\bover\b", re.I
)
_ENDED = re.compile(r"\bend(?:ed|ing)?\b|\bfor the\b|\bas (?:of|at)\b|\bat\b", re.I)
_DAYS_A_MONTH = 30.4
_FEW_DAYS = 4
_FISCAL = re.compile(r"\bfiscal\b|\bFY", re.I)


@dataclass(frozen=True, slots=True)
class Words:
    """What a text says of time: full dates, month and day without a year, years, length in months.

    ``loose`` is whether the length is only that of years spoken of, and says nothing of a date. ``ends`` is
    when the fiscal year ends, where the document tells.
    """

    dates: tuple[str, ...] = ()
    month_day: tuple[int, int] | None = None
    years: tuple[int, ...] = ()
    months: int | None = None
    quarter: int = 0
    fiscal: bool = False
    loose: bool = False
    ends: YearEnd | None = field(default=None, repr=False)

    @property
    def empty(self) -> bool:
        """Whether it says nothing."""
        return not (self.dates or self.month_day or self.years or self.quarter or self.months is not None)


def is_year(text: str) -> bool:
    """Whether a text is a bare year, as columns are headed.

    >>> is_year("2018"), is_year("2018(1)"), is_year("2,018"), is_year("1577")
    (True, True, False, False)
    """
    return bool(_YEAR_ONLY.fullmatch(text.strip()))


_YEAR_ONLY = re.compile(rf"(?:FY\s?)?{_YEAR}\s?(?:E|A|\*|†|(?:\s?\(\w\)){{0,2}})")


def read_words(text: str) -> Words:
    """What a text says of time.

    >>> read_words("Three months ended June 30,")
    Words(dates=(), month_day=(6, 30), years=(), months=3, quarter=0, fiscal=False, loose=False)
    >>> read_words("Fiscal year ended January 28, 2023").dates
    ('2023-01-28',)
    """
    if not _HAS_TIME.search(text):
        return Words()
    dates: dict[str, None] = {}
    if match := _MONTH_SLASH_YEAR.fullmatch(text.strip()):
        dates[f"20{match['year']}-{int(match['month']):02}"] = None
    rest = text
    for pattern in (_DAY_MONTH, _SLASHES):
        for match in pattern.finditer(rest):
            dates.setdefault(_date(match), None)
        rest = pattern.sub(" ", rest)
    month_day = None
    for match in _MONTH_DAY.finditer(rest):
        if match["year"]:
            dates.setdefault(_date(match), None)
        else:
            month_day = (_month(match["month"]), int(match["day"]))
    rest = _MONTH_DAY.sub(" ", rest)
    for match in _MONTH_YEAR.finditer(rest):
        dates.setdefault(f"{match['year']}-{_month(match['month']):02}", None)
    rest = _MONTH_YEAR.sub(" ", rest)
    years = [int(match.group()) for match in _BARE_YEAR.finditer(rest)]
    years += [_short_year(match) for match in _SHORT_YEAR.finditer(rest)]
    quarter = _QUARTER.search(text)
    if years and dates and month_day is None and _AND_YEAR.search(text):
        # "December 31, 2018 and 2017" names two dates.
        first = next(iter(dates))
        month_day = (int(first[5:7]), int(first[8:10] or 1))
        years = [int(first[:4]), *years]
        dates = {}
    return Words(
        dates=tuple(date for date in dates if date),
        month_day=month_day,
        years=tuple(dict.fromkeys(years)),
        months=_months(text),
        quarter=_quarter(quarter) if quarter else 0,
        fiscal=bool(_FISCAL.search(text)),
        loose=not _SPAN.search(text) and not _ENDED.search(text),
    )


_HAS_TIME = re.compile(
    r"\d\d|[1-4]Q|Q[1-4]|\b(?:months?|weeks?|years?|quarters?|fiscal|annual|as of|at)\b", re.I
)


def read_period(text: str, around: Words | None = None) -> Period | None:
    """The one period that a text names, completed by what the words around it say.

    ``around`` holds for a whole table: "Years ended December 31" above columns headed by years.

    >>> read_period("2018", read_words("Years ended December 31"))
    Period(end='2018-12-31', months=12)
    >>> read_period("Three months ended June 30, 2023"), read_period("2018 vs. 2017"), read_period("% Change")
    (Period(end='2023-06-30', months=3), None, None)
    >>> read_period("Q2 2023"), read_period("FY23"), read_period("December 31, 2018")
    (Period(end='2023-06', months=3), Period(end='2023', months=12), Period(end='2018-12-31', months=None))
    >>> read_period("July 1, 2019 through June 30, 2020")
    Period(end='2020-06-30', months=12)
    """
    if _PRIOR.search(text):
        return None
    own = read_words(text)
    if len(own.dates) == 2 and _THROUGH.search(text):
        return _stretch(*own.dates)
    if own.empty and around is None:
        return None
    around = around or Words()
    end = _end(own, around, bool(_COMPARES.search(text)))
    if not end:
        return None
    months = own.months
    if months is None and not (own.dates and around.loose):
        months = around.months
    if own.quarter:
        months = 3
    return Period(end=end, months=months)


def _stretch(first: str, last: str) -> Period | None:
    """The period from one day to another, its length if it is one of whole months."""
    if len(first) != len(last) or len(first) != len("2018-12-31") or first >= last:
        return None
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    months = round(days / _DAYS_A_MONTH)
    return Period(end=last, months=months if abs(days - months * _DAYS_A_MONTH) < _FEW_DAYS else None)


def is_period(text: str) -> bool:
    """Whether a text names a period or part of one and nothing else.

    >>> is_period("Year ended December 31, 2018"), is_period("Notes due 2018")
    (True, False)
    """
    if len(text) > 100 or read_words(text).empty:
        return False
    rest = text
    for pattern in (_DAY_MONTH, _SLASHES, _MONTH_DAY, _MONTH_YEAR, _BARE_YEAR, _SHORT_YEAR, _QUARTER, _SPAN):
        rest = pattern.sub(" ", rest)
    return not _FILLER.sub("", rest)


def _end(own: Words, around: Words, compares: bool) -> str:
    if len(own.dates) == 1:
        return own.dates[0]
    if own.dates or len(own.years) > 1:
        return ""
    if own.years:
        return _year_end(own, around)
    if compares or own.month_day:
        return around_year(own, around)
    if own.quarter and around.ends and len(years := _years(around)) == 1:
        return quarter_end(years.pop(), own.quarter, around.ends)
    if len(around.dates) == 1 and not around.years:
        return around.dates[0]
    exact = around.fiscal or around.month_day
    if own.empty and exact and len(around.years) == 1 and not around.dates:
        return iso_date(around.years[0], around.month_day)
    return ""


def _years(words: Words) -> set[int]:
    return {*words.years, *(int(day[:4]) for day in words.dates)}


def around_year(own: Words, around: Words) -> str:
    """The end where the year stands only in the words around: "June 30," in a table "for 2023"."""
    if own.month_day and len(around.years) == 1 and not around.dates:
        return iso_date(around.years[0], own.month_day)
    return ""


def _year_end(own: Words, around: Words) -> str:
    year = own.years[0]
    if own.quarter and own.month_day:
        return iso_date(year, own.month_day)
    if own.quarter and around.ends:
        return quarter_end(year, own.quarter, around.ends)
    if own.quarter:
        # A quarter of a fiscal year ends in a month that is not printed.
        return str(year) if own.fiscal or around.fiscal else f"{year}-{3 * own.quarter:02}"
    dates = [date for date in around.dates if date.startswith(str(year))]
    if len(dates) == 1:
        return dates[0]
    return iso_date(year, own.month_day or around.month_day)


def _months(text: str) -> int | None:
    if match := _SPAN.search(text):
        count = _NUMBERS.get(match["count"].lower()) or int(match["count"])
        return count if match["unit"].lower().startswith("m") else round(count * 12 / 52)
    if _QUARTER.search(text) or _QUARTER_LONG.search(text):
        return 3
    if _YEAR_LONG.search(text):
        return 12
    return 0 if _POINT.search(text) else None


def _date(match: re.Match[str]) -> str:
    month, day, year = _month(match["month"]), int(match["day"]), int(match["year"])
    full = iso_date(year + 2000 if year < 100 else year, (month, day))
    return full if len(full) > len("2018") else ""


def iso_date(year: int, month_day: tuple[int, int] | None) -> str:
    """A date, or the year alone where there is no such day.

    >>> iso_date(2018, (12, 31)), iso_date(2018, (2, 30)), iso_date(2018, None)
    ('2018-12-31', '2018', '2018')
    """
    if month_day is None:
        return str(year)
    try:
        return date(year, *month_day).isoformat()
    except ValueError:
        return str(year)


def _month(name: str) -> int:
    if name.isdigit():
        return int(name)
    return next(number for number, month in enumerate(_MONTHS, 1) if month.startswith(name[:3].lower()))


def _quarter(match: re.Match[str]) -> int:
    return int(match["q"] or match["q2"] or _ORDINALS[(match["word"] or match["nth"]).lower()])


def _short_year(match: re.Match[str]) -> int:
    year = int(match["year"] or match["after"] or match["quarter"])
    return year + 2000 if year < 100 else year
