"""Hits to the evidence that a generator reads: their chunks, and what these need to be understood.

Behind the hits come, within a budget of text: definitions of terms in the question and what it names by
number, the rest of a table that was cut, the clauses that the best hits refer to and definitions of the
terms they use, and what stands beside the very best in its section. Each is marked with what brought it.
Which terms and references count says ``rag.related``; here they are looked up. Leaves the order of the hits
to the stages before, the answer to the generator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rag.catalog import Catalog
from rag.catalog_rows import lines_in
from rag.grid import GridCell, grid_cells
from rag.pieces import estimate_pieces
from rag.prompt import Statements, TableParts
from rag.related import RelatedSpan, related_spans
from rag.settings import RetrievalSettings
from rag.structure import values_by_name
from rag.types import Chunk, ChunkId, DocumentId, Evidence, Hit

_READ_FURTHER = 5
"""Whose terms and references are followed: the best chunks; of the rest hardly one is the answer."""
_SPANS = 24
"""Spans looked at: many stand in chunks that are there already."""
_TABLES_OF = 3
"""Of so many of the best chunks the rest of a cut table is brought, the parts nearest to them first."""
_TABLES_READ = 10
"""Of so many pieces of evidence the tables are read."""
_PAGES = 1024
"""Pages whose cells are kept at hand, some 20 KiB each: questions come back to the same pages."""
_PARTS = 3
"""Parts of one table, at most."""
_APART = re.compile(r"\S {2,}\S")
"""Cells of a row."""


def gather(
    catalog: Catalog, hits: Sequence[Hit], question: str, settings: RetrievalSettings
) -> tuple[Evidence, ...]:
    """The chunks of the best ``evidence`` hits in their order, then others within ``related_tokens``.

    What does not fit into what is left of the budget is passed over, smaller things behind it may fit.
    """
    chunks = catalog.active_chunks(hit.chunk_id for hit in hits[: settings.evidence])
    brought = [Evidence(chunk=chunk) for chunk in chunks]
    known = {chunk.id for chunk in chunks}
    room = float(settings.related_tokens)
    for one in _related(catalog, chunks, question) if room and chunks else ():
        if one.chunk.id in known:
            continue
        size = estimate_pieces(one.chunk.text)
        if size <= room:
            room -= size
            known.add(one.chunk.id)
            brought.append(one)
    return tuple(brought)


def tables_of(catalog: Catalog, evidence: Sequence[Evidence]) -> tuple[TableParts, ...]:
    """The tables that the best of the evidence is of, each once, in its order."""
    found: dict[tuple[DocumentId, int], TableParts] = {}
    for chunk in (one.chunk for one in evidence[:_TABLES_READ]):
        for table in catalog.tables(chunk.document_id, chunk.start, chunk.end):
            key = (chunk.document_id, table.start)
            if key not in found:
                found[key] = (table, tuple(catalog.chunks_over(chunk.document_id, table.start, table.end)))
    return tuple(found.values())


def cells_of(catalog: Catalog, evidence: Sequence[Evidence]) -> dict[ChunkId, tuple[GridCell, ...]]:
    """The cells of the rows that are printed in the evidence; none of documents without layout."""
    found: dict[ChunkId, tuple[GridCell, ...]] = {}
    for chunk in (one.chunk for one in evidence):
        if _APART.search(chunk.text) is None:
            continue
        own: list[GridCell] = []
        for start, end, packed in catalog.layouts(chunk.document_id, chunk.start, chunk.end):
            if packed:
                cells = _cells_of_page(start, packed, catalog.text_of(chunk.document_id, start, end))
                own += [cell for cell in cells if chunk.start <= cell.start and cell.end <= chunk.end]
        if own:
            found[chunk.id] = tuple(own)
    return found


@lru_cache(_PAGES)
def _cells_of_page(start: int, packed: bytes, text: str) -> tuple[GridCell, ...]:
    """The cells of a page that begins at ``start``; known by what is on it, so that none is out of date."""
    lines = lines_in(start, packed)
    return tuple(grid_cells(lines, [text[one.start - start : one.end - start] for one in lines]))


def statements_of(catalog: Catalog, documents: Sequence[DocumentId]) -> tuple[Statements, ...]:
    """The financial statements of documents, for those that have any, in their order."""
    found = []
    for document in documents:
        tables = catalog.statements(document)
        if not tables:
            continue
        years = values_by_name(catalog.facts(document)).get("fiscal_year", [])
        parts = tuple(
            (table, tuple(catalog.chunks_over(document, table.start, table.end))) for table in tables
        )
        year = int(years[0]) if years and years[0].isdigit() else None
        found.append(Statements(document_id=document, fiscal_year=year, tables=parts))
    return tuple(found)


def _related(catalog: Catalog, chunks: Sequence[Chunk], question: str) -> Iterator[Evidence]:
    """All that could be brought along, what helps most first."""
    spans = _spans(catalog, chunks[:_READ_FURTHER], question)
    asked = [span for span in spans if span.why == "asked"]
    yield from _chunks_of(catalog, asked)
    for chunk in chunks[:_TABLES_OF]:
        yield from _rest_of_tables(catalog, chunk)
    yield from _chunks_of(catalog, [span for span in spans if span.why != "asked"])
    for chunk in catalog.chunks_beside(chunks[0]):
        yield Evidence(chunk=chunk, why="beside")


def _spans(catalog: Catalog, best: Sequence[Chunk], question: str) -> tuple[RelatedSpan, ...]:
    documents: dict[DocumentId, None] = dict.fromkeys(chunk.document_id for chunk in best)
    definitions = [one for document in documents for one in catalog.definitions(document)]
    references = [one for document in documents for one in catalog.references(document)]
    sections = [one for document in documents for one in catalog.sections(document)]
    return related_spans(best, definitions, references, question, _SPANS, sections)


def _chunks_of(catalog: Catalog, spans: Sequence[RelatedSpan]) -> Iterator[Evidence]:
    """The chunk in which each span begins."""
    for span in spans:
        for chunk in catalog.chunks_over(span.document_id, span.start, span.end)[:1]:
            yield Evidence(chunk=chunk, why=span.why, label=span.label)


def _rest_of_tables(catalog: Catalog, chunk: Chunk) -> Iterator[Evidence]:
    """Other chunks of the tables that begin before a chunk or end behind it."""
    for table in catalog.tables(chunk.document_id, chunk.start, chunk.end):
        if chunk.start <= table.start and table.end <= chunk.end:
            continue
        parts = catalog.chunks_over(chunk.document_id, table.start, table.end)
        others = [part for part in parts if part.id != chunk.id]
        for part in sorted(others, key=lambda part: abs(part.ordinal - chunk.ordinal))[:_PARTS]:
            yield Evidence(chunk=part, why="table", label=table.title)
