"""What stands around a table and speaks of it: its title, what is said of units, words of time.

The title is what is printed right above the header: a heading of a few short lines, or the sentence that
leads to the table. Leaves it to ``ingest.tables.units`` and ``periods`` what the words mean.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.tables.periods import is_period
from ingest.tables.regions import Region
from ingest.tables.strips import Strip
from ingest.tables.units import Units, read_units

_MOST_LINES = 5
_SENTENCE_LINES = 3
_SHORT = 110
_SHORT_NAME = 45
"""Shorter lines that end with a point are names: "Example, Inc."."""
_GAP = 2.8
_LEADS = re.compile(
    r":\W{0,2}$|\bas follows\b|\bthe following\b|\b(?:tables?|charts?|schedules?|summary|below|presented)\b",
    re.I,
)
_ENDS = re.compile(r"[.;]\W{0,2}$")
_FURNITURE = re.compile(
    r"\W*(?:table of contents|page|\d{1,3}|index|\(?continued\)?|see accompanying notes.*|[a-z]-\d+)\W*$",
    re.I,
)
_PART = re.compile(r"\W{0,2}(?:part\s[ivx]{1,4}|item\s\d{1,2}[abc]?)\b", re.I)
_NOTE = re.compile(r"(?:\(?(?:\d{1,2}|[a-z])\)|[*†])\s")
_PARENTHESES = re.compile(r"\(([^()]{3,160})\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """Title with its span, units if any are named, and all words around the table that may name a time.

    ``stub`` are those over its labels.
    """

    title: str = ""
    start: int = 0
    end: int = 0
    units: Units | None = None
    times: tuple[str, ...] = ()
    stub: tuple[str, ...] = ()


def read_caption(region: Region, stub: Sequence[str]) -> Caption:
    """The caption of a region; ``stub`` are the words over its labels."""
    lines = title_lines(region)
    inner = [*stub, *(s.text for s in region.body[:4] if not s.is_data), *(s.text for s in region.header)]
    units = next((found for text in inner if (found := _units(text, title=False))), None)
    start, end, title = _last_sentence(lines)
    if title:
        units = units or _units(title, title=True) or _led_by(region)
        return Caption(
            title=title,
            start=start,
            end=end,
            units=units,
            times=(title, *stub),
            stub=tuple(stub),
        )
    for strip in reversed(lines):
        units = units or _units(strip.text, title=True)
    units = units or _led_by(region)
    titles = [strip for strip in lines if not _only_units(strip.text) and not is_period(strip.text)]
    return Caption(
        title=" ".join(strip.text for strip in titles),
        start=lines[0].line.start if lines else 0,
        end=lines[-1].line.end if lines else 0,
        units=units,
        times=(*(strip.text for strip in lines), *stub),
        stub=tuple(stub),
    )


def _led_by(region: Region) -> Units | None:
    """The units that a sentence names which leads to a table from above its heading."""
    leads = (strip.text for strip in reversed(region.above) if strip.text.endswith(":"))
    return next((found for text in leads if (found := _units(text, title=True))), None)


def title_lines(region: Region) -> list[Strip]:
    """The lines that are a table's title, from top to bottom; empty where none is printed."""
    first = (region.header or region.body)[0]
    taken: list[Strip] = []
    below = first
    for strip in reversed(region.above):
        gap = below.top - strip.bottom
        if strip.is_data or gap > (2 * _GAP if not taken else _GAP) * max(strip.height, below.height):
            break
        if len(strip.pieces) > 2 or (len(strip.pieces) == 2 and len(strip.pieces[0].text) > 14):
            break
        if _FURNITURE.match(strip.text) or _NOTE.match(strip.text):
            below = strip
            continue
        if taken and (_PART.match(strip.text) or _ends_paragraph(strip)):
            break
        if _is_sentence(strip):
            return [*_sentence(region.above, strip), *taken] if _leads(strip, taken) else taken
        taken.insert(0, strip)
        below = strip
        if sum(not _only_units(line.text) for line in taken) == _MOST_LINES:
            break
    return taken


def _ends_paragraph(strip: Strip) -> bool:
    """Whether a short line is the last one of a paragraph, as "trading plan." is."""
    return strip.text[0].islower() and bool(_ENDS.search(strip.text))


def _is_sentence(strip: Strip) -> bool:
    ends = len(strip.text) > _SHORT_NAME and bool(_ENDS.search(strip.text))
    return ends or len(strip.text) > _SHORT or strip.text.endswith(":")


def _leads(strip: Strip, taken: Sequence[Strip]) -> bool:
    """Whether a sentence leads to the table below it rather than end the paragraph above."""
    if strip.text.endswith((":", ":)")):
        return True
    last = _BOUNDARY.split(strip.text)[-1]
    return not any(len(line.text) > 12 and not _only_units(line.text) for line in taken) and bool(
        _LEADS.search(last)
    )


def _sentence(above: Sequence[Strip], last: Strip) -> list[Strip]:
    """The lines of the sentence that ends with ``last``."""
    at = next(number for number, strip in enumerate(above) if strip is last)
    start = at
    while start > 0 and at - start < _SENTENCE_LINES - 1:
        before = above[start - 1]
        if (
            _ENDS.search(before.text)
            or len(before.text) < 60
            or above[start].top - before.bottom > before.height
        ):
            break
        start -= 1
    return list(above[start : at + 1])


def _last_sentence(lines: Sequence[Strip]) -> tuple[int, int, str]:
    """The sentence that ends a paragraph and leads to a table, with its span; empty for headings."""
    if not lines or not _is_sentence(lines[-1]):
        return 0, 0, ""
    text = " ".join(strip.text for strip in lines)
    end = lines[-1].line.end
    cut = max((match.end() for match in _BOUNDARY.finditer(text)), default=0)
    # One line break stands for one space, so distances from the end stay as they are.
    return max(end - (len(text) - cut), lines[0].line.start), end, text[cut:]


_BOUNDARY = re.compile(r"(?<=[a-z)\d][.:;])\s+(?=[A-Z])")


def _units(text: str, *, title: bool) -> Units | None:
    """Units in a line; in a long one only what stands in parentheses, or that the sentence is about."""
    for match in _PARENTHESES.finditer(text):
        if found := read_units(match.group()):
            return found
    if len(text) <= 90 and not (title and _ENDS.search(text)):
        return read_units(text)
    return read_units(text) if _ABOUT.search(text) else None


_ABOUT = re.compile(
    r"\b(?:dollars|amounts|expressed|presented|stated|tabular|tables?)\b.{0,60}"
    r"\bin (?:thousands|millions|billions)\b",
    re.I,
)


def _only_units(text: str) -> bool:
    """Whether a line is nothing but a remark on units, "(unaudited)" and the like."""
    bare = text.strip()
    if re.fullmatch(r"\(?unaudited\)?", bare, re.I):
        return True
    return (
        len(bare) < 110
        and (bare.startswith(("(", "$")) or bare.lower().startswith(("in ", "dollars", "amounts")))
        and read_units(bare) is not None
    )
