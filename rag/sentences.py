"""Sentences, list items and table rows of a passage, as spans: the quotable units of an answer.

A rule-based splitter for legal and financial prose, where "Inc.", "No.", "U.S." and "Section 7.2." do
not end a sentence. Printed lines that end without running on (table rows, list items) are units of
their own. Leaves choosing among them to generators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Inc|Corp|Co|Ltd|L\.L\.C|LLC|L\.P|LP|No|Nos|Mr|Ms|Mrs|Dr|vs|v|cf|al|Jr|Sr|St|art|sec|para"
    r"|i\.e|e\.g|approx|est|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|U\.S|N\.A|a\.m|p\.m)"
    r"|\(?\b[ivxl]+|\b\d+)\.$"
)
_END = re.compile(r"[.!?;](?:[\"”’)\]]*)(?=\s)")
_ROW = re.compile(r"\S(?:\t| {2,})\S")
_OPENS_UNIT = re.compile(r"\s*(?:\([a-zA-Z0-9]{1,4}\)|[•·▪●\-–—*]\s|[\"“][A-Z])")
_PER_CENT = re.compile(r"\bper\s+cent\.$")
_MIN_CHARS = 2


def sentence_spans(text: str) -> list[tuple[int, int]]:
    r"""Spans ``[start, end)`` of the units of a text: ordered, disjoint, stripped of outer white space.

    >>> text = "Acme Inc. pays 5%. It may not pay more;\n\nRevenue  1,577  1,420"
    >>> [text[a:b] for a, b in sentence_spans(text)]
    ['Acme Inc. pays 5%.', 'It may not pay more;', 'Revenue  1,577  1,420']
    """
    spans: list[tuple[int, int]] = []
    for start, end in _blocks(text):
        spans += _split(text, start, end)
    return spans


def sentences_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of the sentences that a span touches; the span itself where it touches none.

    >>> text = "It is 4%. The rest is not."
    >>> sentences_around(text, 6, 8)
    (0, 9)
    """
    touched = [(a, b) for a, b in sentence_spans(text) if a < end and start < b]
    return min([start, *(a for a, _ in touched)]), max([end, *(b for _, b in touched)])


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Runs of lines that flow on: a blank line, a table row or an opening list mark starts another."""
    start = 0
    position = 0
    previous_row = False
    for line in text.splitlines(keepends=True):
        is_row = bool(_ROW.search(line.strip()))
        if not line.strip() or is_row or previous_row or _OPENS_UNIT.match(line):
            if position > start:
                yield start, position
            start = position
        previous_row = is_row
        position += len(line)
    if position > start:
        yield start, position


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _END.finditer(text, start, end):
        stop = match.end()
        if text[match.start()] == "." and _ABBREVIATION.search(
            text, max(start, match.start() - 12), match.start() + 1
        ):
            continue
        following = text[stop:end].lstrip()[:1]
        if text[match.start()] != ";" and following and following.islower():
            continue
        if following == "(" and _PER_CENT.search(text, max(0, match.start() - 9), stop):
            continue  # "ten per cent. (10.0%)" goes on
        yield from _stripped(text, start, stop)
        start = stop
    yield from _stripped(text, start, end)


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    stripped = piece.strip()
    if len(stripped) >= _MIN_CHARS:
        offset = start + len(piece) - len(piece.lstrip())
        yield offset, offset + len(stripped)
