"""Items and functions for the tests of this folder."""

from __future__ import annotations

from collections.abc import Sequence

from rag.fingerprints import hash_parts
from rag.types import Candidate, Chunk, ChunkId, DocumentId, Evidence, SectionId, Support
from tuning.items import AnswerItem, Asked, PassageItem, Place

DEED, REPORT = DocumentId("deed"), DocumentId("report")


def chunk(
    text: str, *, document: DocumentId = DEED, start: int = 0, context: str = "Deed > 1 Terms"
) -> Chunk:
    """A passage on the document's first page."""
    return Chunk(
        id=ChunkId(hash_parts(document, start, text)),
        document_id=document,
        section_id=SectionId("s"),
        ordinal=start,
        start=start,
        end=start + len(text),
        first_page=0,
        last_page=0,
        text=text,
        context=context,
    )


def asked(text: str, *, kind: str = "clause", answer: str = "", places: tuple[Place, ...] = ()) -> Asked:
    """A question made from documents."""
    return Asked(text=text, kind=kind, origin="documents", maker="test", places=places, answer=answer)


def passages(question: Asked, texts: Sequence[str], *, document: DocumentId = DEED) -> list[PassageItem]:
    """The texts one behind the other, ranked as they stand."""
    items, start = [], 0
    for rank, text in enumerate(texts, 1):
        made = chunk(text, document=document, start=start)
        items.append(PassageItem(question=question, chunk=made, lexical=rank, dense=rank, score=1.0 / rank))
        start = made.end + 1
    return items


def answer(question: Asked, passage: Chunk, said: str) -> AnswerItem:
    """An answer that stands in a passage; a refusal where ``said`` is empty."""
    at = passage.text.find(said)
    supports = (Support(chunk_id=passage.id, start=at, end=at + len(said)),) if said else ()
    return AnswerItem(
        question=question,
        candidate=Candidate(text=said or "nothing found", score=0.5, supports=supports),
        evidence=(Evidence(chunk=passage),),
    )
