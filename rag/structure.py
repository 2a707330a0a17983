"""What stands in a document besides its text: facts, defined terms, references, tables.

The same conventions as in ``rag.types``; everything carries the span ``[start, end)`` of the document's
text that it was read from, so that page, quote and boxes follow from the span. Finding it is
``ingest``'s; storing it ``rag.catalog``'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from rag.types import Box, DocumentId, SectionId

FactName = Literal["title", "kind", "company", "party", "ticker", "fiscal_year", "period_end", "date"]
DocumentKind = Literal[
    "10-K", "10-Q", "8-K", "20-F", "annual report", "earnings release", "proxy statement", "prospectus",
    "indenture", "credit agreement", "NDA", "merger agreement", "agreement", "other",
]  # fmt: skip
ReferenceKind = Literal[
    "article",
    "section",
    "clause",
    "exhibit",
    "schedule",
    "annex",
    "appendix",
    "note",
    "item",
    "part",
    "document",
]
LinkKind = Literal["amends", "supplements", "restates"]
Statement = Literal["", "income", "comprehensive_income", "balance_sheet", "cash_flow", "equity"]
Unit = Literal["", "money", "percent", "shares", "per_share", "multiple", "basis_points", "years"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something a document says of itself. A document may have several parties, one of all else.

    ``value`` is normalised: a ``DocumentKind``; a fiscal year "2018"; a date "2018-12-31"; else the words as
    printed on one line. The span holds the words it was read from.
    """

    document_id: DocumentId
    name: FactName
    value: str
    start: int
    end: int


def values_by_name(facts: Iterable[Fact]) -> dict[FactName, list[str]]:
    """What a document says of itself by name, in the order of the facts."""
    said: dict[FactName, list[str]] = {}
    for fact in facts:
        said.setdefault(fact.name, []).append(fact.value)
    return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A defined term: ``[start, end)`` the definition with its term, ``[term_start, term_end)`` the term.

    ``uses`` are the offsets at which the term begins elsewhere in the document, ascending.
    """

    document_id: DocumentId
    term: str
    start: int
    end: int
    term_start: int
    term_end: int
    uses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A printed reference, as "Section 7.8(b)", "clause (iii) above", "Exhibit B", "the Credit Agreement".

    ``label`` is the number or name referred to ("7.8(b)", "iii", "B"). ``document`` names another agreement
    ("Indenture" in "Section 5.1 of the Indenture"), empty for this document. ``section_id`` is the section
    named, or the innermost one around the clause named; ``[target_start, target_end)`` the text named, both
    None where it does not stand in this document or cannot be found.
    """

    document_id: DocumentId
    kind: ReferenceKind
    label: str
    start: int
    end: int
    document: str = ""
    section_id: SectionId | None = None
    target_start: int | None = None
    target_end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLink:
    """What a document says it amends, supplements or restates: the title and date of the other.

    ``date`` is ISO 8601 or empty. Which document of the library that is, is found when it is asked for.
    """

    document_id: DocumentId
    kind: LinkKind
    title: str
    date: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The time a figure speaks of: it ends on ``end``, ISO 8601 ("2018-12-31"; "2018", "2018-06" as printed).

    ``months`` is its length: 12 a year, 3 a quarter, 0 a point in time, None where it is not printed.
    """

    end: str
    months: int | None = None

    @property
    def year(self) -> int:
        """The calendar year in which it ends."""
        return int(self.end[:4])


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of figures: its header's words from the outermost down, and its period if one is printed."""

    header: tuple[str, ...]
    period: Period | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: the labels it stands under, its own last ("Current assets", "Inventories"), and its span.

    ``total`` marks sums and subtotals; ``period`` is set where the row's label is one.
    """

    path: tuple[str, ...]
    start: int
    end: int
    total: bool = False
    period: Period | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A figure or words at a row and a column of a table (0-based), with the span and box it stands at.

    ``value`` is the figure as printed with its sign, (370) being -370, or None for words; what it amounts
    to is ``value * scale``. ``currency`` is an ISO 4217 code or empty; ``notes`` are its footnote marks.
    ``text`` stands at the span, but for words wrapped in a ruled grid: where another column's words come
    between, the span holds the first part.
    """

    row: int
    column: int
    start: int
    end: int
    page: int
    text: str
    box: Box | None = None
    value: Decimal | None = None
    scale: int = 1
    unit: Unit = ""
    currency: str = ""
    period: Period | None = None
    notes: tuple[str, ...] = ()

    @property
    def amount(self) -> Decimal | None:
        """The figure in units of one: 1,577 in millions is 1,577,000,000."""
        return None if self.value is None else self.value * self.scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: ``[start, end)`` from its first header row to its last row, on pages first..last (0-based).

    ``title`` is printed above it, with the span ``[title_start, title_end)`` (equal where there is none);
    ``caption`` is what is said of units ("in millions, except per share"); ``scale`` and ``currency`` hold
    for cells that do not say otherwise. ``cells`` are ordered by (row, column) and hold no labels.
    """

    document_id: DocumentId
    ordinal: int
    start: int
    end: int
    first_page: int
    last_page: int
    title: str = ""
    title_start: int = 0
    title_end: int = 0
    caption: str = ""
    statement: Statement = ""
    scale: int = 1
    currency: str = ""
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    cells: tuple[Cell, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """All that was found in one document, each kind by start (facts by name, then start)."""

    facts: tuple[Fact, ...] = ()
    definitions: tuple[Definition, ...] = ()
    references: tuple[Reference, ...] = ()
    links: tuple[DocumentLink, ...] = ()
    tables: tuple[Table, ...] = ()
