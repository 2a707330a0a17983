"""Files to a searchable library: scan → read → catalog → vectors → index, each stage resumable.

What is stored is kept as soon as it is whole: a document is one transaction, vectors are stored in blocks,
an index version appears by a rename. A run that was killed goes on there, and a run over unchanged files
does nothing. Reports what happened to every file; one unreadable file never ends a run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Literal

from ingest.parse import read_files
from ingest.progress import Progress, Silent
from ingest.reader import SUFFIXES, ReadDocument, reader_fingerprint
from ingest.scan import find_files
from rag import embedder
from rag.catalog import Catalog, FailureRecord
from rag.errors import DocumentError
from rag.fingerprints import ID_LENGTH, hash_bytes, hash_file
from rag.index.store import build_index
from rag.settings import IngestSettings, Settings
from rag.storage import remove_leftovers, write_bytes
from rag.types import DocumentId
from rag.workspace import Workspace

Status = Literal["added", "unchanged", "failed"]

_PASSING = {"changed", "crashed", "too-slow"}
"""Reasons that may lie with the machine or the moment: such files are tried again in the next run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOutcome:
    """What became of one file; ``reason`` is empty unless it failed."""

    path: Path
    status: Status
    pages: int = 0
    reason: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What a run did; documents, pages and chunks count the whole library after it."""

    files: tuple[FileOutcome, ...]
    documents: int
    pages: int
    chunks: int
    index: str
    seconds: dict[str, float] = field(default_factory=dict)

    def count(self, status: Status) -> int:
        """How many files ended so."""
        return sum(1 for outcome in self.files if outcome.status == status)

    @property
    def pages_read(self) -> int:
        """Pages of the files that were read in this run."""
        return sum(outcome.pages for outcome in self.files if outcome.status == "added")


def ingest(
    workspace: Workspace,
    sources: Sequence[Path],
    settings: Settings,
    *,
    progress: Progress | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> IngestReport:
    """Bring the files into the workspace and put an index over the whole library in use.

    Raises:
        SourceError: a path does not exist or cannot be listed; nothing was changed.
        WorkspaceError: another process is writing to the workspace.
        StorageError: the disk is full or not writable; the index in use stays in use.
        ModelError: the embedder's weights are missing or were changed.
    """
    shown = progress or Silent()
    paths = find_files(sources, SUFFIXES)
    seconds: dict[str, float] = {}
    with workspace.writing(), Catalog(workspace.catalog_file) as catalog:
        for folder in workspace.files.glob("[!.]*"):
            remove_leftovers(folder)
        start = perf_counter()
        library = _Library(workspace, catalog, reader_fingerprint(settings.ingest), clock)
        outcomes = _read_new(library, paths, settings.ingest, shown)
        seconds["read"] = perf_counter() - start
        start = perf_counter()
        chunks = list(catalog.iter_chunks())
        shown.start("index", len(chunks), "passages")
        manifest = build_index(workspace.indexes, chunks, embedder.load(settings.embedder), shown.advance)
        seconds["index"] = perf_counter() - start
        documents = catalog.documents()
    return IngestReport(
        files=tuple(outcomes),
        documents=len(documents),
        pages=sum(document.pages for document in documents),
        chunks=len(chunks),
        index=manifest.id if manifest else "",
        seconds=seconds,
    )


def _read_new(
    library: _Library, paths: Sequence[Path], settings: IngestSettings, progress: Progress
) -> list[FileOutcome]:
    """Read what is new or was read by other readers; returns an outcome per path, in their order."""
    known = _known(library.catalog, library.fingerprint)
    contents = {path: _content_id(path) for path in paths}
    outcomes = {path: _unnameable(path) for path in paths if not _is_unicode(path)}
    outcomes |= {
        path: known[str(path), contents[path]] for path in paths if (str(path), contents[path]) in known
    }
    todo = [path for path in paths if path not in outcomes]
    progress.start("read", len(todo), "files")
    for path, result in read_files(todo, settings):
        added = library.add(path, result) if isinstance(result, ReadDocument) else result
        if isinstance(added, DocumentError):
            library.note_failure(path, contents[path], added)
            outcomes[path] = FileOutcome(path=path, status="failed", reason=added.reason, message=str(added))
        else:
            outcomes[path] = FileOutcome(path=path, status="added", pages=added)
        progress.advance(pages=outcomes[path].pages)
    return [outcomes[path] for path in paths]


@dataclass(frozen=True, slots=True)
class _Library:
    """Where documents are put, and by which readers they were read."""

    workspace: Workspace
    catalog: Catalog
    fingerprint: str
    clock: Callable[[], datetime]

    def add(self, path: Path, read: ReadDocument) -> int | DocumentError:
        """Keep the original, store the document, name its source; returns its number of pages."""
        document = read.document
        try:
            data = path.read_bytes()
        except OSError:
            data = b""
        if hash_bytes(data) != document.id:
            return DocumentError(
                "changed", f"{path.name} changed while it was being read", "run the same command again"
            )
        original = self.workspace.original(document.id, path.suffix)
        if not original.exists():
            write_bytes(original, data)
        if self.catalog.fingerprint_of(document.id) != self.fingerprint:
            self.catalog.put_document(
                document,
                read.sections,
                read.chunks,
                fingerprint=self.fingerprint,
                added_at=self.clock().isoformat(timespec="seconds"),
            )
        self.catalog.put_source(str(path), document.id)
        return len(document.pages)

    def note_failure(self, path: Path, content_id: str, error: DocumentError) -> None:
        """Remember why a file could not be read; what it was before leaves the library."""
        self.catalog.put_failure(
            FailureRecord(
                path=str(path),
                content_id=content_id,
                fingerprint=self.fingerprint,
                reason=error.reason,
                message=error.message,
                remedy=error.remedy,
            )
        )


def _known(catalog: Catalog, fingerprint: str) -> dict[tuple[str, str], FileOutcome]:
    """Outcomes by (path, content id) of what these readers have read before, failures included."""
    known: dict[tuple[str, str], FileOutcome] = {}
    for record in catalog.documents():
        if record.fingerprint == fingerprint:
            for source in record.sources:
                known[source, record.id] = FileOutcome(
                    path=Path(source), status="unchanged", pages=record.pages
                )
    for failure in catalog.failures():
        if failure.fingerprint == fingerprint and failure.reason not in _PASSING:
            known[failure.path, failure.content_id] = FileOutcome(
                path=Path(failure.path),
                status="failed",
                reason=failure.reason,
                message=f"{failure.message}; {failure.remedy}",
            )
    return known


def _is_unicode(path: Path) -> bool:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _unnameable(path: Path) -> FileOutcome:
    """A file whose name the catalog cannot store; nothing is remembered of it."""
    message = f"{path.name!a} has a name that is not valid Unicode; rename it"
    return FileOutcome(path=path, status="failed", reason="name", message=message)


def _content_id(path: Path) -> DocumentId:
    """The id a document from this file has; of no document where the file cannot be read."""
    try:
        # Reading a pipe would wait for ever; a file of any size is hashed in blocks.
        return DocumentId(hash_file(path)[:ID_LENGTH] if path.is_file() else "")
    except OSError:
        return DocumentId("")
