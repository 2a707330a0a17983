"""Cells of tables by names that people use: the row in words, the column or the time it speaks of.

Only cells whose row and column tell them from all others of their table are named. Leaves questions to
``tuning.questions.table_cells`` and ``tuning.questions.arithmetic``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rag.structure import Cell, Period, Row, Table

_LONGEST_ROW, _LONGEST_COLUMN, _MOST_WORDS, _MOST_PARTS = 70, 48, 10, 2
_NOTE = re.compile(
    r"\s*(?:\((?:note|see|in|dollars|thousands|millions|unaudited|\d+|[a-z])\b[^)]*\)|[*†‡]+|\$\s*$)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]{3,}")
_BARE = re.compile(
    r"^(?:total|other|net|basic|diluted|subtotal|amount|balance|average|high|low|minimum|maximum|current"
    r"|long-term"
    r"|short-term|united states|international|domestic|foreign|years? ended|adjustments?|all other)$",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|quarter"
    r"|year|months"
    r"|fiscal|ended|ending|19\d\d|20\d\d)\b", re.IGNORECASE
)  # fmt: skip
_SENTENCE = re.compile(
    r"\b(?:shall|is|are|was|were|which|that|we|our|see|refer|page|item|will|has|have)\b|[|_=]|\.\s"
)
_OF_WORDS = re.compile(
    r"\b(?:classification|industry|name|type|category|description|country|position)$", re.IGNORECASE
)
"""Columns of words: a figure there was read into the wrong one."""
_YEAR_MONTHS, _QUARTER_MONTHS = 12, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A cell with the words for its row, the group the row is in, and its column; ``column`` may be empty."""

    table: Table
    row: Row
    cell: Cell
    label: str
    column: str

    @property
    def period(self) -> Period | None:
        """The time it speaks of."""
        return self.cell.period

    @property
    def key(self) -> tuple[str, str, Period | None]:
        """What it is asked for by."""
        return self.label.lower(), self.column.lower(), self.period

    @property
    def span(self) -> tuple[int, int]:
        """Where it stands: its whole row, or the cell alone where the row is elsewhere."""
        start, end = min(self.row.start, self.cell.start), max(self.row.end, self.cell.end)
        return (start, end) if end - start <= 600 else (self.cell.start, self.cell.end)


def figures(table: Table) -> list[Figure]:
    """The cells of a table that row and column, or row and period, tell apart; in its order."""
    found = list(_named(table))
    times = Counter(one.key for one in found)
    return [one for one in found if times[one.key] == 1]


def _named(table: Table) -> Iterator[Figure]:
    labels = Counter(row.path[-1].strip().lower() for row in table.rows if row.path)
    for cell in table.cells:
        if cell.value is None or cell.row >= len(table.rows) or not re.search(r"\d", cell.text):
            continue
        row = table.rows[cell.row]
        label, column = row_label(row, labels), _column(table, cell)
        if label and (column or cell.period) and not row.period and is_plain(cell):
            yield Figure(table=table, row=row, cell=cell, label=label, column=column or "")


def is_plain(cell: Cell) -> bool:
    """Whether a cell is a figure alone: no words beside it, no year, no stray mark."""
    text = cell.text.strip(" $€£()%-–")
    return re.fullmatch(r"\d[\d,]*(?:\.\d+)?", text) is not None and not re.fullmatch(r"(?:19|20)\d\d", text)


def row_label(row: Row, labels: Counter[str]) -> str:
    """A row in words: its own label, with the one above it where others have the same; empty where unfit."""
    if not row.path:
        return ""
    own = _clean(row.path[-1])
    above = _clean(row.path[-2]) if len(row.path) > 1 else ""
    if not _fits(own, _LONGEST_ROW) and not re.fullmatch(r"[A-Z](?:-\d)?", own):
        return ""
    if labels[row.path[-1].strip().lower()] > 1 or _BARE.match(own):
        if not _fits(above, _LONGEST_ROW) or _TIME.search(above):
            return ""
        if _BARE.match(own) and own.lower() in ("total", "net"):
            return f"{own} {above}"
        return f"{own} under {above}"
    return own


def _column(table: Table, cell: Cell) -> str | None:
    """A column's words without its time; None where it has words that do not fit."""
    header = table.columns[cell.column].header if cell.column < len(table.columns) else ()
    parts = [_clean(part) for part in header if not (cell.period and _TIME.search(part))]
    words = " ".join(dict.fromkeys(part for part in parts if part)).strip(" ,:")
    if not words:
        return ""
    if len(parts) > _MOST_PARTS or len(words.split()) > _MOST_PARTS * 3:
        return None
    return (
        words
        if _fits(words, _LONGEST_COLUMN) and not _OF_WORDS.search(words) and not re.search(r"\d{2}", words)
        else None
    )


def _clean(words: str) -> str:
    return " ".join(_NOTE.sub("", words).split()).strip(" .:,;–—-•")


def _fits(words: str, longest: int) -> bool:
    telling = len(_WORD.findall(words))
    mostly = sum(c.isalpha() or c in " -,’'&/" for c in words) >= 0.8 * max(1, len(words))
    return (
        0 < telling <= _MOST_WORDS
        and len(words) <= longest
        and mostly
        and not _SENTENCE.search(words)
        and words.count("(") == words.count(")")
        and not re.search(r"(?:&|\b(?:and|of|the|to|for|in|or|with|at least|than))$", words)
    )


def when(period: Period, *, plain: bool) -> str:
    """A period as people say it: "in 2018", "at the end of 2018", "for the quarter ended June 30, 2018".

    >>> when(Period("2018-12-31", 12), plain=True), when(Period("2018-12-31", 0), plain=False)
    ('in 2018', 'as of December 31, 2018')
    """
    day = _day(period.end)
    if period.months == _QUARTER_MONTHS and day:
        return f"in the quarter ended {day}"
    if period.months not in (None, 0, _YEAR_MONTHS) and day:
        return f"in the {period.months} months ended {day}"
    if period.months == 0:
        return f"at the end of {period.year}" if plain or not day else f"as of {day}"
    if period.months is None and day:
        return f"as of {day}"
    return f"in {period.year}" if plain or not day else f"for the year ended {day}"


def short_when(period: Period) -> str:
    """The shortest form: "2018", or the day where the year alone does not tell."""
    day = _day(period.end)
    return str(period.year) if period.months in (_YEAR_MONTHS, 0) or not day else day


def _day(end: str) -> str:
    try:
        parsed = date.fromisoformat(end)
    except ValueError:
        return ""
    return f"{parsed:%B} {parsed.day}, {parsed.year}"
