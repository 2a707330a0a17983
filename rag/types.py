"""The vocabulary: every stage of the flow returns a new one of these types.

    file ─load─► Document ─► Page ─► Section ─chunk─► Chunk ─index─►
    Query ─retrieve─► Hit ─fuse─► Hit ─rerank─► Hit ─► Evidence ─generate─► Candidate ─► Answer | Abstention

Conventions that hold everywhere:

* a span is ``[start, end)`` in characters of the *document's* text, so ``document.text[start:end]``
  is the text of whatever carries the span;
* pages are 0-based; boxes are in points, origin at the top left of the page;
* ids are content hashes; ties break by ``(-score, id)``.

What stands *in* a document besides its text (facts, definitions, references, tables) is in
``rag.structure``. This module imports nothing but the standard library and knows no behaviour beyond
derived facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NewType

DocumentId = NewType("DocumentId", str)
SectionId = NewType("SectionId", str)
ChunkId = NewType("ChunkId", str)
QueryId = NewType("QueryId", str)

Stage = Literal["lexical", "dense", "fused", "reranked"]
PageOrigin = Literal["text", "ocr", "unreadable"]
TABLE_MARK = " | "
"""Between the headings in a context line and what it says of a table."""
EvidenceReason = Literal["hit", "asked", "referred", "used", "table", "beside"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle on a page: 0-based ``page``, points, origin top left, ``x0 <= x1``, ``y0 <= y1``."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One printed run of text: its span in the document, and how it looks where the format tells.

    ``font_size`` is in points (0.0 where the format has none); ``box`` is None for formats without a
    layout (HTML, text); ``heading_level`` is 1-6 where the *format* marks a heading (HTML ``h1``…``h6``,
    Markdown ``#``), else 0. ``bold`` is true where most of the line's characters are. ``places`` says
    where its words stand from left to right, packed by ``rag.layout``; empty where the format does not tell.
    ``table`` numbers the tables that the *format* marks (1, 2, … in document order), 0 outside of them.
    """

    start: int
    end: int
    box: Box | None = None
    font_size: float = 0.0
    bold: bool = False
    heading_level: int = 0
    places: bytes = b""
    table: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """An entry of a file's own outline: ``level`` 1 is outermost, ``page`` is 0-based.

    ``top`` is where it points on the page, in points from the top, or None for the page as a whole.
    """

    level: int
    title: str
    page: int
    top: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A printed page: 0-based ``number``, its span in the document, size in points (0.0 if unknown).

    ``lines`` lie inside the page's span, in reading order, and do not overlap; running headers, footers and
    page numbers are not among them. ``label`` is the printed page number ("F-12") or empty. ``rules`` are the
    ruling lines drawn on it, as boxes thinner than 3 points. ``origin`` says how the text was come by:
    "text" as the file holds it, "ocr" read from an image, "unreadable" for an image that nothing could read.
    """

    number: int
    start: int
    end: int
    width: float = 0.0
    height: float = 0.0
    lines: tuple[Line, ...] = ()
    label: str = ""
    rules: tuple[Box, ...] = ()
    origin: PageOrigin = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file as read: the whole text, and the pages whose spans cover it without gap or overlap.

    ``id`` is a hash of the file's bytes, ``name`` the file's name without its last suffix,
    ``title`` what the document calls itself (may be empty), ``media_type`` the format that was read.
    ``bookmarks`` are the file's own outline, in its order.
    """

    id: DocumentId
    name: str
    media_type: str
    title: str
    text: str
    pages: tuple[Page, ...]
    bookmarks: tuple[Bookmark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A headed region of a document; sections form a tree and a parent's span covers its children's.

    ``number`` is the printed number ("Section 7.2", "(b)", "Item 1A") or empty; ``title`` the heading's
    words without the number; ``path`` the headings from the root down to this one, this one included;
    ``level`` its depth, 0 for the root that spans the whole document.
    """

    id: SectionId
    document_id: DocumentId
    parent_id: SectionId | None
    number: str
    title: str
    path: tuple[str, ...]
    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """The unit of retrieval: ``document.text[start:end] == text``, inside exactly one section.

    ``context`` is a short line (document, section path) that is indexed and shown to models but is not
    part of the quotable span. ``first_page`` and ``last_page`` are 0-based and inclusive.
    """

    id: ChunkId
    document_id: DocumentId
    section_id: SectionId
    ordinal: int
    start: int
    end: int
    first_page: int
    last_page: int
    text: str
    context: str

    @property
    def headings(self) -> str:
        """The names of the document and of the sections around the text, from its context line."""
        return self.context.partition(TABLE_MARK)[0]

    @property
    def table_line(self) -> str:
        """What the context line says of the table that the text is rows of; empty where it is none."""
        return self.context.partition(TABLE_MARK)[2]

    @property
    def passage(self) -> str:
        """The text a model or an index sees: the context line, then the chunk's own text."""
        return f"{self.context}\n{self.text}" if self.context else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question and its scope: the documents to search, or all of them where ``document_ids`` is None."""

    text: str
    id: QueryId = QueryId("")
    document_ids: tuple[DocumentId, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A chunk with the score that one stage gave it; comparable only with hits of the same stage."""

    chunk_id: ChunkId
    document_id: DocumentId
    score: float
    stage: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """The part ``[start, end)`` of the document, inside a hit's chunk, that speaks most of the question."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rankings:
    """What was found for a question, each best first: by words, by vectors; and the documents it prefers."""

    question: str
    lexical: tuple[Hit, ...]
    dense: tuple[Hit, ...]
    preferred: tuple[DocumentId, ...] = ()

    @property
    def documents(self) -> dict[ChunkId, DocumentId]:
        """All chunks found with their documents, those found by words first."""
        return {hit.chunk_id: hit.document_id for hit in (*self.lexical, *self.dense)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A chunk that a generator reads, and what brought it.

    ``why``: it is a hit; or it was brought along for one: a term of the question is defined there
    (``asked``), a better chunk refers to it (``referred``) or uses a term defined there (``used``), it is
    another part of a better chunk's table (``table``), or stands beside one in its section (``beside``).
    ``label`` is that term, the number referred to, or the table's title; empty where there is none.
    """

    chunk: Chunk
    why: EvidenceReason = "hit"
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Where a candidate stands: a span ``[start, end)`` of the *chunk's* text."""

    chunk_id: ChunkId
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Operand:
    """A figure that a computed answer rests on: its name in the formula, its row's label, its period's end.

    ``text`` is the figure as printed, ``amount`` what it is taken for, in units of one.
    """

    name: str
    label: str
    period: str
    text: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """How a figure was computed: ``formula`` is arithmetic over the operands' names, ``value`` unrounded.

    Operands stand in the order of the supports, and of the citations made of them. An answer of several
    figures has a formula for each, with "; " between them, and ``value`` is the first one's. Where it is
    asked which of several is most or least, ``among`` are their names in the order of the operands, the
    answer is one of them, and ``value`` its operand's.
    """

    name: str
    formula: str
    operands: tuple[Operand, ...]
    value: Decimal
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A possible answer with the spans it rests on; ``score`` is in [0, 1], higher is better.

    One that was computed has its ``derivation``, with an operand for each support. One that is ``written`` is
    in a model's own words; others are words of a document, or "Yes" or "No" where it is ``judged``: what a
    reader finds that the passages say of a statement, by the words ``quoted``. One without supports says that
    the documents hold no answer, and in its text why. ``least``, where it is set, is the score from which its
    generator answers, in the place of the usual least confidence. ``signals`` are what its generator knows of
    it, for a quality model.
    """

    text: str
    score: float
    supports: tuple[Support, ...]
    derivation: Derivation | None = None
    written: bool = False
    judged: bool = False
    quoted: str = ""
    least: float = 0.0
    signals: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The place an answer rests on: ``document.text[start:end] == quote``, on pages first..last.

    ``page_label`` is the printed number of the first page, empty where none is printed. ``caption`` is what
    the table that the quote stands in says of its figures ("in millions, except per share amounts"), empty
    outside of tables. ``amended_by`` names the documents of the library that amend, supplement or restate the
    one cited, by date: what is quoted may no longer be in force.
    """

    document_id: DocumentId
    document_name: str
    chunk_id: ChunkId
    first_page: int
    last_page: int
    section_path: tuple[str, ...]
    start: int
    end: int
    quote: str
    boxes: tuple[Box, ...]
    page_label: str = ""
    caption: str = ""
    amended_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer that stands in the documents: at least one citation, ``confidence`` in [0, 1].

    One that was computed has its ``derivation``, with an operand for each citation.
    """

    text: str
    confidence: float
    citations: tuple[Citation, ...]
    derivation: Derivation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstention:
    """The outcome "not in these documents": the best confidence reached, and why it was not enough."""

    reason: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """Everything that one question brought: the outcome and how it came about.

    ``hits`` are the ranked hits of the last retrieval stage; ``used`` is how many of them were handed to the
    generator, ``evidence`` all that it read, ``candidates`` what it proposed, best first, the answer given
    or not; ``searched`` names the documents that were in scope; ``fingerprints`` identify the components and
    the index; ``timings_ms`` are wall-clock milliseconds per stage; ``notices`` say what did not go as set
    up, and how house words were read.
    """

    query: Query
    outcome: Answer | Abstention
    hits: tuple[Hit, ...]
    searched: tuple[DocumentId, ...]
    used: int = 0
    evidence: tuple[Evidence, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
