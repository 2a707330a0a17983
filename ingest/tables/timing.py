"""The periods of a table's columns, rows and cells, from its headers, labels and the words around it.

Leaves reading one text to ``ingest.tables.periods``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from ingest.tables.captions import Caption
from ingest.tables.columns import Band
from ingest.tables.periods import Words, is_period, iso_date, read_period, read_words
from ingest.tables.rows import LabelledRow
from rag.structure import Column, Period, Row, Statement

_BALANCE = re.compile(
    r"\b(?:balances?|outstanding|nonvested|unvested|exercisable)\b|\bat (?:beginning|end)\b|\bas of\b", re.I
)
_OPENS = re.compile(r"\W{0,2}balances?\b", re.I)
_LATER = re.compile(r"\W{0,2}(?:thereafter|later years|after \d{4})\b", re.I)
# "Starting July 1, 2019, the notes may be redeemed at" names no time of what is below.
_FROM_THEN = re.compile(
    r"\b(?:starting|beginning|commencing|after|before|prior to|since|until|effective)\s(?:on\s|as of\s)?"
    r"(?:[a-z]{3,9}\.?\s\d{1,2},\s)?(?:19|20)\d\d\b",
    re.I,
)
_FULL_DATE = len("2018-12-31")
_DAYS_A_MONTH = 30.4
_LONGEST = 400
_LONGEST_QUARTER = 30


def words_around(caption: Caption) -> Words:
    """What the words around a table say of time; a year over its labels holds for all of it."""
    told = " | ".join(text for text in caption.times if len(text) < _LONGEST)
    around = read_words(_FROM_THEN.sub(" ", told))
    stub = read_words(" | ".join(caption.stub))
    if len(stub.years) == 1 and not around.dates:
        return replace(around, dates=(iso_date(stub.years[0], around.month_day),), years=())
    return around


def time_columns(bands: Sequence[Band], around: Words, statement: Statement) -> tuple[Column, ...]:
    """The columns with their periods; those of a balance sheet are points in time."""
    columns = []
    for band in bands:
        period = read_period(" ".join(band.header), around)
        if period and period.months is None and statement == "balance_sheet":
            period = Period(period.end, 0)
        columns.append(Column(header=tuple(band.header), period=period))
    return tuple(columns)


def time_rows(rows: Sequence[LabelledRow], around: Words) -> tuple[Row, ...]:
    """The rows with their periods: by their labels, or between the balances above and below them."""
    months = around.months or None
    plain = replace(around, dates=(), years=(), months=months)
    return between_balances([_row(row, plain) for row in rows])


def _row(row: LabelledRow, around: Words) -> Row:
    period = None
    for label in reversed(row.path):
        balance = bool(_BALANCE.search(label))
        if balance or is_period(label):
            period = read_period(label, around)
        if period:
            period = Period(period.end, 0) if balance else period
            break
    return Row(path=row.path, start=row.start, end=row.end, total=row.total, period=period)


def between_balances(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows with the period from the balance above to the one below, as in statements of equity."""
    balances = [number for number, row in enumerate(rows) if _is_balance(row)]
    filled = list(rows)
    for first, last in pairwise(balances):
        end, start = rows[last].period, rows[first].period
        months = _months_between(start.end, end.end) if start and end else 0
        if end and months in {3, 6, 9, 12}:
            for number in range(first + 1, last):
                if rows[number].period is None:
                    filled[number] = replace(rows[number], period=Period(end.end, months))
    return tuple(filled)


def _is_balance(row: Row) -> bool:
    period = row.period
    if period is None or period.months != 0 or len(period.end) != _FULL_DATE or not row.path:
        return False
    return bool(_OPENS.match(row.path[-1]))


def _months_between(start: str, end: str) -> int:
    """Whole months from one day to another, a few days more or less.

    >>> _months_between("2017-12-31", "2018-12-31"), _months_between("2018-02-03", "2019-02-02")
    (12, 12)
    """
    days = (date.fromisoformat(end) - date.fromisoformat(start)).days
    return round(days / _DAYS_A_MONTH)


def cell_period(column: Column, row: Row, words: Words) -> Period | None:
    """A cell's period: its column's, unless its row's is more exact or the column's ``words`` tell none."""
    if words.empty and row.path and _LATER.match(row.path[-1]):
        return None
    part = words.months or words.month_day
    if column.period is None and row.period is not None and row.period.months != 0 and part:
        # The row names the year, the column the part of it.
        year_alone = len(row.period.end) == len("2018")
        end = iso_date(row.period.year, words.month_day) if year_alone else row.period.end
        return Period(end, words.months if words.months is not None else row.period.months)
    if column.period is not None and row.period is None and row.path:
        return _quarter(column.period, row.path[-1])
    if column.period is None or row.period is None:
        return column.period or row.period
    if _are_years(words) and len(row.period.end) == _FULL_DATE:
        # Below "December 31, 2022" the years over columns are those of origination or maturity.
        return Period(row.period.end, 0 if column.period.months == 0 else row.period.months)
    return row.period if words.empty or len(row.period.end) > len(column.period.end) else column.period


def _are_years(words: Words) -> bool:
    """Whether the words over a column are but a year."""
    return bool(words.years) and not (words.dates or words.month_day or words.quarter or words.months)


def _quarter(period: Period, label: str) -> Period:
    """A year's period, or of a quarter of it where a row's label is one: "Fourth quarter" below "2016"."""
    if period.months not in {None, 3} or len(period.end) != len("2018") or len(label) > _LONGEST_QUARTER:
        return period
    return Period(period.end, 3) if read_words(label).quarter else period
