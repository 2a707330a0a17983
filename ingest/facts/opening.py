"""The part of a document that says what it is, and what is found in it. Knows no facts itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.structure import Fact, FactName
from rag.types import Document

_PAGES = 12
_CHARS = 60_000
_GAP = re.compile(r"\s+([,;:])|\s+(\.)(?=\s|$)")
_SPLIT_CAPITAL = re.compile(r"\b([A-Z]) ([A-Z]{2,40})\b")
_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Found:
    """A value and the span of the document's text that it was read from."""

    value: str
    start: int
    end: int

    def fact(self, document: Document, name: FactName) -> Fact:
        """The fact of that name."""
        return Fact(document_id=document.id, name=name, value=self.value, start=self.start, end=self.end)


@dataclass(frozen=True, slots=True)
class Opening:
    """The first pages of a document: their ``text`` begins where the document's does, so offsets agree."""

    text: str

    @classmethod
    def of(cls, document: Document) -> Opening:
        """The first twelve pages, at most 60,000 characters."""
        last = document.pages[:_PAGES][-1].end if document.pages else 0
        return cls(document.text[: min(last, _CHARS)])

    def words(self, start: int, end: int) -> Found:
        """The words of a span on one line, without spaces that only typesetting put there."""
        return Found(self._printed(self.text[start:end]), start, end)

    def lines(self, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
        """The spans of the lines of a part that are not blank, stripped."""
        for match in _LINE.finditer(self.text, start, len(self.text) if end is None else end):
            line = match.group()
            stripped = line.strip()
            if stripped:
                begin = match.start() + line.index(stripped)
                yield begin, begin + len(stripped)

    def _printed(self, text: str) -> str:
        """Small capitals come as "R ESORTS": joined where the document has the joint word elsewhere."""
        line = _GAP.sub(lambda gap: gap[1] or gap[2], " ".join(text.split()))

        def joined(split: re.Match[str]) -> str:
            word = split[1] + split[2]
            known = re.search(rf"\b{word}\b", self.text, re.IGNORECASE)
            return word if known else split.group()

        return _SPLIT_CAPITAL.sub(joined, line)
