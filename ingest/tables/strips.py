"""A line of a document as a strip of pieces: what stands apart on it, where, and which of it are figures.

Pieces are parted by two spaces or more, as loaders write cells, or by pipes. Leaves it to
``ingest.tables.regions`` which strips are a table.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

from ingest.tables.figures import Figure, read_figure
from ingest.tables.periods import is_year
from rag.layout import Place, unpack_places
from rag.types import Box, Document, Line

# In plain text a currency sign may stand far left of its figure.
_PIECE = re.compile(r"(?:[$€£][ \t]{2,20}(?=[\d(.—–-]))?[^\s|]+(?:[ \t][^\s|]+)*")
_DIVIDER = re.compile(r"[\s|:+=_-]*[-=_]{3}[\s|:+=_-]*")
_TOKEN = re.compile(r"\S+")
_SIGNS = re.compile(r"(?:US|C|A|HK)?[$€£¥(]{1,3}|\(?[$€£¥]\(?")
_CLOSERS = re.compile(r"[)%*†]{1,4}$")
_NOTE = re.compile(r"\(\d\)|%")
_CONTACT = re.compile(
    r"\b(?:fax|facsimile|tel|telephone|telecopier|telecopy|phone|hotline|attention|attn)"
    r"(?:\.|\sno\.?|\snumber)?\s?[:#+]|\(\d{3}\)\s{0,2}\d{3}-\d{4}",
    re.I,
)
_LEADER = re.compile(r"[.…_]{3,}|_+")
_ENDS_IN_FIGURE = re.compile(r"\d[)%]{0,2}$")
_MAY_BE_FIGURE = re.compile(r"[\d—–-]|^n|^\*", re.I)
_CHARACTER = 3.0
"""Width of a character where a format tells no places; less than what tells columns apart."""
_PIPE = 100.0
_MOST_PIECES = 100
"""A line with more is no row that a person reads."""
_LONGEST_LINE = 2000
_LONGEST_CONTACT = 200
_PHRASE_GAP = 0.5
"""Widest gap between the words of a phrase, in font sizes."""


@dataclass(slots=True)
class Piece:
    """What stands apart on a line: a figure or words, ``[start, end)`` of the document, its edges.

    For figures ``x0`` leaves out a currency sign set apart, ``x1`` a closing parenthesis or percent sign
    at the end: digits are what columns are aligned by. ``left`` is the edge with the sign. ``box`` is set
    where words stand on several lines.
    """

    start: int
    end: int
    x0: float
    x1: float
    text: str
    figure: Figure | None = None
    year: bool = False
    left: float = 0.0
    box: Box | None = None

    @property
    def middle(self) -> float:
        """Halfway between its edges."""
        return (self.x0 + self.x1) / 2


@dataclass(slots=True)
class Strip:
    """A line and its pieces from left to right; ``top`` and ``bottom`` in the units of ``height``."""

    line: Line
    page: int
    text: str
    pieces: list[Piece]
    top: float
    bottom: float

    @property
    def height(self) -> float:
        """The line's height; 10 where the format has none."""
        return max(self.bottom - self.top, 1.0)

    @property
    def x0(self) -> float:
        """Left edge of the first piece."""
        return self.pieces[0].x0

    @property
    def x1(self) -> float:
        """Right edge of the last piece."""
        return max(piece.x1 for piece in self.pieces)

    @property
    def figures(self) -> list[Piece]:
        """The pieces that are figures."""
        return [piece for piece in self.pieces if piece.figure is not None]

    @property
    def is_years(self) -> bool:
        """Whether its figures are years, as in a header."""
        figures = [piece for piece in self.pieces[1:] if piece.figure is not None]
        figures = figures or self.figures
        return any(piece.year for piece in figures) and all(
            piece.year or _NOTE.fullmatch(piece.text) for piece in figures
        )

    @property
    def is_data(self) -> bool:
        """Whether it is a row with figures: behind a label, or nothing but figures."""
        figures = self.figures
        if not figures or self.is_years or _CONTACT.search(self.text[:_LONGEST_CONTACT]):
            return False
        if figures[-1] is not self.pieces[-1] and all(_is_dash(piece) for piece in figures):
            # "Exhibit A -- Form of Note": a dash before words is no figure.
            return False
        if len(figures) == len(self.pieces):
            return len(figures) > 1 or figures[0].text[:1] in "$(€£" or "," in figures[0].text
        return any(piece.figure is not None for piece in self.pieces[1:])


def _is_dash(piece: Piece) -> bool:
    return piece.figure is not None and piece.figure.nil


def strip_of(document: Document, line: Line, page: int, order: int) -> Strip:
    """A line's strip; ``order`` counts the lines above it, for want of a height where none is known."""
    text = document.text[line.start : min(line.end, line.start + _LONGEST_LINE)]
    places = list(unpack_places(line.places)) or _typed(document.text, line, text)
    pieces: list[Piece] = []
    for match in _PIECE.finditer("" if _DIVIDER.fullmatch(text) else text):
        if not _LEADER.fullmatch(match.group()):
            pieces += _pieces(text, match.start(), match.end(), line.start, places)
        if len(pieces) > _MOST_PIECES:
            pieces = []
            break
    top, bottom = (line.box.y0, line.box.y1) if line.box else (12.0 * order, 12.0 * order + 10)
    return Strip(line=line, page=page, text=text, pieces=pieces, top=top, bottom=bottom)


def part(strip: Strip, piece: Piece) -> list[Piece]:
    """A piece of words parted where its words repeat or stand further apart than words of a phrase do.

    Headers are set tighter than figures: "January 28, January 29," may be two dates over two columns.
    """
    start, end = piece.start - strip.line.start, piece.end - strip.line.start
    places = [place for place in unpack_places(strip.line.places) if start <= place.offset < end]
    if len(places) < 2:
        return [piece]
    bounds = [*(place.offset for place in places), end]
    words = [strip.text[bounds[n] : bounds[n + 1]].strip() for n in range(len(places))]
    widest = _PHRASE_GAP * (strip.line.font_size or 10.0)
    cuts = [
        number
        for number in range(1, len(places))
        if places[number].x0 - places[number - 1].x1 > widest or _repeats(words, number)
    ]
    if not cuts:
        return [piece]
    parts = []
    for first, last in pairwise([0, *cuts, len(places)]):
        stop = bounds[last - 1] + len(words[last - 1])
        x0, x1 = places[first].x0, places[last - 1].x1
        text = strip.text[bounds[first] : stop]
        begin = strip.line.start + bounds[first]
        parts.append(
            Piece(
                start=begin, end=strip.line.start + stop, x0=x0, x1=x1, text=text, year=is_year(text), left=x0
            )
        )
    return parts


def _repeats(words: list[str], number: int) -> bool:
    """Whether a word begins to repeat words before it: the second "January" of "January 28, January 29,"."""
    if words[number] not in words[:number]:
        return False
    before = list(pairwise(words[:number]))
    return (words[number - 1], words[number]) not in before


def last_figure(strip: Strip, piece: Piece) -> Piece | None:
    """The figure that a piece of words ends with, or None: "current assets $118"."""
    head, _, last = piece.text.rpartition(" ")
    figure = read_figure(last) if head and _ENDS_IN_FIGURE.search(last) else None
    if figure is None:
        return None
    places = list(unpack_places(strip.line.places))
    end = piece.end - strip.line.start
    found = _piece(strip.text, end - len(last), end, strip.line.start, places)
    found.figure = figure
    return found


def _typed(whole: str, line: Line, text: str) -> list[Place]:
    """Places by character: plain text is set in columns of characters."""
    if text.count("|") > 1:
        # Between pipes, cells are columns wherever they stand.
        cells = [text.count("|", 0, match.start()) * _PIPE for match in _TOKEN.finditer(text)]
        return [Place(m.start(), x, x + 1) for m, x in zip(_TOKEN.finditer(text), cells, strict=True)]
    margin = line.start - (whole.rfind("\n", max(line.start - 400, 0), line.start) + 1)
    margin = margin if margin < 400 else 0
    return [
        Place(match.start(), (margin + match.start()) * _CHARACTER, (margin + match.end()) * _CHARACTER)
        for match in _TOKEN.finditer(text)
    ]


def _pieces(text: str, start: int, end: int, base: int, places: list[Place]) -> list[Piece]:
    words = text[start:end]
    figure = read_figure(" ".join(words.split())) if _MAY_BE_FIGURE.search(words) else None
    if figure is None and " " in words and words[-1] in "0123456789)%—–-":
        parts = _TOKEN.findall(words)
        if len(parts) <= 12 and all(_stands_alone(part) for part in parts):
            # Figures so close to each other that only a word space parts them.
            found = [
                _piece(text, start + m.start(), start + m.end(), base, places) for m in _TOKEN.finditer(words)
            ]
            for piece in found:
                piece.figure = read_figure(piece.text)
                piece.year = is_year(piece.text)
            return found
    piece = _piece(text, start, end, base, places, is_figure=figure is not None)
    piece.figure = figure
    piece.year = figure is not None and is_year(words)
    return [piece]


def _stands_alone(part: str) -> bool:
    figure = read_figure(part)
    return figure is not None and (
        figure.value is None or figure.value != 0 or figure.nil or part[0].isdigit()
    )


def _piece(
    text: str, start: int, end: int, base: int, places: list[Place], *, is_figure: bool = True
) -> Piece:
    first = bisect_left(places, start, key=_offset)
    last = bisect_left(places, end, key=_offset)
    if first > 0 and (first == len(places) or places[first].offset > start):
        first -= 1
    inside = places[first : max(last, first + 1)] or [Place(start, 0.0, 0.0)]
    x0, x1 = inside[0].x0, inside[-1].x1
    left = x0
    if is_figure:
        for number, place in enumerate(inside[:-1]):
            if not _SIGNS.fullmatch(text[place.offset : inside[number + 1].offset].strip()):
                x0 = place.x0
                break
        else:
            x0 = inside[-1].x0
        x1 = _digits_end(text, end, inside)
    return Piece(start=base + start, end=base + end, x0=x0, x1=max(x1, x0), text=text[start:end], left=left)


def _digits_end(text: str, end: int, inside: list[Place]) -> float:
    """Right edge of the digits, without closing parentheses and percent signs."""
    for number in range(len(inside) - 1, -1, -1):
        place = inside[number]
        word = text[place.offset : inside[number + 1].offset if number + 1 < len(inside) else end].strip()
        closers = _CLOSERS.search(word)
        if closers is None or closers.start() > 0:
            share = len(closers.group()) * 0.6 / len(word) if closers else 0.0
            return place.x1 - (place.x1 - place.x0) * share
    return inside[-1].x1


def _offset(place: Place) -> int:
    return place.offset
