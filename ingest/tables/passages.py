"""Tables in words, for retrievers and models: what a chunk of rows stands under, and a row as a sentence.

Leaves cutting tables into chunks to ``ingest.chunking``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from rag.structure import Cell, Column, Period, Table

_LONGEST_TITLE = 160
_LONGEST_HEADER = 60
_MOST_COLUMNS = 12
_SCALES = {10**3: "thousands", 10**6: "millions", 10**9: "billions"}
_LENGTHS = {0: "at ", 3: "3 months to ", 6: "6 months to ", 9: "9 months to ", 12: "year to "}


def table_context(table: Table, start: int, end: int) -> str:
    """One line for a chunk of rows ``[start, end)``: title, units, columns, labels above its first row.

    As "Consolidated Statement of Cash Flows (USD millions) | 2018, 2017 | Operating Activities".
    Empty where the table says none of this.
    """
    rows = table.rows[start:end]
    above = rows[0].path[:-1] if rows else ()
    heads = [text for column in table.columns[:_MOST_COLUMNS] if (text := _column(column))]
    title = _title(table)
    units = _units(table)
    parts = [f"{title} ({units})" if title and units else title or units, ", ".join(heads), " > ".join(above)]
    return " | ".join(part for part in parts if part)


def row_passage(table: Table, row: int) -> str:
    """A row with its figures, as "Cash Flows > Capital spending: 2018: (1,577); 2017: (98) (USD millions)".

    Raises:
        IndexError: the table has no such row.
    """
    path = " > ".join(part for part in (_title(table), *table.rows[row].path) if part)
    first = bisect_left(table.cells, row, key=lambda cell: cell.row)
    cells = table.cells[first : bisect_right(table.cells, row, key=lambda cell: cell.row)]
    figures = "; ".join(_figure(table, cell) for cell in cells)
    units = next((text for cell in cells if (text := _cell_units(cell))), "")
    return f"{path}: {figures}" + (f" ({units})" if units else "")


def _title(table: Table) -> str:
    title = table.title.strip().rstrip(":")
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rstrip() + "…"


def _figure(table: Table, cell: Cell) -> str:
    head = _column(table.columns[cell.column])
    if cell.period and cell.period.end[:4] not in head:
        head = f"{head}, {_period(cell.period)}" if head else _period(cell.period)
    return f"{head}: {cell.text}" if head else cell.text


def _column(column: Column) -> str:
    """A column in a few words: its header, and its period where the header does not name the year."""
    header = " ".join(dict.fromkeys(column.header))
    if len(header) > _LONGEST_HEADER:
        header = header[: _LONGEST_HEADER - 1].rstrip() + "…"
    if column.period and column.period.end[:4] not in header:
        return f"{header}, {_period(column.period)}" if header else _period(column.period)
    return header


def _period(period: Period) -> str:
    """A period in words.

    >>> _period(Period("2018-12-31", 12)), _period(Period("2018-12-31", 0)), _period(Period("2018"))
    ('year to 2018-12-31', 'at 2018-12-31', '2018')
    """
    if len(period.end) == len("2018"):
        return period.end
    return f"{_LENGTHS.get(period.months, '')}{period.end}" if period.months is not None else period.end


def _units(table: Table) -> str:
    return " ".join(part for part in (table.currency, _SCALES.get(table.scale, "")) if part)


def _cell_units(cell: Cell) -> str:
    if cell.value is None:
        return ""
    unit = {"percent": "percent", "shares": "shares", "per_share": "per share", "years": "years"}.get(
        cell.unit, ""
    )
    return " ".join(part for part in (cell.currency, _SCALES.get(cell.scale, ""), unit) if part)
