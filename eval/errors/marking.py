"""Quotes for reading: cut to where it matters, with the words marked that the question or an answer says too.

Marked texts are runs of (text, whether it is marked), so that whoever prints them escapes each part in its
own way. Leaves what is compared with what to the callers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.tokens import terms

EXCERPT_CHARS = 560
"""A quote is cut to about this length, between lines where it can be."""

_NUMBER_WEIGHT = 5
_TOKEN = re.compile(r"[^\W_](?:[\w&'’-]*[^\W_])?(?:[.,]\d+)*%?")
_YEAR = re.compile(r"(?:19|20)\d\d")

Marked = tuple[tuple[str, bool], ...]


def marks_of(*texts: str) -> frozenset[str]:
    """What to mark: the terms of some texts, numbers without end zeros.

    >>> sorted(marks_of("capital expenditure of $1,577.00"))
    ['1577', 'capital', 'expenditure']
    """
    return frozenset(_key(term) for text in texts for term in terms(text) if len(term) > 1)


def marked(text: str, wanted: frozenset[str]) -> Marked:
    """The text in runs, those marked whose terms are wanted; what stands between two marked words is too.

    >>> marked("Capital expenditures were (1,577)", marks_of("capital expenditure", "$1577.00"))
    (('Capital expenditures', True), (' were (', False), ('1,577', True), (')', False))
    """
    runs: list[tuple[str, bool]] = []
    at = 0
    for match in _TOKEN.finditer(text):
        if not any(_key(term) in wanted for term in terms(match[0])):
            continue
        between = text[at : match.start()]
        if runs and runs[-1][1] and not between.strip(" \t-"):
            runs[-1] = (runs[-1][0] + between + match[0], True)
        else:
            runs += [(between, False), (match[0], True)]
        at = match.end()
    runs.append((text[at:], False))
    return tuple(run for run in runs if run[0])


def excerpt(text: str, wanted: frozenset[str], limit: int = EXCERPT_CHARS) -> str:
    """The part of a text, at most about ``limit`` characters, that says most of what is wanted.

    A number counts five times, since it is the answer or stands in its place; of equals the first. Parts are
    whole lines unless a line is longer than the limit; "…" stands for what is left out.
    """
    text = text.strip()
    if len(text) <= limit:
        return text
    lines = [piece for line in text.splitlines() for piece in _pieces(line, limit)]
    weights = [_weight(line, wanted) for line in lines]
    best, chosen = -1, (0, 1)
    for start in range(len(lines)):
        end, length = start, 0
        while end < len(lines) and (end == start or length + len(lines[end]) + 1 <= limit):
            length += len(lines[end]) + 1
            end += 1
        weight = sum(weights[start:end])
        if weight > best:
            best, chosen = weight, (start, end)
    start, end = chosen
    before, after = "…\n" if start else "", "\n…" if end < len(lines) else ""
    return f"{before}{chr(10).join(lines[start:end])}{after}"


def _weight(line: str, wanted: frozenset[str]) -> int:
    found = {_key(term) for term in terms(line)} & wanted
    return sum(_NUMBER_WEIGHT if term[0].isdigit() and not _YEAR.fullmatch(term) else 1 for term in found)


def _pieces(line: str, limit: int) -> Iterable[str]:
    return (line[at : at + limit] for at in range(0, max(1, len(line)), limit))


def _key(term: str) -> str:
    """A term for comparing: "1577.00" and "1577" are one.

    >>> _key("8.70"), _key("100"), _key("cash"), _key("4.20%")
    ('8.7', '100', 'cash', '4.2')
    """
    bare = term.rstrip("%")
    return bare.rstrip("0").rstrip(".") if "." in bare and bare[0].isdigit() else bare or term
