"""Reading files in worker processes: results in the order of the files, one bad file never the end.

A worker that dies (a crash in a native parser, out of memory) or takes too long costs the run that file
and a fresh pool, nothing else. Leaves reading itself to ``ingest.reader``.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from ingest.reader import ReadDocument, read_file
from rag.errors import DocumentError
from rag.settings import IngestSettings

_Outcome = ReadDocument | DocumentError
_Reader = Callable[[Path, IngestSettings], _Outcome]


def _read(path: Path, settings: IngestSettings) -> _Outcome:
    try:
        return read_file(path, settings)
    except DocumentError as error:
        return error


def read_files(
    paths: Sequence[Path], settings: IngestSettings, *, reader: _Reader = _read
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

    def read(self, paths: Sequence[Path]) -> Iterator[tuple[Path, _Outcome]]:
        waiting = deque(paths)
        running: deque[tuple[Path, Future[_Outcome]]] = deque()
        try:
            while waiting or running:
                self._fill(waiting, running)
                path, future = running.popleft()
                try:
                    yield path, future.result(timeout=self._settings.file_timeout_s)
                except (BrokenProcessPool, FutureTimeoutError) as error:
                    # The head of the queue may have died with another file's worker: it is read again by
                    # itself, so that the file at fault is the one that is reported.
                    self._restart()
                    waiting.extendleft(p for p, _ in reversed(running))
                    running.clear()
                    yield path, self._alone(path, slow=isinstance(error, FutureTimeoutError))
        finally:
            self._stop()

    def _fill(self, waiting: deque[Path], running: deque[tuple[Path, Future[_Outcome]]]) -> None:
        """Hand out files until enough are under way; a pool found broken is replaced once it is empty."""
        while waiting and len(running) < 2 * self._workers:
            try:
                future = self._executor.submit(self._reader, waiting[0], self._settings)
            except BrokenProcessPool:
                if running:
                    return
                self._restart()
            else:
                running.append((waiting.popleft(), future))

    def _alone(self, path: Path, *, slow: bool) -> _Outcome:
        seconds = self._settings.file_timeout_s
        if not slow:
            try:
                return self._executor.submit(self._reader, path, self._settings).result(timeout=seconds)
            except BrokenProcessPool:
                self._restart()
                return DocumentError(
                    "crashed", f"{path.name}: the parser died while reading it", "check or repair the file"
                )
            except FutureTimeoutError:
                self._restart()
        return DocumentError(
            "too-slow", f"{path.name}: not read within {seconds:g} s", "raise ingest.file_timeout_s"
        )

    def _fresh(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, mp_context=context)

    def _stop(self) -> None:
        # A worker that hangs would keep a graceful shutdown waiting for ever.
        for process in list((self._executor._processes or {}).values()):  # noqa: SLF001 - no public way
            process.kill()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _restart(self) -> None:
        self._stop()
        self._executor = self._fresh()
