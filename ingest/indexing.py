"""The library's index: vectors of all its passages, then a version over them put in use.

Two steps, so that a document can be embedded, which takes long, before it belongs to the library, and the
switch is short. Versions that releases need are kept. Leaves vectors and versions to ``rag.index``, and which
embedder is meant to ``rag.releases``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from ingest.progress import Progress
from rag import embedder
from rag.catalog import Catalog
from rag.index.build import build_aside, build_index, shrink_index
from rag.index.store import Manifest
from rag.index.vectors import VectorStore
from rag.protocols import Embedder
from rag.releases import align_index, apply, in_force, kept_versions
from rag.settings import IndexSettings, Settings
from rag.types import Chunk, DocumentId
from rag.workspace import Workspace


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
    catalog: Catalog, workspace: Workspace, model: Embedder, progress: Progress, settings: IndexSettings
) -> Manifest | None:
    """Put a version over the whole library in use; None where the library is empty.

    Raises:
        StorageError: the disk is full or not writable; the version in use stays in use.
    """
    chunks: list[Chunk] = list(catalog.iter_chunks())
    progress.start("index", len(chunks), "passages")
    advance: Callable[[int], None] = progress.advance
    kept = kept_versions(workspace)
    return build_index(workspace.indexes, chunks, model, advance, settings, kept)


def index_aside(workspace: Workspace, settings: Settings, progress: Progress) -> Manifest | None:
    """Make the version of another embedder over the library as it is, beside the one in use; None if empty.

    ``settings`` are those of the release that needs it (``rag.releases.apply``). What is there is not made
    again, and vectors that are stored are not computed again.

    Raises:
        WorkspaceError: another process is writing to the workspace.
        StorageError: the disk is full or not writable.
        ModelError: the embedder's weights are missing or were changed.
    """
    with workspace.writing(), Catalog(workspace.catalog_file) as catalog:
        model = embedder.load(settings.embedder)
        chunks: list[Chunk] = list(catalog.iter_chunks())
        progress.start("index", len(chunks), "passages")
        return build_aside(workspace.indexes, chunks, model, progress.advance, settings.index)


def index_what_is_left(
    catalog: Catalog, workspace: Workspace, settings: Settings, progress: Progress
) -> Manifest | None:
    """``index_library`` after documents have left it: from the version in use, no model is loaded.

    Where that cannot be, the library is indexed with the embedder of the release in use.

    Raises:
        StorageError: the disk is full or not writable; the version in use stays in use.
        ModelError: an embedder is needed, and its weights are missing or were changed.
        ReleaseError: an embedder is needed, and the release in use was changed.
    """
    align_index(workspace)
    manifest = shrink_index(workspace.indexes, catalog.chunk_ids(), settings.index, kept_versions(workspace))
    if manifest is not None:
        return manifest
    # Only here: that documents are gone must not hang on what a release needs.
    model = embedder.load(apply(settings, in_force(workspace)).embedder)
    return index_library(catalog, workspace, model, progress, settings.index)
