"""Facts from a press release of results: headline, company, symbol, fiscal year, period, date."""

from __future__ import annotations

import re

from ingest.facts.dates import DATE, iso_date
from ingest.facts.opening import Found, Opening

_HEADLINE_CHARS = 1500
_RELEASE_CHARS = 6000
_VERB = r"(?:reports?|announces?|reported|announced|posts?|delivers?|releases?)"
_HEADLINE = re.compile(
    rf"^[^\n]{{2,120}}?\b{_VERB}\b(?:[^\n]|\n(?!\s{{0,20}}\n)){{0,200}}?\b(?:results|earnings)\b[^\n]{{0,120}}",
    re.I | re.M,
)
_TIMES = re.compile(r"\b(?:quarter|quarterly|year|fiscal|half|months|Q[1-4]|[1-4]Q)", re.I)
_NAME = r"[A-Z0-9][\w.&'’-]*(?:(?:,?\s{1,2}|\s{1,2}(?:of|and|for|the)\s{1,2})[A-Z0-9&][\w.&'’-]*){0,7}"
_LISTED = re.compile(
    rf"({_NAME})\s{{1,4}}(?:\([^()\n]{{1,40}}\)\s{{1,2}})?\(\s?(?:NYSE|NASDAQ|Nasdaq|NasdaqGS|TSX|LSE|AMEX)"
    r"[A-Za-z ]{0,20}:\s{0,3}([A-Z]{1,5}(?:\.[A-Z])?)"
)
_SUBJECT = re.compile(rf"\b{_VERB}\b", re.I)
_YEAR = re.compile(
    r"\b(?:quarter|year|fiscal|half|months)(?:\s{1,4}(?:and|of|full|fiscal|year|the|for|ended)){0,5}[\s-]{1,4}(20\d\d)\b"
    r"|\b(?:Q[1-4]|[1-4]Q)[\s-]{0,3}(?:FY)?[’']?\s?(20\d\d|\d\d)\b|\bFY\s?[’']?(20\d\d|\d\d)\b",
    re.I,
)
_ENDED = re.compile(
    rf"\b(?:quarter|year|period|weeks|months|[”\"]\))[^.\n]{{0,90}}?\n?[^.\n]{{0,60}}?\bended\s{{1,4}}({DATE})",
    re.I,
)
_DATE = re.compile(DATE, re.I)
_DASH = "–—-"


def find_headline(opening: Opening) -> Found | None:
    """The headline "… reports third quarter results …", or None if the document does not open with one."""
    match = _HEADLINE.search(opening.text, 0, _HEADLINE_CHARS)
    if match is None or not _TIMES.search(match.group()):
        return None
    return opening.words(match.start(), match.end())


def find_listed(opening: Opening) -> tuple[Found | None, Found | None]:
    """The company and its symbol, from "PepsiCo, Inc. (NASDAQ: PEP)"."""
    match = _LISTED.search(opening.text, 0, _RELEASE_CHARS)
    return (opening.words(*match.span(1)), opening.words(*match.span(2))) if match else (None, None)


def find_subject(opening: Opening, headline: Found) -> Found | None:
    """The words of the headline before its verb."""
    verb = _SUBJECT.search(opening.text, headline.start, headline.end)
    end = verb.start() if verb else headline.start
    subject = opening.text[headline.start : end].rstrip()
    return opening.words(headline.start, headline.start + len(subject)) if subject else None


def find_year(opening: Opening, headline: Found, period: Found | None) -> Found | None:
    """The year that the headline or the first sentences name, else that of the period's end."""
    for start, end in ((headline.start, headline.end), (headline.end, _RELEASE_CHARS // 2)):
        match = _YEAR.search(opening.text, start, end)
        if match:
            group = next(group for group in (1, 2, 3) if match[group])
            return Found(f"20{match[group]}"[-4:], *match.span(group))
    return Found(period.value[:4], period.start, period.end) if period else None


def find_end(opening: Opening) -> Found | None:
    """The end of the quarter or year reported on."""
    for match in _ENDED.finditer(opening.text, 0, _RELEASE_CHARS):
        value = iso_date(match[1])
        if value:
            return Found(value, *match.span(1))
    return None


def find_dateline(opening: Opening) -> Found | None:
    """The date of the release: one on its own line, or one before a dash."""
    for match in _DATE.finditer(opening.text, 0, _RELEASE_CHARS):
        before = opening.text[max(0, match.start() - 60) : match.start()].rpartition("\n")[2]
        after = opening.text[match.end() : match.end() + 4].lstrip(" )")
        alone = not before.strip() and (not after or after[0] == "\n")
        value = iso_date(match.group())
        if value and (alone or after[:1] in set(_DASH) or after[:2] == "/ "):
            return Found(value, *match.span())
    return None
