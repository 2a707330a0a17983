"""The library's index: vectors of all its passages, then a version over them put in use.

Two steps, so that a document can be embedded, which takes long, before it belongs to the library, and the
switch is short. Leaves vectors and versions to ``rag.index``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from ingest.progress import Progress
from rag.catalog import Catalog
from rag.index.store import Manifest, build_index
from rag.index.vectors import VectorStore
from rag.protocols import Embedder
from rag.types import Chunk, DocumentId


def embed_documents(
    catalog: Catalog, documents: Iterable[DocumentId], folder: Path, embedder: Embedder, progress: Progress
) -> None:
    """Compute and store the vectors of all passages of some stored documents.

    Raises:
        StorageError: the disk is full; what was computed before stays stored.
    """
    passages = [chunk.passage for document in sorted(documents) for chunk in catalog.iter_chunks(document)]
    progress.start("embed", len(passages), "passages")
    if passages:
        with VectorStore(folder, embedder) as store:
            store.fill(passages, progress.advance)


def index_library(catalog: Catalog, folder: Path, embedder: Embedder, progress: Progress) -> Manifest | None:
    """Put a version over the whole library in use; None where the library is empty.

    Raises:
        StorageError: the disk is full or not writable; the version in use stays in use.
    """
    chunks: list[Chunk] = list(catalog.iter_chunks())
    progress.start("index", len(chunks), "passages")
    advance: Callable[[int], None] = progress.advance
    return build_index(folder, chunks, embedder, advance)
