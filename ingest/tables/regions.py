"""Which consecutive lines of a page are a table: rows of figures, the header above them, words in between.

Prose with figures, tables of contents and lists of numbers are none. Leaves columns to
``ingest.tables.columns`` and titles to ``ingest.tables.captions``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.tables.periods import read_words
from ingest.tables.sheets import Sheet
from ingest.tables.strips import Piece, Strip, part
from ingest.tables.units import read_units

_MARK = re.compile(r"(?:\(\d\)[, ]{0,2}){1,4}")
_MOST_BETWEEN = 5
_MOST_HEADER = 9
MOST_TITLE = 8
_MOST_GAP = 3.6
"""Largest gap between two lines of a table, in heights of a line."""
_HEADER_GAP = 2.6
_HANGS = 45.0
"""How far left of narrow figures the words that head them may begin."""
_MARGIN = 2.0
_LONGEST_NUMBER = 3
_PROSE = 70
_LONGEST_HEADING = 130
_CENTRED = 0.03
_LEADS = re.compile(r"\b(?:table|follows|following)\b.{0,200}:\W{0,2}$", re.I)
# An index of exhibits: "10.7  Form of Indemnity Agreement  10-K  10.9".
_LISTED = re.compile(r"[*†+#]{0,3}\d{1,3}\.\d{1,3}[a-z]?[*†+#]{0,3}(?:\s?\(\w\))?\s{2,}[A-Za-z]")
_SENTENCE_END = re.compile(r"[.;]\W{0,2}$")
_STOP = re.compile(r"\.\W{0,2}$")


@dataclass(slots=True)
class Region:
    """The strips of one table on one page: ``above`` it (nearest last), ``header`` and ``body`` in order.

    ``words`` is whether it is a table of words, of which the format says that it is one.
    """

    page: int
    above: list[Strip] = field(default_factory=list)
    header: list[Strip] = field(default_factory=list)
    words: bool = False
    body: list[Strip] = field(default_factory=list)

    @property
    def data(self) -> list[Strip]:
        """The rows with figures."""
        return [strip for strip in self.body if strip.is_data]


def find_regions(sheet: Sheet) -> list[Region]:
    """The tables of figures on a page, from top to bottom."""
    data = [number for number in sheet.candidates() if sheet[number].pieces and sheet[number].is_data]
    regions: list[Region] = []
    free = 0
    at = 0
    while at < len(data):
        first = data[at]
        last = first
        at += 1
        while at < len(data) and _joined(sheet, first, last, data[at]):
            last = data[at]
            at += 1
        region = _region(sheet, free, first, last)
        if _is_table(region):
            free = last + 1
            regions.append(region)
    return regions


def _joined(sheet: Sheet, first: int, last: int, following: int) -> bool:
    """Whether a row of figures belongs to the table that holds ``last``."""
    if following - last > _MOST_BETWEEN + 1:
        return False
    left = min(piece.x0 for piece in sheet[last].pieces[1:] or sheet[last].pieces)
    for number in range(last + 1, following + 1):
        strip = sheet[number]
        if not strip.pieces:
            continue
        gap = strip.top - sheet[number - 1].bottom
        if gap > _MOST_GAP * strip.height or gap < -5 * strip.height or _format_table(sheet, last, number):
            return False
        if number < following and (_is_prose(strip, left) or _heads(strip, sheet[following], left)):
            return False
    return True


def _format_table(sheet: Sheet, one: int, other: int) -> bool:
    """Whether the format says that two lines are of different tables."""
    return sheet[one].line.table != sheet[other].line.table and bool(sheet[one].line.table)


def _is_prose(strip: Strip, left: float) -> bool:
    """Whether a strip without figures runs on where figures stand, or is a sentence."""
    if _LEADS.search(strip.text):
        return True
    if strip.line.bold and len(strip.text) < _LONGEST_HEADING and not _SENTENCE_END.search(strip.text):
        return False
    longest = max(strip.pieces, key=lambda piece: len(piece.text))
    if longest is strip.pieces[0] and len(strip.pieces) > 2:
        # What stands over labels may be long: "In thousands, except weighted average exercise price".
        longest = max(strip.pieces[1:], key=lambda piece: len(piece.text))
    if len(longest.text) <= _PROSE or max(len(piece.text) for piece in part(strip, longest)) <= _PROSE / 2:
        return False
    # The words of a label, however many, end before the figures begin; in them a semicolon ends nothing.
    return strip.x1 > left + 12 or bool(_STOP.search(strip.text)) or len(strip.pieces) > 1


def _are_cells(strip: Strip, row: Strip) -> bool:
    """Whether the format says that long words are cells of the table that a row stands in."""
    return len(strip.pieces) > 2 and strip.line.table == row.line.table > 0


def _heads(strip: Strip, below: Strip, left: float) -> bool:
    """Whether a strip between two rows heads columns, rather than begins cells of the row below."""
    words = [piece for piece in below.pieces[1:] if piece.figure is None]
    wrapped = any(piece.x0 < word.x1 and piece.x1 > word.x0 for piece in strip.pieces for word in words)
    return is_header(strip, left) and not wrapped


def is_header(strip: Strip, left: float) -> bool:
    """Whether a strip without figures heads columns: years or periods, or several words, over the figures."""
    if strip.is_years:
        return _are_over(strip, left)
    over = [
        piece for piece in strip.pieces if piece.x1 > left and piece.figure is None and piece.x0 > left - 60
    ]
    if len(strip.pieces) < 3 and (not over or (len(strip.pieces) == 1 and len(over[0].text) > 60)):
        return False
    if any(not read_words(piece.text).empty and len(piece.text) < 60 for piece in over):
        return True
    words = over if len(strip.pieces) < 3 else strip.pieces
    return len(words) >= 2 and all(piece.figure is None and len(piece.text) < 40 for piece in words)


def _region(sheet: Sheet, free: int, first: int, last: int) -> Region:
    """The region around rows ``first`` to ``last``; lines from ``free`` on are still to be had."""
    body = [sheet[number] for number in range(first, last + 1) if sheet[number].pieces]
    top = _below_titles(sheet, _climb(sheet, free, first, _figures_left(body)), first, body)
    left = _figures_left(body)
    header_end = max((n for n in range(top, first) if _over_figures(sheet[n], left)), default=top - 1)
    # Without a header, what stands right above a row may be its heading or the table's: it is the table's.
    headings = range(header_end + 1, first)
    return Region(
        page=sheet.page.number,
        above=[sheet[number] for number in range(max(free, top - MOST_TITLE), top) if sheet[number].pieces],
        header=[sheet[number] for number in range(top, header_end + 1) if sheet[number].pieces],
        body=[*(sheet[number] for number in headings if sheet[number].pieces), *body],
    )


def _climb(sheet: Sheet, free: int, first: int, left: float) -> int:
    """The topmost line above row ``first`` that has words over the figures, or ``first``."""
    top = first
    aside = False
    furthest = left - _HANGS
    for number in range(first - 1, max(free, first - _MOST_HEADER) - 1, -1):
        strip = sheet[number]
        if not strip.pieces:
            continue
        gap = sheet[number + 1].top - strip.bottom
        if (
            not -5 * strip.height <= gap <= _HEADER_GAP * strip.height
            or strip.is_data
            or (_is_prose(strip, left) and not _are_cells(strip, sheet[first]))
        ):
            break
        if _format_table(sheet, first, number):
            break
        if not _over_figures(strip, left):
            aside = aside or top < first
        elif aside and strip.x0 < left - 60:
            # Behind words over the labels alone there may be more of the header, but no other table's rows.
            break
        else:
            top = number
            # Lines higher up may be shorter, and centred over this one.
            left = min([left, *(piece.x0 for piece in strip.pieces if piece.x0 > furthest)])
    return top


def _below_titles(sheet: Sheet, top: int, first: int, body: Sequence[Strip]) -> int:
    """Where the header begins once the lines centred over the whole table are left to its title."""
    left = min(strip.x0 for strip in body)
    right = max(strip.x1 for strip in body)
    headed = False
    for number in range(first - 1, top - 1, -1):
        strip = sheet[number]
        if len(strip.pieces) > 1 or (strip.pieces and not read_words(strip.text).empty):
            headed = True
        elif (
            headed
            and strip.pieces
            and _is_centred(strip.pieces[0], (left, right), sheet.page.width)
            and not read_units(strip.text)
        ):
            return number + 1
    return top


def _is_centred(piece: Piece, table: tuple[float, float], width: float) -> bool:
    """Whether a piece is centred over a table or on a page of a width (0.0 if unknown)."""
    left, right = table
    over_table = abs(piece.middle - (left + right) / 2) < _CENTRED * (right - left)
    return over_table or abs(piece.middle - width / 2) < _CENTRED * width


def _over_figures(strip: Strip, left: float) -> bool:
    """Whether a line above the first row has words that stand over its figures."""
    if len(strip.pieces) == 1 and strip.pieces[0].x0 < left - 40 and not strip.is_years:
        return False
    if strip.is_years:
        return _are_over(strip, left)
    if len(strip.pieces) > 1 and strip.x1 > left and strip.pieces[-1].x0 > left - 2 * _HANGS:
        return True
    return any(
        piece.middle > left - 2 or (piece.x1 > left and piece.x0 > left - _HANGS) for piece in strip.pieces
    )


def _are_over(strip: Strip, left: float) -> bool:
    """Whether years stand over figures; one alone where labels stand heads the rows below it."""
    return len(strip.pieces) > 1 or strip.x1 > left - 20


def _figures_left(body: Sequence[Strip]) -> float:
    """Where the leftmost column of figures begins; figures that stand where labels begin are labels."""
    margin = min((strip.x0 for strip in body if strip.pieces[0].figure is None), default=-_MARGIN)
    lefts = sorted(
        min(
            piece.x0
            for piece in (strip.pieces[1:] if _begins_labelled(strip, margin) else strip.pieces)
            if piece.figure
        )
        for strip in body
        if strip.is_data
    )
    return lefts[len(lefts) // 4] if lefts else 0.0


def _begins_labelled(strip: Strip, margin: float) -> bool:
    first = strip.pieces[0]
    numbered = first.text.isdigit() and len(first.text) <= _LONGEST_NUMBER
    numbered = numbered and abs(first.left - margin) < _MARGIN and len(strip.figures) > 1
    return first.figure is None or numbered


def _is_table(region: Region) -> bool:
    data = region.data
    if not data:
        return False
    figures = sum(len(strip.figures) for strip in data)
    if all(_says_nothing(piece) for strip in data for piece in strip.figures):
        return False
    headed = bool(region.header) or any(read_units(strip.text) for strip in region.above[-2:])
    if len(data) == 1 and (len(data[0].figures) < 2 or not headed):
        return False
    listed = sum(bool(_LISTED.match(strip.text)) for strip in data)
    return 2 * listed < len(data) + 1 and not is_contents(data) and (headed or figures >= 3)


def _says_nothing(piece: Piece) -> bool:
    """Whether a figure is a dash or a footnote mark."""
    return piece.figure is None or piece.figure.nil or bool(_MARK.fullmatch(piece.text))


def is_contents(data: Sequence[Strip]) -> bool:
    """Whether rows are entries of a table of contents or an index: one page number each, rising."""
    numbers = []
    for strip in data:
        last = strip.pieces[-1]
        if len(strip.pieces) > 3 or last.figure is None or not last.text.isdigit():
            continue
        numbers.append(int(last.text))
    if len(numbers) < max(2, 0.7 * len(data)):
        return False
    if not all(sum(p.figure is not None for p in strip.pieces[1:]) <= 1 for strip in data):
        return False
    rising = sum(before <= after for before, after in pairwise(numbers))
    return rising >= 0.8 * (len(numbers) - 1)
