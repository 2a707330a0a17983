"""Which consolidated statement a table is: by its title and rows, and by the company that it stands in.

The statements of a report stand together, on a few pages. Summaries, quarters, segments and the statements
of guarantors have the same rows; what stands apart from the others is one of those.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.structure import Statement, Table

_TITLES: tuple[tuple[Statement, re.Pattern[str]], ...] = (
    ("cash_flow", re.compile(r"\bcash\s?flows?\b", re.I)),
    ("comprehensive_income", re.compile(r"\bstatements? of (?:\w+\s){0,2}comprehensive\b", re.I)),
    ("comprehensive_income", re.compile(r"^\W*comprehensive income statements?\b", re.I)),
    ("balance_sheet", re.compile(r"\bbalance shee\s?ts?\b|\bfinancial (?:position|condition)\b", re.I)),
    ("equity", re.compile(r"\b(?:changes in|of)\b.{0,40}\b(?:equity|deficit|capital)\b", re.I)),
    ("equity", re.compile(r"\b(?:stock|share)holders[’'] equity statements?\b", re.I)),
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
_NOT_THE = re.compile(
    r"\bconsolidating\b|\bguarantors?\b|\bparent\b|\bpro forma\b|\bselected\b|\bsegments?\b|\bquarterly\b"
    r"|\bnotes to\b|\bdata:",
    re.I,
)
_CONTINUED = re.compile(r"\bcontinued\b|\bcont[’']d\b", re.I)
_SENTENCE = re.compile(r"(?:[a-z\d]{2}:|\b(?!inc\b|corp\b|ltd\b|co\b)[a-z]{2,20}\.)\W{0,2}$", re.I)
_LONGEST_NAME = 60
"""Longer titles that end as sentences do speak of a statement, and are none."""
_LONGEST_TITLE = 300
_ROWS: dict[Statement, tuple[re.Pattern[str], ...]] = {
    "cash_flow": (
        re.compile(r"operating activities|\bcash (?:from|provided by|used in) operations", re.I),
        re.compile(r"investing activities|\bcash (?:from|provided by|used in) investing", re.I),
        re.compile(r"financing activities|\bcash (?:from|provided by|used in) financing", re.I),
    ),
    "comprehensive_income": (
        re.compile(r"comprehensive (?:income|loss)", re.I),
        re.compile(r"^net (?:income|loss|earnings)|^consolidated net (?:income|loss)", re.I),
    ),
    "balance_sheet": (
        re.compile(r"^total assets", re.I),
        re.compile(r"^total (?:current )?liabilities|^liabilities", re.I),
        re.compile(r"^total .{0,60}(?:equity|deficit|capitalization)", re.I),
        re.compile(r"^total current assets", re.I),
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
_ENOUGH = 2
_FULL = 3
_ALONE: tuple[Statement, ...] = ("cash_flow", "balance_sheet", "income")
_LONG = 10
"""A table without a title needs more labels than this to be a statement."""
_SPREAD = 12
"""On how many pages the statements of a report stand together."""


def recognise(title: str, labels: Sequence[str]) -> Statement:
    """The statement that a table with this title and these row labels may be, or an empty string.

    >>> recognise("Consolidated Balance Sheets", ["Total assets", "Total liabilities", "Total equity"])
    'balance_sheet'
    >>> recognise("Consolidated Statements of Income", ["Deferred taxes", "Goodwill"])
    ''
    """
    named = _named(title)
    if named:
        enough = 1 if _CONTINUED.search(title) else _ENOUGH
        return named if _score(named, labels) >= enough else ""
    # Without a title that says so, all the rows that make a statement must be there.
    if len(labels) <= _LONG or _NOT_THE.search(title):
        return ""
    return next((kind for kind in _ALONE if _score(kind, labels) >= _FULL), "")


def settle(tables: Sequence[Table]) -> tuple[Table, ...]:
    """The tables, of which only those are statements that stand where the document has its statements.

    Where several tables there may be the same statement, those are that are called so.
    """
    found = [table for table in tables if table.statement]
    if not found:
        return tuple(tables)
    first = max(
        (table.first_page for table in found), key=lambda page: (_weight(_company(found, page)), -page)
    )
    company = _company(found, first)
    named = {table.statement for table in company if _named(table.title)}
    kept = {
        table.ordinal
        for table in company
        if _named(table.title) or (table.statement not in named and len(named) > 0)
    }
    return tuple(
        table if table.ordinal in kept or not table.statement else replace(table, statement="")
        for table in tables
    )


def _company(found: Sequence[Table], first: int) -> list[Table]:
    """The statements that stand on the pages from ``first`` on."""
    return [table for table in found if first <= table.first_page < first + _SPREAD]


def _weight(company: Sequence[Table]) -> tuple[int, int]:
    """How many different statements stand together, and how many rows those have that are called so."""
    named = [table for table in company if _named(table.title)]
    rows = sum(len(table.rows) for table in named)
    return len({table.statement for table in named}), rows


def _named(title: str) -> Statement:
    if not _MARK.search(title) or len(title) > _LONGEST_TITLE or _NOT_THE.search(title):
        return ""
    if len(title) > _LONGEST_NAME and _SENTENCE.search(title):
        return ""
    return next((kind for kind, pattern in _TITLES if pattern.search(title)), "")


def _score(kind: Statement, labels: Sequence[str]) -> int:
    return sum(any(pattern.search(label) for label in labels) for pattern in _ROWS[kind])
