"""Facts of prospectuses, proxy statements, and reports that have no cover form: title, company, date."""

from __future__ import annotations

import re

from ingest.facts.dates import DATE, iso_date
from ingest.facts.opening import Found, Opening
from rag.structure import DocumentKind, FactName

_FIRST_CHARS = 3000
_OFFERING: tuple[tuple[DocumentKind, re.Pattern[str]], ...] = (
    (
        "prospectus",
        re.compile(r"^[ \t]{0,20}((?:preliminary )?prospectus(?: supplement)?)\b[^\n]{0,40}$", re.I | re.M),
    ),
    ("prospectus", re.compile(r"(filed pursuant to rule 424)", re.I)),
    (
        "proxy statement",
        re.compile(
            r"(schedule 14a\b)|^[ \t]{0,20}(?:notice of [^\n]{4,60} and )?(proxy statement)", re.I | re.M
        ),
    ),
)
_PROSE = re.compile(
    r"\b(?:is|are|was|were|shall|means|will|has|have)\b|^(?:section|article|item)\b", re.I | re.M
)
_ENTITY = re.compile(
    r"[A-Z0-9][^\n(]{1,80}?,?\s(?:Inc|Incorporated|Corp|Corporation|Company|Co|L\.?L\.?C|Ltd|Limited|L\.?P|plc|N\.?V|S\.?A|AG|SE|Trust|Fund)"
    r"\b\.?",
    re.I,
)
_DATE = re.compile(DATE, re.I)
_ISSUED = re.compile(rf"\b(?:dated|date of this prospectus(?: supplement)? is|as of)\s{{1,4}}({DATE})", re.I)
_REPORT = re.compile(
    r"[^\n]{0,80}\b(?:report|statement|presentation|memorandum|policy|notice|letter|plan|review|certificate)\b[^\n]{0,80}",
    re.I,
)
_ANNUAL_LINE = re.compile(
    r"^[ \t]{0,40}((?:[^\n]{0,60}\s)?annual report(?: and accounts| to shareholders)?(?:\s[^\n]{0,20})?)$",
    re.I | re.M,
)
_ENDED = re.compile(rf"\byear\s{{1,4}}ended\s{{1,4}}({DATE})", re.I)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LETTERS = re.compile(r"[A-Za-z]{3}")


def find_offering(opening: Opening) -> list[tuple[FactName, Found | None]]:
    """The facts of a prospectus or a proxy statement; empty if the document is neither."""
    for kind, words in _OFFERING:
        match = words.search(opening.text, 0, _FIRST_CHARS)
        if match:
            span = match.span(match.lastindex or 0)
            title = opening.words(*span)
            return [
                ("kind", Found(kind, *span)),
                ("title", title),
                ("company", find_company(opening)),
                ("date", _issued(opening)),
            ]
    return []


def find_annual_report(opening: Opening) -> list[tuple[FactName, Found | None]]:
    """The facts of an annual report that is bound without a form; empty if no title line names one."""
    match = _ANNUAL_LINE.search(opening.text, 0, _FIRST_CHARS // 2)
    if match is None:
        return []
    title = opening.words(*match.span(1))
    year = _YEAR.search(opening.text, *match.span(1))
    ended = _ENDED.search(opening.text)
    period = Found(iso_date(ended[1]), *ended.span(1)) if ended and iso_date(ended[1]) else None
    return [
        ("kind", Found("annual report", title.start, title.end)),
        ("title", title),
        ("company", find_company(opening)),
        ("period_end", period),
        ("fiscal_year", Found(year.group(), *year.span()) if year else period and _year_of(period)),
    ]


def find_report(opening: Opening) -> list[tuple[FactName, Found | None]]:
    """The facts of any other document: its title, and the company and date near it."""
    title = _title(opening)
    if title is None:
        return []
    date = _first_date(opening)
    company = find_company(opening)
    if company and company.start == title.start:
        company = None
    return [
        ("kind", Found("other", title.start, title.end)),
        ("title", title),
        ("company", company),
        ("date", date),
        ("fiscal_year", date and _year_of(date)),
    ]


def _year_of(day: Found) -> Found:
    return Found(day.value[:4], day.start, day.end)


def _title(opening: Opening) -> Found | None:
    """The first line that names a report, else the first that looks like a title."""
    lines = list(opening.lines(0, min(_FIRST_CHARS, len(opening.text))))
    named = next((span for span in lines if _REPORT.fullmatch(opening.text[slice(*span)])), None)
    if named is None:
        named = next((span for span in lines if _LETTERS.search(opening.text[slice(*span)])), None)
    if named is None or named[1] - named[0] > 200:
        return None
    return opening.words(*named)


def find_company(opening: Opening) -> Found | None:
    """The first line near the beginning that is a company's name and nothing else."""
    for start, end in opening.lines(0, min(_FIRST_CHARS, len(opening.text))):
        if _ENTITY.fullmatch(opening.text, start, end) and not _PROSE.search(opening.text, start, end):
            return opening.words(start, end)
    return None


def _issued(opening: Opening) -> Found | None:
    for match in _ISSUED.finditer(opening.text):
        before = opening.text[max(0, match.start() - 40) : match.start()]
        value = iso_date(match[1])
        if value and not re.search(r"\bto\s{1,4}prospectus\s{0,4}$", before, re.I):
            return Found(value, *match.span(1))
    return None


def _first_date(opening: Opening) -> Found | None:
    for match in _DATE.finditer(opening.text, 0, _FIRST_CHARS):
        value = iso_date(match.group())
        if value:
            return Found(value, *match.span())
    return None
