"""Breaking running text into lines: faces within a line, widths by a given measure, no hyphenation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

Face = Literal["regular", "bold", "italic"]
Piece = tuple[str, Face]
Measure = Callable[[str, Face, float], float]
"""The width in points of a string in a face at a size."""

_MARKED = re.compile(r"\*\*(.+?)\*\*|(?<!_)__([^_]+)__(?!_)")


def pieces(text: str) -> list[Piece]:
    """Text with face marks, as pieces.

    >>> pieces("the **Notes** mean")
    [('the ', 'regular'), ('Notes', 'bold'), (' mean', 'regular')]
    """
    found: list[Piece] = []
    last = 0
    for match in _MARKED.finditer(text):
        if match.start() > last:
            found.append((text[last : match.start()], "regular"))
        bold, italic = match.groups()
        found.append((bold, "bold") if bold is not None else (italic, "italic"))
        last = match.end()
    if last < len(text):
        found.append((text[last:], "regular"))
    return found


def wrap(
    text: list[Piece], width: float, first: float, size: float, measure: Measure
) -> Iterator[list[Piece]]:
    """Greedy line breaking at spaces; a word never breaks, and a change of face is no break."""
    space = measure(" ", "regular", size)
    line: list[Piece] = []
    used, room = 0.0, width - first
    for word in _split_words(text):
        wide = sum(measure(part, face, size) for part, face in word)
        if line and used + space + wide > room:
            yield _join(line)
            line, used, room = [], 0.0, width
        if line:
            line.append((" ", word[0][1]))
            used += space
        line.extend(word)
        used += wide
    if line:
        yield _join(line)


def _split_words(text: list[Piece]) -> Iterator[list[Piece]]:
    word: list[Piece] = []
    for part, face in text:
        for i, token in enumerate(part.split(" ")):
            if i and word:
                yield word
                word = []
            if token:
                word.append((token, face))
    if word:
        yield word


def _join(line: list[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for part, face in line:
        if joined and joined[-1][1] == face:
            joined[-1] = (joined[-1][0] + part, face)
        else:
            joined.append((part, face))
    return joined
