"""The library's index: vectors of all its passages, then a version over them put in use.

Two steps, so that a document can be embedded, which takes long, before it belongs to the library, and the
switch is short. Leaves vectors and versions to ``rag.index``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from ingest.progress import Progress
from rag import embedder
from rag.catalog import Catalog
from rag.index.build import build_index, shrink_index
from rag.index.store import Manifest
from rag.index.vectors import VectorStore
from rag.protocols import Embedder
from rag.settings import IndexSettings, Settings
from rag.types import Chunk, DocumentId


def embed_documents(
    catalog: Catalog, documents: Iterable[DocumentId], folder: Path, model: Embedder, progress: Progress
) -> None:
    """Compute and store the vectors of all passages of some stored documents.

    Raises:
        StorageError: the disk is full; what was computed before stays stored.
    """
    passages = [chunk.passage for document in sorted(documents) for chunk in catalog.iter_chunks(document)]
    progress.start("embed", len(passages), "passages")
    if passages:
        with VectorStore(folder, model) as store:
            store.fill(passages, progress.advance)


def index_library(
    catalog: Catalog, folder: Path, model: Embedder, progress: Progress, settings: IndexSettings
) -> Manifest | None:
    """Put a version over the whole library in use; None where the library is empty.

    Raises:
        StorageError: the disk is full or not writable; the version in use stays in use.
    """
    chunks: list[Chunk] = list(catalog.iter_chunks())
    progress.start("index", len(chunks), "passages")
    advance: Callable[[int], None] = progress.advance
    return build_index(folder, chunks, model, advance, settings)


def index_what_is_left(
    catalog: Catalog, folder: Path, settings: Settings, progress: Progress
) -> Manifest | None:
    """``index_library`` after documents have left it: from the version in use, no model is loaded.

    Where that cannot be, the library is indexed with the embedder that the settings name.

    Raises:
        StorageError: the disk is full or not writable; the version in use stays in use.
        ModelError: an embedder is needed, and its weights are missing or were changed.
    """
    manifest = shrink_index(folder, catalog.chunk_ids(), settings.index)
    if manifest is not None:
        return manifest
    return index_library(catalog, folder, embedder.load(settings.embedder), progress, settings.index)
