"""Pages drawn in a process of their own: a parser that crashes, hangs or eats memory costs one picture.

Leaves drawing itself to ``ingest.loaders.drawing``.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from ingest.loaders.drawing import Rectangle, draw_page
from ingest.parse import prepare_worker
from rag.errors import DocumentError
from rag.settings import IngestSettings

_SECONDS = 20.0
"""A page that takes longer to draw is not drawn."""


class Drawer:
    """One process that draws, started when it is first needed. Safe to share between threads."""

    def __init__(self, settings: IngestSettings, *, seconds: float = _SECONDS) -> None:
        self._settings = settings
        self._seconds = seconds
        self._turn = threading.Lock()
        self._executor: ProcessPoolExecutor | None = None

    def draw(self, path: Path, number: int, boxes: Sequence[Rectangle], dpi: int) -> bytes:
        """A PNG file of a page of a PDF; see ``draw_page``. Callers wait for their turn.

        Raises:
            DocumentError: the page cannot be drawn, or not within the time and memory there is.
        """
        with self._turn:
            executor = self._executor = self._executor or self._fresh()
            job = executor.submit(draw_page, path, number, tuple(boxes), dpi, self._settings.pdf_parser)
            try:
                return job.result(timeout=self._seconds)
            except (FutureTimeoutError, BrokenProcessPool, MemoryError) as error:
                self._stop()
                raise DocumentError(
                    "not-drawn",
                    f"page {number + 1} cannot be drawn ({type(error).__name__})",
                    "open the original instead",
                ) from error

    def close(self) -> None:
        """End the process."""
        with self._turn:
            self._stop()

    def _fresh(self) -> ProcessPoolExecutor:
        memory = (self._settings.file_memory_mb,)
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(1, context, initializer=prepare_worker, initargs=memory)

    def _stop(self) -> None:
        executor, self._executor = self._executor, None
        if executor is None:
            return
        # One that hangs would keep a graceful shutdown waiting for ever.
        for process in list((executor._processes or {}).values()):  # noqa: SLF001 - no public way
            process.kill()
        executor.shutdown(wait=True, cancel_futures=True)
