"""Printed numbers of headings: "ARTICLE VII", "Section 7.2", "Item 1A.", "Note 7", "1.1", "(a)".

A number says which kind of heading a line may be and how deep it stands among the numbered ones. Where a text
has lost its line breaks, numbers stand inside of lines; those that count on from the ones before are found by
``inner_numbers``. Whether there really is a heading, ``ingest.sections.headings`` decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["part", "attachment", "article", "item", "note", "section", "decimal", "integer", "letter"]

_ROMAN = r"[IVXLC]{1,7}"
_WORDS = "ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE|TEN|ELEVEN|TWELVE"
_AFTER = r"(?=[\s.:—–-]|$)(?!\.\d)"
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("part", re.compile(rf"(?:PART|Part|CHAPTER|Chapter)\s+({_ROMAN}|\d{{1,2}}){_AFTER}")),
    (
        "attachment",
        re.compile(
            r"(?:SCHEDULE|EXHIBIT|ANNEX|APPENDIX|ATTACHMENT|ADDENDUM"
            r"|Schedule|Exhibit|Annex|Appendix|Attachment|Addendum)"
            r"\s+[\"“]?([A-Z]{1,2}(?:-?\d{1,2})?(?:-[A-Z\d]{1,2})?|\d{1,3}(?:[.-]\d{1,3})*(?:\([a-z]\))?)[\"”]?"
            rf"{_AFTER}"
        ),
    ),
    ("article", re.compile(rf"(?:ARTICLE|Article)\s+({_ROMAN}|\d{{1,3}}|{_WORDS}){_AFTER}", re.IGNORECASE)),
    ("item", re.compile(rf"(?:ITEM|Item)\s+(\d{{1,2}}[A-C]?){_AFTER}")),
    ("note", re.compile(rf"(?:NOTE|Note)\s+(\d{{1,2}}[A-Z]?){_AFTER}")),
    (
        "section",
        re.compile(
            rf"(?:(?:SECTION|Section|SEC\.|Sec\.)\s+|§\s?)(\d{{1,3}}(?:\.\d{{1,3}}){{0,3}}[A-Z]?){_AFTER}"
        ),
    ),
    ("decimal", re.compile(r"((?:\d{1,2}|[A-Z])(?:\.\d{1,3}){1,3})(?=[\s.:—–]|$|[A-Z][a-z])(?!\.\d)")),
    ("integer", re.compile(r"(\d{1,2}[A-C]?|[IVX]{1,5})(?=[.:)]\s|\.[A-Z][A-Za-z]|\s?[—–]\s|\s-\s)")),
    ("letter", re.compile(r"(\((?:[a-z]{1,2}|[ivx]{1,5})\)|[A-Z](?=\.\s))(?=[\s.])")),
)
_RANKS: dict[Kind, int] = {
    "part": 10,
    "attachment": 10,
    "article": 20,
    "item": 20,
    "note": 40,
    "section": 25,
    "decimal": 25,
    "integer": 25,
    "letter": 60,
}
_SMALL_ROMAN = re.compile(r"\([ivx]+\)")
STATEMENT_RANK = 30
NOTE_RANK = 40
FRONT_RANK = 100
"""The rank of parts that have no heading of their own; every heading ends them."""
ANNOUNCED_RANK = 41
"""First of the ranks of unnumbered headings that a table of contents or a bookmark announces."""
TYPOGRAPHY_RANK = 45
"""First of the ranks of unnumbered headings, below notes and sections and above lettered clauses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number at the start of a line: ``label`` as printed, ``end`` where it ends in that line.

    ``rank`` orders kinds from outer (small) to inner; ``key`` is what two prints of one number share.
    """

    kind: Kind
    label: str
    key: str
    rank: int
    end: int


def parse_number(line: str) -> Number | None:
    """The number that a line begins with, or None.

    >>> parse_number("Section 7.2 Limitation on Liens.").label
    'Section 7.2'
    >>> parse_number("ARTICLE VII NEGATIVE COVENANTS").rank < parse_number("7.2 Liens").rank
    True
    >>> parse_number("Section 7.2(b) of this Agreement") is None
    True
    """
    for kind, pattern in _PATTERNS:
        match = pattern.match(line)
        if match:
            depth = match[1].count(".") if kind in {"section", "decimal"} else 0
            # "1.0" is how some number the first level, "1" in other words.
            if kind == "decimal" and match[1].endswith(".0"):
                depth -= 1
            return Number(
                kind=kind,
                label=" ".join(match.group().split()),
                key=f"{kind if kind != 'section' else 'decimal'} {match[1].upper()}",
                rank=_RANKS[kind] + 5 * depth + _letter_depth(kind, match[1]),
                end=match.end(),
            )
    return None


def _letter_depth(kind: Kind, mark: str) -> int:
    """0 for "A.", 5 for "(a)", 10 for "(ii)"; a lone "(i)" counts as roman."""
    if kind != "letter" or mark[0] != "(":
        return 0
    return 10 if _SMALL_ROMAN.fullmatch(mark) else 5


_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_COUNTS = {word: value for value, word in enumerate(_WORDS.split("|"), 1)}
_MAX_SKIP = 2
_MAX_OPEN = 12
_INNER = re.compile(
    r"(?<![\w.,$§(/-])(?:(?P<article>ARTICLE|Article)\s{1,3}(?P<roman>[IVXLC]{1,7}|\d{1,2}|[A-Z]{3,6})"
    r"|(?:(?P<spelt>SECTION|Section|SEC\.|Sec\.|§)\s{0,3})?(?P<parts>\d{1,2}(?:\.\d{1,2}){0,3}))"
    r"(?P<dot>[.:)]?)(?P<gap>\s{1,24}|\s?[—–-]\s?)(?=[\"“‘(\[]{0,2}[A-Z\[(\"“])"
)
_REFERRING = re.compile(
    r"(?:\b(?:[Ss]ections?|SECTIONS?|[Aa]rticles?|[Cc]lauses?|[Pp]aragraphs?|[Ee]xhibits?|[Ss]chedules?|[Aa]nnex|Appendix"
    r"|Rules?|Form|Parts?|Items?|Notes?|Nos?\.|and|or|to|through|of|in|the|with|by|under|than|at|US|version|Phase|Suite|Room"
    r"|January|February|March|April|May|June|July|August|September|October|November|December)|[,$§&])\s{0,3}$"
)
_CLOSED = re.compile(r"(?:[.;:)\]”\"’*_]|\s\s|\b(?:and|or)\b|\.{3}\s?\d{1,3})\s{0,9}$")
_CAPITAL_WORD = re.compile(r"\b[A-Z][\w'’]*\s{0,9}$")


class _Inner(NamedTuple):
    """A number that may begin a clause: its line and offset, its parts, whether it stands inside the line."""

    line: int
    offset: int
    parts: tuple[int, ...]
    inside: bool


def inner_numbers(lines: Sequence[str], min_chars: int) -> dict[int, list[int]]:
    """Where clauses begin inside of lines of at least ``min_chars`` characters, by the line's position.

    A number counts if it follows a clause's end and continues the count ("7.2" after "7.1" or "7.1.4"), so
    that references do not.

    >>> inner_numbers(["1. Terms. 1.1 Price. As in Section 9.9. 1.2 Costs. None. 2. Law. Ohio."], 20)
    {0: [10, 40, 57]}
    """
    chains: list[list[_Inner]] = []
    counted: list[list[_Inner]] = []
    for number in _inner_candidates(lines, min_chars):
        while chains and not _counts_on(chains[-1][-1].parts, number.parts):
            if not any(_counts_on(chain[-1].parts, number.parts) for chain in chains):
                break
            chains.pop()
        if chains and _counts_on(chains[-1][-1].parts, number.parts):
            chains[-1].append(number)
        elif (number.parts[-1] <= 1 and len(number.parts) <= 2) or not (number.inside or chains):
            chains = [*chains[-_MAX_OPEN:], [number]]
            counted.append(chains[-1])
    found: dict[int, list[int]] = {}
    for chain in counted:
        for number in chain if len(chain) > 1 else ():
            if number.inside:
                found.setdefault(number.line, []).append(number.offset)
    return {line: sorted(offsets) for line, offsets in found.items()}


def _inner_candidates(lines: Sequence[str], min_chars: int) -> Iterator[_Inner]:
    for position, line in enumerate(lines):
        if len(line) < min_chars:
            match = _INNER.match(line)
            if match and (parts := _parts(match)):
                yield _Inner(position, 0, parts, inside=False)
            continue
        for match in _INNER.finditer(line):
            parts = _parts(match)
            if parts and (match.start() == 0 or _begins_clause(line, match)):
                yield _Inner(position, match.start(), parts, inside=match.start() > 0)


def _parts(match: re.Match[str]) -> tuple[int, ...]:
    if match["parts"]:
        return tuple(int(part) for part in match["parts"].split("."))
    count = match["roman"]
    if count.isdigit() or count in _COUNTS:
        return (int(count) if count.isdigit() else _COUNTS[count],)
    if set(count) - _ROMAN_VALUES.keys():
        return ()
    values = [_ROMAN_VALUES[letter] for letter in count]
    return (sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True)),)


def _begins_clause(line: str, match: re.Match[str]) -> bool:
    """Whether a clause may begin at a number inside a line: after an end, or between capitalised words."""
    before = line[max(0, match.start() - 24) : match.start()]
    if _REFERRING.search(before) and not before.endswith("  "):
        return False
    bare = "." not in (match["parts"] or ".")
    if bare and not (match["spelt"] or match["article"] or match["dot"]):
        return False
    return bool(_CLOSED.search(before)) or (not bare and bool(_CAPITAL_WORD.search(before)))


def _counts_on(last: tuple[int, ...], following: tuple[int, ...]) -> bool:
    """Whether a number may come next: the same level counted on by one or two, a level down, or back up.

    >>> [_counts_on((1, 4), following) for following in [(1, 5), (2, 1), (2,), (4, 2)]]
    [True, True, True, False]
    """
    if len(following) > len(last):
        return following[: len(last)] == last and len(following) == len(last) + 1 and following[-1] <= 1
    depth = len(following) - 1
    step = following[depth] - last[depth]
    if following[:depth] == last[:depth] and 1 <= step <= _MAX_SKIP:
        return True
    return depth > 0 and following[:depth] == (*last[: depth - 1], last[depth - 1] + 1) and following[-1] <= 1
