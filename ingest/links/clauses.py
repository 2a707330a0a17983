"""The clauses below sections: "(a)", "(i)", "(A)" in running text, nested as they are meant.

"(i)" is a letter after "(h)" and a roman numeral elsewhere; a mark that neither continues a list nor begins
one is no clause. Leaves which marks are references to ``ingest.links.mentions``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

Style = Literal["alpha", "roman", "upper", "upper_roman", "digit", "xyz"]

_MARK = re.compile(
    r"(?<!\w)\(\s?([a-z]|([a-z])\2{1,5}|[ivxl]{2,6}|[A-Z]|([A-Z])\3{1,5}|[IVX]{2,5}|\d{1,2})\s?\)"
    r"|(?<=\n)[ \t]{0,40}([a-z]|[ivx]{1,5}|\d{1,2})[.)](?=\s)"
    r"|(?<=\n\n)(?:(?:Section|SECTION|§)\s?)?(?P<number>\d{1,3}(?:\.\d{1,3}){1,3})\s?"
    r"\((?P<below>[a-z])\)(?=\s{1,9}(?!(?:and|or|of|to|is|shall|hereof|above)\b)[A-Za-z“\[])"
)
_LINE = re.compile(r"(?:\n|\f|\A)[ \t]*\Z")
_SPELT = re.compile(
    r"(?:\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)|teen|ty|hundred|thousand|\d)\s*\Z"
)
_PARAGRAPH = re.compile(r"\n[ \t\r]*\n|\f")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}
_MAX_DEPTH = 6
_NEAR = 60
_AHEAD = 40
_LEAD_IN = 240
_OPENING_SENTENCE = 1500
_NUMBER_WITHIN = 24
_WITHIN = re.compile(r"[a-z,]\s{0,3}\Z")
_FINISHED = ".;\n"
_MAX_MARKS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A clause: the marks from the outermost to its own, and the span of its text with its mark."""

    path: tuple[str, ...]
    start: int
    end: int


@dataclass(slots=True)
class _Level:
    """A list that is being read: the style of its marks, the last ordinal, whether its items open lines.

    ``lead_in``: it began within the sentence that opens the section; ``follows``: it came behind such a one.
    """

    style: Style
    ordinal: int
    opens_line: bool
    lead_in: bool = False
    follows: bool = False


@dataclass(frozen=True, slots=True)
class _Mark:
    """A mark; ``behind`` is the character before it, a line's end or what ends the words before it."""

    label: str
    start: int
    end: int
    opens_line: bool
    behind: str = ""
    lead_in: bool = False


def find_clauses(text: str, start: int, end: int, references: Sequence[tuple[int, int]] = ()) -> list[Clause]:
    """The clauses of a span of text, by start; marks inside of ``references`` (sorted spans) are none.

    >>> text = "(a) it is (i) due or (ii) owed; and (b) it is paid"
    >>> [(c.path, text[c.start : c.end]) for c in find_clauses(text, 0, len(text))][2:]
    [(('a', 'ii'), '(ii) owed; and '), (('b',), '(b) it is paid')]
    """
    marks = _marks(text, start, end, references)
    levels: list[_Level] = []
    path: list[str] = []
    found: list[tuple[tuple[str, ...], _Mark]] = []
    for position, mark in enumerate(marks):
        depth = _depth(mark, levels, marks[position + 1 : position + _AHEAD])
        if depth is None:
            continue
        path = [*path[:depth], mark.label]
        whole = mark.opens_line or levels[depth].follows
        found.append((tuple(path), replace(mark, opens_line=whole)))
    return _spans(text, end, found)


def _marks(text: str, start: int, end: int, references: Sequence[tuple[int, int]]) -> list[_Mark]:
    starts = [first for first, _ in references]
    marks: list[_Mark] = []
    for match in _MARK.finditer(text, start, end):
        if match["below"]:
            # "2.8(a) Fees." below "Section 2.8" heads a clause, whatever a reference looks like.
            if match["number"] in text[start : min(start + _NUMBER_WITHIN, match.start())]:
                marks.append(_Mark(match["below"], match.start("below") - 1, match.end(), True, "\n"))
            continue
        label = match[1] or match[4]
        at = match.start() if match[1] else match.start(4)
        before = bisect_right(starts, at) - 1
        if before >= 0 and references[before][1] > at:
            continue
        attached = bool(marks) and marks[-1].end == at
        if text[at - 1 : at] in {")", "]"} and at > start and not attached:
            continue
        line = _LINE.search(text, max(start, at - 42), at) is not None
        lead = not marks and at - start < _LEAD_IN
        first = not marks and not line and at - start < _OPENING_SENTENCE
        within = first and _WITHIN.search(text, max(start, at - 4), at) is not None
        opens = line or lead or (attached and marks[-1].opens_line)
        if label.isdigit() and _SPELT.search(text, max(start, at - 10), at):
            continue
        behind = "\n" if line else text[max(start, at - 4) : at].rstrip()[-1:]
        within = within or (attached and marks[-1].lead_in)
        marks.append(_Mark(label, at, match.end(), opens, behind, within))
        if len(marks) >= _MAX_MARKS:
            break
    return marks


def _depth(mark: _Mark, levels: list[_Level], following: Sequence[_Mark]) -> int | None:
    """At which depth a mark continues or begins a list; None if it does neither. Updates the levels."""
    readings = _readings(mark.label)
    for alike in (True, False):
        for depth in reversed(range(len(levels))):
            level = levels[depth]
            fits = (level.style, level.ordinal + 1) in readings and not _begins_roman(mark, level, following)
            if fits and (level.opens_line == mark.opens_line) == alike:
                level.ordinal += 1
                del levels[depth + 1 :]
                return depth
    first = next((style for style, ordinal in readings if ordinal == 1), None)
    if first is None:
        return None
    if _follows_lead_in(mark, levels, following):
        levels[:] = [_Level(first, 1, opens_line=True, follows=True)]
        return 0
    begun = _begun(first, mark.opens_line, levels)
    if begun == 0:
        levels[0].lead_in = mark.lead_in
    return begun


def _follows_lead_in(mark: _Mark, levels: list[_Level], following: Sequence[_Mark]) -> bool:
    """Whether an "(a)" begins the section's own list behind one that stands in its opening sentence.

    "Except as (i) disclosed or (ii) agreed, the Company represents: (a) Standing. … (b) Stock. … (c) …": an
    unbroken run whose items are sentences or open lines, while the list before it does not go on.
    """
    nested = not levels or not levels[0].lead_in or any(level.style == "alpha" for level in levels)
    if mark.label != "a" or mark.behind not in {":", "\n"} or nested:
        return False
    outer = levels[0]
    for other in following:
        readings = _readings(other.label)
        if (outer.style, outer.ordinal + 1) in readings:
            return False
        if (outer.style, 1) in readings:
            break
    run = (next((other for other in following if other.label == label), None) for label in ("b", "c"))
    return all(other is not None and other.behind and other.behind in _FINISHED for other in run)


def _begun(style: Style, opens_line: bool, levels: list[_Level]) -> int | None:
    """The depth of a list that begins; None where it would stand too deep."""
    if opens_line:
        # A list whose items open lines stands in no list that runs on within a paragraph.
        while levels and not levels[-1].opens_line:
            levels.pop()
    # A second "(a)" begins the next list; lists of one style are not nested.
    alike = (
        one for one, level in enumerate(levels) if (level.style, level.opens_line) == (style, opens_line)
    )
    del levels[next(alike, len(levels)) :]
    if len(levels) >= _MAX_DEPTH:
        return None
    levels.append(_Level(style, 1, opens_line))
    return len(levels) - 1


def _begins_roman(mark: _Mark, level: _Level, following: Sequence[_Mark]) -> bool:
    """Whether an "(i)" that could follow "(h)" begins a list of its own: "(ii)" comes before "(j)".

    Only marks that stand as it does, at the head of a line or within one, tell.
    """
    if mark.label != "i" or level.style != "alpha":
        return False
    alike = (other.label for other in following if other.opens_line == mark.opens_line)
    return next((label for label in alike if label in {"ii", "j"}), "j") == "ii"


def _readings(label: str) -> list[tuple[Style, int]]:
    """The styles in which a mark can be read, with its place in the list, the likelier to begin one first.

    >>> _readings("i"), _readings("bb"), _readings("x")
    ([('roman', 1), ('alpha', 9)], [('alpha', 28)], [('roman', 10), ('alpha', 24), ('xyz', 1)])
    """
    if label.isdigit():
        return [("digit", int(label))]
    low = label.lower()
    upper = label != low
    readings: list[tuple[Style, int]] = []
    if not low.strip("ivxl"):
        readings.append(("upper_roman" if upper else "roman", roman_value(low)))
    if len(set(low)) == 1:
        readings.append(("upper" if upper else "alpha", ord(low[0]) - 96 + 26 * (len(low) - 1)))
    if label in {"x", "y", "z"}:
        readings.append(("xyz", ord(label) - ord("w")))
    return readings


def roman_value(numeral: str) -> int:
    """The value of a roman numeral in small letters up to "l".

    >>> roman_value("xiv"), roman_value("iii")
    (14, 3)
    """
    total = 0
    for char, following in zip(numeral, [*numeral[1:], ""], strict=True):
        value = _ROMAN_VALUES[char]
        total += -value if _ROMAN_VALUES.get(following, 0) > value else value
    return total


def _spans(text: str, end: int, found: Sequence[tuple[tuple[str, ...], _Mark]]) -> list[Clause]:
    """Each clause to the next one that stands as far out; one within a paragraph ends with it."""
    ends = [end] * len(found)
    waiting: list[int] = []
    for position, (path, mark) in enumerate(found):
        while waiting and len(found[waiting[-1]][0]) >= len(path):
            ends[waiting.pop()] = mark.start
        waiting.append(position)
    return [
        Clause(
            path=path, start=mark.start, end=stop if mark.opens_line else _paragraph_end(text, mark.end, stop)
        )
        for (path, mark), stop in zip(found, ends, strict=True)
    ]


def _paragraph_end(text: str, start: int, end: int) -> int:
    gap = _PARAGRAPH.search(text, start, end)
    return gap.start() if gap else end


class Clauses:
    """The clauses of a span of text, to be asked for."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self._clauses = clauses
        self._starts = [one.start for one in clauses]
        self._paths: dict[tuple[str, ...], Clause] = {}
        self._last: defaultdict[str, list[Clause]] = defaultdict(list)
        for one in clauses:
            self._paths.setdefault(one.path, one)
            self._last[one.path[-1]].append(one)

    def head(self, start: int) -> tuple[str, ...]:
        """The marks with which the text begins at an offset."""
        return self._clauses[0].path if self._clauses and self._starts[0] == start else ()

    def at(self, path: tuple[str, ...]) -> Clause | None:
        """The first clause with exactly these marks."""
        return self._paths.get(path)

    def near(self, at: int, wanted: tuple[str, ...], side: str) -> Clause | None:
        """The clause whose last marks are those wanted, best placed for an offset.

        ``side`` is "above" or "below" the offset, or empty. What shares more of the marks around the offset
        comes first, then what is nearer.
        """
        own = self._around(at)
        alike = self._last.get(wanted[-1], [])
        middle = bisect_right([one.start for one in alike], at) if len(alike) > _NEAR else 0
        fitting = [
            one
            for one in alike[max(0, middle - _NEAR) : middle + _NEAR]
            if one.path[-len(wanted) :] == wanted and _on_side(one, at, side)
        ]
        key = min(
            ((-_shared(one.path, own), abs(one.start - at), one.start) for one in fitting), default=None
        )
        return next((one for one in fitting if key is not None and one.start == key[2]), None)

    def _around(self, at: int) -> tuple[str, ...]:
        """The marks around an offset."""
        position = bisect_right(self._starts, at)
        for one in reversed(self._clauses[max(0, position - _NEAR) : position]):
            if one.end > at:
                return one.path
        return ()


def _on_side(clause: Clause, at: int, side: str) -> bool:
    if side == "above":
        return clause.start < at
    return clause.start > at if side == "below" else True


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    return shared
