"""Carries out the jobs of a workspace, one after the other, each in a process of its own.

Who holds the workspace's worker lock is the worker; another waits until that one has gone, however it went.
The operating system gives the lock back with the process, so nobody has to guess by a clock whether a silent
worker is dead or only slow. Leaves what a job runs to ``service.job_kinds``, rows to ``service.job_store``.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from filelock import FileLock, Timeout

from rag.errors import UsageError
from rag.settings import Settings
from rag.workspace import Workspace
from service.command_process import CommandProcess
from service.job_kinds import arguments_of, options_of
from service.job_results import end_of
from service.job_store import End, Job, JobStore

_LOG = logging.getLogger(__name__)
_POLL_S = 0.5
_TELL_S = 0.3


def worker_lock(workspace: Workspace) -> FileLock:
    """Held by the worker as long as it lives."""
    return FileLock(workspace.root / ".worker.lock")


def is_working(workspace: Workspace) -> bool:
    """Whether a worker is there."""
    lock = worker_lock(workspace)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


class Worker:
    """The worker of one workspace."""

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        overrides: Sequence[str] = (),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``overrides`` are the ``--set`` options that jobs get too."""
        self._workspace = workspace
        self._settings = settings
        self._overrides = overrides
        self._clock = clock
        self._store = JobStore(workspace.service_file)

    def run(self, stopping: threading.Event, *, until_idle: bool = False) -> None:
        """Carry out jobs until told to stop, or until none is left.

        Raises:
            StorageError: the disk is full or not writable; jobs go on with the next worker.
        """
        with self._alone(stopping):
            if not stopping.is_set():
                for job_id in self._store.recover(at=self._now):
                    _LOG.warning("job %s was left by a worker that died", job_id)
            while not stopping.is_set():
                job = self._store.claim(at=self._now) if self._store.waiting() else None
                if job is not None:
                    self._carry_out(job, stopping)
                elif until_idle:
                    return
                else:
                    stopping.wait(_POLL_S)

    @property
    def _now(self) -> str:
        return self._clock().isoformat(timespec="seconds")

    @contextmanager
    def _alone(self, stopping: threading.Event) -> Iterator[None]:
        lock = worker_lock(self._workspace)
        told = False
        while not lock.is_locked and not stopping.is_set():
            try:
                lock.acquire(timeout=0)
            except Timeout:
                if not told:
                    _LOG.info("another worker is at work; this one takes over when it ends")
                told = True
                stopping.wait(_POLL_S)
        try:
            yield
        finally:
            lock.release()

    def _carry_out(self, job: Job, stopping: threading.Event) -> None:
        _LOG.info("job %s (%s) begins", job.id, job.kind)
        try:
            options = options_of(job.kind, job.options)
            arguments = arguments_of(job.kind, options, self._workspace, self._settings, by=job.caller)
        except UsageError as error:
            told = {"code": "refused", "message": error.message, "remedy": error.remedy}
            self._store.end(job, End(status="failed", error=told), at=self._now)
            return
        sets = [part for one in self._overrides for part in ("--set", one)]
        command = ["--workspace", str(self._workspace.root), *sets, *arguments]
        with CommandProcess(self._workspace.root / ".job.lock", command) as running:
            end = self._watch(job, running, stopping)
        if end is None:
            return
        self._store.end(job, end, at=self._now)
        _LOG.info("job %s (%s): %s", job.id, job.kind, end.status)

    def _watch(self, job: Job, running: CommandProcess, stopping: threading.Event) -> End | None:
        """How it ended; None where it is to go on later, or another worker has it."""
        while (code := running.wait(_TELL_S)) is None:
            match self._store.tell(job, running.standing, running.lines()):
                case "stop":
                    running.interrupt()
                    self._store.tell(job, running.standing, running.lines())
                    return End(status="cancelled")
                case "lost":
                    running.kill()
                    return None
            if stopping.is_set():
                running.interrupt()
                self._store.tell(job, running.standing, running.lines())
                self._store.put_back(job)
                return None
        self._store.tell(job, running.standing, running.lines())
        return end_of(job.kind, code, running.printed(), running.tail())
