"""Where the words of a line stand: packed small, because a long document has a million of them.

A place is a word's offset in its line's text and its left and right edge. Edges are in points on a page
with a layout; in formats without one they are positions on any scale that grows from left to right (grid
columns of an HTML table, character columns of plain text), good for telling columns apart, not for boxes.
"""

from __future__ import annotations

from collections.abc import Iterable
from struct import iter_unpack, pack
from typing import NamedTuple

from rag.types import Box, Line

_LARGEST = 0xFFFF
_TENTHS = 10


class Place(NamedTuple):
    """A word: its offset in the line's text, its left and right edge."""

    offset: int
    x0: float
    x1: float


class PrintedLine(NamedTuple):
    """A line on a page: its span in the document, upper and lower edge, and its words from left to right."""

    start: int
    end: int
    y0: float
    y1: float
    words: tuple[Place, ...]


def pack_places(places: Iterable[Place]) -> bytes:
    """Places as unsigned 16-bit triples: offset, left and right edge in tenths of a point.

    What lies outside of 0 to 6,553.5 points is moved to the nearest edge; a word that begins behind the
    65,535th character of its line is left out.

    >>> unpack_places(pack_places([Place(0, 72.0, 99.25), Place(9, 300.04, 321.5)]))
    (Place(offset=0, x0=72.0, x1=99.2), Place(offset=9, x0=300.0, x1=321.5))
    """
    numbers: list[int] = []
    for offset, x0, x1 in places:
        if offset <= _LARGEST:
            numbers += (offset, _tenths(x0), _tenths(x1))
    return pack(f"<{len(numbers)}H", *numbers)


def unpack_places(packed: bytes) -> tuple[Place, ...]:
    """The places of a line from left to right."""
    return tuple(Place(offset, x0 / _TENTHS, x1 / _TENTHS) for offset, x0, x1 in iter_unpack("<3H", packed))


def box_of(line: Line, start: int, end: int) -> Box | None:
    """The box of the line's words that a span of the document touches; None without a layout.

    The whole line's box where the line has no places.
    """
    if line.box is None:
        return None
    edges = touched_edges(line.places, start - line.start, end - line.start)
    if edges is None:
        return line.box
    box = line.box
    return Box(page=box.page, x0=edges[0], y0=box.y0, x1=edges[1], y1=box.y1)


def touched_edges(packed: bytes, start: int, end: int) -> tuple[float, float] | None:
    """Left and right edge of the words that ``[start, end)`` of the line's text touches, or None.

    A word reaches to where the next one begins.

    >>> places = pack_places([Place(0, 72, 99), Place(9, 300, 321), Place(15, 350, 372)])
    >>> touched_edges(places, 9, 14), touched_edges(places, 5, 16), touched_edges(b"", 0, 9)
    ((300.0, 321.0), (72.0, 372.0), None)
    """
    places = unpack_places(packed)
    touched = [
        place
        for position, place in enumerate(places)
        if place.offset < end and (position + 1 == len(places) or places[position + 1].offset > start)
    ]
    if not touched:
        return None
    return min(place.x0 for place in touched), max(place.x1 for place in touched)


def _tenths(points: float) -> int:
    tenths = round(points * _TENTHS)
    return tenths if 0 <= tenths <= _LARGEST else min(max(tenths, 0), _LARGEST)
