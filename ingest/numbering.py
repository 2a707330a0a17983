"""Printed numbers of headings: "ARTICLE VII", "Section 7.2", "Item 1A.", "Note 7", "1.1", "(a)".

A number says which kind of heading a line may be and how deep it stands among the numbered ones.
Whether the line really is a heading, ``ingest.headings`` decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["part", "attachment", "article", "item", "note", "section", "decimal", "integer", "letter"]

_ROMAN = r"[IVXLC]{1,7}"
_WORDS = "ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE|TEN|ELEVEN|TWELVE"
_AFTER = r"(?=[\s.:—–-]|$)(?!\.\d)"
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("part", re.compile(rf"(?:PART|Part)\s+({_ROMAN}|\d{{1,2}}){_AFTER}")),
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
    ("decimal", re.compile(r"(\d{1,2}(?:\.\d{1,3}){1,3})(?=[\s.:—–]|$)(?!\.\d)")),
    ("integer", re.compile(r"(\d{1,2}|[IVX]{1,5})(?=[.:)]\s|\s?[—–]\s)")),
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
