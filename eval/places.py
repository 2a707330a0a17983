"""What a row of a run keeps for its readers: hits, proposals, citations and evidence with places and quotes.

So that reports and error analysis need the saved run alone. Quotes are cut to ``QUOTE_CHARS``. Leaves asking
to ``eval.harness``, the format to ``eval.runs``.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.judgements import JudgedSpan, Judgement
from eval.runs import QUOTE_CHARS, Place, Proposal, RankedChunk
from rag.catalog import Catalog
from rag.structure import values_by_name
from rag.types import Candidate, ChunkId, Citation, DocumentId, Hit

SHOWN_HITS = 3
SHOWN_EVIDENCE = 8
PROPOSALS = 5


def ranked_chunks(hits: Sequence[Hit], catalog: Catalog) -> tuple[RankedChunk, ...]:
    """Hits with the pages and spans their chunks stand at."""
    chunks = catalog.chunks(hit.chunk_id for hit in hits)
    return tuple(
        RankedChunk(
            chunk_id=chunk.id,
            document_id=chunk.document_id,
            first_page=chunk.first_page,
            last_page=chunk.last_page,
            start=chunk.start,
            end=chunk.end,
            score=hit.score,
        )
        for hit, chunk in zip(hits, chunks, strict=True)
    )


def shown(hits: Sequence[Hit], catalog: Catalog) -> tuple[Place, ...]:
    """The best few hits with their text."""
    return tuple(
        Place(
            document_id=chunk.document_id,
            document_name=catalog.name(chunk.document_id),
            first_page=chunk.first_page,
            last_page=chunk.last_page,
            start=chunk.start,
            end=chunk.end,
            quote=chunk.text[:QUOTE_CHARS],
        )
        for chunk in catalog.chunks(hit.chunk_id for hit in hits[:SHOWN_HITS])
    )


def proposed(candidates: Sequence[Candidate], catalog: Catalog) -> tuple[Proposal, ...]:
    """The best few candidates with the first span each rests on; those that rest on none are left out."""
    kept = [candidate for candidate in candidates if candidate.supports][:PROPOSALS]
    chunks = catalog.chunks(ChunkId(candidate.supports[0].chunk_id) for candidate in kept)
    return tuple(
        Proposal(
            document_id=chunk.document_id,
            start=chunk.start + candidate.supports[0].start,
            end=chunk.start + candidate.supports[0].end,
            text=candidate.text[:QUOTE_CHARS],
            score=candidate.score,
        )
        for candidate, chunk in zip(kept, chunks, strict=True)
    )


def cited(citation: Citation) -> Place:
    """A citation's place, with the whole quote that the answer stands in."""
    return Place(
        document_id=citation.document_id,
        document_name=citation.document_name,
        first_page=citation.first_page,
        last_page=citation.last_page,
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
    )


def judged(judgement: Judgement, catalog: Catalog) -> tuple[Place, ...]:
    """The first places that the set judged as evidence, with their text in the library."""
    return tuple(_judged(span, catalog) for span in judgement.spans[:SHOWN_EVIDENCE])


def run_facets(judgement: Judgement, catalog: Catalog) -> dict[str, str]:
    """What the library knows of a question's documents and evidence, to slice by.

    ``document_kind`` and ``fiscal_year`` of the document where it is one, ``evidence_count`` ("1", "2",
    "3+"), ``evidence_in`` ("table", "text", "both") where evidence is known by span.
    """
    facets = {}
    if len(judgement.documents) == 1:
        said = values_by_name(catalog.facts(judgement.documents[0]))
        for facet, name in (("document_kind", "kind"), ("fiscal_year", "fiscal_year")):
            values = said.get(name)  # type: ignore[call-overload] # both are names of facts
            if values:
                facets[facet] = values[0]
    if judgement.spans:
        count = len(judgement.spans)
        facets["evidence_count"] = str(count) if count < 3 else "3+"
        exact = [span for span in judgement.spans if not span.whole_page]
        in_table = {bool(catalog.tables(span.document, span.start, span.end)) for span in exact}
        if in_table:
            facets["evidence_in"] = "both" if len(in_table) > 1 else "table" if True in in_table else "text"
    return facets


def _judged(span: JudgedSpan, catalog: Catalog) -> Place:
    pages = catalog.pages(DocumentId(span.document), span.start, span.end)
    return Place(
        document_id=span.document,
        document_name=catalog.name(span.document),
        first_page=pages[0].number if pages else 0,
        last_page=pages[-1].number if pages else 0,
        start=span.start,
        end=span.end,
        quote=catalog.text_of(span.document, span.start, min(span.end, span.start + QUOTE_CHARS)),
    )
