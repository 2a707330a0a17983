"""Lanes: where a pipeline does its work, in this process or in one of its own.

Python computes on one core at a time, and half of a question is Python: so questions are answered side by
side by processes, each with a pipeline of its own. A lane does one batch at a time, from one thread. A
process that dies in the middle is started anew and does its batch again. Leaves the line to
``service.waiting``.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Protocol

from rag.errors import CovenantError
from rag.settings import Settings
from rag.workspace import Workspace
from service.host import PipelineHost
from service.waiting import Item
from service.work import Step, Work

_LOG = logging.getLogger(__name__)
_TRIES = 2
_ENDING_S = 10.0
Report = Callable[[int, Item], None]
"""Gets the number of the work within its batch, and what comes of it; a step is not the last."""


class Lane(Protocol):
    """Does batches of work, one after the other, always on the same thread."""

    def do(self, works: Sequence[Work], report: Report) -> None:
        """Carry out all of them; each is reported to its end."""
        ...

    def close(self) -> None:
        """Close the pipeline; on that thread, too."""
        ...


class ThreadLane:
    """A pipeline in this process."""

    def __init__(self, workspace: Workspace, settings: Settings, release: str | None) -> None:
        self._host = PipelineHost(workspace, settings, release)

    def do(self, works: Sequence[Work], report: Report) -> None:
        """Carry out all of them; each is reported to its end."""
        do_all(self._host, works, report)

    def close(self) -> None:
        """Close the pipeline."""
        self._host.close()


class ProcessLane:
    """A pipeline in a process of its own, which is started when there is something to do."""

    def __init__(self, workspace: Workspace, settings: Settings, release: str | None) -> None:
        self._arguments = (workspace, settings, release)
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def do(self, works: Sequence[Work], report: Report) -> None:
        """Carry out all of them; each is reported to its end.

        A second process does again what a first did not finish when it died; a second death is the end.
        """
        open_works = dict(enumerate(works))
        for _ in range(_TRIES):
            try:
                self._exchange(open_works, report)
            except (EOFError, OSError):
                _LOG.error("an answering process ended unexpectedly; it is started anew")
                self.close()
            else:
                return
        failed = CovenantError("the answering process ended twice", "see the service's log")
        for number in open_works:
            report(number, failed)

    def close(self) -> None:
        """Let the process end."""
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.join(_ENDING_S)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
        self._pipe = self._process = None

    def _exchange(self, open_works: dict[int, Work], report: Report) -> None:
        """Hand the works over, pass on what comes back; what is finished leaves ``open_works``."""
        pipe = self._pipe or self._start()
        numbers = list(open_works)
        pipe.send([open_works[number] for number in numbers])
        while open_works:
            place, item = pipe.recv()
            report(numbers[place], item)
            if not isinstance(item, Step):
                del open_works[numbers[place]]

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_answer, args=(theirs, *self._arguments), name="covenant-answers", daemon=True
        )
        self._process.start()
        theirs.close()
        return self._pipe


def do_all(host: PipelineHost, works: Sequence[Work], report: Report) -> None:
    """Carry out works in their order; whatever goes wrong with one is reported as its end."""
    for number, work in enumerate(works):
        item: Item
        try:
            item = host.do(work, lambda step, number=number: report(number, step))  # type: ignore[misc]
        except CovenantError as error:
            item = error
        except Exception:
            _LOG.exception("a question failed")
            item = CovenantError("the question could not be answered", "see the service's log")
        report(number, item)


def _answer(pipe: Connection, workspace: Workspace, settings: Settings, release: str | None) -> None:
    """The life of a process: batches come through the pipe until its other end is closed."""
    # Ctrl-C reaches the whole group: who started this process says when it is time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    host = PipelineHost(workspace, settings, release)
    try:
        while True:
            works = pipe.recv()
            do_all(host, works, lambda number, item: pipe.send((number, item)))
    except (EOFError, OSError):
        pass
    finally:
        host.close()
