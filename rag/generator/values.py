"""What kind of value a question asks for, and where values of that kind stand in a text.

Rules over question words and number formats; deterministic, no model. Leaves choosing to generators.
"""

from __future__ import annotations

import re
from typing import Literal

ValueKind = Literal["amount", "fee", "percent", "ratio", "date", "number", "section", "text"]

_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_NUMBER = r"-?\d[\d,]*(?:\.\d+)?"
_CURRENCY = r"(?:U\.?S\.?\s?)?[$€£]|USD|EUR|GBP"
_SCALE = r"(?:\s?(?:thousand|million|billion|trillion)\b)"
_SHORT_SCALE = r"(?:\s?[mb]n?\b)"  # only behind a currency: "3M" is a company

_PATTERNS: dict[ValueKind, re.Pattern[str]] = {
    "amount": re.compile(
        rf"(?:{_CURRENCY})\s?{_NUMBER}(?:{_SCALE}|{_SHORT_SCALE})?|\d[\d,]*(?:\.\d+)?{_SCALE}|\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?",
        re.IGNORECASE,
    ),
    "percent": re.compile(r"-?\d[\d,]*(?:\.\d+)?\s?(?:%|per\s?cent\.?|basis points|bps)", re.IGNORECASE),
    "ratio": re.compile(
        r"(?<!Section )(?<![\d,.])(?:\d{1,3}(?:\.\d+)?\s?(?:%|x\b|:\s?1(?:\.0+)?)|\d{1,3}\.\d+)(?![\d(])"
    ),
    "date": re.compile(
        rf"{_MONTH}\s\d{{1,2}},?\s\d{{4}}|\d{{1,2}}\s{_MONTH},?\s\d{{4}}|{_MONTH}\s\d{{4}}|\d{{4}}-\d{{2}}-\d{{2}}"
    ),
    "number": re.compile(r"(?<![\d.,])(?!\d[\d.,]*\s?(?:%|per\s?cent))\d[\d,]*(?:\.\d+)?(?![\d%])\b"),
    "section": re.compile(
        r"\b(?:Section|Article|Clause|Schedule|Exhibit|Annex)\s[\dA-Z][\w.]*(?:\(\w+\))*", re.IGNORECASE
    ),
}

_ASKS: tuple[tuple[ValueKind, re.Pattern[str]], ...] = (
    ("section", re.compile(r"\b(?:which|what|in what) (?:section|article|clause|schedule|exhibit)\b")),
    ("date", re.compile(r"\b(?:when|what date|which date|maturity date|what day|on what)\b|\bdate\b.*\?$")),
    ("percent", re.compile(r"\b(?:percent|percentage|per cent|what %|rate|margin|spread|coupon|bps)\b|%")),
    ("ratio", re.compile(r"\b(?:ratio|trigger|cushion|turnover|coverage|multiple|threshold)\b")),
    ("number", re.compile(r"\b(?:how many|number of|how long|days|score|factor|period)\b")),
    ("amount", re.compile(r"\b(?:how much|amount|usd|dollars?|balance|principal|cost|revenue)\b")),
    ("fee", re.compile(r"\b(?:fee|price)s?\b")),
)


_NO_VALUE = re.compile(r"\s*(?:is|are|does|do|did|has|have|was|were|can|may|must|who|which|why)\b")
"""Questions that open like this want a yes, a no, a name or a reason."""


def asked_kind(question: str) -> ValueKind:
    """The kind of value that answers a question, "text" where no figure or date is asked for.

    >>> asked_kind("What is the initial principal amount of the Class B Notes?")
    'amount'
    >>> asked_kind("When does the reinvestment period end?")
    'date'
    >>> asked_kind("Who is the trustee?")
    'text'
    """
    folded = question.lower()
    kinds = (kind for kind, pattern in _ASKS if pattern.search(folded))
    kind: ValueKind = next(kinds, "text")
    if kind != "section" and _NO_VALUE.match(folded):
        return "text"
    return kind


def values(text: str, kind: ValueKind) -> list[tuple[int, int]]:
    """The spans of the values of one kind, in order; none for "text". Years do not count as numbers.

    >>> text = "Class B  $310,000,000  4.25%"
    >>> [text[a:b] for a, b in values(text, "amount")], [text[a:b] for a, b in values(text, "percent")]
    (['$310,000,000'], ['4.25%'])
    """
    if kind == "fee":
        # Stated as a sum or as a rate.
        return sorted(values(text, "amount") + values(text, "percent"))
    pattern = _PATTERNS.get(kind)
    if pattern is None:
        return []
    spans = [match.span() for match in pattern.finditer(text)]
    if kind == "number":
        spans = [(a, b) for a, b in spans if not re.fullmatch(r"(?:19|20)\d\d", text[a:b])]
    return spans
