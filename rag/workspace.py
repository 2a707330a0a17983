"""The workspace: one folder that holds everything a team has. Where things lie, and nothing more.

covenant.toml · catalog.db · files/ · uploads/ · indexes/ · artifacts/ · releases/ · cache/ · runs/
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import WorkspaceBusyError, WorkspaceError
from rag.storage import storage_errors, write_text

SETTINGS_FILE = "covenant.toml"
_NEW_SETTINGS = """\
# Settings of this workspace; the README lists them all with their defaults.
# What is not said here keeps its default.

[ingest]
# pdf_parser = "pypdfium2"   # a permissive engine instead of PyMuPDF (AGPL or commercial)
"""


@dataclass(frozen=True, slots=True)
class Workspace:
    """Paths below one root folder."""

    root: Path

    @classmethod
    def create(cls, root: Path) -> Workspace:
        """Make the folder and its settings file; an existing workspace is left as it is.

        Raises:
            WorkspaceError: the path is a file.
            StorageError: the folder cannot be written.
        """
        if root.exists() and not root.is_dir():
            raise WorkspaceError(f"{root} is a file, not a folder", "name another folder")
        workspace = cls(root.resolve())
        with storage_errors(str(root)):
            workspace.root.mkdir(parents=True, exist_ok=True)
        if not workspace.settings_file.exists():
            write_text(workspace.settings_file, _NEW_SETTINGS)
        return workspace

    @classmethod
    def open(cls, root: Path) -> Workspace:
        """An existing workspace.

        Raises:
            WorkspaceError: there is none.
        """
        workspace = cls(root.resolve())
        if not workspace.settings_file.is_file():
            raise WorkspaceError(
                f"{root} is not a workspace (no {SETTINGS_FILE} in it)",
                f"run: covenant --workspace {root} init",
            )
        return workspace

    @property
    def settings_file(self) -> Path:
        """The TOML file of settings."""
        return self.root / SETTINGS_FILE

    @property
    def catalog_file(self) -> Path:
        """The SQLite catalog."""
        return self.root / "catalog.db"

    @property
    def files(self) -> Path:
        """Originals, named by the hash of their bytes."""
        return self.root / "files"

    def original(self, document_id: str, suffix: str) -> Path:
        """Where the file of a document is kept, spread over subfolders by the first two digits."""
        return self.files / document_id[:2] / f"{document_id}{suffix.lower()}"

    @property
    def uploads(self) -> Path:
        """Files that came over HTTP, a folder for each: what other documents' folders are to a user's own."""
        return self.root / "uploads"

    @property
    def indexes(self) -> Path:
        """Index versions, the pointer to the current one, and the embedding cache."""
        return self.root / "indexes"

    @property
    def artifacts(self) -> Path:
        """What was trained, a folder for each."""
        return self.root / "artifacts"

    @property
    def releases(self) -> Path:
        """Records of releases, the pointer to the one in use, and how that was switched."""
        return self.root / "releases"

    def originals(self, document_id: str) -> list[Path]:
        """The files that are kept of a document: one, or more where it was met with several suffixes."""
        return sorted(self.files.glob(f"*/{document_id}*"))

    @property
    def cache(self) -> Path:
        """What is costly to make anew, a folder for each kind.

        A file or folder whose name begins with a document's id is kept as long as the document is; all else
        goes with whatever document is deleted next, because it may be of that one.
        """
        return self.root / "cache"

    @property
    def labels_file(self) -> Path:
        """Votes of labeling functions and the labels made of them."""
        return self.root / "labels.db"

    @property
    def label_report(self) -> Path:
        """What ``covenant label`` last found, as JSON; in the cache, because it quotes documents."""
        return self.cache / "labels" / "report.json"

    @property
    def service_file(self) -> Path:
        """What the service keeps: answers, judgements, keys, the audit log."""
        return self.root / "service.db"

    @property
    def judgements(self) -> Path:
        """What people said of answers, one judgement a line; tuning learns from it."""
        return self.root / "judgements.jsonl"

    @property
    def regression(self) -> Path:
        """Questions whose right answers people have given, in the form of an evaluation set."""
        return self.root / "questions.jsonl"

    @property
    def runs(self) -> Path:
        """Evaluation runs."""
        return self.root / "runs"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the workspace for writing; a second writer is refused at once. Readers need no lock.

        Raises:
            WorkspaceBusyError: another process is writing.
            StorageError: the folder cannot be written.
        """
        lock = FileLock(self.root / ".lock")
        with storage_errors(str(self.root)):
            try:
                lock.acquire(timeout=0)
            except Timeout:
                raise WorkspaceBusyError(
                    f"another process is writing to {self.root}", "wait for it to end and try again"
                ) from None
        try:
            yield
        finally:
            lock.release()
