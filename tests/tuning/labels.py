"""Labelled passages of made-up agreements: what trainers learn from in tests."""

from __future__ import annotations

from rag.types import ChunkId, DocumentId
from tuning.items import Asked, Labelled

TOPICS = (
    "governing law",
    "termination for convenience",
    "cap on liability",
    "assignment of rights",
    "payment dates",
    "transfer restrictions",
)
DOCUMENTS = tuple(DocumentId(name) for name in ("alder", "birch", "cedar", "dogwood"))


def label(document: DocumentId, asked: str, stated: str, probability: float) -> Labelled:
    """How likely it is that what is stated of one topic answers what is asked of another."""
    question = Asked(
        text=f"In {document}, what is agreed on {asked}?",
        kind="clause",
        origin="documents",
        document_ids=(document,),
    )
    chunk = ChunkId(f"{document}-{stated.replace(' ', '-')}")
    return Labelled(
        item=f"{question.id}-{chunk}",
        question=question,
        chunk_id=chunk,
        document=document,
        passage=f"{document} > Section. The parties have agreed as follows on {stated} of {document}.",
        probability=probability,
        label_model="made",
    )


def labels(documents: tuple[DocumentId, ...] = DOCUMENTS) -> list[Labelled]:
    """Each document asked of each topic: its own clause is likely, the others are not, one is unsure."""
    found = []
    for document in documents:
        for number, topic in enumerate(TOPICS):
            unsure = TOPICS[(number + 1) % len(TOPICS)]
            for stated in TOPICS:
                probability = 0.9 if stated == topic else 0.5 if stated == unsure else 0.04
                found.append(label(document, topic, stated, probability))
    return found
