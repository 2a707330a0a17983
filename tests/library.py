"""A tiny library for tests: two made-up agreements, put into a catalog and indexed without any model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag import embedder
from rag.catalog import Catalog
from rag.fingerprints import hash_bytes, hash_parts
from rag.index.build import build_index
from rag.index.store import Manifest
from rag.prompt import Prompt
from rag.settings import BestSentenceSettings, HashingEmbedderSettings, NoRerankerSettings, Settings
from rag.types import (
    Box,
    Chunk,
    ChunkId,
    Document,
    DocumentId,
    Evidence,
    Line,
    Page,
    Section,
    SectionId,
)
from rag.workspace import Workspace

SETTINGS = Settings(
    embedder=HashingEmbedderSettings(dim=256),
    reranker=NoRerankerSettings(),
    generator=BestSentenceSettings(),
)

ALDER = (
    "Section 1.1 Definitions. The Trustee is Corvane Trust Company.\f"
    "Section 2.4 Interest. The Class B Notes bear interest at 4.25% per annum.\n"
    "Class B  $310,000,000  4.25%\n"
    "Section 7.2 Liens. The Issuer shall not create any lien on the Collateral."
)
BIRCH = (
    "Section 1.1 Definitions. The Trustee is Dunmore Bank.\f"
    "Section 2.4 Interest. The Class B Notes bear interest at 5.10% per annum.\n"
    "Class B  $120,500,000  5.10%\n"
)


def prompt(question: str, chunks: Sequence[Chunk]) -> Prompt:
    """What a generator gets where all chunks are hits."""
    return Prompt(question=question, evidence=tuple(Evidence(chunk=chunk) for chunk in chunks))


def make_document(name: str, text: str) -> tuple[Document, tuple[Section, ...], tuple[Chunk, ...]]:
    """A document with a page per form feed, a section and a chunk per "Section" line, boxes by line."""
    document_id = DocumentId(hash_bytes(text.encode()))
    pages, start = [], 0
    for number, part in enumerate(text.split("\f")):
        end = min(start + len(part) + 1, len(text))
        lines, at = [], start
        for row, line in enumerate(part.split("\n")):
            box = Box(page=number, x0=72.0, y0=72.0 + 12 * row, x1=72.0 + 5 * len(line), y1=82.0 + 12 * row)
            if line:
                lines.append(Line(start=at, end=at + len(line), box=box))
            at += len(line) + 1
        pages.append(Page(number=number, start=start, end=end, width=612, height=792, lines=tuple(lines)))
        start = end
    document = Document(
        id=document_id, name=name, media_type="text/plain", title=name, text=text, pages=tuple(pages)
    )
    starts = [i for i in range(len(text)) if text.startswith("Section ", i)]
    root_id = SectionId(hash_parts(document_id, 0, len(text), 0))
    sections = [
        Section(
            id=root_id, document_id=document_id, parent_id=None, number="", title=name, path=(), level=0,
            start=0, end=len(text),
        )
    ]  # fmt: skip
    chunks = []
    for ordinal, (begin, stop) in enumerate(zip(starts, [*starts[1:], len(text)], strict=True)):
        heading = text[begin : text.index(".", begin + 12)]
        section = Section(
            id=SectionId(hash_parts(document_id, begin, stop, 1)), document_id=document_id, parent_id=root_id,
            number=heading.split()[1], title=heading.split(maxsplit=2)[2], path=(heading,), level=1,
            start=begin, end=stop,
        )  # fmt: skip
        sections.append(section)
        body = text[begin:stop].rstrip()
        touched = [p.number for p in pages if p.start < begin + len(body) and p.end > begin]
        chunks.append(
            Chunk(
                id=ChunkId(hash_parts(document_id, begin, begin + len(body), body)), document_id=document_id,
                section_id=section.id, ordinal=ordinal, start=begin, end=begin + len(body),
                first_page=touched[0], last_page=touched[-1], text=body, context=f"{name} > {heading}",
            )
        )  # fmt: skip
    return document, tuple(sections), tuple(chunks)


def fill(
    catalog: Catalog, documents: Sequence[tuple[str, str]] = (("alder", ALDER), ("birch", BIRCH))
) -> None:
    """Put documents into a catalog under the sources ``/library/NAME.txt``."""
    for name, text in documents:
        document, sections, chunks = make_document(name, text)
        catalog.put_document(
            document, sections, chunks, fingerprint="test", added_at="2026-01-01T00:00:00+00:00"
        )
        catalog.put_source(f"/library/{name}.txt", document.id)


def make_workspace(root: Path, settings: Settings = SETTINGS) -> Workspace:
    """A workspace with the two agreements, indexed."""
    workspace = Workspace.create(root)
    with Catalog(workspace.catalog_file) as catalog:
        fill(catalog)
    reindex(workspace, settings)
    return workspace


def reindex(workspace: Workspace, settings: Settings = SETTINGS) -> Manifest | None:
    """Index what the catalog holds."""
    with Catalog(workspace.catalog_file) as catalog:
        chunks = list(catalog.iter_chunks())
    model = embedder.load(settings.embedder)
    return build_index(workspace.indexes, chunks, model, lambda _: None, settings.index)
