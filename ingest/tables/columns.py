"""Columns of a table: figures whose right edges align, and the header words that stand over them.

Header words spread over the columns that a ruling line below them spans, else over those they cover,
else, where there are fewer of them than columns, each column takes the nearest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from ingest.tables.periods import read_words
from ingest.tables.strips import Piece, Strip, last_figure, part
from ingest.tables.units import read_units
from rag.types import Box

_ALIGNED = 2.6
"""How far right edges of one column may lie apart from neighbour to neighbour."""
_RULE_BELOW = 9.0
_RULE_THICK = 2.5
_ABUTS = 1.5
_ASIDE = 12.0
_MOST_COLUMNS = 40
_LONGEST_NUMBER = 3
_STUB = 40.0
"""How far right of where labels begin a header's words must begin to be certainly not over them."""


@dataclass(slots=True)
class Band:
    """A column being found: the edges of its digits, the pieces in it by row, its header's words.

    ``left`` and ``right`` are as far as currency signs and the ruling lines of sums show it to reach.
    """

    x0: float
    x1: float
    pieces: dict[int, Piece] = field(default_factory=dict)
    header: list[str] = field(default_factory=list)
    left: float = 0.0
    right: float = 0.0

    @property
    def middle(self) -> float:
        """Halfway between its outer edges."""
        return (self.left + self.right) / 2


def find_bands(rows: Sequence[Strip]) -> list[Band]:
    """The columns of rows with figures, from left to right; empty where the figures do not align.

    Pieces are kept by the row's number. A leftmost figure that stands where labels do is a label.
    """
    labels = [row.pieces[0] for row in rows if row.pieces[0].figure is None and len(row.pieces) > 1]
    reach = (min((p.x0 for p in labels), default=0.0), max((p.x1 for p in labels), default=-1.0))
    edges = [
        (piece.x1, number, piece)
        for number, row in enumerate(rows)
        if row.is_data
        for position, piece in enumerate(row.pieces)
        if piece.figure is not None
        and not (position == 0 and len(row.pieces) > 1 and _is_label(row, piece, reach))
    ]
    edges.sort(key=lambda edge: (edge[0], edge[1]))
    bands: list[Band] = []
    for right, number, piece in edges:
        if bands and right - bands[-1].x1 <= _ALIGNED and number not in bands[-1].pieces:
            band = bands[-1]
            band.x0, band.x1 = min(band.x0, piece.x0), right
        else:
            band = Band(piece.x0, right)
            bands.append(band)
        band.pieces[number] = piece
    bands = _merge(bands)
    if len(bands) > _MOST_COLUMNS:
        return []
    _part_labels(bands, rows)
    _add_words(bands, rows)
    return bands


def _is_label(row: Strip, piece: Piece, reach: tuple[float, float]) -> bool:
    """Whether a figure at the beginning of a row is its label: a year, its number, or where labels stand."""
    if row.pieces[1].figure is None and piece.text.isdigit() and len(piece.text) <= _LONGEST_NUMBER:
        return True
    return piece.year or (reach[0] <= piece.x0 + 1 and piece.x1 <= reach[1] + 1)


def find_word_bands(rows: Sequence[Strip]) -> list[Band]:
    """The columns of rows of words, but the first, which are labels: cells that overlap are one column."""
    spread = [(piece.x0, number, piece) for number, row in enumerate(rows) for piece in row.pieces[1:]]
    spread.sort(key=lambda item: (item[0], item[1]))
    bands: list[Band] = []
    for left, number, piece in spread:
        if bands and left < bands[-1].x1 and number not in bands[-1].pieces:
            bands[-1].x1 = max(bands[-1].x1, piece.x1)
        elif len(bands) < _MOST_COLUMNS:
            bands.append(Band(left, piece.x1))
        else:
            return []
        bands[-1].pieces[number] = piece
    return bands


def _part_labels(bands: Sequence[Band], rows: Sequence[Strip]) -> None:
    """Take figures that stand close behind words into the columns that they are aligned with."""
    for number, row in enumerate(rows):
        if not row.is_data or all(number in band.pieces for band in bands):
            continue
        for piece in row.pieces:
            tail = last_figure(row, piece) if piece.figure is None else None
            band = next((b for b in bands if tail and abs(b.x1 - tail.x1) <= _ALIGNED), None)
            if tail and band and number not in band.pieces:
                band.pieces[number] = tail
                band.x0 = min(band.x0, tail.x0)
                piece.text = row.text[piece.start - row.line.start : tail.start - row.line.start].rstrip()
                piece.end = piece.start + len(piece.text)
                piece.x1 = min(piece.x1, tail.x0)


def _merge(bands: list[Band]) -> list[Band]:
    """Neighbours that overlap and never stand in one row are one column whose figures are centred."""
    merged: list[Band] = []
    for band in bands:
        before = merged[-1] if merged else None
        if before and band.x0 < before.x1 and not (before.pieces.keys() & band.pieces.keys()):
            before.x0, before.x1 = min(before.x0, band.x0), max(before.x1, band.x1)
            before.pieces |= band.pieces
        else:
            merged.append(band)
    return merged


def _add_words(bands: list[Band], rows: Sequence[Strip]) -> None:
    """Words that stand in a column or between two become cells too."""
    if not bands:
        return
    left = bands[0].x0
    spare: list[tuple[int, Piece]] = []
    for number, row in enumerate(rows):
        for piece in row.pieces[1:]:
            if piece.figure is not None or piece.x1 < left:
                continue
            band = next((b for b in bands if piece.x0 < b.x1 and piece.x1 > b.x0), None)
            if band is None:
                spare.append((number, piece))
            else:
                band.pieces.setdefault(number, piece)
    for number, piece in spare:
        band = next((b for b in bands if piece.x0 < b.x1 and piece.x1 > b.x0), None)
        if band is None:
            if len(bands) == _MOST_COLUMNS:
                continue
            band = Band(piece.x0, piece.x1)
            bands.append(band)
        band.x0, band.x1 = min(band.x0, piece.x0), max(band.x1, piece.x1)
        band.pieces.setdefault(number, piece)
    bands.sort(key=lambda band: (band.x0 + band.x1, band.x0))


def head(bands: Sequence[Band], header: Sequence[Strip], rules: Sequence[Box], margin: float) -> list[str]:
    """Give every column its header's words; returns the words that stand over the labels instead.

    Labels begin at ``margin``. ``rules`` are the table's ruling lines, below its rows and below its header.
    """
    stub: list[str] = []
    if not bands:
        return stub
    _widen(bands, rules, margin + _STUB)
    left = _headed_left(bands[0], header)
    for strip, below in zip_longest(header, header[1:]):
        printed = _parted(strip, bands)
        if _is_remark(strip, bands, first=strip is header[0]):
            stub.append(strip.text)
            continue
        last = printed[-len(bands) :]
        if len(last) == len(bands) and last[0].x0 > margin + _STUB and all(_is_time(piece) for piece in last):
            pieces = last
            for piece, band in zip(pieces, bands, strict=True):
                band.header.append(piece.text)
        else:
            pieces = [piece for piece in printed if _is_over(piece, left)]
            _spread(pieces, bands, _below(strip, rules, below))
        stub += [piece.text for piece in printed if piece not in pieces]
    return stub


def _is_remark(strip: Strip, bands: Sequence[Band], *, first: bool) -> bool:
    """Whether a header line is one remark on all columns, as "(in millions)" set first or centred."""
    if len(strip.pieces) > 1 or len(bands) < 2 or read_units(strip.text) is None:
        return False
    width = bands[-1].right - bands[0].left
    centred = abs(strip.pieces[0].middle - bands[0].left - width / 2) < 0.1 * width
    return centred or " except" in strip.text or (first and strip.text.startswith("("))


def _parted(strip: Strip, bands: Sequence[Band]) -> list[Piece]:
    """A header line's pieces, those over several columns parted if they are several headers."""
    parted = []
    for piece in strip.pieces:
        over = sum(piece.x0 < band.right and piece.x1 > band.left for band in bands)
        parted += part(strip, piece) if over > 1 and piece.figure is None else [piece]
    return parted


def _widen(bands: Sequence[Band], rules: Sequence[Box], margin: float) -> None:
    """Set how far columns reach, which is further than digits when those are few."""
    for number, band in enumerate(bands):
        free_left = bands[number - 1].x1 if number else min(margin, band.x0)
        free_right = bands[number + 1].x0 if number + 1 < len(bands) else float("inf")
        band.left = max(min(piece.left for piece in band.pieces.values()), free_left)
        band.right = band.x1
        for rule in rules:
            if free_left <= rule.x0 <= band.x0 + 2 and band.x1 - 2 <= rule.x1 <= free_right:
                band.left, band.right = min(band.left, rule.x0), max(band.right, rule.x1)


def _headed_left(first: Band, header: Sequence[Strip]) -> float:
    """Where the words over the first column begin: lines higher up may be shorter, and centred over it."""
    left = first.left
    for strip in reversed(header):
        for piece in strip.pieces:
            if piece.x0 > first.left - _STUB and _is_over(piece, left):
                left = min(left, piece.x0)
    return left


def _is_over(piece: Piece, left: float) -> bool:
    """Whether header words stand over columns, of which the first begins at ``left``, not over the labels."""
    if piece.x1 > left and piece.middle > left - 40:
        return True
    return piece.middle > left - 12


def _is_time(piece: Piece) -> bool:
    return piece.year or not read_words(piece.text).empty


def _below(strip: Strip, rules: Sequence[Box], following: Strip | None) -> list[Box]:
    """The ruling lines right below a header line, none of those below several words of the next one."""
    below = [r for r in rules if -3.0 <= r.y0 - strip.bottom <= _RULE_BELOW and r.x1 - r.x0 > 6]
    nearest = min((rule.y0 for rule in below), default=0.0)
    below = [rule for rule in below if rule.y0 - nearest <= _RULE_THICK]
    if following is None or nearest < following.bottom - _RULE_THICK:
        return below
    kept: list[Box] = []
    for group in _abutting(below):
        left, right = group[0].x0, max(rule.x1 for rule in group)
        if sum(left < piece.middle < right for piece in following.pieces) < 2:
            kept += group
    return kept


def _abutting(rules: Sequence[Box]) -> list[list[Box]]:
    """Ruling lines grouped where one goes on from another, from left to right."""
    groups: list[list[Box]] = []
    right = 0.0
    for rule in sorted(rules, key=lambda rule: rule.x0):
        if groups and rule.x0 <= right + _ABUTS:
            groups[-1].append(rule)
            right = max(right, rule.x1)
        else:
            groups.append([rule])
            right = rule.x1
    return groups


def _spread(pieces: Sequence[Piece], bands: Sequence[Band], rules: Sequence[Box]) -> None:
    spans = [_span(piece, pieces, rules) for piece in pieces]
    taken = [
        [number for number, (x0, x1) in enumerate(spans) if x0 < band.right and x1 > band.left]
        for band in bands
    ]
    ruled = any(sum(x0 < band.right and x1 > band.left for band in bands) > 1 for x0, x1 in spans)
    outer = len(pieces) < len(bands) and not ruled and _spans_columns(pieces, bands)
    for band, numbers in zip(bands, taken, strict=True):
        if numbers:
            best = min(numbers, key=lambda number: (_distance(band, spans[number]), number))
            band.header.append(pieces[best].text)
        elif outer or len(pieces) >= len(bands):
            best = min(
                range(len(spans)), key=lambda number: (_distance(band, spans[number]), number), default=-1
            )
            if best >= 0 and (outer or _near(band, spans[best], bands)):
                band.header.append(pieces[best].text)


def _span(piece: Piece, pieces: Sequence[Piece], rules: Sequence[Box]) -> tuple[float, float]:
    """Where header words reach: as far as the ruling line below them, if it is theirs alone."""
    x0, x1 = piece.x0, piece.x1
    under = [rule for rule in rules if rule.x0 < piece.middle < rule.x1]
    if not under:
        return x0, x1
    # Rules are often drawn in abutting parts.
    group = next(group for group in _abutting(rules) if under[0] in group)
    left, right = group[0].x0, max(rule.x1 for rule in group)
    others = [other for other in pieces if other is not piece and left < other.middle < right]
    return (x0, x1) if others else (min(x0, left), max(x1, right))


def _spans_columns(pieces: Sequence[Piece], bands: Sequence[Band]) -> bool:
    """Whether header words without a column below of their own spread over those beside them."""
    if not pieces:
        return False
    periods = sum(not read_words(piece.text).empty for piece in pieces)
    if periods < len(pieces):
        return False
    if len(pieces) > 1:
        share, odd = divmod(len(bands), len(pieces))
        parts = [bands[number * share : (number + 1) * share] for number in range(len(pieces))]
        return not odd and all(
            part[0].left - _ASIDE < piece.middle < part[-1].right + _ASIDE
            for piece, part in zip(pieces, parts, strict=True)
        )
    width = bands[-1].right - bands[0].left
    return abs(pieces[0].middle - bands[0].left - width / 2) < 0.2 * width + _ASIDE


def _near(band: Band, span: tuple[float, float], bands: Sequence[Band]) -> bool:
    width = (bands[-1].right - bands[0].left) / max(len(bands) - 1, 1)
    return _distance(band, span) < 0.5 * width


def _distance(band: Band, span: tuple[float, float]) -> float:
    """How far a column's middle lies from a span; 0 inside."""
    return max(span[0] - band.middle, band.middle - span[1], 0.0)
