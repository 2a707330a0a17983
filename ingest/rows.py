"""Positioned words to printed rows in reading order: one table row, one line.

Words that overlap vertically are one row; wide gaps inside a row separate cells (two spaces), narrow
ones words. Where both sides of a vertical gutter are filled with prose, the left column is read before
the right one; the columns of a table, whose cells are short, are left side by side. Works on what any
PDF engine delivers; leaves the engines to ``ingest.loaders``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

CELL_GAP = 1.1
"""Gap between two cells of a row, in font sizes; a word space is about a quarter of one."""
_FIGURE_GAP = 0.6
"""The same between two figures, which no prose sets that far apart."""
_WORD_GAP = 0.12
_MIN_COLUMN_LINES = 5
_COLUMN_FILL = 0.7
_COLUMN_RANK = 0.9
_SIGN = re.compile(r"[$€£¥(]+|\(?[$€£¥]\(?")
_FIGURE = re.compile(r"\(?[\d.,]*\d|[—–-]+$")
_FIGURE_START = re.compile(r"[$€£¥(]*\d|[$€£¥]|[—–-]$")
_CLOSER = re.compile(r"[)%]+")
_WIDE = re.compile(r"\s{3,}")
_LEADER = re.compile(r"(?:\s?[.·…_]){5,}")


class Word(NamedTuple):
    """Text at a place, a word or a run of words: points, origin top left; ``size`` of its font."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A printed row: its text, the box of its words, its looks, and whether space precedes it."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool
    spaced: bool


def group_rows(words: Iterable[Word]) -> list[Row]:
    """The rows of one page in reading order; blank words are dropped.

    >>> label = Word("Revenue", 50, 100, 90, 110, 9, False)
    >>> figures = [Word("$", 200, 100, 205, 110, 9, False), Word("1,577", 240, 100, 260, 110, 9, False)]
    >>> [row.text for row in group_rows([*figures, label])]
    ['Revenue  $1,577']
    """
    upright: list[Word] = []
    sideways: list[Word] = []
    for word in words:
        if not word.text or word.text.isspace():
            continue
        tall = word.y1 - word.y0 > 2 * (word.x1 - word.x0) and len(word.text.strip()) > 2
        (sideways if tall else upright).append(word)
    rows = _stack(upright)
    rows = _read_columns(rows)
    lines = [_join(sorted(row, key=_left)) for row in rows] + [[word] for word in sideways]
    return _space([_row(line) for line in lines if line])


def _left(word: Word) -> tuple[float, float]:
    return (word.x0, word.y0)


def _stack(words: list[Word]) -> list[list[Word]]:
    """Words to rows from top to bottom: a word joins the row whose height it shares by half."""
    words.sort(key=lambda word: (word.y0 + word.y1, word.x0))
    rows: list[list[Word]] = []
    spans: list[tuple[float, float]] = []
    for word in words:
        for index in range(len(rows) - 1, max(len(rows) - 4, -1), -1):
            top, bottom = spans[index]
            shared = min(bottom, word.y1) - max(top, word.y0)
            if shared > 0.5 * min(bottom - top, word.y1 - word.y0) and shared > 0:
                rows[index].append(word)
                if word.y1 - word.y0 > bottom - top:
                    spans[index] = (word.y0, word.y1)
                break
        else:
            rows.append([word])
            spans.append((word.y0, word.y1))
    return rows


# Columns


def _read_columns(rows: list[list[Word]]) -> list[list[Word]]:
    """Rows with each band of two prose columns replaced by its left rows, then its right rows."""
    gutter = _gutter(rows)
    if gutter is None:
        return rows
    result: list[list[Word]] = []
    band: list[tuple[list[Word], list[Word]]] = []
    for row in [*rows, None]:
        sides = None if row is None else _sides(row, gutter)
        if sides is not None:
            band.append(sides)
            continue
        if _is_prose(band):
            result += [left for left, _ in band if left] + [right for _, right in band if right]
        else:
            result += [left + right for left, right in band]
        band = []
        if row is not None:
            result.append(row)
    return result


def _gutter(rows: Sequence[list[Word]]) -> float | None:
    """The x just left of where many rows begin a cell in the middle of the page, if there is such."""
    if len(rows) < _MIN_COLUMN_LINES:
        return None
    left = min(word.x0 for row in rows for word in row)
    width = max(word.x1 for row in rows for word in row) - left
    low, high = left + 0.35 * width, left + 0.65 * width
    starts: Counter[int] = Counter()
    for row in rows:
        ends = sorted((word.x1, word.x0) for word in row)
        for word in row:
            if low < word.x0 < high and all(
                word.x0 - end > word.size or start >= word.x0 for end, start in ends if start < word.x0
            ):
                starts[round(word.x0 / 3)] += 1
    if not starts:
        return None
    place, count = min(starts.items(), key=lambda item: (-item[1], item[0]))
    return place * 3 - 3.0 if count >= _MIN_COLUMN_LINES else None


def _sides(row: list[Word], gutter: float) -> tuple[list[Word], list[Word]] | None:
    """The row's words left and right of the gutter; None where a word crosses it."""
    left = [word for word in row if word.x1 <= gutter + 1]
    right = [word for word in row if word.x0 >= gutter - 1 and word.x1 > gutter + 1]
    return (left, right) if len(left) + len(right) == len(row) else None


def _is_prose(band: Sequence[tuple[list[Word], list[Word]]]) -> bool:
    """Whether both sides are mostly full lines without cells, as prose is and a table is not."""
    for side in (0, 1):
        lines = [_join(sorted(pair[side], key=_left)) for pair in band if pair[side]]
        if len(lines) < _MIN_COLUMN_LINES:
            return False
        start = min(line[0].x0 for line in lines)
        # A heading over both columns may end before the gutter; it does not make the column wider.
        end = sorted(line[-1].x1 for line in lines)[int(_COLUMN_RANK * (len(lines) - 1))]
        fills = [(line[-1].x1 - line[0].x0) / max(end - start, 1.0) for line in lines]
        celled = sum("  " in _text(line) for line in lines)
        if median(fills) < _COLUMN_FILL or celled > 0.2 * len(lines) or end - start < 100:
            return False
    return True


# Lines


def _join(words: list[Word]) -> list[Word]:
    """Words printed twice at one place (a way to fake boldness) once."""
    kept: list[Word] = []
    for word in words:
        if kept and word.text == kept[-1].text and abs(word.x0 - kept[-1].x0) < 0.3 * word.size:
            continue
        kept.append(word)
    return kept


def _text(words: Sequence[Word]) -> str:
    r"""The row's text: cells two spaces apart, signs and closers glued to their figure."""
    parts: list[str] = []
    end = 0.0
    for word in words:
        text = word.text.strip()
        # Spaces around a run are part of its box, not of the gap between runs.
        space = 0.25 * word.size
        inner_start = word.x0 + space * (len(word.text) - len(word.text.lstrip()))
        inner_end = word.x1 - space * (len(word.text) - len(word.text.rstrip()))
        if " " in text:
            text = "  ".join(" ".join(part.split()) for part in _WIDE.split(text))
        gap = inner_start - end
        if not parts or gap <= _WORD_GAP * word.size or is_one_figure(parts[-1], text):
            parts.append(text)
        else:
            apart = _FIGURE_GAP if _ends_in_figure(parts[-1]) and _FIGURE_START.match(text) else CELL_GAP
            parts.append(("  " if gap >= apart * word.size else " ") + text)
        end = max(end, inner_end)
    return _LEADER.sub(" ....", "".join(parts)).strip()


def _ends_in_figure(text: str) -> bool:
    return text[-1:].isdigit() or text[-1:] in ")%—–"


def is_one_figure(before: str, after: str) -> bool:
    """Whether two neighbouring cells are one figure, set apart only to align columns.

    >>> is_one_figure("$", "5,363"), is_one_figure("(370", ")"), is_one_figure("5,363", "4,869")
    (True, True, False)
    """
    if _CLOSER.fullmatch(after):
        return before[-1:].isdigit()
    return bool(_SIGN.fullmatch(before.strip()) and _FIGURE.match(after))


def _row(words: Sequence[Word]) -> Row:
    sizes: Counter[float] = Counter()
    bold = 0
    total = 0
    for word in words:
        count = len(word.text.strip())
        sizes[round(word.size, 1)] += count
        total += count
        bold += count if word.bold else 0
    return Row(
        text=_text(words),
        x0=min(word.x0 for word in words),
        y0=min(word.y0 for word in words),
        x1=max(word.x1 for word in words),
        y1=max(word.y1 for word in words),
        size=min(sizes.items(), key=lambda item: (-item[1], item[0]))[0],
        bold=2 * bold > total,
        spaced=False,
    )


def _space(rows: list[Row]) -> list[Row]:
    """Mark the rows with clearly more space above them than the page's lines have between them."""
    gaps = [after.y0 - before.y1 for before, after in pairwise(rows)]
    forward = sorted(gap for gap in gaps if gap > -5)
    usual = forward[len(forward) // 4] if forward else 0.0
    # Going up the page means another column.
    spaced = [
        replace(row, spaced=gap > usual + 0.4 * row.size or gap < -2 * row.size)
        for row, gap in zip(rows[1:], gaps, strict=True)
    ]
    return [*rows[:1], *spaced]
