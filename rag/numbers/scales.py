"""The scale of a table that does not print one itself: said in its headers, or in the text around it.

More than half of the tables of annual reports leave it to a sentence ("in thousands, except per share").
Leaves what tables say themselves to the readers of documents.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.numbers.reading import SCALES
from rag.structure import Table
from rag.types import Chunk

_THOUSANDS = re.compile(r"(?<![\d,.])['’]?000s?\b")
"""As in "$'000", "RMB'000"."""
_MILLIONS = re.compile(r"(?:[$€£¥]|\b(?:RMB|US|A|HK|Rs|EUR|GBP))\s?(?:m|mn|mm)\b", re.IGNORECASE)
_NAMED = re.compile(r"\b(thousand|million|billion)s?\b", re.IGNORECASE)
_SAID = re.compile(
    r"\b(?:in|of|are|stated|expressed|presented|shown)\s+"
    r"(?:(?:U\.?S\.?|United States|Canadian|Australian)\s+)?"
    r"(?:(?:dollars?|euros?|USD|RMB|yen|millions of)\s*,?\s*(?:in\s+)?)?(thousand|million|billion)s\b",
    re.IGNORECASE,
)


def scale_of(table: Table, chunks: Sequence[Chunk], prose: str) -> int:
    """The scale that holds for the table's sums of money, 1 where nothing says one."""
    if table.scale != 1:
        return table.scale
    headers = " ".join(" ".join(column.header) for column in table.columns)
    opening = _opening(table, chunks)
    for text in (headers, opening):
        found = _named(text)
        if found != 1:
            return found
    said = _SAID.search(f"{table.caption} {table.title} {prose}")
    return SCALES[said[1].lower()] if said else 1


def _opening(table: Table, chunks: Sequence[Chunk]) -> str:
    """What is printed of the table before its first row."""
    first = table.rows[0].start if table.rows else table.end
    for chunk in chunks:
        if chunk.start <= table.start < chunk.end:
            return chunk.text[table.start - chunk.start : max(0, first - chunk.start)]
    return ""


def _named(text: str) -> int:
    named = _NAMED.search(text)
    if named:
        return SCALES[named[1].lower()]
    if _THOUSANDS.search(text):
        return SCALES["thousand"]
    return SCALES["million"] if _MILLIONS.search(text) else 1
