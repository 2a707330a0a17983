"""Cells: what a figure amounts to, given its own signs, its row's label, its column and the table's caption.

What says most exactly what a figure is, wins: the figure itself, then its row, its column, the figures
above it, the caption.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ingest.tables.columns import Band
from ingest.tables.labels import column_unit, is_count, is_excepted, is_scaled_area, row_unit
from ingest.tables.periods import Words, read_words
from ingest.tables.rows import LabelledRow
from ingest.tables.strips import Piece, Strip
from ingest.tables.timing import cell_period
from ingest.tables.units import Units, named_currency, read_units
from rag.layout import box_of
from rag.structure import Cell, Column, Row, Unit

_PERCENT_HEAD = re.compile(r"%|\bper\s?cent(?:age)?s?\b|\bmargin\b", re.I)
_DECIMALS = re.compile(r"\.(\d+)")
_UNSCALED = frozenset({"percent", "multiple", "basis_points", "years", "per_share"})
_LONGEST_HEADER = 120
_LARGEST_PERCENT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What holds for a table's figures that do not say otherwise.

    ``flows`` is whether the table is one of cash, in which shares stand for what they brought or cost.
    """

    units: Units | None
    currency: str
    flows: bool = False


@dataclass(slots=True)
class _Track:
    """A column on the way down: what its header says of its figures, and what its last figure was.

    Under "Diluted EPS 1.25" an adjustment of "0.10" is one per share, if money is printed without decimals.
    """

    column: Column
    band: Band
    words: Words
    unit: Unit
    units: Units | None
    percent: bool
    years: bool
    currency: str
    last: Unit = ""
    decimals: int = 0
    cents: bool = False

    def unit_of(self, piece: Piece) -> Unit:
        """The unit of a figure that neither itself nor its row names."""
        if self.unit or self.percent:
            return self.unit or "percent"
        if self.cents or not self.last or piece.figure is None or piece.figure.currency:
            return ""
        alike = self.decimals > 0 and _decimals(piece.text) == self.decimals
        return self.last if alike or piece.figure.nil else ""

    def pass_by(self, piece: Piece, cell: Cell) -> None:
        """Remember a figure."""
        if piece.figure is None or piece.figure.nil:
            return
        decimals = _decimals(piece.text)
        if cell.unit in {"percent", "per_share"}:
            self.last, self.decimals = cell.unit, decimals
        else:
            self.last, self.cents = "", self.cents or decimals > 0


def make_cells(
    strips: Sequence[Strip],
    rows: Sequence[tuple[LabelledRow, Row]],
    columns: Sequence[tuple[Band, Column]],
    money: Money,
) -> tuple[Cell, ...]:
    """The cells of a table by row and column; ``strips`` are those that the labelled rows number."""
    tracks = [_track(band, column, money.units) for band, column in columns]
    cells = []
    shares_apart = any(track.unit == "shares" for track in tracks)
    for number, (labelled, row) in enumerate(rows):
        unit = row_unit(row.path)
        if unit == "shares" and (shares_apart or money.flows):
            unit = ""
        for at, track in enumerate(tracks):
            piece = track.band.pieces.get(labelled.strip)
            if piece is not None:
                told = Money(
                    units=_row_units(row.path, track.units), currency=track.currency or money.currency
                )
                cell = _cell(strips[labelled.strip], piece, unit or track.unit_of(piece), told)
                cell = _as_count(cell, piece, row, track, named=told.units is not money.units)
                track.pass_by(piece, cell)
                period = cell_period(track.column, row, track.words)
                notes = (*labelled.notes, *cell.notes)
                cells.append(replace(cell, row=number, column=at, period=period, notes=notes))
    return tuple(cells)


def _track(band: Band, column: Column, units: Units | None) -> _Track:
    header = " ".join(band.header)
    own = read_units(header) if len(header) < _LONGEST_HEADER else None
    return _Track(
        column=column,
        band=band,
        words=read_words(header),
        unit=column_unit(header),
        units=own if own is not None and own.scale > 1 else units,
        percent=_is_percent(band, units),
        years=_is_years(band),
        currency=named_currency(header) if len(header) < _LONGEST_HEADER else "",
    )


def _row_units(path: Sequence[str], units: Units | None) -> Units | None:
    """The units that a row's own label names, as "Net sales (millions)", else the table's."""
    for label in path[:-3:-1]:
        own = read_units(label[label.index("(") :]) if "(" in label else None
        if own is not None and own.scale > 1:
            return own
    if units is not None and path and is_excepted(path[-1], units):
        return replace(units, scale=1)
    return units


def _cell(strip: Strip, piece: Piece, unit: Unit, money: Money) -> Cell:
    figure = piece.figure
    cell = Cell(
        row=0,
        column=0,
        start=piece.start,
        end=piece.end,
        page=strip.page,
        text=piece.text,
        box=piece.box or box_of(strip.line, piece.start, piece.end),
    )
    if figure is None or figure.value is None:
        return replace(cell, notes=figure.notes if figure else ())
    unit = _unit(piece, unit)
    is_money = unit in {"", "money"} and bool(figure.currency or money.currency)
    return replace(
        cell,
        value=figure.value,
        unit="money" if is_money else unit,
        scale=figure.scale if figure.scale != 1 else _scale(unit, money.units),
        currency=(figure.currency or money.currency) if is_money or unit == "per_share" else "",
        notes=figure.notes,
    )


def _unit(piece: Piece, told: Unit) -> Unit:
    """A figure's unit: its own if it shows one, else what it was told if that can be."""
    figure = piece.figure
    if figure is None or figure.unit not in {"", "money"}:
        return figure.unit if figure else ""
    if told == "per_share" and not figure.nil and not _decimals(piece.text):
        # A row of earnings and earnings per share: what has no cents is not per share.
        return ""
    return "" if told in {"shares", "percent"} and figure.currency else told


def _scale(unit: Unit, units: Units | None) -> int:
    """The factor of a figure in a unit, given what the caption says."""
    if units is None or unit in _UNSCALED:
        return 1
    return units.shares_scale if unit == "shares" and units.shares_scale else units.scale


def _as_count(cell: Cell, piece: Piece, row: Row, track: _Track, *, named: bool) -> Cell:
    """A count of stores or a year made plain: no money, and no scale but one ``named`` for it."""
    if cell.value is None or cell.unit not in {"", "money"} or (piece.figure and piece.figure.currency):
        return cell
    if track.years and piece.year:
        return replace(cell, scale=1, unit="", currency="")
    if any(is_count(label, track.units) for label in (*row.path[-2:], *track.column.header)):
        named = named or any(is_scaled_area(label, track.units) for label in row.path[-1:])
        return replace(cell, scale=cell.scale if named else 1, unit="", currency="")
    return cell


def _is_years(band: Band) -> bool:
    """Whether a column holds years, as of maturity, rather than amounts."""
    years = sum(piece.year for piece in band.pieces.values())
    others = sum(piece.figure is not None and not piece.year for piece in band.pieces.values())
    return years > 0 and 2 * others <= years


def _is_percent(band: Band, units: Units | None) -> bool:
    """Whether a column holds percentages although not every figure says so."""
    if units and units.unit == "percent":
        return True
    found = [(piece.text, piece.figure) for piece in band.pieces.values() if piece.figure]
    shown = [(t, f) for t, f in found if f.value is not None and (not f.nil or f.unit)]
    if not shown or any(f.currency or abs(f.value or Decimal(0)) >= _LARGEST_PERCENT for _, f in shown):
        return False
    if any(_PERCENT_HEAD.search(text) for text in band.header):
        return True
    marked = [figure.unit == "percent" for _, figure in shown]
    decimals = {_decimals(text) for text, figure in shown if not figure.nil}
    return marked[0] and (len(marked) < 3 or sum(marked) > 1 or (len(decimals) == 1 and decimals != {0}))


def _decimals(text: str) -> int:
    match = _DECIMALS.search(text)
    return len(match[1]) if match else 0
