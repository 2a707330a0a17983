"""The one thread that changes the library: reads what was uploaded, removes what is to be deleted.

Files are parsed in a process of their own, as by ``covenant ingest``, with limits on size, pages, time and
memory. While another process writes to the workspace, uploads wait for it. A service that ends while a file
is being read begins it again at its next start; what was embedded by then is kept.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from ingest.build import FileOutcome, Placement, ingest
from ingest.remove import RemovalReport, remove
from ingest.scan import content_id
from rag.catalog import Catalog
from rag.errors import CovenantError, WorkspaceBusyError
from rag.settings import Settings
from rag.storage import remove_leftovers
from rag.types import DocumentId
from rag.workspace import Workspace
from service.errors import ConflictError, row_of
from service.uploads import Upload, Uploads

_LOG = logging.getLogger(__name__)
_SHARES = {"read": (0.0, 0.4), "embed": (0.4, 0.5), "index": (0.9, 0.1)}
"""Where each stage of an upload begins on the bar, and how much of it it takes."""
_RETRY_S = 0.5
"""Between two looks whether another process is still writing."""


class _StoppedError(Exception):
    """The service ends."""


class Librarian:
    """Uploads and removals, one after the other."""

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        uploads: Uploads,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._workspace = workspace
        self._settings = _for_uploads(settings)
        self._uploads = uploads
        self._clock = clock
        self._stopping = threading.Event()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="librarian")
        self._live: dict[str, tuple[str, float]] = {}

    def start(self) -> None:
        """Go on with what was accepted before the service was last ended."""
        remove_leftovers(self._workspace.uploads)
        for upload in self._uploads.unfinished():
            self.take(upload)

    def take(self, upload: Upload) -> None:
        """Read an upload when its turn comes; it has been remembered already."""
        self._thread.submit(self._read, upload)

    def progress(self, upload_id: str) -> tuple[str, float]:
        """The stage of an upload that is being read and how far it is, 0 to 1."""
        return self._live.get(upload_id, ("", 0.0))

    def remove(self, documents: Sequence[DocumentId]) -> Future[RemovalReport]:
        """Delete documents, all traces of them, when their turn comes; see ``ingest.remove``."""
        return self._thread.submit(remove, self._workspace, documents, self._settings, clock=self._clock)

    def close(self) -> None:
        """Stop at the next step of what is being read, and end the thread."""
        self._stopping.set()
        self._thread.shutdown(wait=True, cancel_futures=True)

    @property
    def _now(self) -> str:
        return self._clock().isoformat(timespec="seconds")

    def _read(self, upload: Upload) -> None:
        """Read one upload and note how it ended; never raises."""
        try:
            self._uploads.start(upload.id)
            while (outcome := self._ingest(upload)) is None:
                self._stopping.wait(_RETRY_S)
            if outcome.status == "failed":
                reason = outcome.reason if outcome.reason != "too-large" else "body_too_large"
                message, _, remedy = outcome.message.partition("; ")
                self._fail(upload, {"code": reason, "message": message, "remedy": remedy})
                return
            with Catalog(self._workspace.catalog_file) as catalog:
                document = catalog.source_of(str(upload.path))
                name = catalog.name(document) if document else ""
            for before in map(Path, upload.instead_of):
                if before.parent.parent == self._workspace.uploads:
                    self._discard(before)
            self._uploads.finish(upload.id, document or "", name, at=self._now)
        except _StoppedError:
            self._uploads.wait(upload.id)
        except CovenantError as error:
            _LOG.error("upload %s: %s", upload.id, error)
            row = row_of(error)
            message, remedy = row.told or (error.message, error.remedy)
            self._fail(upload, {"code": row.code, "message": message, "remedy": remedy})
        except Exception:
            _LOG.exception("upload %s", upload.id)
            told = {"message": "the file could not be taken in", "remedy": "see the service's log"}
            self._fail(upload, {"code": "internal", **told})
        finally:
            self._live.pop(upload.id, None)

    def _ingest(self, upload: Upload) -> FileOutcome | None:
        """What became of the file; None where another process is writing to the workspace.

        Raises:
            ConflictError: the library has this document in another collection.
        """
        if self._stopping.is_set():
            raise _StoppedError
        self._check_collection(upload)
        placement = Placement(collection=upload.collection, instead_of=upload.instead_of)
        progress = _Progress(self._live, upload.id, self._stopping)
        try:
            report = ingest(
                self._workspace,
                [upload.path],
                self._settings,
                placement=placement,
                progress=progress,
                clock=self._clock,
            )
        except WorkspaceBusyError:
            self._live[upload.id] = ("waiting for another process that writes", 0.0)
            return None
        return report.files[0]

    def _check_collection(self, upload: Upload) -> None:
        with Catalog(self._workspace.catalog_file) as catalog:
            check_collection(catalog, content_id(upload.path), upload.collection)

    @staticmethod
    def _discard(path: Path) -> None:
        path.unlink(missing_ok=True)
        if path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()

    def _fail(self, upload: Upload, error: dict[str, str]) -> None:
        """Note a failure; of the file and of its path nothing is kept."""
        self._discard(upload.path)
        with Catalog(self._workspace.catalog_file) as catalog:
            catalog.end_sources([str(upload.path)], at=self._now)
        self._uploads.fail(upload.id, error, at=self._now)


def check_collection(catalog: Catalog, document: DocumentId, collection: str) -> None:
    """See that a document that is in the library already is in that collection.

    Raises:
        ConflictError: it is in another, which is not told.
    """
    if document in catalog.active_ids() - catalog.active_ids(frozenset({collection})):
        raise ConflictError(
            "this file is in the library already, in another collection",
            "an operator can move it with covenant ingest --collection",
        )


def _for_uploads(settings: Settings) -> Settings:
    """The settings with the limits of uploads, and a process for parsers in any case."""
    service = settings.service
    limits = {
        "workers": 2,
        "max_file_mb": min(settings.ingest.max_file_mb, service.max_upload_mb),
        "max_pages": min(settings.ingest.max_pages, service.max_upload_pages),
        "file_timeout_s": min(settings.ingest.file_timeout_s, service.upload_timeout_s),
    }
    return settings.model_copy(update={"ingest": settings.ingest.model_copy(update=limits)})


class _Progress:
    """Takes down where an upload stands; raises once the service ends."""

    def __init__(self, live: dict[str, tuple[str, float]], upload_id: str, stopping: threading.Event) -> None:
        self._live, self._id, self._stopping = live, upload_id, stopping
        self._stage, self._total, self._done = "read", 1, 0

    def start(self, stage: str, total: int, unit: str, *, weight: int = 0) -> None:
        """A stage begins."""
        self._stage, self._total, self._done = stage, max(total, 1), 0
        self.advance(0)

    def advance(self, amount: int = 1, *, pages: int = 0, weight: int = 0) -> None:
        """That much more of it is done."""
        if self._stopping.is_set() and self._stage in _SHARES and self._stage != "index":
            raise _StoppedError
        self._done += amount
        first, share = _SHARES.get(self._stage, (1.0, 0.0))
        self._live[self._id] = (self._stage, first + share * min(self._done / self._total, 1.0))
