"""Mentions made by hand: cells of a small table, by row label, year and figure."""

from __future__ import annotations

from decimal import Decimal

from rag.numbers.mentions import Mention, stems
from rag.structure import Unit
from rag.types import ChunkId, Support


def mention(
    label: str, figure: str, year: int | None = None, *, row: int = 0, column: int = 0, scale: int = 1
) -> Mention:
    """The figure of a table's cell; one with a per cent sign is a percentage."""
    unit: Unit = "percent" if "%" in figure else "money"
    value = Decimal(figure.strip("%$()").replace(",", ""))
    return Mention(
        text=figure,
        value=-value if figure.startswith("(") else value,
        scale=scale,
        unit=unit,
        currency="USD" if "$" in figure else "",
        own=frozenset(stems(label)),
        header=frozenset(),
        above=frozenset(),
        label=stems(label),
        years=frozenset() if year is None else frozenset({year}),
        source=0,
        row=row,
        column=column,
        months=frozenset(),
        total="total" in label,
        indexed=False,
        last=False,
        printed=label,
        period="" if year is None else str(year),
        support=Support(chunk_id=ChunkId("c"), start=0, end=1),
    )


TABLE = [
    mention("Net sales", "1,200", 2019, row=0, column=0),
    mention("Net sales", "1,000", 2018, row=0, column=1),
    mention("Cost of sales", "700", 2019, row=1, column=0),
    mention("Cost of sales", "500", 2018, row=1, column=1),
]
