"""Tables of words that the format marks: schedules, lists of lenders.

Formats also lay out lists and contents as tables; those are none. Leaves grids drawn on a page to
``ingest.tables.grids``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from ingest.tables.regions import MOST_TITLE, Region, is_contents
from ingest.tables.sheets import Sheet
from ingest.tables.strips import Strip

_MARKER = re.compile(
    r"[•·▪■●○◦‣§–—*-]|\(?(?:[a-zA-Z]|[ivxIVX]{1,5}|\d{1,3}(?:\.\d{1,3})*)[.)]?$|By:|Name:|Title:", re.I
)
_PAGE = re.compile(r"(?:[A-Z]{1,2}-)?(?:\d{1,4}|[ivxl]{1,6})")
_MIN_WORD_ROWS = 3
_LONGEST_ROW = 400


def find_marked(sheet: Sheet, regions: Sequence[Region]) -> list[Region]:
    """The tables of words that the format marks, but those that only lay out lists and contents."""
    taken = {strip.line.table for region in regions for strip in (*region.header, *region.body)}
    numbers = {n for n, line in enumerate(sheet.page.lines) if line.table and line.table not in taken}
    found = []
    for _, group in groupby(sorted(numbers), key=lambda n: sheet.page.lines[n].table):
        lines = list(group)
        strips = [sheet[n] for n in lines if sheet[n].pieces]
        if _is_word_table(strips):
            for piece in (piece for strip in strips for piece in strip.pieces):
                if piece.figure is not None and piece.figure.nil:
                    # Between words a dash is no zero.
                    piece.figure = None
            heads = 1 if strips[0].line.bold and not strips[1].line.bold else 0
            above = [sheet[n] for n in range(max(lines[0] - MOST_TITLE, 0), lines[0]) if sheet[n].pieces]
            found.append(
                Region(
                    page=sheet.page.number,
                    above=above,
                    header=strips[:heads],
                    body=strips[heads:],
                    words=True,
                )
            )
    return found


def _is_word_table(strips: Sequence[Strip]) -> bool:
    """Whether marked rows are a table: several with several cells, and no list of numbered paragraphs."""
    rows = [strip for strip in strips if len(strip.pieces) > 1]
    if len(rows) < _MIN_WORD_ROWS or 2 * len(rows) < len(strips) or is_contents(rows):
        return False
    listed = sum(bool(_MARKER.match(strip.pieces[0].text)) for strip in rows)
    longest = sum(len(strip.text) > _LONGEST_ROW for strip in rows)
    pages = sum(bool(_PAGE.fullmatch(strip.pieces[-1].text)) for strip in rows)
    return 2 * max(listed, longest, pages) < len(rows)
