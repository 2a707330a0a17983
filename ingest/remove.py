"""Removing documents, all traces of them, in an order that a killed run cannot turn into a leak.

    out of the library ─► index without them ─► old index versions ─► vectors ─► originals and caches
    ─► quotes in saved runs ─► judgements ─► kept answers ─► catalog rows ─► the catalog's file written anew

From the first step on no question finds them, whatever index is open: what may be retrieved is
``Catalog.active_ids``. Every step can be repeated, and the next run goes on where one was killed. The files
that the user's own folders hold are not touched: ingesting them again brings the documents back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.forget_answers import forget_answers
from ingest.forget_judgements import forget_judgements
from ingest.indexing import index_what_is_left
from ingest.progress import Progress, Silent
from ingest.redact import redact_runs
from rag.catalog import Catalog
from rag.fingerprints import ID_LENGTH
from rag.index.store import passage_keys, purge_versions
from rag.index.vectors import drop_vectors, vector_key
from rag.settings import Settings
from rag.storage import remove_leftovers, storage_errors
from rag.types import DocumentId
from rag.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalReport:
    """What was removed; ``index`` is the version now in use, empty where the library is empty.

    ``scrubbed`` is false where a process that was reading kept the catalog's log from being emptied: the
    documents are gone, but their bytes stay in that file until the next ingest or delete.
    """

    documents: tuple[DocumentId, ...]
    vectors: int
    files: int
    redacted_runs: int
    index: str
    scrubbed: bool


def remove(
    workspace: Workspace,
    documents: Sequence[DocumentId],
    settings: Settings,
    *,
    versions: bool = True,
    progress: Progress | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> RemovalReport:
    """Delete stored documents; with ``versions`` also what their paths were before, if nothing else is that.

    Raises:
        UnknownDocumentError: one is not stored; nothing was changed.
        WorkspaceError: another process is writing to the workspace.
        StorageError: the disk is full or not writable; what is deleted stays out of the library.
    """
    with workspace.writing(), Catalog(workspace.catalog_file) as catalog:
        for document in documents:
            catalog.name(document)
        gone = {*documents, *(older_versions(catalog, documents) if versions else ())}
        catalog.begin_delete(gone, at=clock().isoformat(timespec="seconds"))
        return finish_removal(workspace, catalog, settings, progress or Silent())


def older_versions(catalog: Catalog, documents: Collection[DocumentId]) -> set[DocumentId]:
    """What the paths of some documents were before them, and no path is now."""
    found: set[DocumentId] = set()
    earlier: dict[str, set[DocumentId]] = {}
    for version in catalog.versions():
        before = earlier.setdefault(version.path, set())
        if version.document_id in documents:
            found |= before
        before.add(version.document_id)
    return found - catalog.active_ids() - set(documents)


def finish_removal(
    workspace: Workspace, catalog: Catalog, settings: Settings, progress: Progress
) -> RemovalReport:
    """Remove the documents whose removal has begun; the caller holds the workspace for writing.

    Raises:
        StorageError: the disk is full or not writable; the next run goes on.
    """
    gone = catalog.deleting()
    manifest = index_what_is_left(catalog, workspace, settings, progress)
    purge_versions(workspace.indexes, gone)
    progress.start("remove", len(gone), "documents")
    vectors = drop_vectors(workspace.indexes, _remaining_keys(workspace, catalog, gone))
    # Before the cache: what is made of a run meanwhile and put there is made of the redacted one.
    runs = redact_runs(workspace.runs, gone)
    with storage_errors(str(workspace.root)):
        files = _remove_files(workspace, gone, {record.id for record in catalog.stored()} - set(gone))
        files += _remove_uploads(workspace, catalog, gone)
    forget_judgements(workspace, gone)
    forget_answers(workspace.service_file, gone)
    catalog.drop_documents(gone)
    scrubbed = catalog.scrub()
    if scrubbed:
        catalog.end_delete(gone)
    progress.advance(len(gone))
    return RemovalReport(
        documents=tuple(gone),
        vectors=vectors,
        files=files,
        redacted_runs=runs,
        index=manifest.id if manifest else "",
        scrubbed=scrubbed,
    )


def _remaining_keys(workspace: Workspace, catalog: Catalog, gone: Collection[DocumentId]) -> set[str]:
    """The keys of all passages that stay stored, replaced documents' included."""
    replaced = {record.id for record in catalog.stored()} - catalog.active_ids() - set(gone)
    keys = {vector_key(chunk.passage) for document in replaced for chunk in catalog.iter_chunks(document)}
    return keys | passage_keys(workspace.indexes)


def _remove_uploads(workspace: Workspace, catalog: Catalog, gone: Collection[DocumentId]) -> int:
    """Remove what was uploaded of documents, with the folder that each upload has; returns how many files."""
    versions = catalog.versions()
    kept = {version.path for version in versions if version.document_id not in gone}
    found = {Path(version.path) for version in versions if version.path not in kept}
    uploaded = sorted(path for path in found if path.parent.parent == workspace.uploads and path.is_file())
    for path in uploaded:
        path.unlink(missing_ok=True)
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
    return len(uploaded)


def _remove_files(workspace: Workspace, gone: Collection[DocumentId], stay: Collection[DocumentId]) -> int:
    """Remove documents' originals, and the caches that are not of those that stay; returns how many files.

    Questions and answers among kept votes may be in a document's words: they go whole, and are voted on anew.
    """
    for folder in workspace.files.glob("[!.]*"):
        remove_leftovers(folder)
    caches = [
        path
        for path in sorted(workspace.cache.rglob("*"))
        if not path.is_dir()
        and not any(part[:ID_LENGTH] in stay for part in path.relative_to(workspace.cache).parts)
    ]
    labels = [path for path in workspace.root.glob(f"{workspace.labels_file.name}*") if path.is_file()]
    found = [path for document in gone for path in workspace.originals(document)] + caches + labels
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)
