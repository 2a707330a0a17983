"""Shares by slice as a heat map that is a table: each cell coloured by its value, with interval and count.

Leaves criteria and slices to ``eval.criteria`` and ``eval.slices``, the page to ``eval.html_report``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.number_texts import interval, share
from eval.stats import Estimate

LEAST_COLOURED = 5
"""A cell over fewer questions has no colour: one question alone would draw the eye."""

DEEPEST = 50
"""Per cent of colour in a cell of 1: more, and its text could not be read on it in the dark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatCell:
    """What a cell shows: the share, its interval, over how many questions, and per cent of colour."""

    value: str
    interval: str
    n: int
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRow:
    """A slice, its questions, and a cell a column; None where no question of the slice has the measure."""

    name: str
    size: int
    cells: tuple[HeatCell | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """The map."""

    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]


def heat(
    rows: Mapping[str, Mapping[str, Estimate]], columns: Sequence[str], sizes: Mapping[str, int]
) -> Heat:
    """A map of these columns, less those that no row has; rows without a cell are left out.

    >>> cells = {"all": {"hit@1": Estimate(value=0.5, low=0.25, high=1.0, n=8)}}
    >>> found = heat(cells, ["hit@1", "em"], {"all": 8})
    >>> found.columns, found.rows[0].cells[0].interval, found.rows[0].cells[0].depth
    (('hit@1',), '.250–1', 25)
    """
    kept = tuple(name for name in columns if any(name in cells for cells in rows.values()))
    made = (
        HeatRow(name=name, size=sizes[name], cells=tuple(_cell(cells.get(column)) for column in kept))
        for name, cells in rows.items()
    )
    return Heat(columns=kept, rows=tuple(row for row in made if any(row.cells)))


def _cell(estimate: Estimate | None) -> HeatCell | None:
    if estimate is None:
        return None
    return HeatCell(
        value=share(estimate.value),
        interval=interval(estimate),
        n=estimate.n,
        depth=round(DEEPEST * min(1.0, max(0.0, estimate.value))) if estimate.n >= LEAST_COLOURED else 0,
    )
