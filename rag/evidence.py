"""Hits to the evidence that a generator reads: their chunks, and what these need to be understood.

A clause is read with the definitions of its terms and with the clauses it refers to. Which those are says
``rag.related``; here they are looked up and brought as chunks behind the others. Leaves the order of the
hits to the stages before, the answer to the generator.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.catalog import Catalog
from rag.related import related_spans
from rag.settings import RetrievalSettings
from rag.types import Chunk, Hit

_READ_FURTHER = 5
"""Whose terms and references are followed: the best chunks; of the rest hardly one is the answer."""
_SPANS = 4
"""Spans looked at for each chunk to bring: many stand in chunks that are there already."""


def gather(
    catalog: Catalog, hits: Sequence[Hit], question: str, settings: RetrievalSettings
) -> tuple[Chunk, ...]:
    """The chunks of the best ``evidence`` hits in their order, then at most ``related`` chunks more."""
    chunks = catalog.active_chunks(hit.chunk_id for hit in hits[: settings.evidence])
    if settings.related:
        known = {chunk.id for chunk in chunks}
        for chunk in _related(catalog, chunks[:_READ_FURTHER], question, settings.related):
            if chunk.id not in known and len(known) < settings.evidence + settings.related:
                known.add(chunk.id)
                chunks.append(chunk)
    return tuple(chunks)


def _related(catalog: Catalog, best: Sequence[Chunk], question: str, limit: int) -> Iterator[Chunk]:
    documents = dict.fromkeys(chunk.document_id for chunk in best)
    definitions = [one for document in documents for one in catalog.definitions(document)]
    references = [one for document in documents for one in catalog.references(document)]
    sections = [one for document in documents for one in catalog.sections(document)]
    for found in related_spans(best, definitions, references, question, _SPANS * limit, sections):
        yield from catalog.chunks_over(found.document_id, found.start, found.end)[:1]
