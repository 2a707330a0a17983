"""The context line of a chunk: which document, which section, and of a table its title, units and columns.

It is indexed and shown to models but is not part of the quotable span. Leaves cutting to ``ingest.chunking``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from ingest.tables.passages import table_context
from rag.structure import Fact, FactName, Table
from rag.types import TABLE_MARK, Document, Section

CONTEXT_CHARS = 160
"""Of document and section path."""
TABLE_CHARS = 140
"""Of what is said of a table besides."""
_TITLE_CHARS = 60
_TOLD: tuple[FactName, ...] = ("company", "kind", "fiscal_year")
_MARKS = re.compile(r"[^\w]+")
_TITLE_GAP = 400


def document_label(document: Document, facts: Sequence[Fact]) -> str:
    """What a document is called in the context of its chunks: name, title, and what they leave unsaid.

    That is company, kind and fiscal year: a file may be called "scan_0012".
    """
    label = " ".join(document.name.replace("_", " ").split())
    said: dict[FactName, str] = {}
    for fact in facts:
        said.setdefault(fact.name, fact.value if fact.value != "other" else "")
    told = (shortened(document.title, _TITLE_CHARS), *(said.get(name, "") for name in _TOLD))
    for words in told:
        if not _folded(words) <= _folded(label):
            label = f"{label} {words}"
    return shortened(label, CONTEXT_CHARS // 2)


def _folded(text: str) -> frozenset[str]:
    """The words of a text without case and marks: "10-K" and "10K" are one."""
    return frozenset(_MARKS.sub("", word) for word in text.casefold().split()) - {""}


def section_context(label: str, section: Section) -> str:
    """What a chunk belongs to, on one line of at most ``CONTEXT_CHARS``: document, then section path.

    Where room is short the middle of the path gives way: the innermost heading says most.
    """
    path = [" ".join(heading.split()) for heading in section.path if heading.strip()]
    room = CONTEXT_CHARS - len(label)
    kept: list[str] = []
    for heading in reversed(path):
        text = shortened(heading, 70 if kept else 90)
        if len(text) + 3 > room:
            break
        kept.insert(0, text)
        room -= len(text) + 3
    return " > ".join([label, *kept])


def with_table(context: str, table: Table, start: int, end: int) -> str:
    """The context of a chunk ``[start, end)`` of the document that holds rows of a table."""
    if table.title.casefold() in context.casefold():
        table = replace(table, title="")
    touched = [index for index, row in enumerate(table.rows) if row.start < end and row.end > start]
    said = table_context(table, touched[0], touched[-1] + 1) if touched else ""
    return f"{context}{TABLE_MARK}{shortened(said, TABLE_CHARS)}" if said else context


def table_start(table: Table) -> int:
    """Where a table begins, its title included where that stands right above it."""
    titled = table.title and table.title_end <= table.start <= table.title_start + _TITLE_GAP
    return table.title_start if titled else table.start


class TableFinder:
    """Tables of one document by place; they do not overlap."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = sorted(tables, key=lambda table: table.start)
        # Ends in running maximum: a search by end finds the first table that may reach an offset.
        self._ends = list(accumulate((table.end for table in self._tables), max))

    def between(self, start: int, end: int) -> list[Table]:
        """The tables that touch ``[start, end)``, in order."""
        first = bisect_left(self._ends, start + 1)
        found = []
        for table in self._tables[first:]:
            if table_start(table) >= end:
                break
            if table.end > start:
                found.append(table)
        return found

    def covering(self, start: int, end: int) -> Table | None:
        """The table that has the largest part of ``[start, end)``, at least a third of it; else None."""
        best, most = None, (end - start) / 3
        for table in self.between(start, end):
            shared = min(end, table.end) - max(start, table.start)
            if shared >= most:
                best, most = table, shared
        return best


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters, cut between words.

    >>> shortened("Limitation on Liens and Encumbrances", 22)
    'Limitation on Liens …'
    """
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0][: limit - 2].rstrip(" ,;.") + " …"
