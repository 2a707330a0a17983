"""Running headers, footers and page numbers, found across the pages of one document.

What is printed first or last on a page is furniture if it comes again on many pages or on several in a row,
word for word, headers at the same height, or if it counts the pages. Judged from the edge inward: behind the
first line that is none nothing is. The first print of words stays, so that nothing is lost that is printed
only as a running header. Leaves composing the text without the rest to ``ingest.loaders``.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from ingest.rows import Row

_EDGE_LINES = 4
_MAX_CHARS = 160
_MAX_CELLS = 3
_SLACK = 5.0
_RUN_GAP = 2
_MIN_RUN = 3
_MIN_STATEMENT_RUN = 6
_SENTENCE_SPACES = 6
_NAME_SPACES = 4
_MANY = 6
_MANY_SHARE = 0.15
_FIGURE_SHARE = 0.5
_NEAR = range(1, 5)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}

_LABEL = r"(?:(?P<prefix>[A-Z]{1,3}(?:-\d{1,2})?)\s?[-–.]\s?)?(?:(?P<number>\d{1,4})|(?P<roman>[ivxlc]{1,7}))"
_OF = r"(?:\s?(?:of|/)\s?(?:[A-Z]{1,2}-)?\d{1,4})?"
_MARKS = r"[\s\-–—|•·.~*\[\]()_]{0,8}"
_WHOLE = re.compile(rf"{_MARKS}(?:page|pg\.?)?{_MARKS}{_LABEL}{_OF}{_MARKS}(?:page|P a g e)?{_MARKS}", re.I)
_TRAILING = re.compile(rf"(?:(?:\s|[|•·])(?:page\s{{1,3}})?|\s[-–—]\s?){_LABEL}{_OF}{_MARKS}$", re.I)
_LEADING = re.compile(
    rf"{_MARKS}(?:page\s{{1,3}})?{_LABEL}{_OF}(?:\s{{2,}}|\s{{0,3}}[|•·–—]\s?|\s(?=[^\W\d_]))", re.I
)
_TABULAR = re.compile(
    r"\(?(?:(?:u\.s\.\s)?dollars?|amounts|shares|all amounts|tabular)?[\s,]{0,2}(?:expressed\s|stated\s)?in\s"
    r"(?:u\.s\.\s)?(?:millions|thousands|billions)"
    r"|\b(?:years?|months|weeks|quarters?|periods?)\s+ended\b|\bas (?:of|at)\b|^total\b"
    r"|^\(?(?:january|february|march|april|may|june|july|august|september|october|november|december)\b[\s\d,]*\)?$"
    r"|^(?:by|name|title|its|date|dated|attest|address|attention)\b\W*(?:/s/.*|_+)?$",
    re.I,
)  # fmt: skip
_INNER = re.compile(rf"\bpage\s{{1,3}}{_LABEL}{_OF}(?=\s)", re.I)
_NOTE = re.compile(r"^\W?(?:see|refer to|the accompanying)\b.{0,80}\bnotes\b", re.I)
_STATEMENT = re.compile(r"\b(?:statements? of|balance sheets?)\b")
_WORDS = re.compile(r"[^\W\d_]{2,}")

_Edge = Literal["top", "bottom"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFurniture:
    """What one page has: indexes of its rows to leave out, ascending, and its printed page number or ""."""

    dropped: tuple[int, ...] = ()
    label: str = ""


class _Number(NamedTuple):
    """A number that may count pages: its prefix ("F" of "F-12"), its value, as printed."""

    prefix: str
    value: int
    label: str


class _Reading(NamedTuple):
    """A way to read an edge line: words that may run, and the page number printed beside them, if any."""

    words: str
    number: _Number | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edgeling:
    """A line ``depth`` lines and ``distance`` points from an edge; ``readings`` are the ways to take it."""

    page: int
    index: int
    edge: _Edge
    depth: int
    distance: float
    text: str
    readings: tuple[_Reading, ...]


def find_furniture(pages: Sequence[Sequence[Row]], heights: Sequence[float]) -> list[PageFurniture]:
    """The furniture of each page of a document, from its rows and the heights of its pages in points."""
    edges: list[list[_Edgeling]] = []
    for number, (rows, height) in enumerate(zip(pages, heights, strict=True)):
        middle = (len(rows) + 1) // 2
        down = sorted((row.y0, index) for index, row in enumerate(rows))[:middle]
        up = sorted((height - row.y1, index) for index, row in enumerate(rows))[: len(rows) - middle]
        edges.append(_edgelings(number, "top", ((i, rows[i].text, y) for y, i in down)))
        edges.append(_edgelings(number, "bottom", ((i, rows[i].text, y) for y, i in up)))
    return _judge(edges, len(pages))


def find_line_furniture(pages: Sequence[Sequence[str]]) -> list[PageFurniture]:
    """The same for pages whose lines have no place: their first and last lines are their edges.

    >>> pages = [["ACME CORP", f"Page {n} tells something else.", str(n)] for n in ("12", "13", "14")]
    >>> [(page.dropped, page.label) for page in find_line_furniture(pages)]
    [((2,), '12'), ((0, 2), '13'), ((0, 2), '14')]
    """
    edges: list[list[_Edgeling]] = []
    for number, lines in enumerate(pages):
        middle = (len(lines) + 1) // 2
        top = ((i, lines[i], 0.0) for i in range(middle))
        bottom = ((i, lines[i], 0.0) for i in range(len(lines) - 1, middle - 1, -1))
        edges.append(_edgelings(number, "top", top))
        edges.append(_edgelings(number, "bottom", bottom))
    return _judge(edges, len(pages))


def _edgelings(page: int, edge: _Edge, lines: Iterable[tuple[int, str, float]]) -> list[_Edgeling]:
    """The outermost lines of an edge, from the edge inward, up to one that is too long to run."""
    found: list[_Edgeling] = []
    for index, text, distance in lines:
        if len(found) == _EDGE_LINES or len(text) > _MAX_CHARS:
            break
        found.append(
            _Edgeling(
                page=page,
                index=index,
                edge=edge,
                depth=len(found),
                distance=distance,
                text=text,
                readings=tuple(_readings(text)),
            )
        )
    return found


def _readings(text: str) -> Iterator[_Reading]:
    whole = _WHOLE.fullmatch(text)
    if whole is not None:
        number = _number(whole)
        if number is not None:
            yield _Reading("", number)
        return
    yield _Reading(_folded(text), None)
    for match in (_TRAILING.search(text), _LEADING.match(text), _INNER.search(text)):
        number = match and _number(match)
        if match and number:
            rest = f"{text[: match.start()]} {text[match.end() :]}"
            if _WORDS.search(rest):
                yield _Reading(_folded(rest), number)


def _number(match: re.Match[str]) -> _Number | None:
    roman = match["roman"]
    prefix = match["prefix"] or ""
    if roman is None:
        value = int(match["number"])
    elif roman.islower() and (value := _roman(roman)):
        prefix += "roman"
    else:
        return None
    printed = match["number"] or match["roman"]
    return _Number(prefix.upper(), value, f"{match['prefix']}-{printed}" if match["prefix"] else printed)


def _roman(numeral: str) -> int:
    """The value of a small roman numeral.

    >>> _roman("xiv"), _roman("ix")
    (14, 9)
    """
    values = [_ROMAN_VALUES[letter] for letter in numeral]
    return sum(-a if a < b else a for a, b in pairwise([*values, 0]))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" -–—|•·.")


def _judge(edges: Sequence[Sequence[_Edgeling]], page_count: int) -> list[PageFurniture]:
    """Peel each edge from outside to inside."""
    counting = _counting(edges, page_count)
    running = _running(edges, counting, page_count)
    seen: set[str] = set()
    dropped: list[list[int]] = [[] for _ in range(page_count)]
    labels: list[list[tuple[bool, str]]] = [[] for _ in range(page_count)]
    for edge in edges:
        for line in edge:
            place = (line.page, line.index)
            number = counting.get(place)
            if place not in running and not (number and not number.words):
                break
            words = running.get(place, "")
            if not words or words in seen:
                dropped[line.page].append(line.index)
            seen.add(words)
            if number and number.number:
                labels[line.page].append((bool(number.words), number.number.label))
    # Where numbers stand alone, one among words is another count, as of a printing program.
    alone = sum(any(not beside for beside, _ in found) for found in labels)
    mixed = 2 * alone < sum(bool(found) for found in labels)
    return [
        PageFurniture(dropped=tuple(sorted(set(indexes))), label=_label(found, mixed=mixed))
        for indexes, found in zip(dropped, labels, strict=True)
    ]


def _label(found: Sequence[tuple[bool, str]], *, mixed: bool) -> str:
    """The page number that stands alone, or else, if that may be, the one beside words."""
    return next((label for beside, label in sorted(found, key=lambda one: one[0]) if mixed or not beside), "")


def _counting(edges: Sequence[Sequence[_Edgeling]], page_count: int) -> dict[tuple[int, int], _Reading]:
    """Edge lines whose number counts the pages: near pages have the number that it asks for."""
    series: defaultdict[tuple[str, str, int], set[int]] = defaultdict(set)
    for line in (line for edge in edges for line in edge):
        for reading in line.readings:
            if reading.number:
                key = (reading.words, reading.number.prefix, reading.number.value - line.page)
                series[key].add(line.page)
    found: dict[tuple[int, int], _Reading] = {}
    for line in (line for edge in edges for line in edge):
        for reading in line.readings:
            if reading.number is None:
                continue
            offset = reading.number.value - line.page
            places = series[reading.words, reading.number.prefix, offset]
            near = any(line.page + step in places or line.page - step in places for step in _NEAR)
            if near or (1 < page_count <= _RUN_GAP and offset == 1 and not reading.words):
                found[line.page, line.index] = reading
    return found


def _running(
    edges: Sequence[Sequence[_Edgeling]], counting: dict[tuple[int, int], _Reading], page_count: int
) -> dict[tuple[int, int], str]:
    """Edge lines whose words run, with these words."""
    prints: defaultdict[tuple[_Edge, str], list[_Edgeling]] = defaultdict(list)
    for line in (line for edge in edges for line in edge):
        words = _words(line, counting)
        if words:
            prints[line.edge, words].append(line)
    columns = {
        line.page: line.depth
        for (edge, _), lines in prints.items()
        if edge == "top" and len(lines) >= _MIN_RUN and _is_tabular(lines[0].text)
        for line in lines
    }
    found: dict[tuple[int, int], str] = {}
    for (_, words), lines in prints.items():
        if len(lines) >= _MIN_RUN and _may_run(lines, words, page_count):
            found.update(
                {(line.page, line.index): words for line in _repeated(lines, words, page_count, columns)}
            )
    return found


def _words(line: _Edgeling, counting: dict[tuple[int, int], _Reading]) -> str:
    counted = counting.get((line.page, line.index))
    if counted is not None:
        return counted.words
    return next((reading.words for reading in line.readings if reading.number is None), "")


def _may_run(lines: Sequence[_Edgeling], words: str, page_count: int) -> bool:
    """Whether words may be a running line: not a table's header or caption, nor a note to one."""
    cells = [cell for cell in re.split(r"\t| {2,}", lines[0].text.strip()) if cell]
    if len(cells) > _MAX_CELLS:
        return False
    if not _WORDS.search(words):
        # The number of an exhibit may run; a figure hardly stands on half of the pages.
        return len(cells) == 1 and len(lines) >= max(_MANY, _FIGURE_SHARE * page_count)
    return not (_TABULAR.search(words) or _NOTE.search(words))


def _may_run_briefly(text: str) -> bool:
    """Whether a line that comes again on a few pages alone reads like a header: capitalised, not prose.

    >>> _may_run_briefly("Signature Page to Credit Agreement"), _may_run_briefly("as agreed by the parties")
    (True, False)
    """
    words = [word for word in _WORDS.findall(text) if len(word) > 3]
    large = sum(word[0].isupper() for word in words)
    ends = text[-1] not in ",;:." or (text[-1] == "." and text.count(" ") < _NAME_SPACES)
    return not _is_tabular(text) and ends and large >= 0.7 * len(words)


def _is_tabular(text: str) -> bool:
    """Whether a line has cells, a page number beside the words apart."""
    return "  " in text and not (_TRAILING.search(text) or _LEADING.match(text))


def _repeated(
    lines: Sequence[_Edgeling], words: str, page_count: int, columns: Mapping[int, int]
) -> list[_Edgeling]:
    """Those of the prints of some words that come again at their height on many pages or on a run of pages.

    ``columns`` says how deep on a page the header of a table's columns stands that runs over pages: what
    stands above it and comes again on a few pages alone may belong to it.
    """
    heights = Counter(round(line.distance / _SLACK) for line in lines)
    usual = min(heights, key=lambda height: (-heights[height], height))
    text = lines[0].text
    sentence = text.endswith(".") and words.count(" ") >= _SENTENCE_SPACES
    level = [line for line in lines if abs(line.distance - usual * _SLACK) <= _SLACK]
    if lines[0].edge == "bottom" and not sentence:
        # Pages made of HTML are as long as their text: their last lines stand at any height.
        level = list(lines)
    if len(level) >= max(_MANY, _MANY_SHARE * page_count):
        return level
    if not _may_run_briefly(text):
        return []
    least = _MIN_STATEMENT_RUN if _STATEMENT.search(words) and not words.startswith("notes") else _MIN_RUN
    level = [line for line in level if line.edge == "bottom" or line.depth > columns.get(line.page, -1)]
    return [line for run in _runs(level) if len(run) >= least for line in run]


def _runs(lines: Sequence[_Edgeling]) -> list[list[_Edgeling]]:
    """Lines in groups whose pages follow each other, at most every other page left out."""
    runs: list[list[_Edgeling]] = []
    for line in lines:
        if runs and line.page - runs[-1][-1].page <= _RUN_GAP:
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs
