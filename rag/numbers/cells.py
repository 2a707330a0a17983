"""The figure that words and a year name, in any table at hand.

A cell is named by its row's label and its column's header together, years aside. It fits as far as the words
are covered by its names, by those of the rows above and by the table's title, and as far as its own names
are among the words. Two cells that fit equally well and say different things are no figure. Leaves line items
of statements to ``statements``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.numbers.ontology import Words, label_words, naming, words_of, years_among
from rag.numbers.scales import scale_of
from rag.numbers.statements import Figure, MissingFigureError, figure_at
from rag.prompt import TableParts
from rag.structure import Cell, Table
from rag.types import Chunk

_COVERED, _PRECISE = 0.6, 0.4
_LEAST_COVERED, _LEAST_PRECISE = 0.8, 0.6
_ABOVE = 0.8
"""What a word counts that only stands above the row or in the title."""
_WEAK = 0.3
"""What a word counts that says little, and a header's word that is not asked for: headers span columns."""
_EQUAL = 1e-6
_LITTLE = frozenset("total net gross amount value balance number company".split())


@dataclass(frozen=True, slots=True)
class _Names:
    """What a row or a column is called, what stands above it, and the years in its words."""

    own: frozenset[str]
    above: frozenset[str]
    years: frozenset[int]

    @classmethod
    def of(cls, own: str, above: str = "") -> _Names:
        return cls(frozenset(_naming(own)), frozenset(_naming(above)), years_among(words_of(own)))


_NAMELESS = _Names(frozenset(), frozenset(), frozenset())


def find_named(words: str, year: int | None, tables: Sequence[TableParts], prose: str = "") -> Figure:
    """The figure that the words name in a year, from the table in which they fit best; earlier ones first.

    Without a year only tables are searched that tell none apart. ``prose`` may say the scale of a table that
    names none.

    Raises:
        MissingFigureError: there is none, or it is ambiguous.
    """
    asked = frozenset(_naming(words))
    found = [
        (fit, table, chunks, cell)
        for table, chunks in tables
        for fit, cell in _fitting(asked - _document_words(chunks), year, table)
    ]
    if not found:
        raise MissingFigureError(f"no table has {words!r}" + (f" in {year}" if year else ""))
    best = max(fit for fit, *_ in found)
    first = [one for one in found if one[0] >= best - _EQUAL]
    if len({abs(cell.amount or 0) for *_, cell in first}) > 1:
        raise MissingFigureError(f"{words!r} is printed with different figures")
    for fit, table, chunks, cell in first:
        figure = figure_at(_scaled(cell, table, chunks, prose), table, chunks, fit)
        if figure is not None:
            return figure
    raise MissingFigureError(f"the row of {words!r} is cut apart")


def _document_words(chunks: Sequence[Chunk]) -> frozenset[str]:
    """The words of a document's own name, with which its context lines begin."""
    return frozenset(_naming(chunks[0].headings.partition(" > ")[0])) if chunks else frozenset()


def _fitting(asked: frozenset[str], year: int | None, table: Table) -> Iterator[tuple[float, Cell]]:
    if year is None and len({cell.period for cell in table.cells if cell.period is not None}) > 1:
        return
    if not asked:
        return
    rows = [_Names.of("".join(row.path[-1:]), " ".join((*row.path[:-1], table.title))) for row in table.rows]
    columns = [_Names.of(" ".join(column.header)) for column in table.columns]
    for cell in table.cells:
        row, column = rows[cell.row], columns[cell.column] if cell.column < len(columns) else _NAMELESS
        if cell.value is None or (year is not None and year not in _years(cell, row, column)):
            continue
        own = (row.own | column.own) & asked
        above = (row.above & asked) - own
        covered = (_weight(own) + _ABOVE * _weight(above)) / _weight(asked)
        unasked = _weight(row.own - asked) + _WEAK * _weight(column.own - asked - row.own)
        precise = _weight(own) / (_weight(own) + unasked) if own else 0.0
        if covered >= _LEAST_COVERED and precise >= _LEAST_PRECISE:
            yield _COVERED * covered + _PRECISE * precise, cell


def _scaled(cell: Cell, table: Table, chunks: Sequence[Chunk], prose: str) -> Cell:
    """The cell in the scale that headers or the text around say, where the table itself names none."""
    if table.scale != 1 or cell.scale != 1 or cell.unit not in {"", "money"}:
        return cell
    return replace(cell, scale=scale_of(table, chunks, prose))


def _weight(words: frozenset[str]) -> float:
    return sum(_WEAK if word in _LITTLE else 1.0 for word in sorted(words))


def _years(cell: Cell, row: _Names, column: _Names) -> frozenset[int]:
    return row.years | column.years | (frozenset() if cell.period is None else {cell.period.year})


def _naming(text: str) -> Words:
    """The words of a text that name something, what stands in parentheses aside."""
    return naming(label_words(text))
