"""The usual recipe, to measure against: fixed windows of tokens, MiniLM vectors, top passages, the reader.

Built honestly from this project's own parts: the same loaders' text, embedder, generic span reader and checks
of citations, so that a difference is what structure, scoping, lexical search, fusion, reranking, evidence and
the number engine add. Windows overlap, and know nothing of sections, tables or other documents' names.

    before = plain_workspace(workspace, folder, settings, progress)
    with open_pipeline(before, plain_settings(settings)) as pipeline: ...

Leaves what is measured to ``eval.bench``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

from ingest.indexing import index_library
from ingest.progress import Progress
from rag import embedder
from rag.catalog import Catalog
from rag.fingerprints import fingerprint, hash_parts
from rag.settings import Settings
from rag.types import Chunk, ChunkId, Document, Section, SectionId
from rag.weights import packaged_minilm
from rag.workspace import Workspace

WINDOW = 512
OVERLAP = 64
"""Tokens of the embedder's vocabulary: the sizes of most published recipes."""
PASSAGES = 5
"""Handed to the reader, as most recipes do."""

Offsets = Callable[[str], Sequence[tuple[int, int]]]
"""A text to the spans of its tokens, in order."""


def plain_settings(settings: Settings) -> Settings:
    """The same settings with all but vectors and reader turned off."""
    return Settings.model_validate(
        {
            **settings.model_dump(),
            "retrieval": {
                **settings.retrieval.model_dump(),
                "lexical_hits": 0,
                "fusion": "reciprocal_rank",
                "read_scope": False,
                "evidence": PASSAGES,
                "related_tokens": 0,
            },
            "reranker": {"kind": "none"},
            "generator": {"kind": "span_reader", "compute": False},
        }
    )


def plain_workspace(source: Workspace, folder: Path, settings: Settings, progress: Progress) -> Workspace:
    """A workspace over the documents of another, cut into windows; what is there already is kept.

    Raises:
        StorageError: the folder cannot be written.
        ModelError: the embedder's weights are missing or were changed.
    """
    workspace = Workspace.create(folder)
    spans = _token_spans()
    made_by = fingerprint({"windows": WINDOW, "overlap": OVERLAP})
    with (
        workspace.writing(),
        Catalog(source.catalog_file) as read,
        Catalog(workspace.catalog_file) as written,
    ):
        there = {record.id for record in written.documents()}
        records = [record for record in read.documents() if record.id not in there]
        progress.start("cut", len(records), "documents")
        for record in records:
            document = Document(
                id=record.id,
                name=record.name,
                media_type=record.media_type,
                title=record.title,
                text=read.text(record.id),
                pages=tuple(read.pages(record.id)),
            )
            root = _whole(document)
            windows = cut_windows(document, root.id, spans)
            written.put_document(document, [root], windows, fingerprint=made_by, added_at="")
            written.put_sources(dict.fromkeys(record.sources, record.id))
            progress.advance()
        model = embedder.load(settings.embedder)
        index_library(written, workspace, model, progress, settings.index)
    return workspace


def cut_windows(document: Document, section: SectionId, spans: Offsets) -> tuple[Chunk, ...]:
    """Windows of ``WINDOW`` tokens, each beginning ``OVERLAP`` tokens before the end of the one before.

    A document's tokens all lie in some window; ``spans`` says where they stand.
    """
    tokens = spans(document.text)
    page_starts = [page.start for page in document.pages]
    chunks: list[Chunk] = []
    for first in count(0, WINDOW - OVERLAP):
        inside = tokens[first : first + WINDOW]
        if not inside:
            break
        start, end = inside[0][0], inside[-1][1]
        text = document.text[start:end]
        chunks.append(
            Chunk(
                id=ChunkId(hash_parts(document.id, start, end, text)),
                document_id=document.id,
                section_id=section,
                ordinal=len(chunks),
                start=start,
                end=end,
                first_page=bisect_right(page_starts, start) - 1,
                last_page=bisect_right(page_starts, end - 1) - 1,
                text=text,
                context="",
            )
        )
        if first + WINDOW >= len(tokens):
            break
    return tuple(chunks)


def _whole(document: Document) -> Section:
    """The one section of a document that nobody has looked for sections in."""
    return Section(
        id=SectionId(hash_parts(document.id, "whole")),
        document_id=document.id,
        parent_id=None,
        number="",
        title=document.name,
        path=(document.name,),
        level=0,
        start=0,
        end=len(document.text),
    )


def _token_spans() -> Offsets:
    """Where the packaged MiniLM's tokens stand in a text."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(packaged_minilm().name, local_files_only=True)

    def spans(text: str) -> list[tuple[int, int]]:
        encoding = tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
        )
        return [(int(start), int(end)) for start, end in encoding["offset_mapping"]]

    return spans
