"""All values that a text holds, by kind: sums of money, percentages, dates, counts with their unit, numbers.

What names rather than measures ("Class A-1", "clause (3)", "Note 7") is no value. Rules, no model. Leaves
which value is an answer to ``features`` and ``model``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["amount", "percent", "date", "count", "number", "section", "rating"]
KINDS: tuple[Kind, ...] = ("amount", "percent", "date", "count", "number", "section", "rating")

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?)"
)
_ONES = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_BELOW = {word: place for place, word in enumerate((*_ONES, *_TEENS), start=1)}
_ROUND = {word: 10 * place for place, word in enumerate(_TENS, start=2)}
_SPOKEN = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-](?:{'|'.join(_ONES)}))?|{'|'.join((*_TEENS, *_ONES))})"
_CURRENCY = r"(?:U\.?S\.?\s?\$|US\$|[$€£]|\b(?:USD|EUR|GBP)\b)"
_FIGURE = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SCALE = r"(?:\s?(?:thousand|million|billion|trillion)\b)"
_UNIT = (
    r"(?:(?:consecutive|business|calendar|trading|working|full|successive|additional)[\s-]+)*"
    r"(?:days?|months?|years?|weeks?|hours?)\b"
)
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "date",
        re.compile(
            rf"\b{_MONTH}\s+\d{{1,2}},?\s+\d{{4}}\b|\b\d{{1,2}}\s+{_MONTH},?\s+\d{{4}}\b"
            rf"|\b\d{{4}}-\d{{2}}-\d{{2}}\b"),
    ),
    (
        "section",
        re.compile(

                r"\b(?:Section|Article|Clause|Schedule|Exhibit|Annex)\s+(?:\d[\w.]*"
                r"|[A-Z])(?:\(\w{1,5}\))*(?<![.])", re.IGNORECASE
        ),
    ),
    ("percent", re.compile(
        rf"(?<![\w.,/])-?(?:{_FIGURE})\s?(?:%|per\s?cent\b\.?|percent\b|basis points\b"
        rf"|bps\b)", re.IGNORECASE)),
    ("amount", re.compile(
        rf"(?:{_CURRENCY})\s?(?:{_FIGURE})(?:{_SCALE}|\s?[mb]n?\b)?"
        rf"|(?<![\w.,])(?:{_FIGURE}){_SCALE}", re.IGNORECASE)),
    (
        "rating",
        re.compile(

                r"(?<![\w.])(?:Aaa|Aa[1-3]|Baa[1-3]|Ba[1-3]|Caa[1-3]|[AB][1-3]|AAA|AA[+-]"
                r"|BBB[+-]?|BB[+-]|CCC[+-]?|[AB][+-]|AA|BB"
            r"|[AB](?=\(sf\)))(?:\s?\(sf\))?(?![\w+-])"
        ),
    ),
    ("count", re.compile(
        rf"(?<![\w.,])(?:{_SPOKEN}\s*\(\s*)?\d{{1,4}}\s?\)?[\s-]*{_UNIT}"
        rf"|\b{_SPOKEN}[\s-]+{_UNIT}", re.IGNORECASE)),
    ("amount", re.compile(r"(?<![\w.,(/-])-?\(?\d{1,3}(?:,\d{3})+(?:\.\d+)?\)?(?![\w%,]|\.\d)")),
    ("number", re.compile(
        rf"\b{_SPOKEN}\s*\(\s*\d{{1,4}}\s*\)|(?<![\w.,(/$€£-])-?\d+(?:\.\d+)?(?![\w%(/]"
        rf"|[.,]\d|-\w)|\b(?:{_SPOKEN})\b(?=\s+[A-Za-z])", re.IGNORECASE)),
)  # fmt: skip
_NAMING = re.compile(
    r"(?:\b(?:sections?|notes?|items?|pages?|exhibits?|class(?:es)?|clauses?"
    r"|paragraphs?|schedules?|form|chapter|rule"
    r"|level|tranche|series|part|no|articles?|annex|appendix|group)|§|#)\.?\s*$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
_PARTS = {"day": "days", "month": "months", "year": "years", "week": "weeks", "hour": "hours"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value at ``[start, end)`` of a text; ``key`` is the same for equal values of a kind, however printed.

    ``unit`` is what a count counts ("business days", "years"), else empty.
    """

    kind: Kind
    start: int
    end: int
    key: str
    unit: str = ""


def values_in(text: str) -> list[Value]:
    """The values of a text in its order, none overlapping another.

    >>> text = "On 4 May 2021 at least sixty (60) days' notice, 25.0% or U.S.$750,000 under Section 5.1(c)"
    >>> [(one.kind, text[one.start : one.end]) for one in values_in(text)]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('date', '4 May 2021'), ('count', 'sixty (60) days'), ('percent', '25.0%'), ('amount', 'U.S.$750,000'),
     ('section', 'Section 5.1(c)')]
    """
    taken: list[tuple[int, int]] = []
    found = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < b and a < end for a, b in taken):
                continue
            if kind in ("number", "count") and not _measures(match[0], text[max(0, start - 14) : start]):
                continue
            taken.append((start, end))
            found.append(
                Value(kind=kind, start=start, end=end, key=_key(kind, match[0]), unit=_unit(kind, match[0]))
            )
    return sorted(found, key=lambda one: one.start)


def _measures(printed: str, before: str) -> bool:
    return not _YEAR.fullmatch(printed) and not _NAMING.search(before)


def _unit(kind: Kind, printed: str) -> str:
    if kind != "count":
        return ""
    words = re.findall(r"[a-z]+", printed.lower())
    part = words[-1].removesuffix("s") + "s"
    return f"business {part}" if "business" in words else part


def _key(kind: Kind, printed: str) -> str:
    if kind in ("date", "section", "rating"):
        return " ".join(re.findall(r"\w+", printed.lower()))
    digits = _DIGITS.search(printed)
    if digits is None:
        return str(spoken_number(printed))
    scale = next(
        (f" {name}" for name in ("thousand", "million", "billion", "trillion") if name in printed.lower()), ""
    )
    plain = digits[0].replace(",", "")
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) + scale


def spoken_number(words: str) -> int:
    """What a number in words up to ninety-nine comes to; 0 where there is none.

    >>> spoken_number("forty-five days"), spoken_number("nineteen"), spoken_number("few")
    (45, 19, 0)
    """
    total = 0
    for word in re.findall(r"[a-z]+", words.lower()):
        if word in _ROUND:
            total = _ROUND[word]
        elif word in _BELOW:
            return total + _BELOW[word] if total % 10 == 0 else total
        elif total:
            break
    return total
