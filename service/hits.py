"""The wire types of a search: passages that were found, without an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ConfigDict, Field, JsonValue

from rag.catalog_reader import CatalogReader
from rag.types import Chunk, ChunkId, Hit, Snippet
from service.answers import BoxOut, PassageOut, passage_fields
from service.replies import Reply

_HIT: dict[str, JsonValue] = {
    "chunk_id": "d2a80b8df1a94c1be0c3",
    "document": "alder-indenture",
    "document_id": "3f1c9a5be20d4477c1aa",
    "page": 41,
    "pages": [41],
    "section_path": ["ARTICLE II The Notes", "Section 2.4 Interest"],
    "start": 102_833,
    "end": 102_890,
    "text": "The Class B Notes shall bear interest at 4.25% per annum.",
    "score": 0.9134,
    "snippet": {
        "start": 102_833,
        "end": 102_890,
        "text": "The Class B Notes shall bear interest at 4.25% per annum.",
    },
    "boxes": [{"page": 41, "x0": 72.0, "y0": 310.2, "x1": 540.0, "y1": 322.4}],
}


class SnippetOut(Reply):
    """A part of a passage: the document's text from ``start`` to ``end``."""

    start: int = Field(ge=0, description="Its first character in the document's text.")
    end: int = Field(ge=0, description="One past its last character.")
    text: str

    @classmethod
    def of(cls, one: Snippet, chunk: Chunk) -> SnippetOut:
        """The wire form of a part of a chunk."""
        return cls(
            start=one.start, end=one.end, text=chunk.text[one.start - chunk.start : one.end - chunk.start]
        )


class HitOut(PassageOut):
    """A passage: the document's text from ``start`` to ``end``."""

    model_config = ConfigDict(json_schema_extra={"examples": [_HIT]})

    score: float = Field(description="Comparable within one reply only.")
    snippet: SnippetOut = Field(description="The sentence of the passage that speaks most of the question.")
    boxes: list[BoxOut] = Field(description="Its words line by line; empty where the format has no layout.")


class SearchReply(Reply):
    """Passages, best first."""

    hits: list[HitOut]


def hits_of(hits: Sequence[Hit], snippets: Mapping[ChunkId, Snippet], catalog: CatalogReader) -> list[HitOut]:
    """The wire form of ranked hits, each with its snippet, in their order."""
    chunks = {chunk.id: chunk for chunk in catalog.chunks(hit.chunk_id for hit in hits)}
    found = [(hit, chunks[hit.chunk_id]) for hit in hits if hit.chunk_id in snippets]
    return [
        HitOut(
            **passage_fields(chunk, catalog),
            score=round(hit.score, 6),
            snippet=SnippetOut.of(snippets[chunk.id], chunk),
            boxes=[BoxOut.of(box) for box in catalog.boxes(chunk.document_id, chunk.start, chunk.end)],
        )
        for hit, chunk in found
    ]
