"""Files to a searchable library: scan → read → catalog → vectors → library → index, each stage resumable.

What is stored is kept as soon as it is whole: a document is one transaction, vectors are stored in blocks,
an index version appears by a rename. Only when all of a run is read and embedded do its documents take
their places in the library, at once, and the index follows in a moment: until then questions are answered
from what was there before. A run that was killed goes on where it was, and a run over unchanged files does
nothing. Reports what happened to every file; one unreadable file never ends a run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Literal

from ingest.duplicates import find_duplicates, sign_documents
from ingest.indexing import embed_documents, index_library
from ingest.parse import read_files, read_path
from ingest.progress import Progress, Silent
from ingest.reader import SUFFIXES, ReadDocument, reader_fingerprint
from ingest.remove import finish_removal
from ingest.scan import content_id, find_files, is_unicode, missing_files, size_of
from rag import embedder
from rag.catalog import Catalog, DocumentRecord, FailureRecord
from rag.errors import DocumentError
from rag.fingerprints import hash_bytes
from rag.releases import align_index, apply, in_force
from rag.settings import Settings
from rag.storage import remove_leftovers, write_bytes
from rag.types import DocumentId
from rag.workspace import Workspace

Status = Literal["added", "known", "unchanged", "failed"]

_PASSING = {"changed", "crashed", "too-slow", "out-of-memory", "too-large", "too-many-pages"}
"""Reasons that may lie with the moment, the machine or its limits: such files are tried in every run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOutcome:
    """What became of one file; ``reason`` is empty unless it failed.

    "added" was read, "known" is new at this path but its content was stored already: a copy, an older version
    that came back, a file that an interrupted run had read. ``unreadable`` are the 0-based pages that are
    pictures which nothing could read.
    """

    path: Path
    status: Status
    pages: int = 0
    reason: str = ""
    message: str = ""
    unreadable: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """How the files of a run take their places in the library.

    ``collection`` is the one all their documents are of from then on; with None those that are there stay
    where they are, and new ones are of the default. With ``prune`` what was read from the folders given, and
    is not there any more, leaves the library. If every file could be read, so do the paths ``instead_of``;
    the first file is then the next version of the first of them. Like any replaced version, what leaves stays
    stored.
    """

    collection: str | None = None
    prune: bool = False
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What a run did; documents, pages and chunks count the whole library after it.

    ``pruned`` are the paths that left the library because nothing is there any more; ``similar_documents``
    and ``similar_pages`` count the near duplicates that came with this run.
    """

    files: tuple[FileOutcome, ...]
    documents: int
    pages: int
    chunks: int
    index: str
    pruned: tuple[str, ...] = ()
    similar_documents: int = 0
    similar_pages: int = 0
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
    placement: Placement = Placement(),
    progress: Progress | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> IngestReport:
    """Bring the files into the workspace and put an index over the whole library in use.

    Passages are embedded as the release in use says.

    Raises:
        SourceError: a path does not exist or cannot be listed; nothing was changed.
        WorkspaceError: another process is writing to the workspace.
        StorageError: the disk is full or not writable; the index in use stays in use.
        ModelError: the embedder's weights are missing or were changed.
        ReleaseError: the release in use was changed.
    """
    paths = find_files(sources, SUFFIXES)
    with workspace.writing(), Catalog(workspace.catalog_file) as catalog:
        align_index(workspace)
        settings = apply(settings, in_force(workspace))
        run = _Run(workspace, catalog, settings, progress or Silent(), clock)
        run.tidy()
        with run.timed("read"):
            outcomes = run.read(paths)
        with run.timed("index"):
            missing = missing_files(catalog, sources) if placement.prune else []
            if all(outcome.status != "failed" for outcome in outcomes):
                missing = [*missing, *placement.instead_of]
                run.replaced = dict(zip(placement.instead_of[:1], map(str, paths), strict=False))
            index, pruned = run.switch(missing, placement.collection)
        with run.timed("compare"):
            signed = sign_documents(catalog, run.progress)
            pairs = find_duplicates(catalog, signed) if signed else []
        documents = catalog.documents()
    return IngestReport(
        files=tuple(outcomes),
        documents=len(documents),
        pages=sum(document.pages for document in documents),
        chunks=sum(document.chunks for document in documents),
        index=index,
        pruned=tuple(pruned),
        similar_documents=len({pair.document for pair in pairs if pair.alike}),
        similar_pages=len(
            {(p.document, n) for p in pairs for r in p.runs for n in range(r.first, r.last + 1)}
        ),
        seconds=run.seconds,
    )


class _Run:
    """One run over some files: what is read is stored at once and joins the library with ``switch``."""

    def __init__(
        self,
        workspace: Workspace,
        catalog: Catalog,
        settings: Settings,
        progress: Progress,
        clock: Callable[[], datetime],
    ) -> None:
        self.progress = progress
        self.seconds: dict[str, float] = {}
        self.replaced: dict[str, str] = {}
        self._workspace = workspace
        self._catalog = catalog
        self._settings = settings
        self._clock = clock
        self._fingerprint = reader_fingerprint(settings.ingest)
        self._read: set[DocumentId] = set()
        self._arrivals: dict[str, DocumentId] = {}
        self._failures: list[FailureRecord] = []

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Take down the seconds of a stage."""
        start = perf_counter()
        yield
        self.seconds[stage] = perf_counter() - start

    @property
    def _now(self) -> str:
        return self._clock().isoformat(timespec="seconds")

    def tidy(self) -> None:
        """Finish what killed runs left: documents half removed, files half written."""
        if self._catalog.deleting():
            finish_removal(self._workspace, self._catalog, self._settings, self.progress)
        for folder in (self._workspace.indexes, *self._workspace.files.glob("[!.]*")):
            remove_leftovers(folder)

    def read(self, paths: Sequence[Path]) -> list[FileOutcome]:
        """Read and store what is not stored as these readers read it; an outcome per path, in their order."""
        contents = {path: content_id(path) for path in paths}
        outcomes = {path: self._unnameable(path) for path in paths if not is_unicode(path)}
        failed = self._failed_before()
        outcomes |= {
            path: failed[str(path), contents[path]] for path in paths if (str(path), contents[path]) in failed
        }
        self._take_known(contents, outcomes)
        todo = [path for path in paths if path not in outcomes]
        # Of files with the same content one is read; the others are known then, if it could be read.
        firsts = {contents[path] or str(path): path for path in reversed(todo)}
        copies = sorted(set(todo) - set(firsts.values()))
        sizes = {path: size_of(path) for path in todo}
        self.progress.start("read", len(todo), "files", weight=sum(sizes.values()))
        for batch in (sorted(firsts.values()), copies):
            known = self._take_known({path: contents[path] for path in batch}, outcomes)
            if known:
                self.progress.advance(len(known), weight=sum(sizes[path] for path in known))
            rest = [path for path in batch if path not in outcomes]
            reader = partial(read_path, cache=self._workspace.cache)
            for path, result in read_files(rest, self._settings.ingest, reader=reader):
                outcomes[path] = self._take(path, contents[path], result)
                self.progress.advance(pages=outcomes[path].pages, weight=sizes[path])
        return [outcomes[path] for path in paths]

    def switch(self, missing: Collection[str], collection: str | None) -> tuple[str, list[str]]:
        """Embed what was read, make it the library's and index that; returns the index and what left."""
        model = embedder.load(self._settings.embedder)
        new = self._read | set(self._arrivals.values()) - self._catalog.active_ids()
        embed_documents(self._catalog, new, self._workspace.indexes, model, self.progress)
        for failure in self._failures:
            self._catalog.put_failure(failure, at=self._now)
        for before, after in self.replaced.items():
            self._catalog.continue_versions(before, after)
        self._catalog.put_sources(self._arrivals, at=self._now, collection=collection)
        self._catalog.end_sources(missing, at=self._now)
        manifest = index_library(self._catalog, self._workspace, model, self.progress, self._settings.index)
        return manifest.id if manifest else "", sorted(missing)

    def _take_known(self, contents: dict[Path, DocumentId], outcomes: dict[Path, FileOutcome]) -> list[Path]:
        """Note an outcome for the paths that have none and whose content is stored; returns them."""
        stored = {record.id: record for record in self._catalog.stored()}
        known = [path for path in contents if path not in outcomes and self._is_read(stored, contents[path])]
        unreadable = self._catalog.unreadable_pages() if known else {}
        for path in known:
            document = contents[path]
            status: Status = "unchanged" if self._catalog.source_of(str(path)) == document else "known"
            self._arrivals[str(path)] = document
            outcomes[path] = FileOutcome(
                path=path,
                status=status,
                pages=stored[document].pages,
                unreadable=unreadable.get(document, ()),
            )
        return known

    def _is_read(self, stored: dict[DocumentId, DocumentRecord], document: DocumentId) -> bool:
        return document in stored and stored[document].fingerprint == self._fingerprint

    def _take(self, path: Path, content: DocumentId, result: ReadDocument | DocumentError) -> FileOutcome:
        """Store what was read, or note why it was not."""
        try:
            if isinstance(result, DocumentError):
                raise result
            self._store(path, result)
        except DocumentError as error:
            return self._fail(path, content, error)
        self._read.add(result.document.id)
        self._arrivals[str(path)] = result.document.id
        pages = result.document.pages
        unreadable = tuple(page.number for page in pages if page.origin == "unreadable")
        return FileOutcome(path=path, status="added", pages=len(pages), unreadable=unreadable)

    def _fail(self, path: Path, content: DocumentId, error: DocumentError) -> FileOutcome:
        failure = FailureRecord(
            path=str(path),
            content_id=content,
            fingerprint=self._fingerprint,
            reason=error.reason,
            message=error.message,
            remedy=error.remedy,
        )
        self._failures.append(failure)
        return FileOutcome(path=path, status="failed", reason=error.reason, message=str(error))

    def _store(self, path: Path, read: ReadDocument) -> None:
        """Keep the original and store the document.

        Raises:
            DocumentError: the file is not what was read any more.
        """
        document = read.document
        try:
            data = path.read_bytes()
        except OSError:
            data = b""
        if hash_bytes(data) != document.id:
            raise DocumentError(
                "changed", f"{path.name} changed while it was being read", "run the same command again"
            )
        original = self._workspace.original(document.id, path.suffix)
        if not original.exists():
            write_bytes(original, data)
        self._catalog.put_document(
            document,
            read.sections,
            read.chunks,
            structure=read.structure,
            fingerprint=self._fingerprint,
            added_at=self._now,
        )

    def _failed_before(self) -> dict[tuple[str, str], FileOutcome]:
        """Outcomes by (path, content id) of what these readers could not read, and would not today."""
        return {
            (failure.path, failure.content_id): FileOutcome(
                path=Path(failure.path),
                status="failed",
                reason=failure.reason,
                message=f"{failure.message}; {failure.remedy}",
            )
            for failure in self._catalog.failures()
            if failure.fingerprint == self._fingerprint and failure.reason not in _PASSING
        }

    @staticmethod
    def _unnameable(path: Path) -> FileOutcome:
        """A file whose name the catalog cannot store; nothing is remembered of it."""
        message = f"{path.name!a} has a name that is not valid Unicode; rename it"
        return FileOutcome(path=path, status="failed", reason="name", message=message)
