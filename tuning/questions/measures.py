"""Values that clauses set: periods, shares, sums and days of the calendar, with their spans.

Numbers may be words ("ten (10) Business Days", "66-2/3%"). Leaves values that readers answer with to
``rag.generator.values``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MeasureKind = Literal["period", "share", "sum", "date"]

_ONES = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|eighteen"
_TENS = "twenty|thirty|forty|forty-five|fifty|sixty|seventy-five|seventy|eighty|ninety|one hundred"
_WORDS = rf"(?:{_TENS}|{_ONES})(?:[- ](?:{_ONES}|{_TENS}))?"
_COUNT = rf"(?:(?:{_WORDS})\s?\(\d{{1,4}}\)|\d{{1,4}}|(?:{_WORDS}))"
_UNIT = (
    r"(?P<unit>(?:consecutive |calendar |successive |trading |full )?(?:Business Days?|business days?"
    r"|Days?|days?"
    r"|calendar days?|weeks?|months?|years?|hours?))"
)
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_PATTERNS: tuple[tuple[MeasureKind, re.Pattern[str]], ...] = (
    ("period", re.compile(rf"\b{_COUNT}\s{_UNIT}(?:['’]s?)?(?![\w-])", re.IGNORECASE)),
    (
        "share",
        re.compile(
            rf"(?:\b(?:{_WORDS})\s+per\s?cent(?:um)?\s*(?P<open>\(\s*))?"
            rf"(?<![\d.,/-])\d{{1,3}}(?:\.\d+)?(?:[- ]\d/\d)?\s?%(?(open)\s?\))"
            rf"|(?:\b(?:{_WORDS})|(?<![\d.,/-])\d{{1,3}}(?:\.\d+)?)\s+per\s?cent\b\.?",
            re.IGNORECASE,
        ),
    ),
    (
        "sum",
        re.compile(
            r"(?:(?:U\.?S\.?\s?)?[$€£]|\b(?:USD|EUR|GBP|CAD))\s?\d+(?:,\d{3})*(?:\.\d+)?(?:\s?(?:thousand"
            r"|million|billion))?(?![\d%])",
            re.IGNORECASE,
        ),
    ),
    ("date", re.compile(rf"\b(?:{_MONTH}\s\d{{1,2}},?\s\d{{4}}|\d{{1,2}}\s{_MONTH}\s\d{{4}})\b")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A value at ``[start, end)`` of a text; ``unit`` is that of a period, as printed, in the plural."""

    kind: MeasureKind
    start: int
    end: int
    unit: str = ""


def measures(text: str) -> list[Measure]:
    """The values in a text, in order.

    >>> [one.kind for one in measures("within ten (10) Business Days pay 5% of $1,000 by 1 May 2024")]
    ['period', 'share', 'sum', 'date']
    """
    return sorted(_found(text), key=lambda one: one.start)


def _found(text: str) -> Iterator[Measure]:
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            unit = match.groupdict().get("unit") or ""
            yield Measure(kind=kind, start=match.start(), end=match.end(), unit=_plural(unit))


def _plural(unit: str) -> str:
    return unit if not unit or unit.endswith("s") else f"{unit}s"
