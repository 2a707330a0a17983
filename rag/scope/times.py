"""The times and kinds of document that a question speaks of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rag.scope.mentions import Mention
from rag.structure import DocumentKind

_YEAR = re.compile(
    r"(?<![\d$.,-])(?P<full>(?:19|20)\d\d)(?![\d%]|[.,]\d)"
    r"|(?:\b(?:FY|CY|Q[1-4]|[1-4]Q|H[12])\s?[’']?|(?<=\s)[’'])(?P<short>\d\d)(?!\d)",
    re.I,
)
_QUARTER = re.compile(
    r"(?<![A-Za-z])(?:Q([1-4])|([1-4])Q|H([12])|(first|second|third|fourth)[ -]quarter)(?![A-Za-z])"
    r"|(?<=\d)Q([1-4])\b",
    re.I,
)
_QUARTERS = {"first": "1", "second": "2", "third": "3", "fourth": "4"}
_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "|".join(_MONTHS)
_DATE = re.compile(
    rf"\b(?:({_MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})"
    rf"|(\d{{1,2}})(?:st|nd|rd|th)?\s+({_MONTH}),?\s+(\d{{4}})"
    r"|(\d{4}-\d\d-\d\d))\b",
    re.I,
)
_KINDS: tuple[tuple[str, tuple[DocumentKind, ...]], ...] = (
    (r"10-?K|annual report", ("10-K", "annual report", "20-F")),
    (r"20-?F", ("20-F",)),
    (r"10-?Q|quarterly report", ("10-Q",)),
    (r"8-?K|current report", ("8-K",)),
    (r"earnings (?:release|report|call)|press release", ("earnings release", "8-K")),
    (r"proxy(?: statement)?", ("proxy statement",)),
    (r"prospectus(?: supplement)?|offering memorandum", ("prospectus",)),
    (r"(?:supplemental )?indenture", ("indenture",)),
    (r"(?:credit|loan)(?: and \w+)? agreement", ("credit agreement",)),
    (r"(?:non-?\s?disclosure|confidentiality) agreement|NDA", ("NDA",)),
    (r"merger agreement|plan of merger", ("merger agreement",)),
    (r"(?<!credit )(?<!loan )(?<!disclosure )(?<!merger )(?:agreement|contract)", ("agreement",)),
)
_KIND_PATTERNS = tuple((re.compile(rf"\b(?:{words})\b", re.I), kinds) for words, kinds in _KINDS)


class Asked(NamedTuple):
    """What a question asks for besides names."""

    years: frozenset[int]
    days: frozenset[str]
    quarter: str
    kinds: frozenset[str]


def find_times_and_kinds(question: str, names: Sequence[Mention]) -> Iterator[Mention]:
    """Dates, years, quarters and kinds that are not part of a name."""

    def free(match: re.Match[str]) -> bool:
        return all(match.end() <= name.start or match.start() >= name.end for name in names)

    for match in filter(free, _DATE.finditer(question)):
        yield Mention(kind="date", value=_iso(match), start=match.start(), end=match.end())
    for match in filter(free, _YEAR.finditer(question)):
        year = match["full"] or f"20{match['short']}"
        yield Mention(kind="year", value=year, start=match.start(), end=match.end())
    for match in filter(free, _QUARTER.finditer(question)):
        first, second, half, word, last = match.groups()
        quarter = first or second or last or (str(2 * int(half)) if half else _QUARTERS[word.lower()])
        yield Mention(kind="quarter", value=quarter, start=match.start(), end=match.end())
    for pattern, kinds in _KIND_PATTERNS:
        for match in filter(free, pattern.finditer(question)):
            for kind in kinds:
                yield Mention(kind="kind", value=kind, start=match.start(), end=match.end())


def _iso(match: re.Match[str]) -> str:
    month, day, year, day_first, month_next, year_last, iso = match.groups()
    if iso:
        return str(iso)
    number = _MONTHS.index((month or month_next).lower()) + 1
    return f"{year or year_last}-{number:02}-{int(day or day_first):02}"


def what_is_asked(mentions: Sequence[Mention]) -> Asked:
    """The mentions of times and kinds together; of several quarters the first."""
    of: dict[str, list[str]] = defaultdict(list)
    for mention in mentions:
        of[mention.kind].append(mention.value)
    return Asked(
        frozenset(int(year) for year in of["year"]),
        frozenset(of["date"]),
        of["quarter"][0] if of["quarter"] else "",
        frozenset(of["kind"]),
    )
