"""Positioned words to printed rows in reading order: one table row, one line.

Words that overlap vertically are one row; wide gaps inside a row separate cells (two spaces), narrow
ones words. Where both sides of a vertical gutter are filled with prose, the left column is read before
the right one; the columns of a table, whose cells are short, are left side by side. Each row keeps where its
words stand, for boxes and for tables. Works on what any PDF engine delivers; leaves the engines to
``ingest.loaders``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from rag.layout import Place, pack_places

CELL_GAP = 1.1
"""Gap between two cells of a row, in font sizes; a word space is about a quarter of one."""
_FIGURE_GAP = 0.6
"""The same between two figures, which no prose sets that far apart."""
_WORD_GAP = 0.12
_STRAY_GAP = 0.04
"""Between words that the file itself parts by a space, less is a space that prints over a letter."""
_LONG_ROW = 6
_WIDER = 2.2
_WIDEST_GAP = 2.5
"""Gaps of justified prose are all alike and not wider than this, in font sizes."""
_MIN_COLUMN_LINES = 5
_COLUMN_FILL = 0.7
_COLUMN_RANK = 0.9
_SIGN = re.compile(r"[$€£¥(]+|\(?[$€£¥]\(?")
_FIGURE = re.compile(r"\(?[\d.,]*\d|[—–-]+$")
_FIGURE_START = re.compile(r"[$€£¥(]*\d|[$€£¥]|[—–-]$")
_CLOSER = re.compile(r"[)%]+")
_WIDE = re.compile(r"\s{3,}")
_LEADER = re.compile(r"(?:\s?[.·…_]){5,}")
_RUN_WORD = re.compile(r"\S+")


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
    """A printed row: its text, the box of its words, its looks, and whether space precedes it.

    ``places`` says where its words stand, packed by ``rag.layout``.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool
    spaced: bool
    places: bytes = b""


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
        celled = sum("  " in _set(line)[0] for line in lines)
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


def _set(words: Sequence[Word]) -> tuple[str, list[Place]]:
    """The row's text, cells two spaces apart, signs and closers glued to their figure; and its places."""
    usual = _usual_gap(words)
    parts: list[str] = []
    places: list[Place] = []
    length = 0
    end = 0.0
    spaced = False
    for raw, left, _, right, _, size, _ in words:
        text, x0, x1 = raw.strip(), left, right
        if len(text) != len(raw):
            # Spaces around a run are part of its box, not of the gap between runs.
            space = 0.25 * size
            x0 += space * (len(raw) - len(raw.lstrip()))
            x1 -= space * (len(raw) - len(raw.rstrip()))
        gap = x0 - end
        if (
            parts
            and gap > size * (_STRAY_GAP if spaced else _WORD_GAP)
            and not is_one_figure(parts[-1], text)
        ):
            parts.append("  " if gap >= size * _cell_gap(parts[-1], text, usual) else " ")
            length += len(parts[-1])
        if " " in text:
            text = "  ".join(" ".join(part.split()) for part in _WIDE.split(text))
            places += _places_in(text, length, x0, x1)
        else:
            places.append(Place(length, x0, x1))
        parts.append(text)
        length += len(text)
        end = max(end, x1)
        spaced = raw[-1:] == " "
    text = "".join(parts)
    return _without_leaders(text, places) if "..." in text or _LEADER.search(text) else (text, places)


def _usual_gap(words: Sequence[Word]) -> float:
    """The median gap of a long row in font sizes, 0.0 for a short one: justified prose is set wide."""
    if len(words) < _LONG_ROW:
        return 0.0
    size = max(words[0].size, 1.0)
    gaps = sorted(
        (after.x0 - before.x1) / size + (0.25 if before.text[-1:] == " " else 0.0)
        for before, after in pairwise(words)
    )
    return gaps[len(gaps) // 2]


def _cell_gap(before: str, after: str, usual: float) -> float:
    """The gap from which on two neighbours are cells, in font sizes."""
    if _ends_in_figure(before) and _FIGURE_START.match(after):
        return _FIGURE_GAP
    return max(CELL_GAP, min(_WIDER * usual, _WIDEST_GAP))


def _places_in(text: str, offset: int, x0: float, x1: float) -> list[Place]:
    """The words of a run that an engine did not part, each given its share of the run's width."""
    width = (x1 - x0) / len(text)
    return [
        Place(offset + match.start(), x0 + width * match.start(), x0 + width * match.end())
        for match in _RUN_WORD.finditer(text)
    ]


def _without_leaders(text: str, places: list[Place]) -> tuple[str, list[Place]]:
    """Long rows of dots shortened; the places behind them move along, those of the dots go."""
    kept = places
    for match in reversed(list(_LEADER.finditer(text))):
        start, end = match.span()
        dots = " ...." if start else "...."
        text = f"{text[:start]}{dots}{text[end:]}"
        shift = len(dots) - (end - start)
        before = [place for place in kept if place.offset < start]
        kept = before + [p._replace(offset=p.offset + shift) for p in kept if p.offset >= end]
    return text.rstrip(), kept


def _ends_in_figure(text: str) -> bool:
    return text[-1:].isdigit() or text[-1:] in ")%—–"


def is_one_figure(before: str, after: str) -> bool:
    """Whether two neighbouring cells are one figure, set apart only to align columns.

    >>> is_one_figure("$", "5,363"), is_one_figure("(370", ")"), is_one_figure("5,363", "4,869")
    (True, True, False)
    """
    if after[:1] in ")%":
        return bool(_CLOSER.fullmatch(after)) and before[-1:].isdigit()
    return before[-1:] in "$€£¥(" and bool(_SIGN.fullmatch(before.strip()) and _FIGURE.match(after))


def _row(words: Sequence[Word]) -> Row:
    sizes: Counter[float] = Counter()
    bold = total = 0
    left, top, right, bottom = words[0][1:5]
    for text, x0, y0, x1, y1, size, is_bold in words:
        count = len(text.strip())
        sizes[size] += count
        total += count
        bold += count if is_bold else 0
        left, top = min(left, x0), min(top, y0)
        right, bottom = max(right, x1), max(bottom, y1)
    text, places = _set(words)
    return Row(
        text=text,
        x0=left,
        y0=top,
        x1=right,
        y1=bottom,
        size=round(min(sizes.items(), key=lambda item: (-item[1], item[0]))[0], 1),
        bold=2 * bold > total,
        spaced=False,
        places=pack_places(places),
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
