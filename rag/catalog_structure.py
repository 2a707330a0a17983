"""Rows of the catalog's tables for facts, definitions, references, links and tables. No connection.

A row's columns are the fields of its type, under their names; only what is long is packed: the uses of a
definition, and the columns, rows and cells of a table. Leaves text, pages, sections and chunks to
``rag.catalog_rows`` and reading and writing to ``rag.catalog``.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from functools import lru_cache
from typing import Any, Generic, TypeVar

import numpy as np

from rag.catalog_rows import Row
from rag.structure import Cell, Column, Definition, DocumentLink, Fact, Period, Reference, Structure, Table
from rag.structure import Row as TableRow
from rag.types import Box

T = TypeVar("T", bound=Fact | Definition | Reference | DocumentLink | Table)

_LEVEL = 6
_PERIODS = 4096
_CELL_FIELDS = tuple(one.name for one in fields(Cell))


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """How one type is stored: its table, the fields that are columns, and what is packed into a last one.

    ``names`` are the fields that are columns of their own.
    """

    table: str
    type: type[T]
    packed: tuple[str, ...] = ()
    pack: Callable[[T], bytes] = lambda _: b""
    unpack: Callable[[bytes], dict[str, Any]] = lambda _: {}
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        own = tuple(one.name for one in fields(self.type) if one.name not in self.packed)
        object.__setattr__(self, "names", own)

    @property
    def columns(self) -> str:
        """The columns that make an item, for a SELECT or an INSERT."""
        return ", ".join(f'"{name}"' for name in (*self.names, *(["packed"] if self.packed else [])))

    def filled(self, items: Iterable[T]) -> tuple[str, str, list[Row]]:
        """The table's name, its columns, and a row for each item, numbered in the order given."""
        rows: list[Row] = []
        for position, value in enumerate(items):
            packed = (self.pack(value),) if self.packed else ()
            rows.append((position, *(getattr(value, name) for name in self.names), *packed))
        return self.table, f"position, {self.columns}", rows

    def item(self, row: Sequence[Any]) -> T:
        """What ``columns`` hold."""
        known = dict(zip(self.names, row, strict=False))
        return self.type(**known, **(self.unpack(row[-1]) if self.packed else {}))


def _pack_uses(definition: Definition) -> bytes:
    """Offsets as the distances between them, compressed."""
    steps = np.diff(np.array(definition.uses, dtype="<i4"), prepend=np.int32(0))
    return zlib.compress(steps.astype("<i4").tobytes(), _LEVEL) if definition.uses else b""


def _unpack_uses(packed: bytes) -> dict[str, Any]:
    steps = np.frombuffer(zlib.decompress(packed) if packed else b"", dtype="<i4")
    return {"uses": tuple(np.cumsum(steps).tolist())}


def _pack_grid(table: Table) -> bytes:
    """Columns, rows and cells as compressed JSON; cells field by field, figures as their digits."""
    columns = [[column.header, _pair(column.period)] for column in table.columns]
    rows = [[row.path, row.start, row.end, row.total, _pair(row.period)] for row in table.rows]
    cells = {name: [_plain(getattr(cell, name)) for cell in table.cells] for name in _CELL_FIELDS}
    text = json.dumps([columns, rows, cells], ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), _LEVEL)


def _unpack_grid(packed: bytes) -> dict[str, Any]:
    columns, rows, cells = json.loads(zlib.decompress(packed))
    return {
        "columns": tuple(Column(header=tuple(header), period=_period(pair)) for header, pair in columns),
        "rows": tuple(
            TableRow(path=tuple(path), start=start, end=end, total=total, period=_period(pair))
            for path, start, end, total, pair in rows
        ),
        "cells": tuple(
            _cell(dict(zip(_CELL_FIELDS, values, strict=True)))
            for values in zip(*(cells[name] for name in _CELL_FIELDS), strict=True)
        ),
    }


def _cell(facts: dict[str, Any]) -> Cell:
    box, value = facts["box"], facts["value"]
    facts["box"] = None if box is None else Box(page=box[0], x0=box[1], y0=box[2], x1=box[3], y1=box[4])
    facts["value"] = None if value is None else Decimal(value)
    facts["period"] = _period(facts["period"])
    facts["notes"] = tuple(facts["notes"])
    return Cell(**facts)


def _plain(value: object) -> object:
    """What JSON can hold, from which ``_cell`` makes the value again."""
    match value:
        case Decimal():
            return str(value)
        case Period():
            return _pair(value)
        case Box():
            return [value.page, value.x0, value.y0, value.x1, value.y1]
        case _:
            return value


def _pair(period: Period | None) -> list[object] | None:
    return None if period is None else [period.end, period.months]


def _period(pair: list[Any] | None) -> Period | None:
    return None if pair is None else _one_period(*pair)


@lru_cache(_PERIODS)
def _one_period(end: str, months: int | None) -> Period:
    """Few periods stand in many cells."""
    return Period(end, months)


FACTS = Kind("facts", Fact)
DEFINITIONS = Kind("definitions", Definition, ("uses",), _pack_uses, _unpack_uses)
REFERENCES = Kind("references", Reference)
LINKS = Kind("links", DocumentLink)
TABLES = Kind("tables", Table, ("columns", "rows", "cells"), _pack_grid, _unpack_grid)


def structure_rows(structure: Structure) -> tuple[tuple[str, str, list[Row]], ...]:
    """For each table its name, the columns filled, and the rows."""
    return (
        FACTS.filled(structure.facts),
        DEFINITIONS.filled(structure.definitions),
        REFERENCES.filled(structure.references),
        LINKS.filled(structure.links),
        TABLES.filled(structure.tables),
    )
