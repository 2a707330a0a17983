"""What labels and headers say of units: "Earnings per share", "Number of shares", "Effective rate (%)".

Leaves captions to ``ingest.tables.units``.
"""

from __future__ import annotations

import re

from ingest.tables.units import Units
from rag.structure import Unit

_ROW_PER_SHARE = re.compile(
    r"\bper\s(?:\w+\s){0,3}?(?:share|unit|ads)\b|\bper[\s-]share\b|\beps\b|\bearnings per\b"
    r"|\bnet (?:income|loss|earnings) per\b|\b(?:exercise|option|strike) price\b"
    r"|\bgrant[- ]date fair value\b",
    re.I,
)
_ROW_SHARES = re.compile(
    r"\bweighted[\s-]average\b.{0,60}\b(?:shares|units|number)\b|"
    r"\b(?:number|shares) of (?:common )?(?:shares|stock)\b"
    r"|\bshares (?:of|used|outstanding|issued|repurchased|purchased|in|authorized|granted|vested)\b"
    r"|\b(?:diluted|basic|common|dilutive|treasury|average|outstanding|restricted) shares\b"
    r"|^shares\b|\bin shares\b|\(shares\)",
    re.I,
)
_STOCK_AT_VALUE = re.compile(r"\bpar value\b|\bno par\b|\bat cost\b|\bstated value\b|\bauthorized\b", re.I)
_AT_PRICE = re.compile(r"[$€£]\s?\d[\d.,]*\s(?:\w+\s){0,3}?(?:per|a)\s(?:\w+\s)?share", re.I)
_PRICE = re.compile(r"\bprice\b|\bfair value\b", re.I)
_ROW_COUNT = re.compile(
    r"\bnumber of\b|\bstores?\b.{0,20}\b(?:count|open(?:ed|ings)?|closed|closings|end)\b"
    r"|\b(?:unit|store|location|restaurant|employee)s? counts?\b"
    r"|\bhierarchy levels?\b|\bemployees\b|\bheadcount\b|\bsquare f",
    re.I,
)
_COUNTS = re.compile(r"\bcounts?\b|\bnumbers? of\b|\b(?:stores?|locations?|employees|units)\b", re.I)
_COUNTED = re.compile(
    r"(?:total |ending |beginning )?(?:\w+ )?"
    r"(?:stores?|locations?|restaurants?|clubs?|warehouses?|employees|units)"
    r"(?: (?:open|count|at|in operation)\b.{0,40})?\W{0,2}",
    re.I,
)
_AREA = re.compile(r"\bsquare f", re.I)
_CASH = re.compile(r"\W{0,2}(?:proceeds|payments?|cash (?:paid|received))\b", re.I)
_ROW_YEARS = re.compile(r"\((?:in )?years\)|\bin years\b", re.I)
_ROW_PERCENT = re.compile(r"\(%\)|\(?in percent|\bpercent(?:age)? (?:of|change)|\bas a % of|% of\b", re.I)


def row_unit(labels: tuple[str, ...]) -> Unit:
    """The unit that a row's labels name, the innermost label first; empty where they name none.

    >>> row_unit(("Earnings per share", "Basic")), row_unit(("Weighted average shares outstanding",))
    ('per_share', 'shares')
    >>> row_unit(("Weighted average shares used to compute net income per share", "Basic"))
    'shares'
    """
    for label in labels[:-3:-1]:
        if _STOCK_AT_VALUE.search(label) or _AT_PRICE.search(label) or _CASH.match(label):
            return ""
        per_share, shares = _ROW_PER_SHARE.search(label), _ROW_SHARES.search(label)
        if shares and (per_share is None or shares.start() < per_share.start()):
            return "" if _PRICE.search(label) else "shares"
        if per_share:
            return "per_share"
        if _ROW_YEARS.search(label):
            return "years"
        if _ROW_PERCENT.search(label):
            return "percent"
    return ""


def column_unit(header: str) -> Unit:
    """The unit that a column's header names, or an empty string.

    >>> column_unit("Number of Shares"), column_unit("Fair Value per Share"), column_unit("2018")
    ('shares', 'per_share', '')
    """
    if len(header) > 200 or not header:
        return ""
    if _COLUMN_PER_SHARE.search(header):
        return "per_share"
    if _COLUMN_SHARES.search(header):
        return "shares"
    return "years" if _ROW_YEARS.search(header) else ""


_COLUMN_PER_SHARE = re.compile(
    r"\bper (?:common )?(?:share|unit|warrant)\b|\b(?:exercise|option|strike) price\b"
    r"|\bgrant[- ]date fair value\b",
    re.I,
)
_COLUMN_SHARES = re.compile(
    r"\bnumber of (?:\w+ ){0,2}(?:shares|options|units|awards|securities|warrants)\b"
    r"|(?:^|\s)(?:shares|units|(?:stock )?options|RSUs|PSUs|awards)"
    r"(?: outstanding| granted)?(?: \([^()]{1,15}\))?$",
    re.I,
)


def is_count(label: str, units: Units | None = None) -> bool:
    """Whether a row counts things rather than money: stores, employees; ``units`` may except counts.

    >>> is_count("Number of stores at end of year"), is_count("Net sales"), is_count("Total stores")
    (True, False, False)
    >>> from ingest.tables.units import read_units
    >>> is_count("Total stores", read_units("(in millions, except store counts)"))
    True
    """
    if _ROW_COUNT.search(label):
        return True
    return units is not None and excepts_counts(units) and bool(_COUNTED.fullmatch(label))


def excepts_counts(units: Units) -> bool:
    """Whether a caption says that it does not hold for counts of things."""
    return "other" in units.excepts and bool(_COUNTS.search(units.excepted))


def is_scaled_area(label: str, units: Units | None) -> bool:
    """Whether a row is one of square feet in a table whose caption excepts counts and no areas.

    >>> from ingest.tables.units import read_units
    >>> is_scaled_area("Retail square feet", read_units("(Amounts in millions, except unit counts)"))
    True
    """
    return (
        units is not None
        and excepts_counts(units)
        and bool(_AREA.search(label))
        and not _AREA.search(units.excepted)
    )


def is_excepted(label: str, units: Units) -> bool:
    """Whether a row is a rate that the caption names among what it does not hold for.

    >>> from ingest.tables.units import read_units
    >>> units = read_units("(in thousands, except revenue per membership)")
    >>> is_excepted("Average revenue per membership", units), is_excepted("Revenues", units)
    (True, False)
    """
    return "other" in units.excepts and bool(_RATE.search(label)) and bool(_RATE.search(units.text))


_RATE = re.compile(r"\bper\b|\bratios?\b|\brates?\b", re.I)
