"""Reading files in worker processes: results in the order of the files, one bad file never the end.

A worker that dies (a crash in a native parser), takes too long or needs too much memory costs the run that
file and a fresh pool, nothing else. Leaves reading itself to ``ingest.reader``.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TypeGuard

from ingest.reader import ReadDocument, read_file
from rag.errors import DocumentError
from rag.settings import IngestSettings

_Outcome = ReadDocument | DocumentError
_Reader = Callable[[Path, IngestSettings], _Outcome]
_MIB = 1024 * 1024
_FILES_PER_WORKER = 250
"""Parsers keep some memory of every file: a pool is replaced after so many."""


def read_path(path: Path, settings: IngestSettings, cache: Path | None = None) -> _Outcome:
    """What a file holds, or why it cannot be read; ``cache`` as in ``ingest.reader.read_file``."""
    try:
        return read_file(path, settings, cache)
    except DocumentError as error:
        return _needs_memory(path, settings) if isinstance(error.__cause__, MemoryError) else error
    except MemoryError:
        return _needs_memory(path, settings)


def _needs_memory(path: Path, settings: IngestSettings) -> DocumentError:
    return DocumentError(
        "out-of-memory",
        f"{path.name}: not read within {settings.file_memory_mb} MiB of memory",
        "raise ingest.file_memory_mb, or split the file",
    )


def _is_fatal(outcome: _Outcome) -> TypeGuard[DocumentError]:
    """Whether a worker was lost or is worn out."""
    return isinstance(outcome, DocumentError) and outcome.reason in {"crashed", "too-slow", "out-of-memory"}


def prepare_worker(mebibytes: int) -> None:
    """Before a worker's first file."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limit_memory(mebibytes)


def _end_with_parent() -> None:
    """End this process, a worker, once the one that started it has gone.

    Workers hold both ends of their queue, so that a killed run's would wait in it for ever.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _limit_memory(mebibytes: int) -> None:
    """Let this process, a worker at its start, take so much more memory, where the system can see to that.

    Address space is limited and not what is resident: only that makes an allocation fail where it is asked
    for, in Python and in native parsers alike, before the machine is out of memory.
    """
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (ImportError, OSError):
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + mebibytes * _MIB
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def read_files(
    paths: Sequence[Path], settings: IngestSettings, *, reader: _Reader = read_path
) -> Iterator[tuple[Path, _Outcome]]:
    """Each path with what it held or why it could not be read, in the order given.

    With ``settings.workers`` 1 files are read in this process: a parser that crashes or hangs then takes the
    run with it. ``reader`` must be importable by worker processes.
    """
    if settings.workers == 1 or not paths:
        for path in paths:
            yield path, reader(path, settings)
    else:
        workers = min(settings.workers or os.cpu_count() or 1, len(paths))
        yield from _Pool(workers, settings, reader).read(paths)


class _Pool:
    """A process pool that survives its workers; at most two files a worker are under way."""

    def __init__(self, workers: int, settings: IngestSettings, reader: _Reader) -> None:
        self._workers = workers
        self._settings = settings
        self._reader = reader
        self._executor = self._fresh()
        self._handed_out = 0

    def read(self, paths: Sequence[Path]) -> Iterator[tuple[Path, _Outcome]]:
        waiting = deque(paths)
        running: deque[tuple[Path, Future[_Outcome]]] = deque()
        try:
            while waiting or running:
                self._fill(waiting, running)
                path, future = running.popleft()
                outcome = self._outcome(path, future)
                if _is_fatal(outcome):
                    self._restart()
                    waiting.extendleft(p for p, _ in reversed(running))
                    running.clear()
                    outcome = self._alone(path, outcome)
                yield path, outcome
        finally:
            self._stop()

    def _fill(self, waiting: deque[Path], running: deque[tuple[Path, Future[_Outcome]]]) -> None:
        """Hand out files until enough are under way; a broken or worn pool is replaced once it is empty."""
        if self._handed_out >= _FILES_PER_WORKER * self._workers:
            if running:
                return
            self._restart()
        while waiting and len(running) < 2 * self._workers:
            try:
                future = self._executor.submit(self._reader, waiting[0], self._settings)
            except BrokenProcessPool:
                if running:
                    return
                self._restart()
            else:
                self._handed_out += 1
                running.append((waiting.popleft(), future))

    def _outcome(self, path: Path, future: Future[_Outcome]) -> _Outcome:
        seconds = self._settings.file_timeout_s
        try:
            return future.result(timeout=seconds)
        except MemoryError:
            # What was read did not fit beside what was needed to send it.
            return _needs_memory(path, self._settings)
        except FutureTimeoutError:
            return DocumentError(
                "too-slow", f"{path.name}: not read within {seconds:g} s", "raise ingest.file_timeout_s"
            )
        except BrokenProcessPool:
            return DocumentError(
                "crashed",
                f"{path.name}: the parser died while reading it",
                "check or repair the file; if it is a very large one, raise ingest.file_memory_mb",
            )

    def _alone(self, path: Path, before: DocumentError) -> _Outcome:
        """Read a file again by itself: another file may have killed its worker or left it without memory."""
        if before.reason == "too-slow":
            return before
        outcome = self._outcome(path, self._executor.submit(self._reader, path, self._settings))
        if _is_fatal(outcome):
            self._restart()
        return outcome

    def _fresh(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        memory = (self._settings.file_memory_mb,)
        return ProcessPoolExecutor(self._workers, context, initializer=prepare_worker, initargs=memory)

    def _stop(self) -> None:
        # A worker that hangs would keep a graceful shutdown waiting for ever.
        for process in list((self._executor._processes or {}).values()):  # noqa: SLF001 - no public way
            process.kill()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _restart(self) -> None:
        self._stop()
        self._executor = self._fresh()
        self._handed_out = 0
