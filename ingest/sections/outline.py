"""From the lines that look like headings to the ones that head something.

Drops entries of a table of contents (they stand again later, with text below), lists of attachments and
stray decimals; joins titles that run over lines; takes the head of a page along. Leaves finding
candidates to ``ingest.sections.headings``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from ingest.sections.contents import Contents
from ingest.sections.numbering import FRONT_RANK, STATEMENT_RANK, TYPOGRAPHY_RANK
from ingest.sections.printed import PrintedLine, ends_prose
from ingest.sections.titling import MAX_TITLE_CHARS

CONTENTS = "Table of Contents"
COVER = "Cover Page"
PREAMBLE = "Preamble"
_DENSE_CHARS = 200
_MIN_LISTED = 3
_LIST_GAP = 60
_NEAR = 4
_PAGE_HEAD_LINES = 3
_PAGE_HEAD_CHARS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading: where its line starts, where its words end, its printed number and its title.

    ``rank`` is smaller the further out it stands; ``key`` is equal for two prints of one heading; ``closed``
    says that what is printed right below is no more of its title.
    """

    start: int
    end: int
    number: str
    title: str
    rank: float
    key: str
    closed: bool = False


def settled(text: str, found: Sequence[Heading], tops: Set[int]) -> list[Heading]:
    """Without entries of a table of contents, repeated titles and titles that head nothing.

    ``tops`` are the offsets at which pages begin.
    """
    found = _in_sequence(_without_contents(text, found, tops))
    kept: list[Heading] = []
    for heading in found:
        if kept and heading.rank >= STATEMENT_RANK and heading.key == kept[-1].key:
            continue
        if kept and not text[kept[-1].end : heading.start].strip() and _continues(kept[-1], heading):
            joined = f"{kept[-1].title} {heading.title}".strip()
            kept[-1] = replace(kept[-1], end=heading.end, title=joined)
            continue
        kept.append(heading)
    return kept


def _continues(heading: Heading, following: Heading) -> bool:
    """Whether an unnumbered heading right below another is the rest of its title."""
    if heading.closed or following.number or following.rank < TYPOGRAPHY_RANK:
        return False
    if len(heading.title) + len(following.title) >= MAX_TITLE_CHARS:
        return False
    return not heading.title if heading.number else heading.rank == following.rank


def _without_contents(text: str, found: Sequence[Heading], tops: Set[int]) -> list[Heading]:
    """Drop entries of a table of contents: headings that stand again later and have hardly any text here.

    An outer entry ("PART I" right above "Item 1") is one only if the inner one below it is.
    """
    last = {heading.key: position for position, heading in enumerate(found)}
    dropped = _listed_attachments(text, found, tops) | _repeated_attachments(found)
    for position in reversed(range(len(found) - 1)):
        heading, following = found[position], found[position + 1]
        dense = len("".join(text[heading.end : following.start].split())) < _DENSE_CHARS
        repeated = last[heading.key] > position and _same_title(heading, found[last[heading.key]])
        outer = following.rank > heading.rank and position + 1 not in dropped
        if dense and repeated and not outer:
            dropped.add(position)
    return [heading for position, heading in enumerate(found) if position not in dropped]


def _in_sequence(found: Sequence[Heading]) -> list[Heading]:
    """Without stray decimals: "6.14" needs a "6.x" near by, a row that begins with "10.9" has none.

    A decimal without a title needs more, its very neighbour: "6.13" or "6.15".
    """
    places = [position for position, heading in enumerate(found) if heading.key.startswith("decimal ")]
    stray = _stray_integers(found)
    for index, position in enumerate(places):
        heading = found[position]
        prefix, last = _split_key(heading.key)
        near = [
            _split_key(found[place].key)
            for place in places[max(0, index - _NEAR) : index + _NEAR + 1]
            if place != position
        ]
        lasts = {number for other, number in near if other == prefix}
        first = last <= 1 and bool(heading.title)
        spelt = not heading.number[:1].isdigit()
        if not (spelt or first or (lasts and (heading.title or lasts & {last - 1, last + 1}))):
            stray.add(position)
    return [heading for position, heading in enumerate(found) if position not in stray]


def _stray_integers(found: Sequence[Heading]) -> set[int]:
    """Positions of integers without a title that no neighbour counts on from."""
    places = [
        (position, int(re.sub(r"\D", "", heading.key) or 0))
        for position, heading in enumerate(found)
        if heading.key.startswith("integer ")
    ]
    stray: set[int] = set()
    for index, (position, value) in enumerate(places):
        near = {number for _, number in places[max(0, index - 1) : index + 2]}
        if not found[position].title and not near & {value - 1, value + 1}:
            stray.add(position)
    return stray


def _split_key(key: str) -> tuple[str, int]:
    """The number before the last dot, and the one after it.

    >>> _split_key("decimal 6.14")
    ('6', 14)
    """
    prefix, _, last = key.removeprefix("decimal ").rpartition(".")
    return prefix, int(re.sub(r"\D", "", last) or 0)


def _listed_attachments(text: str, found: Sequence[Heading], tops: Set[int]) -> set[int]:
    """Positions of attachments that stand in a list of them instead of heading their text."""
    listed: set[int] = set()
    run: list[int] = []
    for position, heading in enumerate(found):
        apart = bool(run) and len(text[found[run[-1]].end : heading.start].strip()) > _LIST_GAP
        if apart or heading.start in tops:
            run = []
        run = [*run, position] if heading.key.startswith("attachment") else []
        if len(run) >= _MIN_LISTED:
            listed.update(run)
    return listed


def _repeated_attachments(found: Sequence[Heading]) -> set[int]:
    """Positions of "Exhibit 10.1" printed without a title on page after page: a running header."""
    bare = Counter(heading.key for heading in found if not heading.title)
    return {
        position
        for position, heading in enumerate(found)
        if heading.key.startswith("attachment") and bare[heading.key] >= _MIN_LISTED and not heading.title
    }


def _same_title(one: Heading, other: Heading) -> bool:
    a = re.sub(r"\W+", "", one.title).casefold().rstrip("0123456789")
    b = re.sub(r"\W+", "", other.title).casefold().rstrip("0123456789")
    return a.startswith(b) or b.startswith(a)


def with_page_heads(headings: Sequence[Heading], lines: Sequence[PrintedLine]) -> list[Heading]:
    """Headings that head a page take the running lines and captions printed above them along.

    Those would else be left behind as the last words of the section before.
    """
    index = {line.start: position for position, line in enumerate(lines)}
    moved: list[Heading] = []
    for heading in headings:
        start = position = index[heading.start]
        while start and not lines[start].page_top and _is_page_head(lines[start - 1]):
            start -= 1
        free = not moved or moved[-1].end <= lines[start].start
        heads_page = lines[start].page_top and lines[start].page > 0 and position - start <= _PAGE_HEAD_LINES
        moved.append(replace(heading, start=lines[start].start) if free and heads_page else heading)
    return moved


def with_front(
    headings: Sequence[Heading], lines: Sequence[PrintedLine], tables: Sequence[Contents]
) -> list[Heading]:
    """Headings for what has none printed: the cover, tables of contents, the words before the first heading.

    A document without any heading is left without.
    """
    if tables and tables[0].first:
        # What is printed large above the contents is the cover, not a part of the text.
        cover = lines[tables[0].first].start
        headings = [heading for heading in headings if heading.number or heading.start >= cover]
    if not headings:
        return []
    opening = headings[0].start
    front: dict[int, str] = {}
    for table in tables:
        front[lines[table.first].start] = CONTENTS
        behind = next((line for line in lines[table.last + 1 :] if not line.running), None)
        if behind is not None and behind.start < opening:
            front[behind.start] = PREAMBLE
    if lines[0].start < min(opening, *front, opening):
        later = min(opening, *front, opening)
        turned = next(line.page for line in lines if line.start >= later) > lines[0].page
        front[lines[0].start] = COVER if turned else PREAMBLE
    taken = {heading.start for heading in headings}
    added = [
        Heading(start=start, end=start, number="", title=title, rank=FRONT_RANK, key=title.casefold())
        for start, title in front.items()
        if start not in taken
    ]
    return sorted([*headings, *added], key=lambda heading: heading.start)


def _is_page_head(line: PrintedLine) -> bool:
    short = len(line.text) <= _PAGE_HEAD_CHARS and not line.row and not line.level
    return line.running or (short and line.text[:1].isupper() and not ends_prose(line.text))
