"""Which lines of a document are headings, without any model: format marks, numbering, typography.

A numbered line is a heading if it opens a block and its words read like a title ("Section 7.2
Limitation on Liens. The Borrower …" is one up to the first period); a reference inside prose is not.
An unnumbered line is one if it stands alone and out. Lines of a table of contents, table rows and
running headers are none. Leaves to ``ingest.sections.outline`` which of the headings stand, to
``ingest.sections.tree`` the tree.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.sections.contents import Announced, Contents, find_contents, unnumbered
from ingest.sections.numbering import ANNOUNCED_RANK, STATEMENT_RANK, TYPOGRAPHY_RANK, Number, parse_number
from ingest.sections.outline import Heading, settled, with_front, with_page_heads
from ingest.sections.printed import Body, PrintedLine, body_style, ends_prose, printed_lines
from ingest.sections.titling import (
    MAX_TITLE_CHARS,
    has_words,
    is_continued,
    is_furniture,
    is_statement,
    is_title,
)
from rag.types import Document

_MAX_TITLE_LINES = 3
_MAX_ANNOUNCED_LINES = 2
_MAX_STACK = 2
_BY_LINES = 3
_LARGER = 1.1
_OTHER_SIZE = 0.5
_SIGNED_WITHIN = 3
_LETTER_WIDTH = 0.5
_COVER_PAGES = 5
_RUN_PAGES = 3
_FEW = 3
_LATE = 0.3
_SPARSE_CHARS = 2000
_PLAIN_CHARS = 60
_MIN_LETTERS = 4
_MIN_CAPITALS = 6
_OPENING_CHARS = 1500

_TITLE_END = re.compile(
    r"(?<!\b[A-Z])(?<!\bNo)(?<!\bInc)(?<!\bCorp)(?<!\bCo)\.(?=\s|$|[”\"])|(?<=[a-z]{2})\.(?=[A-Z(])|\s?[—–]\s?|:(?=\s|$)|\s-\s"
)
_SIGNATURE = re.compile(r"(?:By|Name|Title|Its)\b\s*:|/s/|_{8}")
_GAP = re.compile(r"\s{2,}(?=\S)")
_TERM = re.compile(r"[“\"]([^“”\"]{2,60})[”\"]")
_BETWEEN = re.compile(r"[\s.:)—–-]*")


def find_headings(document: Document) -> list[Heading]:
    """The headings of a document in order; none share a start."""
    lines = printed_lines(document)
    tables = find_contents(lines)
    tops = {line.start for line in lines if line.page_top and line.page > 0}
    style = _Style(
        body=body_style(lines),
        paged=len(document.pages) >= _COVER_PAGES,
        announced=Announced(tables, document.bookmarks),
        listed=frozenset(place for table in tables for place in range(table.first, table.last + 1)),
    )
    headings = settled(document.text, _judged(lines, style), tops)
    late = not headings or headings[0].start > _LATE * len(document.text)
    if (late or len(headings) < _FEW) and not tables and len(document.text) >= _SPARSE_CHARS:
        headings = settled(document.text, _judged(lines, replace(style, sparse=True)), tops)
    restored = _restored(lines, tables, headings)
    if restored:
        headings = settled(
            document.text, sorted([*headings, *restored], key=lambda heading: heading.start), tops
        )
    headings = with_page_heads(headings, lines)
    return with_front(headings, lines, tables)


def _judged(lines: Sequence[PrintedLine], style: _Style) -> list[Heading]:
    judge = _Judge(lines, style)
    found: list[Heading] = []
    index = 0
    while index < len(lines):
        heading, used = judge.heading_at(index)
        if heading is not None:
            found.append(heading)
        index += max(used, 1)
    return found


def _restored(
    lines: Sequence[PrintedLine], tables: Sequence[Contents], headings: Sequence[Heading]
) -> list[Heading]:
    """Headings whose numbers only the table of contents prints."""
    taken = {heading.start for heading in headings}
    keys = {heading.key for heading in headings}
    return [
        _heading(line, line.start + one.end, one.number.label, one.title, one.number.rank, one.number.key)
        for one in unnumbered(lines, tables, keys)
        if (line := lines[one.position]).start not in taken
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """What is known of the whole document.

    ``listed`` are the positions of lines of tables of contents; ``sparse`` says that hardly any heading was
    found, so that numbers without titles and titles without a look of their own are taken for such.
    """

    body: Body
    paged: bool
    announced: Announced
    listed: frozenset[int]
    sparse: bool = False


class _Judge:
    """Judges line after line; holds what is known of the whole document."""

    def __init__(self, lines: Sequence[PrintedLine], style: _Style) -> None:
        self._lines = lines
        self._announced = style.announced
        self._listed = style.listed
        self._met: set[str] = set()
        self._body = style.body
        self._paged = style.paged
        self._sparse = style.sparse
        self._prints = Counter(line.text for line in lines) if style.sparse else Counter[str]()
        self._styled = style.body.size > 0 or any(line.bold for line in lines)
        self._marked = sum(line.level > 0 for line in lines) >= 3
        self._last_running: dict[str, int] = {}

    def heading_at(self, index: int) -> tuple[Heading | None, int]:
        """The heading that starts with a line, and how many lines it takes; (None, 0) if none does."""
        line = self._lines[index]
        if line.level and not line.running:
            return self._marked_heading(line), 1
        if line.running and not self._first_statement(line):
            return None, 0
        if line.contents or index in self._listed or is_continued(line.text):
            return None, 0
        number = parse_number(line.text)
        if number is not None:
            heading, used = self._numbered(index, number)
        elif line.row or len(line.text) > MAX_TITLE_CHARS:
            return None, 0
        elif is_statement(line.text) and self._is_title(line.text):
            return _heading(line, line.end, "", line.text, STATEMENT_RANK), 1
        else:
            heading, used = self._unnumbered(index)
        return (heading, used) if heading is not None else self._announced_heading(index, number)

    def _announced_heading(self, index: int, number: Number | None) -> tuple[Heading | None, int]:
        """A line, or two, whose words are a title in the table of contents or the bookmarks."""
        line = self._lines[index]
        for used in range(1, _MAX_ANNOUNCED_LINES + 1):
            lines = self._lines[index : index + used]
            if len(lines) < used or (used > 1 and lines[-1].space_before):
                break
            words = " ".join(one.text for one in lines)
            indent = self._announced.indent_of(words, line.page)
            if indent is None or not (line.space_before or line.bold or line.upper):
                continue
            # An unnumbered title may come again as that of a part, or in a list of what follows.
            if not (words[0].isalnum() or words[0] in '“"[(') or words[0].islower() or words in self._met:
                continue
            self._met.add(words)
            if number is not None:
                title = _trimmed(words[number.end :])
                return _heading(line, lines[-1].end, number.label, title, number.rank, number.key), used
            return _heading(line, lines[-1].end, "", _trimmed(words), ANNOUNCED_RANK + indent), used
        return None, 0

    def _first_statement(self, line: PrintedLine) -> bool:
        """A statement's title that runs on over its pages is a heading on the first of them."""
        key = line.text.casefold()
        if not is_statement(line.text):
            return False
        last = self._last_running.get(key, -_RUN_PAGES - 1)
        self._last_running[key] = line.page
        return line.page - last > _RUN_PAGES

    def _marked_heading(self, line: PrintedLine) -> Heading | None:
        words = line.text.lstrip("#").strip().rstrip("#").strip()
        if not has_words(words) or is_furniture(words) or len(words) > 2 * MAX_TITLE_CHARS:
            return None
        number = parse_number(words)
        title = _trimmed(words[number.end :]) if number else words
        return _heading(line, line.end, number.label if number else "", title, line.level)

    # Numbered

    def _numbered(self, index: int, number: Number) -> tuple[Heading | None, int]:
        line = self._lines[index]
        if not self._opens_block(index) or (number.kind == "attachment" and not self._heads_page(index)):
            return None, 0
        if line.row and number.kind not in {"item", "part", "section", "article"}:
            return None, 0
        rest_at = number.end + len(_BETWEEN.match(line.text, number.end).group())  # type: ignore[union-attr]
        if rest_at >= len(line.text):
            return self._titled_below(index, number)
        first = line.text[rest_at]
        quoted = first in '“"[‘(' and (number.kind != "letter" or first == "[")
        if not (first.isupper() or quoted):
            return None, 0
        return self._titled_beside(index, number, rest_at)

    def _heads_page(self, index: int) -> bool:
        """Whether a line is among the first of a page other than the opening one (or there are none)."""
        line = self._lines[index]
        if line.start < _OPENING_CHARS:
            return False
        above = [b for b in self._lines[max(0, index - 3) : index] if b.page == line.page and not b.running]
        return not self._paged or len(above) <= 1 or line.bold

    def _titled_below(self, index: int, number: Number) -> tuple[Heading | None, int]:
        """A number alone on its line: the title stands on the next, if it looks like one."""
        if number.kind in {"decimal", "integer", "letter"}:
            return None, 0
        line = self._lines[index]
        title, used, end = "", 1, line.end
        for following in self._lines[index + 1 : index + _MAX_TITLE_LINES]:
            if parse_number(following.text) or is_statement(following.text):
                break
            alike = following.upper or following.bold
            if following.row or following.running or not self._is_title(following.text):
                break
            if title and (not alike or following.space_before):
                break
            title, used, end = f"{title} {following.text}".strip(), used + 1, following.end
            if not alike:
                break
        return _heading(line, end, number.label, title, number.rank, number.key), used

    def _titled_beside(self, index: int, number: Number, rest_at: int) -> tuple[Heading | None, int]:
        """Words after the number: a title up to its end mark, or the whole of a short block."""
        line = self._lines[index]
        block, ends = self._block(index)
        match = _TITLE_END.search(block, rest_at + 1)
        if len(line.text) > MAX_TITLE_CHARS:
            # Where line breaks were lost, a gap is what is left of the one below a title.
            gap = _GAP.search(block, rest_at + 1)
            match = gap if gap and (match is None or gap.start() < match.start()) else match
        stop = match.start() if match and match.start() - rest_at <= MAX_TITLE_CHARS else len(block)
        title = _trimmed(block[rest_at:stop])
        runs_in = stop < len(block)
        strict = number.kind in {"integer", "letter"}
        announced = self._announced.titles_number(title)
        if len(title) > MAX_TITLE_CHARS or not (announced or self._is_title(title, strict=strict)):
            untitled = {"section", "decimal", "integer"} if self._sparse else {"section", "decimal"}
            if number.kind in untitled and not title.startswith("("):
                term = _TERM.match(line.text, rest_at)
                end = line.start + (term.end() if term else number.end)
                return _heading(line, end, number.label, term[1] if term else "", number.rank, number.key), 1
            return None, 0
        if number.kind in {"part", "attachment"} and not (line.upper or line.bold or not runs_in):
            return None, 0
        if number.kind == "letter" and not (runs_in or line.bold):
            return None, 0
        if not runs_in and not (self._stands_alone(index, ends) or line.bold or line.upper):
            return None, 0
        used = sum(1 for end in ends if end < stop) + 1
        offset = ends[used - 2] + 1 if used > 1 else 0
        last = self._lines[index + used - 1]
        return _heading(line, last.start + stop - offset, number.label, title, number.rank, number.key), used

    def _block(self, index: int) -> tuple[str, list[int]]:
        """A line with the lines it runs on to, joined by spaces, and where each ends in the joint text."""
        line = self._lines[index]
        block, ends = line.text, [len(line.text)]
        while len(ends) < _MAX_TITLE_LINES and index + len(ends) < len(self._lines):
            following = self._lines[index + len(ends)]
            if following.space_before or following.row or parse_number(following.text):
                break
            if self._broken_off(self._lines[index + len(ends) - 1], following):
                break
            if line.bold and not following.bold and self._is_title(block):
                break
            if line.upper and not following.upper:
                break
            block = f"{block} {following.text}"
            ends.append(len(block))
        return block, ends

    def _stands_alone(self, index: int, ends: Sequence[int]) -> bool:
        last = index + len(ends) - 1
        if self._lines[last].space_after or last + 1 >= len(self._lines):
            return True
        following = self._lines[last + 1]
        return parse_number(following.text) is not None or following.bold != self._lines[last].bold

    def _opens_block(self, index: int) -> bool:
        """Whether a line begins something: space above, or the line before ends a sentence."""
        line = self._lines[index]
        if index == 0 or (line.space_before and not line.page_top):
            return True
        before = next((b for b in reversed(self._lines[max(0, index - 4) : index]) if not b.running), None)
        if before is None or before.row or before.level or ends_prose(before.text):
            return True
        stands_out = (line.bold and not before.bold) or (line.upper and not before.upper)
        return stands_out or before.upper or self._is_title(before.text, strict=True)

    # Unnumbered

    def _unnumbered(self, index: int, stacked: int = 0) -> tuple[Heading | None, int]:
        """A title that stands out and alone, or right above or below another one."""
        line = self._lines[index]
        if self._marked and not self._styled:
            return None, 0
        if (self._paged and line.page == 0) or not self._stands_out(line) or not self._alone_above(index):
            return None, 0
        used = self._title_lines(index)
        following = self._lines[index + used] if index + used < len(self._lines) else None
        last = self._lines[index + used - 1]
        broken = following is not None and self._broken_off(last, following)
        below = broken and stacked < _MAX_STACK and not self._by_table(index)
        below = below and self._unnumbered(index + used, stacked + 1)[0] is not None
        if not (below or self._alone_below(last, following)) or self._is_signed(index + used):
            return None, 0
        heading = self._titled(self._lines[index : index + used])
        if heading is not None and broken:
            heading = replace(heading, closed=True)
        return heading, used

    def _title_lines(self, index: int) -> int:
        """How many lines of one look stand together from ``index`` on, itself included."""
        used = 1
        while used < _MAX_TITLE_LINES and index + used < len(self._lines):
            following = self._lines[index + used]
            if following.space_before or not self._alike(self._lines[index], following):
                break
            if self._broken_off(self._lines[index + used - 1], following):
                break
            if parse_number(following.text) or is_furniture(following.text):
                break
            used += 1
        return used

    def _titled(self, lines: Sequence[PrintedLine]) -> Heading | None:
        """The heading that lines standing alone make, if their words are a title."""
        line, end = lines[0], lines[-1].end
        statement = next((one.text for one in lines if is_statement(one.text)), "")
        if statement:
            return _heading(line, end, "", statement, STATEMENT_RANK)
        title = " ".join(one.text for one in lines)
        number = parse_number(title)
        if number is not None and number.kind == "article":
            return _heading(line, end, number.label, _trimmed(title[number.end :]), number.rank, number.key)
        if title.startswith(("“", '"')) or not self._is_title(title):
            return None
        if not self._prominent_enough(line, title):
            return None
        return _heading(line, end, "", _trimmed(title), self._rank(line))

    def _stands_out(self, line: PrintedLine) -> bool:
        larger = self._body.size > 0 and line.size >= _LARGER * self._body.size
        plain = self._sparse and not self._styled and len(line.text) <= _PLAIN_CHARS
        titled = plain and is_title(line.text, strict=True) and line.space_after
        titled = titled and self._prints[line.text] == 1
        return larger or (line.bold and not self._body.bold) or line.upper or titled

    def _prominent_enough(self, line: PrintedLine, title: str) -> bool:
        """Capitals alone need to be words, not an abbreviation or a mark."""
        letters = sum(character.isalpha() for character in title)
        if line.bold or (self._body.size > 0 and line.size >= _LARGER * self._body.size):
            return letters >= _MIN_LETTERS
        return letters >= _MIN_CAPITALS and (not self._styled or line.space_after or letters > 12)

    def _alone_above(self, index: int) -> bool:
        line = self._lines[index]
        if index == 0 or line.space_before:
            return True
        before = self._lines[index - 1]
        if not line.bold or before.row:
            return False
        if not before.bold and ends_prose(before.text):
            return True
        larger = line.size > self._body.size and abs(line.size - before.size) >= _OTHER_SIZE
        return larger or (self._broken_off(before, line) and not self._by_table(index))

    def _by_table(self, index: int) -> bool:
        """Whether rows of a table stand close, whose labels are bold as titles are."""
        near = self._lines[max(0, index - _BY_LINES) : index + _BY_LINES + 1]
        return any(line.row or "  " in line.text for line in near)

    def _alone_below(self, last: PrintedLine, following: PrintedLine | None) -> bool:
        if following is None:
            return False
        has_cells = following.row or "  " in following.text
        if last.space_after:
            return not (has_cells and not last.upper and last.size <= self._body.size and not last.bold)
        return not has_cells and not self._alike(last, following)

    def _is_signed(self, index: int) -> bool:
        """Whether a signature stands right below: what is above it names who signs."""
        return any(_SIGNATURE.match(line.text) for line in self._lines[index : index + _SIGNED_WITHIN])

    def _is_title(self, text: str, *, strict: bool = False) -> bool:
        return is_title(text, strict=strict, sentence_case=self._styled)

    def _broken_off(self, line: PrintedLine, following: PrintedLine) -> bool:
        """Whether what follows a bold line begins anew: of another size, or there was room for it above."""
        if not line.bold or not line.size:
            return False
        if abs(line.size - following.size) >= _OTHER_SIZE:
            return True
        word = _LETTER_WIDTH * following.size * (1 + len(following.text.split(maxsplit=1)[0]))
        return abs(line.left - following.left) < following.size / 2 and line.room > 2 * word

    @staticmethod
    def _alike(line: PrintedLine, other: PrintedLine) -> bool:
        return (
            line.bold == other.bold
            and abs(line.size - other.size) < _OTHER_SIZE
            and line.upper == other.upper
        )

    def _rank(self, line: PrintedLine) -> float:
        """Larger before smaller, bold capitals before bold before capitals; in [45, 60)."""
        larger = min(max(line.size / self._body.size - 1.0, 0.0), 1.0) if self._body.size else 0.0
        rank = TYPOGRAPHY_RANK + 8.0 * (1.0 - round(larger, 1))
        return rank + (0.0 if line.bold and line.upper else 1.0 if line.bold else 2.0)


def _heading(line: PrintedLine, end: int, number: str, title: str, rank: float, key: str = "") -> Heading:
    title = " ".join(title.split())
    return Heading(
        start=line.start,
        end=end,
        number=number,
        title=title,
        rank=rank,
        key=key or re.sub(r"\W+", " ", title).casefold().strip(),
    )


def _trimmed(title: str) -> str:
    return title.strip().strip(".:;—–- ").strip()
