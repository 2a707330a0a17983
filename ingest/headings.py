"""Which lines of a document are headings, without any model: format marks, numbering, typography.

A numbered line is a heading if it opens a block and its words read like a title ("Section 7.2
Limitation on Liens. The Borrower …" is one up to the first period); a reference inside prose is not.
An unnumbered line is one if it stands alone and out. Lines of a table of contents, table rows and
running headers are none. Leaves to ``ingest.outline`` which of the headings stand, to ``ingest.sections`` the
tree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.numbering import STATEMENT_RANK, TYPOGRAPHY_RANK, Number, parse_number
from ingest.outline import Heading, settled, with_page_heads
from ingest.printed import Body, PrintedLine, body_style, ends_prose, printed_lines
from ingest.titling import (
    MAX_TITLE_CHARS,
    has_words,
    is_continued,
    is_furniture,
    is_statement,
    is_title,
)
from rag.types import Document

_MAX_TITLE_LINES = 3
_LARGER = 1.1
_COVER_PAGES = 5
_RUN_PAGES = 3
_MIN_LETTERS = 4
_MIN_CAPITALS = 6
_OPENING_CHARS = 1500

_TITLE_END = re.compile(
    r"(?<!\b[A-Z])(?<!\bNo)(?<!\bInc)(?<!\bCorp)(?<!\bCo)\.(?=\s|$|[”\"])|(?<=[a-z]{2})\.(?=[A-Z(])|\s?[—–]\s?|:(?=\s|$)|\s-\s"
)
_TERM = re.compile(r"[“\"]([^“”\"]{2,60})[”\"]")
_BETWEEN = re.compile(r"[\s.:)—–-]*")


def find_headings(document: Document) -> list[Heading]:
    """The headings of a document in order; none share a start."""
    lines = printed_lines(document)
    judge = _Judge(lines, body_style(lines), paged=len(document.pages) >= _COVER_PAGES)
    found: list[Heading] = []
    index = 0
    while index < len(lines):
        heading, used = judge.heading_at(index)
        if heading is not None:
            found.append(heading)
        index += max(used, 1)
    return with_page_heads(settled(document.text, found), lines)


class _Judge:
    """Judges line after line; holds what is known of the whole document."""

    def __init__(self, lines: Sequence[PrintedLine], body: Body, *, paged: bool) -> None:
        self._lines = lines
        self._body = body
        self._paged = paged
        self._styled = body.size > 0 or any(line.bold for line in lines)
        self._marked = sum(line.level > 0 for line in lines) >= 3
        self._last_running: dict[str, int] = {}

    def heading_at(self, index: int) -> tuple[Heading | None, int]:
        """The heading that starts with a line, and how many lines it takes; (None, 0) if none does."""
        line = self._lines[index]
        if line.level and not line.running:
            return self._marked_heading(line), 1
        if line.running and not self._first_statement(line):
            return None, 0
        if line.contents or is_continued(line.text):
            return None, 0
        number = parse_number(line.text)
        if number is not None:
            return self._numbered(index, number)
        if line.row or len(line.text) > MAX_TITLE_CHARS:
            return None, 0
        if is_statement(line.text) and self._is_title(line.text):
            return _heading(line, line.end, "", line.text, STATEMENT_RANK), 1
        return self._unnumbered(index)

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
        stop = match.start() if match and match.start() - rest_at <= MAX_TITLE_CHARS else len(block)
        title = _trimmed(block[rest_at:stop])
        runs_in = stop < len(block)
        strict = number.kind in {"integer", "letter"}
        if len(title) > MAX_TITLE_CHARS or not self._is_title(title, strict=strict):
            if number.kind in {"section", "decimal"} and not title.startswith("("):
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

    def _unnumbered(self, index: int) -> tuple[Heading | None, int]:
        line = self._lines[index]
        if self._marked and not self._styled:
            return None, 0
        if (self._paged and line.page == 0) or not self._stands_out(line) or not self._alone_above(index):
            return None, 0
        used = self._title_lines(index)
        following = self._lines[index + used] if index + used < len(self._lines) else None
        if not self._alone_below(self._lines[index + used - 1], following):
            return None, 0
        return self._titled(self._lines[index : index + used]), used

    def _title_lines(self, index: int) -> int:
        """How many lines of one look stand together from ``index`` on, itself included."""
        used = 1
        while used < _MAX_TITLE_LINES and index + used < len(self._lines):
            following = self._lines[index + used]
            if following.space_before or not self._alike(self._lines[index], following):
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
        return larger or (line.bold and not self._body.bold) or line.upper

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
        return line.bold and not before.bold and not before.row and ends_prose(before.text)

    def _alone_below(self, last: PrintedLine, following: PrintedLine | None) -> bool:
        if following is None:
            return False
        if re.match(r"(?:By|Name|Title|Its)\b\s*:", following.text):
            return False
        has_cells = following.row or "  " in following.text
        if last.space_after:
            return not (has_cells and not last.upper and last.size <= self._body.size and not last.bold)
        return not has_cells and not self._alike(last, following)

    def _is_title(self, text: str, *, strict: bool = False) -> bool:
        return is_title(text, strict=strict, sentence_case=self._styled)

    @staticmethod
    def _alike(line: PrintedLine, other: PrintedLine) -> bool:
        return line.bold == other.bold and abs(line.size - other.size) < 0.6 and line.upper == other.upper

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
