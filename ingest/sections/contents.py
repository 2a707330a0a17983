"""What a document says its headings are: its printed tables of contents and the bookmarks of its file.

An entry of a table of contents is a title that ends in a page number; entries stand below each other and
their page numbers grow. Bookmarks are often rubbish (file names, page labels), which does no harm: a title
counts only where it is found again as a line of the body, a bookmark's near its page. Leaves what else is a
heading to ``ingest.sections.headings``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from ingest.sections.numbering import Number, parse_number
from ingest.sections.printed import PrintedLine
from rag.types import Bookmark

_MAX_CHARS = 240
_MAX_GAP = 3
_GAP_CHARS = 120
_LEAST = 5
_LEAST_NAMED = 3
_RISING_SHARE = 0.9
_NUMBERED_SHARE = 0.5
_NAMED_WITHIN = 6
_MISSING_SHARE = 0.3
_NEAR_PAGES = 1
_KEY_CHARS = 200
_SHORTEST_KEY = 4
_INDENT_STEP = 6.0

_PAGE = re.compile(
    r"(?:[\s·…_]|(?<!\d)\.)(?P<prefix>[A-Z]{1,3}-)?(?:(?P<page>\d{1,4})|(?P<roman>[ivxl]{1,6}))(?:\s?[-–,]\s?\d{1,4})?$"
)
_RUN_IN = re.compile(r"([A-Z“\"].{2,140}?)\s?(?:[.:](?=\s|$)|\s{2,}|$)")
_LETTERS = re.compile(r"[^\W\d_]{3}")
_FIGURE_CELL = re.compile(r"(?:\t| {2,})[$€£(]{0,2}\d[\d.,]*%?\)?(?=\s)")
_NAME = re.compile(r"(?:table\s+of\s+contents|(?:index|contents)\b|(?:page|page\s+no\.?)\s*$)", re.IGNORECASE)
_LEADER = re.compile(r"\.{3}|(?:\.\s){3}")
_UNLIKE = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a table of contents: printed number or "", title, page as printed, depth of indentation."""

    number: str
    title: str
    page: str
    indent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A printed table of contents: positions ``[first, last]`` of its lines, and its entries in order."""

    first: int
    last: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """An entry found in the body: the position of its line, where its title ends in it, its number."""

    position: int
    end: int
    title: str
    number: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A line that may be an entry: its position, its page's prefix and value."""

    position: int
    prefix: str
    value: int
    leader: bool
    entry: Entry
    left: float


def find_contents(lines: Sequence[PrintedLine]) -> list[Contents]:
    """The tables of contents of a document in order."""
    tables: list[Contents] = []
    run: list[_Found] = []
    for found in _possible(lines):
        if run and not _goes_on(lines, run[-1], found):
            tables += _accepted(lines, run)
            run = []
        run.append(found)
    return tables + _accepted(lines, run)


def _possible(lines: Sequence[PrintedLine]) -> Iterator[_Found]:
    for position, line in enumerate(lines):
        text = line.text
        if len(text) > _MAX_CHARS or not (text[-1].isdigit() or text[-1] in "ivxl"):
            continue
        match = _PAGE.search(text)
        title = text[: match.start()].rstrip(" .·…_\t") if match else ""
        if match is None or not _LETTERS.search(title) or _FIGURE_CELL.search(title):
            continue
        if match["roman"] and not match["prefix"] and match.start() - len(title) < 1:
            continue
        number = parse_number(text)
        title = title[number.end if number else 0 :].strip(" .:—–-\t")
        printed = match["page"] or match["roman"]
        entry = Entry(
            number=number.label if number else "",
            title=" ".join(title.split()),
            page=f"{match['prefix'] or ''}{printed}",
            indent=0,
        )
        yield _Found(
            position=position,
            prefix=match["prefix"] or ("roman" if match["roman"] else ""),
            value=int(match["page"] or 0),
            leader=bool(_LEADER.search(text)),
            entry=entry,
            left=line.left,
        )


def _goes_on(lines: Sequence[PrintedLine], last: _Found, found: _Found) -> bool:
    """Whether an entry may follow another one: near by, with nothing but short lines between."""
    between = lines[last.position + 1 : found.position]
    # Page furniture and the rest of long titles stand between.
    if sum(not line.running for line in between) > _MAX_GAP:
        return False
    return all(len(line.text) <= _GAP_CHARS for line in between)


def _accepted(lines: Sequence[PrintedLine], run: Sequence[_Found]) -> list[Contents]:
    """The table of contents that a run of possible entries is, if it is one."""
    if len(run) < _LEAST_NAMED:
        return []
    first = run[0].position
    above = range(max(first - _NAMED_WITHIN, 0), first)
    named = next((place for place in above if _NAME.match(lines[place].text)), None)
    leaders = 2 * sum(found.leader for found in run) >= len(run)
    if len(run) < (_LEAST_NAMED if named is not None or leaders else _LEAST):
        return []
    pairs = [(a, b) for a, b in pairwise(run) if a.prefix == b.prefix]
    rising = sum(a.value <= b.value for a, b in pairs)
    if rising < _RISING_SHARE * len(pairs) or len({found.value for found in run}) == 1:
        return []
    numbered = sum(bool(found.entry.number) for found in run)
    if named is None and not leaders and numbered < _NUMBERED_SHARE * len(run):
        return []
    lefts = sorted({round(found.left / _INDENT_STEP) for found in run})
    entries = tuple(
        Entry(
            number=found.entry.number,
            title=found.entry.title,
            page=found.entry.page,
            indent=min(lefts.index(round(found.left / _INDENT_STEP)), 3),
        )
        for found in run
    )
    return [Contents(first=first if named is None else named, last=run[-1].position, entries=entries)]


def unnumbered(lines: Sequence[PrintedLine], tables: Sequence[Contents], keys: Set[str]) -> list[Located]:
    """Where numbered entries stand in a body that does not print their numbers.

    ``keys`` are those of the numbers that it does print. Some converters lose automatic numbering; unless
    many numbers are missing there is none to restore. Entries are looked for in their order.
    """
    entries = [entry for table in tables for entry in table.entries if (number := _number_of(entry))]
    missing = [entry for entry in entries if (number := _number_of(entry)) and number.key not in keys]
    if len(missing) < max(_LEAST_NAMED, _MISSING_SHARE * len(entries)):
        return []
    wanted = {title_key(entry.title) for entry in missing}
    behind = max(table.last for table in tables)
    places: dict[str, list[tuple[int, int]]] = {}
    for position, line in enumerate(lines[behind + 1 :], behind + 1):
        match = _RUN_IN.match(line.text)
        if match and title_key(match[1]) in wanted:
            places.setdefault(title_key(match[1]), []).append((position, match.end(1)))
    found: list[Located] = []
    for entry in missing:
        last = found[-1].position if found else -1
        place = next((one for one in places.get(title_key(entry.title), ()) if one[0] > last), None)
        number = _number_of(entry)
        if place is not None and number is not None:
            found.append(Located(position=place[0], end=place[1], title=entry.title, number=number))
    return found


def _number_of(entry: Entry) -> Number | None:
    return parse_number(f"{entry.number} {entry.title}") if entry.number else None


class Announced:
    """The titles that contents and bookmarks announce, to recognise the lines that print them.

    >>> entry = Entry(number="2.1", title="The Loans", page="7", indent=1)
    >>> announced = Announced([Contents(first=0, last=0, entries=(entry,))], [])
    >>> announced.indent_of("2.1 The Loans", page=9), announced.indent_of("The Loans", page=9)
    (1, None)
    """

    def __init__(self, tables: Iterable[Contents], bookmarks: Iterable[Bookmark]) -> None:
        self._indents: dict[str, int] = {}
        self._titles: set[str] = set()
        self._pages: dict[str, set[int]] = {}
        for entry in (entry for table in tables for entry in table.entries):
            words = [f"{entry.number} {entry.title}", f"{entry.number.partition(' ')[2]} {entry.title}"]
            for key in {title_key(one) for one in words[: 2 if " " in entry.number else 1]}:
                if len(key) >= _SHORTEST_KEY:
                    self._indents.setdefault(key, entry.indent)
            if entry.number:
                self._titles.add(title_key(entry.title))
        for bookmark in bookmarks:
            key = title_key(bookmark.title)
            if len(key) >= _SHORTEST_KEY:
                self._pages.setdefault(key, set()).add(bookmark.page)

    def titles_number(self, title: str) -> bool:
        """Whether some words are announced as the title of a number."""
        return title_key(title) in self._titles

    def indent_of(self, text: str, page: int) -> int | None:
        """How deep a line's words are announced to stand (0 outermost, 3 at most), None if they are not."""
        if len(text) > _KEY_CHARS or not (self._indents or self._pages) or not _LETTERS.search(text):
            return None
        key = title_key(text)
        if key in self._indents:
            return self._indents[key]
        near = self._pages.get(key, ())
        return 1 if any(abs(page - other) <= _NEAR_PAGES for other in near) else None


def title_key(title: str) -> str:
    """What two prints of one title share: its letters and digits.

    >>> title_key("Item 1A.  Risk Factors") == title_key("ITEM 1A — RISK FACTORS")
    True
    """
    return _UNLIKE.sub("", title).casefold()
