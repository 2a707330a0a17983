"""The wire types of an answer: citations, evidence, derivation, and the conversion from the domain.

Pages are 0-based and spans are ``[start, end)`` in characters of the document's text, as everywhere. Leaves
requests and all other replies to ``service.schemas``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypedDict

from pydantic import ConfigDict, Field, JsonValue, TypeAdapter

from rag import types
from rag.catalog_reader import CatalogReader
from service.replies import Fingerprints, Reply

_CITATION: dict[str, JsonValue] = {
    "document": "alder-indenture",
    "document_id": "3f1c9a5be20d4477c1aa",
    "page": 41,
    "pages": [41],
    "section_path": ["ARTICLE II The Notes", "Section 2.4 Interest"],
    "start": 102_833,
    "end": 102_890,
    "quote": "The Class B Notes shall bear interest at 4.25% per annum.",
    "page_label": "38",
    "caption": "",
    "amended_by": ["alder-supplement-1"],
    "boxes": [{"page": 41, "x0": 72.0, "y0": 310.2, "x1": 540.0, "y1": 322.4}],
}
_DERIVATION: dict[str, JsonValue] = {
    "name": "current ratio",
    "formula": "(a / b)",
    "operands": [
        {
            "name": "a",
            "label": "Assets > Total current assets",
            "period": "2018-12-31",
            "text": "13,709",
            "amount": "13709000000",
        },
        {
            "name": "b",
            "label": "Liabilities > Total current liabilities",
            "period": "2018-12-31",
            "text": "7,244",
            "amount": "7244000000",
        },
    ],
    "value": "1.892462727774710104914411927",
}
_EVIDENCE: dict[str, JsonValue] = {
    "chunk_id": "d2a80b8df1a94c1be0c3",
    "document": "alder-indenture",
    "document_id": "3f1c9a5be20d4477c1aa",
    "page": 12,
    "pages": [12],
    "section_path": ["ARTICLE I Definitions"],
    "start": 30_114,
    "end": 30_702,
    "text": '"Class B Notes" means the Class B Notes issued under this Indenture.',
    "why": "asked",
    "label": "Class B Notes",
}
_PROVENANCE: dict[str, JsonValue] = {
    "notices": [],
    "evidence": [_EVIDENCE],
    "searched": [{"id": "3f1c9a5be20d4477c1aa", "name": "alder-indenture"}],
    "release": "none",
    "fingerprints": {
        "embedder": "9b1d…",
        "combiner": "5f0e…",
        "reranker": "none",
        "generator": "77aa…",
        "index": "c04e…",
        "release": "none",
    },
    "timings_ms": {
        "retrieve": 18.4,
        "rerank": 0.0,
        "evidence": 1.9,
        "generate": 6.1,
        "cite": 0.7,
        "total": 27.1,
    },
}


class BoxOut(Reply):
    """A rectangle on a page, in points from the page's top left corner."""

    page: int = Field(ge=0, description="0-based.")
    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def of(cls, box: types.Box) -> BoxOut:
        """The wire form of a box."""
        return cls(page=box.page, x0=box.x0, y0=box.y0, x1=box.x1, y1=box.y1)


class CitationOut(Reply):
    """The place an answer rests on: the document's text from ``start`` to ``end`` is the quote."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CITATION]})

    document: str = Field(description="The document's name.")
    document_id: str
    page: int = Field(ge=0, description="The page on which the quote begins, 0-based.")
    pages: list[int] = Field(description="All pages that the quote touches, ascending, 0-based.")
    section_path: list[str] = Field(description="The headings from the outermost to the one it stands under.")
    start: int = Field(ge=0, description="First character of the quote in the document's text.")
    end: int = Field(ge=0, description="One past its last character.")
    quote: str
    page_label: str = Field(description="The printed number of that page; empty where none is printed.")
    caption: str = Field(
        description="What the table around it says of its figures ('in millions'); empty outside of tables."
    )
    amended_by: list[str] = Field(
        description="Documents of the library that amend, supplement or restate the one cited, by date."
    )
    boxes: list[BoxOut] = Field(description="Its words line by line; empty where the format has no layout.")

    @classmethod
    def of(cls, citation: types.Citation) -> CitationOut:
        """The wire form of a citation."""
        return cls(
            document=citation.document_name,
            document_id=citation.document_id,
            page=citation.first_page,
            pages=list(range(citation.first_page, citation.last_page + 1)),
            section_path=list(citation.section_path),
            start=citation.start,
            end=citation.end,
            quote=citation.quote,
            page_label=citation.page_label,
            caption=citation.caption,
            amended_by=list(citation.amended_by),
            boxes=[BoxOut.of(box) for box in citation.boxes],
        )


class PassageOut(Reply):
    """A chunk: the document's text from ``start`` to ``end``."""

    chunk_id: str
    document: str = Field(description="The document's name.")
    document_id: str
    page: int = Field(ge=0, description="The page on which it begins, 0-based.")
    pages: list[int] = Field(description="All pages that it touches, ascending, 0-based.")
    section_path: list[str] = Field(description="The headings from the outermost to the one it stands under.")
    start: int = Field(ge=0, description="Its first character in the document's text.")
    end: int = Field(ge=0, description="One past its last character.")
    text: str


class PassageFields(TypedDict):
    """The values of a ``PassageOut``."""

    chunk_id: str
    document: str
    document_id: str
    page: int
    pages: list[int]
    section_path: list[str]
    start: int
    end: int
    text: str


def passage_fields(chunk: types.Chunk, catalog: CatalogReader) -> PassageFields:
    """What a chunk is on the wire, whatever is said of it besides."""
    return {
        "chunk_id": chunk.id,
        "document": catalog.name(chunk.document_id),
        "document_id": chunk.document_id,
        "page": chunk.first_page,
        "pages": list(range(chunk.first_page, chunk.last_page + 1)),
        "section_path": list(catalog.section(chunk.section_id).path),
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text,
    }


class EvidenceOut(PassageOut):
    """A passage that was read for the answer: the document's text from ``start`` to ``end``."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EVIDENCE]})

    why: types.EvidenceReason = Field(
        description="It was found (hit); or brought along: a term of the question is defined there (asked), "
        "a better passage refers to it (referred) or uses a term defined there (used), it is another part of "
        "a table (table), or stands beside the best (beside)."
    )
    label: str = Field(description="That term, the number referred to, or the table's title; may be empty.")

    @classmethod
    def of(cls, one: types.Evidence, catalog: CatalogReader) -> EvidenceOut:
        """The wire form of a piece of evidence."""
        return cls(**passage_fields(one.chunk, catalog), why=one.why, label=one.label)


class SearchedOut(Reply):
    """A document that was in scope."""

    id: str
    name: str


def searched_of(documents: Sequence[types.DocumentId], catalog: CatalogReader) -> list[SearchedOut]:
    """The wire form of a scope; what has been deleted since is not named any more."""
    names = catalog.names()
    return [SearchedOut(id=one, name=names.get(one, "")) for one in documents]


Evidence = Annotated[
    list[EvidenceOut], Field(description="What was read for the answer: found first, then brought along.")
]


class OperandOut(Reply):
    """A figure that a computed answer rests on; the citation at the same place of the list shows it."""

    name: str = Field(description="Its name in the formula.")
    label: str = Field(description="The row that it stands in.")
    period: str = Field(description="The last day of its period; empty where none is printed.")
    text: str = Field(description="As printed.")
    amount: str = Field(description="What it is taken for, in units of one, as a decimal number.")


class DerivationOut(Reply):
    """How an answer was computed: arithmetic over the operands' names, and its value before rounding."""

    model_config = ConfigDict(json_schema_extra={"examples": [_DERIVATION]})

    name: str = Field(description="What was computed.")
    formula: str
    operands: list[OperandOut] = Field(min_length=1)
    value: str = Field(description="Before rounding, as a decimal number.")

    @classmethod
    def of(cls, derivation: types.Derivation) -> DerivationOut:
        """The wire form of a derivation."""
        operands = [
            OperandOut(
                name=one.name, label=one.label, period=one.period, text=one.text, amount=f"{one.amount:f}"
            )
            for one in derivation.operands
        ]
        return cls(
            name=derivation.name, formula=derivation.formula, operands=operands, value=f"{derivation.value:f}"
        )


Confidence = Annotated[
    float, Field(ge=0.0, le=1.0, description="How sure the answer is, or the best candidate was.")
]
Searched = Annotated[list[SearchedOut], Field(description="The documents in scope.")]
AnswerId = Annotated[str, Field(description="By this `GET /v1/answers/{id}` gives it again.")]
ReleaseId = Annotated[str, Field(description='The release that answered; "none": the settings as they are.')]
Notices = Annotated[
    list[str],
    Field(description="What did not go as set up, as an endpoint that was down; mostly empty."),
]
Timings = Annotated[dict[str, float], Field(description="Wall-clock milliseconds per stage.")]


class Answered(Reply):
    """The documents hold an answer; it comes with at least one citation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "5c1f0a9be2d04477",
                    "outcome": "answered",
                    "answer": "4.25%",
                    "confidence": 0.82,
                    "citations": [_CITATION],
                    "derivation": None,
                    **_PROVENANCE,
                }
            ]
        },
    )

    id: AnswerId
    outcome: Literal["answered"] = "answered"
    answer: str
    confidence: Confidence
    citations: list[CitationOut] = Field(min_length=1)
    derivation: DerivationOut | None = Field(
        description="How it was computed, an operand for each citation; null where it was not."
    )
    notices: Notices
    searched: Searched
    evidence: Evidence
    release: ReleaseId
    fingerprints: Fingerprints
    timings_ms: Timings


class Abstained(Reply):
    """Not in these documents, or not surely enough; ``confidence`` is the best that was reached."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "5c1f0a9be2d04478",
                    "outcome": "abstained",
                    "answer": None,
                    "reason": "best confidence 0.21 is below 0.35",
                    "confidence": 0.21,
                    "citations": [],
                    "derivation": None,
                    **_PROVENANCE,
                }
            ]
        },
    )

    id: AnswerId
    outcome: Literal["abstained"] = "abstained"
    answer: None = None
    reason: str
    confidence: Confidence
    citations: list[CitationOut] = Field([], max_length=0)
    derivation: None = None
    notices: Notices
    searched: Searched
    evidence: Evidence
    release: ReleaseId
    fingerprints: Fingerprints
    timings_ms: Timings


AskReply = Annotated[Answered | Abstained, Field(discriminator="outcome")]
ASK_REPLY: TypeAdapter[Answered | Abstained] = TypeAdapter(AskReply)
"""Reads a reply of ``POST /v1/ask`` back into its type; for clients in Python and for tests."""


def ask_reply(response: types.Response, catalog: CatalogReader, answer_id: str) -> Answered | Abstained:
    """The wire form of everything that one question brought; ``catalog`` is what it was asked of."""
    rest: _Rest = {
        "id": answer_id,
        "confidence": round(response.outcome.confidence, 4),
        "notices": list(response.notices),
        "searched": searched_of(response.searched, catalog),
        "evidence": [EvidenceOut.of(one, catalog) for one in response.evidence],
        "release": response.fingerprints.get("release", "none"),
        "fingerprints": dict(response.fingerprints),
        "timings_ms": {stage: round(ms, 3) for stage, ms in response.timings_ms.items()},
    }
    match response.outcome:
        case types.Answer() as answer:
            return Answered(
                answer=answer.text,
                citations=[CitationOut.of(citation) for citation in answer.citations],
                derivation=DerivationOut.of(answer.derivation) if answer.derivation else None,
                **rest,
            )
        case types.Abstention() as abstention:
            return Abstained(reason=abstention.reason, **rest)


class _Rest(TypedDict):
    """What answers and abstentions have in common."""

    id: str
    confidence: float
    notices: list[str]
    searched: list[SearchedOut]
    evidence: list[EvidenceOut]
    release: str
    fingerprints: dict[str, str]
    timings_ms: dict[str, float]
