"""All that one service remembers and works with, opened once by ``create_app`` and closed with it.

Routes ask for it with ``RecordsOf``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from fastapi import Depends, Request

from ingest.draw import Drawer
from rag.catalog import Catalog
from rag.settings import Settings
from rag.workspace import Workspace
from service.answer_store import AnswerStore
from service.audit import AuditLog
from service.callers import Caller
from service.job_store import Job, JobStore
from service.judgements import Judgements
from service.keys import Keys
from service.librarian import Librarian
from service.regression import RegressionQuestions
from service.reports import Reports
from service.state import held
from service.uploads import Uploads


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The stores of a workspace's service, and the threads and processes that work for its routes."""

    workspace: Workspace
    settings: Settings
    keys: Keys
    answers: AnswerStore
    judgements: Judgements
    questions: RegressionQuestions
    audit: AuditLog
    uploads: Uploads
    librarian: Librarian
    jobs: JobStore
    reports: Reports
    drawer: Drawer
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @classmethod
    def open(cls, workspace: Workspace, settings: Settings) -> Self:
        """Open the stores; nothing is started yet."""
        path = workspace.service_file
        uploads = Uploads(path)
        return cls(
            workspace=workspace,
            settings=settings,
            keys=Keys(path),
            answers=AnswerStore(path),
            judgements=Judgements(path, workspace.judgements),
            questions=RegressionQuestions(path, workspace.regression),
            audit=AuditLog(path),
            uploads=uploads,
            librarian=Librarian(workspace, settings, uploads),
            jobs=JobStore(path),
            reports=Reports(workspace),
            drawer=Drawer(settings.ingest),
        )

    def now(self) -> str:
        """The moment, ISO 8601 in UTC."""
        return self.clock().isoformat(timespec="seconds")

    def note(self, who: Caller, action: str, target: str, **detail: object) -> None:
        """Put a change into the audit log."""
        self.audit.add(who, action, target, at=self.now(), detail=detail)

    def queue_job(self, who: Caller, kind: str, options: Mapping[str, Any]) -> Job:
        """Queue a job whose options were checked, and put that into the audit log."""
        job = self.jobs.add(who, kind, options, at=self.now())
        self.note(who, "job.start", job.id, kind=kind, options=dict(options))
        return job

    @contextmanager
    def sight(self, who: Caller) -> Iterator[Callable[[Iterable[str]], bool]]:
        """Whether all of some stored documents are in collections that a caller sees, as they are now."""
        collections = who.collections
        if collections is None:
            yield lambda _: True
            return
        with Catalog(self.workspace.catalog_file) as catalog:
            yield lambda documents: all(
                (catalog.collection_of(one) or "") in collections for one in documents
            )

    def close(self) -> None:
        """Let the thread and the process end, close the stores."""
        self.librarian.close()
        self.drawer.close()
        self.keys.close()


def _records(request: Request) -> Records:
    return held(request, "records", Records)


RecordsOf = Annotated[Records, Depends(_records)]
