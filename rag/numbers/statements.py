"""The figure of a line item in a fiscal year, in the financial statements of documents.

A row is the item's where its label is one of the item's wordings, whole or at its beginning. Its column is
the year's where the column's period ends as many years before the document's last annual period as the year
lies before the document's fiscal year: "fiscal 2017" may end in January 2018. Where two rows fit equally well
and say different things there is no figure. Leaves wordings to ``ontology``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rag.numbers.ontology import LineItem, Words, label_words
from rag.prompt import Statements
from rag.structure import Cell, Period, Row, Table
from rag.types import Chunk, Support

_EXACT, _OPENING = 1.0, 0.85
_LATER_WORDING, _MORE_WORDS = 0.01, 0.01
_LEAST = 0.6
_MOST_MORE = 12
_TELLING = frozenset(
    "noncontrolling discontinued continuing per share other prepaid accumulated comprehensive"
    " deferred".split()
)
"""Words that make another item of one, where only the label has them."""
_YEAR_DAYS = 365.25
_OFF = 0.15
"""Part of a year by which annual periods may end earlier or later."""
_ANNUAL = {"income": 12, "cash_flow": 12, "balance_sheet": 0}


class MissingFigureError(LookupError):
    """No row of the statements is the item in that year, or two of them contradict each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A cell found for an item: its row's label, and where the row stands in a chunk.

    ``fit`` in (0, 1] says how well the label fits the item.
    """

    cell: Cell
    label: str
    support: Support
    fit: float

    @property
    def amount(self) -> Decimal:
        """In units of one."""
        return self.cell.amount or Decimal(0)


def find(item: LineItem, year: int | None, documents: Sequence[Statements]) -> Figure:
    """The figure of an item in a fiscal year, from the first document that has it.

    Without a year it is that of the document's own year. Documents are asked in the order given, those that
    report on the year itself first.

    Raises:
        MissingFigureError: there is none, or it is ambiguous.
    """
    for one in sorted(documents, key=lambda one: one.fiscal_year != year):
        found = list(_in_document(item, year, one))
        if not found:
            continue
        best = max(figure.fit for figure in found)
        first = [figure for figure in found if figure.fit == best]
        if len({abs(figure.amount) for figure in first}) > 1:
            raise MissingFigureError(f"{item.name} is printed with different figures")
        return first[0]
    raise MissingFigureError(f"no statement has {item.name} in {year}")


def last_year(documents: Sequence[Statements]) -> int | None:
    """The fiscal year that the first document reports on."""
    return documents[0].fiscal_year if documents else None


def _in_document(item: LineItem, year: int | None, one: Statements) -> Iterator[Figure]:
    last = _last_period(one)
    if last is None:
        return
    for table, chunks in one.tables:
        if table.statement != item.statement:
            continue
        fits = {row: fit for row, each in enumerate(table.rows) if (fit := _fit(item, each)) >= _LEAST}
        for cell in table.cells:
            if cell.row in fits and cell.value is not None and cell.unit not in {"shares", "percent"}:
                if ("per" in item.name.split()) != (cell.unit == "per_share"):
                    continue
                if _fiscal_year(cell, table, last, one.fiscal_year) == (year or one.fiscal_year):
                    figure = figure_at(cell, table, chunks, fits[cell.row])
                    if figure is not None:
                        yield figure


def figure_at(cell: Cell, table: Table, chunks: Sequence[Chunk], fit: float) -> Figure | None:
    """The figure with its row as support; None where the row was cut apart."""
    row = table.rows[cell.row]
    start, end = min(row.start, cell.start), max(row.end, cell.end)
    for chunk in chunks:
        if chunk.start <= start and end <= chunk.end:
            support = Support(chunk_id=chunk.id, start=start - chunk.start, end=end - chunk.start)
            return Figure(cell=cell, label=" > ".join(row.path), support=support, fit=fit)
    return None


def _last_period(one: Statements) -> date | None:
    """When the last annual period of the statements ends; None for interim reports.

    Where columns do not say how long their periods are they are whole years, if none is a part of one.
    """
    periods = {
        cell.period
        for table, _ in one.tables
        if table.statement == "income"
        for cell in table.cells
        if cell.period is not None
    }
    lengths = {period.months for period in periods} - {None}
    annual = {None, 12} if lengths <= {12} else {12}
    ends = [period.end for period in periods if period.months in annual]
    return max(map(_last_day, ends)) if ends else None


def _fiscal_year(cell: Cell, table: Table, last: date, fiscal_year: int | None) -> int | None:
    """The fiscal year of a cell's column; None where its period is not a whole one."""
    period: Period | None = cell.period
    if period is None or period.months not in {_ANNUAL.get(table.statement), None}:
        return None
    before = (last - _last_day(period.end)).days / _YEAR_DAYS
    if abs(before - round(before)) > _OFF:
        return None
    return (last.year if fiscal_year is None else fiscal_year) - round(before)


def _last_day(end: str) -> date:
    """Of a period whose end may be a year or a month; of a month the 28th, near enough for whole years.

    >>> _last_day("2020"), _last_day("2020-06"), _last_day("2020-06-27")
    (datetime.date(2020, 12, 31), datetime.date(2020, 6, 28), datetime.date(2020, 6, 27))
    """
    return date.fromisoformat({4: f"{end}-12-31", 7: f"{end}-28"}.get(len(end), end))


def _fit(item: LineItem, row: Row) -> float:
    label = label_words(row.path[-1]) if row.path else ()
    return max((_likeness(label, wording, place) for place, wording in enumerate(item.rows)), default=0.0)


def _likeness(label: Words, wording: Words, place: int) -> float:
    """1 for the same words, less for a label that begins with them, and for a wording named later.

    >>> _likeness(("net", "sale"), ("net", "sale"), 0), _likeness(("net", "loss"), ("net", "sale"), 0)
    (1.0, 0.0)
    """
    if label == wording:
        return _EXACT - _LATER_WORDING * place
    more = label[len(wording) :]
    if label[: len(wording)] != wording or len(more) > _MOST_MORE or _TELLING.intersection(more):
        return 0.0
    return _OPENING - _LATER_WORDING * place - _MORE_WORDS * len(more)
