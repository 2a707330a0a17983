"""Captions to scale, currency and unit: "(in millions, except per share amounts)"; which rows are excepted.

Leaves to ``ingest.tables.captions`` which words are a table's caption.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.structure import Unit

_WORD = r"(?P<word>thousands?|millions?|billions?|hundreds)"
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_MONEY = (
    r"(?:u\.?\s?s\.?\s)?"
    r"(?:dollars?|\$|us\s?\$|usd|euros?|€|£|rmb|yen|¥|amounts?|figures?|canadian dollars?|c\$)"
)
_CAPTIONS = (
    re.compile(rf"\bin\s(?:{_MONEY}\s)?{_WORD}\b(?!\sof\s(?:shares|square|units))", re.I),
    re.compile(rf"\b{_WORD}\sof\s(?:{_MONEY})", re.I),
    re.compile(rf"[($€£]\s?{_WORD}\b", re.I),
    re.compile(rf"\b(?:dollars?|amounts?|usd|us\$|rmb)[\s,–—-]{{1,3}}{_WORD}\b", re.I),
    re.compile(
        r"(?P<word>\$?\s?\(?000[’']?s\b|\$?\s?0{3}[’']?s\)|\(?\$\s?0{3}\)?|[$€£]\s?(?:mm?|MM?|bn?|k)\b)"
    ),
)
_SHARES_IN = re.compile(
    r"\bshares?\b(?:, (?:which|that) are)?[^,;)]{0,50}?\bin\s(thousands?|millions?|billions?)"
    r"|\b(thousands?|millions?)\sof\sshares|\bshares?\s\(?(?:in\s)?(000)[’']?s",
    re.I,
)
_SHARES_BEFORE = re.compile(r"shares?[^,;)]{0,40}$", re.I)
_MONEY_BEFORE = re.compile(r"(?:[$€£]|dollars|amounts)(?:,| and|, and)\s(?:\w+\s)?shares?\s?$", re.I)
_SHORT = 60
_EXCEPT = re.compile(r"\bexcept(?:ing|ion)?\b|\bother than\b|\bexcluding\b", re.I)
_PER_SHARE = re.compile(r"\bper[\s-](?:\w+\s)?(?:share|unit|ads|common)|\beps\b|\bpar value\b", re.I)
_SHARE = re.compile(r"(?<!per[ -])\bshares?\b(?!\s?(?:price|option))|\bunits\b", re.I)
_COUNTS = re.compile(r"\b(?:unit|store|location)s? counts?\b", re.I)
_PERCENT = re.compile(r"\bper\s?cent(?:age)?s?\b|%", re.I)
_CURRENCY = (
    (re.compile(r"u\.?s\.?\s?dollars?|us\s?\$|usd\b", re.I), "USD"),
    (re.compile(r"canadian|c\$|\bcad\b", re.I), "CAD"),
    (re.compile(r"australian|a\$", re.I), "AUD"),
    (re.compile(r"rmb|renminbi|yuan", re.I), "CNY"),
    (re.compile(r"€|\beuros?\b", re.I), "EUR"),
    (re.compile(r"£|pounds? sterling|sterling", re.I), "GBP"),
    (re.compile(r"\byen\b|¥", re.I), "JPY"),
    (re.compile(r"\bdollars?\b|\$", re.I), "USD"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """What a caption says: figures are money (or ``unit``) times ``scale``; what ``excepts`` names is not.

    ``shares_scale`` is that of share counts where they are named apart, else 0.
    """

    scale: int = 1
    currency: str = ""
    unit: Unit = ""
    excepts: frozenset[str] = frozenset()
    shares_scale: int = 0
    text: str = ""

    @property
    def excepted(self) -> str:
        """The words of the caption that name what it does not hold for."""
        match = _EXCEPT.search(self.text)
        return self.text[match.end() :] if match else ""


def read_units(text: str) -> Units | None:
    """What a caption says of units, or None where it says nothing.

    >>> units = read_units("(Dollars in millions, except per share amount)")
    >>> units.scale, units.currency, sorted(units.excepts)
    (1000000, 'USD', ['per_share'])
    >>> read_units("(In thousands, except share and per share data)").shares_scale
    1
    >>> read_units("(Percent of net sales)").unit, read_units("Balance Sheets")
    ('percent', None)
    """
    found = _scale(text)
    if found is None and (shares := _SHARES_IN.search(text)) and len(text) < _SHORT:
        factor = _factor(next(group for group in shares.groups() if group))
        return Units(shares_scale=factor, unit="shares", text=text.strip())
    if found is None:
        unit: Unit = "percent" if _PERCENT_CAPTION.search(text) else ""
        return Units(unit=unit, text=text.strip()) if unit else None
    at, scale = found
    excepted = _EXCEPT.search(text, at)
    tail = text[excepted.end() :] if excepted else ""
    excepts = set()
    if _PER_SHARE.search(tail):
        excepts.add("per_share")
    if _SHARE.search(_COUNTS.sub(" ", _PER_SHARE.sub(" ", tail))):
        excepts.add("shares")
    if tail and not excepts:
        excepts.add("other")
    return Units(
        scale=scale,
        currency=_currency(text),
        excepts=frozenset(excepts),
        shares_scale=_shares_scale(text, excepts),
        text=text.strip(),
    )


_PERCENT_CAPTION = re.compile(r"^\W{0,2}(?:in\s)?percent(?:age)?s?\b", re.I)


def standing_units(text: str) -> list[tuple[int, Units]]:
    """What a document says of all tables that do not say otherwise, each with where it says so.

    >>> said = standing_units("Unless otherwise noted, tabular dollars are in millions.")
    >>> [(at, units.scale) for at, units in said]
    [(0, 1000000)]
    """
    found = []
    for match in _UNLESS.finditer(text):
        before, _, after = text[max(match.start() - 120, 0) : match.start()].rpartition(".")
        lead = after or before
        tail = text[match.start() : match.end() + 100].partition(".")[0]
        units = read_units(tail) or (read_units(lead) if _ALL_TABLES.search(lead) else None)
        if units is not None and units.scale > 1:
            found.append((match.start(), units))
    notes = ((match.start(), read_units(match[1])) for match in _NOTES.finditer(text))
    found += [(at, units) for at, units in notes if units is not None and units.scale > 1]
    return sorted(found, key=lambda item: item[0])


_NOTES = re.compile(
    r"\bnotes to (?:the )?(?:\w+ ){0,2}financial statements[^a-z0-9(]{0,40}\(([^()]{5,200})\)", re.I
)
_UNLESS = re.compile(r"\bunless\s(?:otherwise|noted|stated|indicated)", re.I)
_ALL_TABLES = re.compile(r"\btab(?:les|ular)\b|\bamounts\b|\bdollars\b|\bnotes\b", re.I)


def _scale(text: str) -> tuple[int, int] | None:
    """Where the scale is said and what it is; the first one said holds for money."""
    first: tuple[int, int] | None = None
    for pattern in _CAPTIONS:
        match = pattern.search(text)
        while match and _is_shares(text, match):
            match = pattern.search(text, match.end())
        if match and (first is None or match.start() < first[0]):
            first = (match.start(), _factor(match["word"]))
    return first


def _is_shares(text: str, match: re.Match[str]) -> bool:
    before = text[: match.start()]
    return bool(_SHARES_BEFORE.search(before)) and not _MONEY_BEFORE.search(before)


def _factor(word: str) -> int:
    word = word.lower()
    for name, scale in _SCALES.items():
        if word.startswith(name):
            return scale
    if "bn" in word or word.endswith("b"):
        return 10**9
    return 10**6 if "m" in word else 10**3


def _shares_scale(text: str, excepts: set[str]) -> int:
    if match := _SHARES_IN.search(text):
        return _factor(next(group for group in match.groups() if group))
    return 1 if "shares" in excepts else 0


def _currency(text: str) -> str:
    return next((code for pattern, code in _CURRENCY if pattern.search(text)), "")


def named_currency(header: str) -> str:
    """The currency that a column's header names in parentheses, as an ISO 4217 code, or an empty string.

    >>> named_currency("Payment amount (US$)"), named_currency("Amount (in millions)")
    ('USD', '')
    """
    match = _IN_PARENTHESES.search(header)
    return _currency(match[1]) if match else ""


_IN_PARENTHESES = re.compile(r"\((?:in\s)?([A-Z$€£¥.]{1,6}|[A-Za-z.]{2,5}\s?dollars|dollars|euros?)\)", re.I)
