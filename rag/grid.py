"""Tables as they are printed: which words stand left of a figure in its row, which above it in its column.

A second reading of tables, from where words stand on the page, for rows that the readers of documents did not
take for a table or took for one with other columns: columns that stand close, cells that wrap, rows of a
table that a chunk was cut out of. Rows are lines with a figure, a date or a rating apart from other words.
Leaves tables with their periods and scales to the catalog.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from statistics import pstdev

from rag.layout import PrintedLine

_VALUE = re.compile(
    r"(?:U\.?S\.?)?[-−(]?[$€£]?\(?\d[\d,]*(?:\.\d+)?%?\)?|N/A|n/a|[A-Z][A-Za-z]{0,2}[1-3]?[+-]?\(sf\)"
    r"|Aaa|Aa[1-3]|Baa[1-3]|Ba[1-3]|Caa[1-3]|AAA|AA[+-]?|BBB[+-]?|BB[+-]?|CCC[+-]?"
    r"|[AB][1-3+-]|Yes|No|Pass|Fail|[-–—]"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = re.compile(r"\d{1,2}")
_MONTH = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_DAY_MONTH = re.compile(rf"{_DAY.pattern} {_MONTH.pattern},?")
_MONTH_DAY = re.compile(rf"{_MONTH.pattern} {_DAY.pattern},?")
_DAY_OR_YEAR = re.compile(rf"{_DAY.pattern},?|{_YEAR.pattern}")
_DATE_CHARS = len("20 September,")
_MONTHS_BEGIN = frozenset("JFMASOND")
_REMEMBERED = 32_768
_SHORT = 40
"""So many words, of at most so many characters, of which is kept at hand whether they are values."""
_GAP = 4.0
"""Points between two words from which they may stand in different columns."""
_HEADS = 5
_SPACING = 3.5
"""Lines of a table stand at most this many line heights apart."""
_BETWEEN = 2
"""Lines between two rows that continue the first."""
_MOST_WORDS = 14
"""A line with more words that are no values is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """A cell of a printed row: its span in the document, the words left in its row and above in its column.

    ``row`` is where the row's first line begins: the label of a cell that wraps stands on a line above it.
    """

    start: int
    end: int
    label: str
    header: str
    row: int


@dataclass(slots=True)
class _Run:
    """Words of a line that stand close together, or one value: ``[start, end)``, its edges."""

    start: int
    end: int
    x0: float
    x1: float
    text: str
    value: bool
    words: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A value with what belongs to it on its left: its span, its edges."""

    start: int
    end: int
    x0: float
    x1: float


def grid_cells(lines: Sequence[PrintedLine], texts: Sequence[str]) -> list[GridCell]:
    """The cells of all printed rows of a page; ``texts`` are those of the lines."""
    runs = [_runs(line, text) for line, text in zip(lines, texts, strict=True)]
    found: list[GridCell] = []
    for first, last in _blocks(lines, runs):
        found += _cells(first, last, lines, runs)
    return found


def _runs(line: PrintedLine, text: str) -> list[_Run]:
    """The runs of a line from left to right; values, dates among them, stand for themselves."""
    ends = [*(place.offset for place in line.words[1:]), len(text)][: len(line.words)]
    words = [(place, text[place.offset : end].strip()) for place, end in zip(line.words, ends, strict=True)]
    runs: list[_Run] = []
    for place, word in ((place, word) for place, word in words if word):
        start = line.start + place.offset
        last = runs[-1] if runs else None
        close = last is not None and place.x0 - last.x1 < _GAP
        dated = close and last is not None and _continues_date(last.text, word)
        value = not dated and (_known_value(word) if len(word) <= _SHORT else _is_value(word))
        if last is not None and (dated or (close and not value and not last.value)):
            last.end, last.x1, last.text = start + len(word), place.x1, f"{last.text} {word}"
            last.words = (*last.words, (word, place.x0, place.x1))
            last.value = last.value or dated
        else:
            own = ((word, place.x0, place.x1),)
            runs.append(_Run(start, start + len(word), place.x0, place.x1, word, value, own))
    return runs


def _is_value(word: str) -> bool:
    return _VALUE.fullmatch(word.rstrip(",;")) is not None and not _YEAR.fullmatch(word)


_known_value = lru_cache(_REMEMBERED)(_is_value)


def _continues_date(before: str, word: str) -> bool:
    """Whether a word goes on with a date: "20," behind "February", "2034" behind "February 20,"."""
    if len(before) > _DATE_CHARS or not (word[0].isdigit() or word[0] in _MONTHS_BEGIN):
        return False
    if _MONTH.fullmatch(before) or _DAY_MONTH.fullmatch(before):
        return _DAY_OR_YEAR.fullmatch(word) is not None
    if _DAY.fullmatch(before):
        return _MONTH.fullmatch(word.rstrip(",")) is not None
    return _MONTH_DAY.fullmatch(before) is not None and _YEAR.fullmatch(word) is not None


def _is_row(runs: Sequence[_Run]) -> bool:
    """Whether a line holds cells, and is no sentence."""
    if len(runs) < 2 or sum(len(run.words) for run in runs if not run.value) > _MOST_WORDS:
        return False
    return any(b.value and b.x0 - a.x1 >= _GAP for a, b in pairwise(runs))


def _blocks(lines: Sequence[PrintedLine], runs: Sequence[Sequence[_Run]]) -> list[tuple[int, int]]:
    """Lines ``[first, last)`` that make a table: rows, and a line or two between them that continue one."""
    blocks: list[tuple[int, int]] = []
    for at in range(len(lines)):
        if not _is_row(runs[at]):
            continue
        between = range(blocks[-1][1], at) if blocks else range(0)
        if (
            blocks
            and len(between) <= _BETWEEN
            and all(_near(lines, i) for i in (*between, at))
            and not any(len(runs[i]) > 1 and not any(run.value for run in runs[i]) for i in between)
        ):
            blocks[-1] = (blocks[-1][0], at + 1)
        else:
            blocks.append((at, at + 1))
    return blocks


def _near(lines: Sequence[PrintedLine], at: int) -> bool:
    if not 0 < at < len(lines):
        return False
    above, line = lines[at - 1], lines[at]
    height = max(line.y1 - line.y0, above.y1 - above.y0, 1.0)
    return -1.0 <= line.y0 - above.y0 <= _SPACING * height


def _cells(
    first: int, last: int, lines: Sequence[PrintedLine], runs: Sequence[Sequence[_Run]]
) -> list[GridCell]:
    body = list(range(first, last))
    heads: list[int] = []
    while body and _names_columns(runs[body[0]]):
        heads.append(body.pop(0))
    if not body:
        return []
    edges = [part.x0 for at in body if _is_row(runs[at]) for part in _parts(runs[at], 0.0)]
    if not edges:
        return []
    left = min(edges)
    if _near(lines, last) and runs[last] and runs[last][0].x0 >= left - 1 and not _is_row(runs[last]):
        body.append(last)
    parts = {at: _parts(runs[at], left) for at in body}
    columns = _columns(list(parts.values()))
    heads = [*_heads_above(first, lines, runs, columns), *heads][-_HEADS:]
    titles = _titles([runs[at] for at in heads], columns, [part for own in parts.values() for part in own])
    found: list[GridCell] = []
    label, row = "", lines[body[0]].start
    for at in body:
        own = " ".join(
            run.text for run in runs[at] if run.x1 < left and not any(run.start == p.start for p in parts[at])
        )
        if own and (_is_row(runs[at]) or not label):
            label, row = own, lines[at].start
        elif own:
            label = f"{label} {own}"
        for part in parts[at]:
            place = _column_at(columns, part)
            title = titles[place] if place is not None else ""
            found.append(GridCell(start=part.start, end=part.end, label=label, header=title, row=row))
    return found


def _heads_above(
    first: int,
    lines: Sequence[PrintedLine],
    runs: Sequence[Sequence[_Run]],
    columns: Sequence[tuple[float, float]],
) -> list[int]:
    """The lines above a table that name its columns, from the top down."""
    heads: list[int] = []
    above = first - 1
    while above >= 0 and len(heads) < _HEADS and _near(lines, above + 1):
        if _heads(runs[above], columns):
            heads.insert(0, above)
        elif not (len(runs[above]) == 1 and columns and runs[above][0].x1 < columns[0][0]):
            break  # what heads the labels may wrap: then the head goes on above it
        above -= 1
    return heads


def _names_columns(runs: Sequence[_Run]) -> bool:
    """Whether a row is a header: each figure behind a word it belongs to, "Diversity 40   Diversity 46"."""
    if not runs or runs[0].value:
        return False
    pairs = list(pairwise(runs))
    figures = [(a, b) for a, b in pairs if b.value]
    if len(figures) == 1 and _MONTH.search(figures[0][1].text):
        return False
    return len(figures) > 1 and all(not a.value and b.x0 - a.x1 < _GAP for a, b in figures)


def _heads(runs: Sequence[_Run], columns: Sequence[tuple[float, float]]) -> bool:
    """Whether a line above a table may name its columns: several cells, or one above a column; no values."""
    if not runs or not columns:
        return False
    if any(run.value for run in runs):
        return _names_columns(runs)
    if runs[-1].text.endswith((".", ":", ";", ",")):
        return False
    if len(runs) > 1:
        return sum(len(run.words) for run in runs) <= _MOST_WORDS
    touched = sum(1 for a, b in columns if runs[0].x0 < b and a < runs[0].x1)
    return touched <= 1 and runs[0].x0 >= columns[0][0] - 30


def _parts(runs: Sequence[_Run], left: float) -> list[_Part]:
    """The cells of a line behind its label; words close before a value belong to its cell."""
    parts: list[_Part] = []
    for i, run in enumerate(runs):
        if not run.value or (i == 0 and (left <= 0.0 or run.x0 < left - 1)):
            continue
        x0 = run.x0
        before = runs[i - 1] if i else None
        if before is not None and not before.value and run.x0 - before.x1 < _GAP:
            if i == 1 and (left <= 0.0 or before.x0 < left - 1):
                continue
            x0 = before.x0
        parts.append(_Part(run.start, run.end, x0, run.x1))
    return parts


def _columns(rows_of_parts: Sequence[Sequence[_Part]]) -> list[tuple[float, float]]:
    """The columns from left to right, as edges: cells of different rows that lie over each other.

    They grow from the row with most cells, so that a cell over two columns does not make them one.
    """
    rows = sorted(rows_of_parts, key=lambda own: (-len(own), own[0].start if own else 0))
    columns: list[list[float]] = []
    for own in rows:
        for part in own:
            touched = [c for c in columns if part.x0 < c[1] - 1.0 and c[0] < part.x1 - 1.0]
            if len(touched) == 1:
                others = [c for c in columns if c is not touched[0]]
                low, high = min(touched[0][0], part.x0), max(touched[0][1], part.x1)
                if not any(low < c[1] - 1.0 and c[0] < high - 1.0 for c in others):
                    touched[0][:] = [low, high]
            elif not touched:
                columns.append([part.x0, part.x1])
    return sorted((a, b) for a, b in columns)


def _column_at(columns: Sequence[tuple[float, float]], part: _Part) -> int | None:
    """The column that a cell lies in most; None where it touches none."""
    shared = [min(part.x1, b) - max(part.x0, a) for a, b in columns]
    return shared.index(max(shared)) if shared and max(shared) > 0 else None


def _titles(
    heads: Sequence[Sequence[_Run]], columns: Sequence[tuple[float, float]], parts: Sequence[_Part]
) -> list[str]:
    """The words above each column, from the top down.

    Where cells begin alike a column reaches to where the next begins, where they end alike from where the
    one before ends.
    """
    spreads = []
    for a, b in columns:
        own = [part for part in parts if a - 1 <= part.x0 and part.x1 <= b + 1]
        if len(own) > 1:
            spreads.append(pstdev(p.x0 for p in own) - pstdev(p.x1 for p in own))
    even = sum(spreads)
    titles: list[list[str]] = [[] for _ in columns]
    for words in (unit for runs in heads for unit in _units(runs)):
        low, high = words[0][1], words[-1][2]
        touched = [i for i, (a, b) in enumerate(columns) if low < b and a < high]
        for word, x0, x1 in words:
            place = touched[0] if len(touched) == 1 else _over(columns, x0, x1, even)
            if place is not None:
                titles[place].append(word)
    return [" ".join(words) for words in titles]


def _units(runs: Sequence[_Run]) -> list[list[tuple[str, float, float]]]:
    """The words of a header line that stand close together, values among them."""
    units: list[list[tuple[str, float, float]]] = []
    for word in (word for run in runs for word in run.words):
        if units and word[1] - units[-1][-1][2] < _GAP:
            units[-1].append(word)
        else:
            units.append([word])
    return units


def _over(columns: Sequence[tuple[float, float]], x0: float, x1: float, even: float) -> int | None:
    if not columns:
        return None
    if even < -0.5:  # they begin alike
        return next((i for i in range(len(columns) - 1, -1, -1) if columns[i][0] <= x0 + 3), None)
    if even > 0.5:
        found = next((i for i, (_, b) in enumerate(columns) if x1 <= b + 3), len(columns) - 1)
        return None if found == 0 and x1 < columns[0][0] - 60 else found
    overlaps = [min(x1, b) - max(x0, a) for a, b in columns]
    if max(overlaps) <= 0 and x1 < columns[0][0] - 12:
        return None
    return overlaps.index(max(overlaps))
