"""Which consolidated statement a table is: by what it is called, borne out by its characteristic rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.structure import Statement

_TITLES: tuple[tuple[Statement, re.Pattern[str]], ...] = (
    ("cash_flow", re.compile(r"\bcash\s?flows?\b", re.I)),
    ("comprehensive_income", re.compile(r"\bstatements? of (?:\w+\s){0,2}comprehensive\b", re.I)),
    ("balance_sheet", re.compile(r"\bbalance shee\s?ts?\b|\bfinancial (?:position|condition)\b", re.I)),
    ("equity", re.compile(r"\b(?:changes in|of)\b.{0,40}\b(?:equity|deficit|capital)\b", re.I)),
    (
        "income",
        re.compile(
            r"\bstatements? of (?:\w+\s){0,2}(?:operations|income|earnings|loss|profit)"
            r"|\bincome statements?\b",
            re.I,
        ),
    ),
)
_MARK = re.compile(r"\bstatements?\b|\bbalance shee", re.I)
_NOT_THE = re.compile(r"\bnotes to\b|\b(?:impact|effect)\b|\bfollowing\b|\bparent\b|\bpercent", re.I)
_ROWS: dict[Statement, tuple[re.Pattern[str], ...]] = {
    "cash_flow": (
        re.compile(r"operating activities", re.I),
        re.compile(r"investing activities", re.I),
        re.compile(r"financing activities", re.I),
    ),
    "comprehensive_income": (
        re.compile(r"comprehensive (?:income|loss)", re.I),
        re.compile(r"^net (?:income|loss|earnings)", re.I),
    ),
    "balance_sheet": (
        re.compile(r"^total assets", re.I),
        re.compile(r"^total (?:current )?liabilities|^liabilities", re.I),
        re.compile(r"^total .{0,60}(?:equity|deficit)", re.I),
    ),
    "equity": (
        re.compile(r"\bbalances?\b|beginning|ending", re.I),
        re.compile(r"net (?:income|loss|earnings)|dividends|repurchase", re.I),
    ),
    "income": (
        re.compile(r"^(?:total |net )?(?:net )?(?:sales|revenues?)\b|interest income", re.I),
        re.compile(r"before (?:provision for |benefit from )?(?:income )?tax|income tax", re.I),
        re.compile(r"^net (?:income|loss|earnings)|^consolidated net income|profit for the", re.I),
    ),
}  # fmt: skip
_ENOUGH = {"cash_flow": 2, "comprehensive_income": 2, "balance_sheet": 2, "equity": 2, "income": 2}
_ALONE: tuple[Statement, ...] = ("cash_flow", "balance_sheet", "income")


def recognise(title: str, labels: Sequence[str]) -> Statement:
    """The statement that a table with this title and these row labels is, or an empty string.

    >>> recognise("Consolidated Balance Sheets", ["Total assets", "Total liabilities", "Total equity"])
    'balance_sheet'
    >>> recognise("Consolidated Statements of Income", ["Deferred taxes", "Goodwill"])
    ''
    """
    named = _named(title)
    if named:
        return named if _score(named, labels) >= _ENOUGH[named] else ""
    # Without a title that says so, all the rows that make a statement must be there.
    return next(
        (kind for kind in _ALONE if len(labels) > 10 and _score(kind, labels) == len(_ROWS[kind])), ""
    )


def _named(title: str) -> Statement:
    if not _MARK.search(title) or len(title) > 300:
        return ""
    return next((kind for kind, pattern in _TITLES if pattern.search(title)), "")


def _score(kind: Statement, labels: Sequence[str]) -> int:
    return sum(any(pattern.search(label) for label in labels) for pattern in _ROWS[kind])
