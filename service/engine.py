"""The engine: questions wait in one line, and lanes answer them side by side.

Each lane has a thread that takes work from the line, in order of arrival. With one lane the pipeline lives in
this process; with more, each in a process of its own. Which release and index version answer is looked up
before each question (``service.host``), so that a switch drops none.

Questions share no forward pass: the passages of one fill a processor, and an answer would hang on what else
is asked. It does not depend on the lane either.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import threading
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from time import monotonic

from rag.catalog import Catalog, DocumentRecord
from rag.errors import CovenantError, EmptyIndexError
from rag.settings import Settings
from rag.structure import Fact
from rag.workspace import Workspace
from service.answers import Abstained, Answered
from service.errors import TimedOutError
from service.hits import HitOut
from service.host import Result
from service.lanes import Lane, ProcessLane, ThreadLane
from service.waiting import Item, Line, Ticket
from service.work import Ask, Check, Identify, Search, Step, Work

_LOG = logging.getLogger(__name__)
_MOST_LANES = 4
"""Processes that are started where none are asked for: each holds the models and its share of the index."""
_FIRST_GUESS_S = 0.5
_WEIGHT = 0.1
"""Of the last question in the average of how long one takes."""


def lanes_for(workers: int) -> int:
    """How many lanes a setting means: itself, or for 0 one per processor within reason."""
    return workers or min(os.cpu_count() or 1, _MOST_LANES)


class Engine:
    """Asks pipelines from any number of requests and event loops."""

    def __init__(
        self, workspace: Workspace, settings: Settings, *, release: str | None = None, lanes: int = 1
    ) -> None:
        """The first lane opens with its first work, the others then by themselves, before they take any.

        ``release`` holds one instead of following the one in use.
        """
        self._workspace = workspace
        self._timeout_s = settings.service.timeout_s
        self._batch = settings.service.batch
        self._known: Mapping[str, str] | None = None
        self._line = Line(settings.service.max_waiting, lanes)
        self._began = threading.Event()
        self._took_s = _FIRST_GUESS_S
        kind = ThreadLane if lanes == 1 else ProcessLane
        opened: list[Lane] = [kind(workspace, settings, release) for _ in range(lanes)]
        self._threads = [
            threading.Thread(target=self._serve, args=(lane, number == 0), name=f"lane-{number}", daemon=True)
            for number, lane in enumerate(opened)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Questions that have not begun."""
        return self._line.waiting

    @property
    def running(self) -> int:
        """Questions that are being answered."""
        return self._line.running

    @property
    def loaded(self) -> bool:
        """Whether a pipeline is open."""
        return self._known is not None

    @property
    def known(self) -> Mapping[str, str]:
        """The identity of each component and of the index, as the last question met them; may be empty."""
        return self._known or {}

    def load(self) -> None:
        """Open the pipeline in one lane; blocks until it is done. The other lanes follow.

        Raises:
            EmptyIndexError: nothing is indexed.
            UsageError: the index does not fit the settings.
            ModelError: weights are missing, were changed or do not fit.
        """
        done: Future[Item] = Future()
        self._line.put(Ticket(Identify(), done.set_result))
        self._learn(done.result())

    async def ask(self, work: Ask) -> Answered | Abstained:
        """Answer a question about the documents in its scope.

        Raises:
            QuestionError: the question is empty or too long.
            UnknownDocumentError: a reference fits no document, or more than one; or none fits the filters.
            EmptyIndexError: nothing is indexed.
            OverloadedError: too many questions are waiting.
            TimedOutError: it took too long.
        """
        result = await self._result(work)
        if not isinstance(result, Answered | Abstained):
            raise TypeError("a question ends in a reply")
        return result

    async def follow(self, work: Ask) -> AsyncGenerator[Step | Answered | Abstained]:
        """The steps of a question as they come, at last its reply; raises as ``ask`` does.

        That too many are waiting is raised before the first step.
        """
        with self._begun(work) as pending:
            while True:
                item = await pending.next_item()
                self._learn(item)
                if isinstance(item, Step | Answered | Abstained):
                    yield item
                if not isinstance(item, Step):
                    return

    async def search(self, work: Search) -> list[HitOut]:
        """The best passages for a question; raises as ``ask`` does."""
        result = await self._result(work)
        if not isinstance(result, list):
            raise TypeError("a search ends in hits")
        return result

    async def fingerprints(self) -> Mapping[str, str]:
        """The identity of each component and of the index, as the last question met them.

        Opens the pipeline where none is open; does not wait behind questions where one is.

        Raises:
            CovenantError: it cannot be opened; see ``load``.
        """
        if self._known is None:
            await self._result(Identify())
        return self._known or {}

    async def check(self, release: str) -> None:
        """See that a pipeline of a release opens, beside the one in use; an empty library is no hindrance.

        Raises:
            CovenantError: it does not; see ``load``.
            OverloadedError: too many questions are waiting.
            TimedOutError: it took too long.
        """
        with suppress(EmptyIndexError):
            await self._result(Check(release))

    def documents(self, collections: frozenset[str] | None = None) -> list[tuple[DocumentRecord, list[Fact]]]:
        """The library's documents, or those of some collections, by name with their facts.

        Read beside the pipeline so that none waits.
        """
        with Catalog(self._workspace.catalog_file) as catalog:
            facts = catalog.all_facts(collections)
            return [(record, facts.get(record.id, [])) for record in catalog.documents(collections)]

    def close(self) -> None:
        """Let all that waits be answered, then close the pipelines and their threads."""
        self._line.close()
        self._began.set()
        for thread in self._threads:
            thread.join()

    async def _result(self, work: Work) -> Result:
        with self._begun(work) as pending:
            while isinstance(item := await pending.next_item(), Step):
                pass
        self._learn(item)
        return item

    @contextmanager
    def _begun(self, work: Work) -> Iterator[_Pending]:
        """A piece of work in the line; it is left there no longer than the block."""
        pending = _Pending(self._timeout_s)
        ticket = Ticket(work, pending.report)
        self._line.put(ticket, self._retry_after_s())
        try:
            yield pending
        finally:
            ticket.abandoned.set()

    def _learn(self, item: Item) -> None:
        """Remember what answers now; raises what is an error."""
        if isinstance(item, CovenantError):
            raise item
        if isinstance(item, Answered | Abstained):
            self._known = item.fingerprints
        elif isinstance(item, dict):
            self._known = item

    def _retry_after_s(self) -> int:
        """When a place in the line is probably free again."""
        return max(1, math.ceil(self._line.waiting * self._took_s / len(self._threads) / 2))

    def _serve(self, lane: Lane, is_first: bool) -> None:
        """A lane's thread: work is taken until the line is closed and empty."""
        if not is_first:
            self._began.wait()
            self._open(lane)
        while tickets := self._line.take(self._batch):
            began = monotonic()
            report = _Reporting(self._line, tickets)
            try:
                lane.do([ticket.work for ticket in tickets], report)
            except Exception:
                # Nobody waits for ever, and the next batch begins afresh.
                _LOG.exception("a lane failed")
                lane.close()
                for number in sorted(report.unfinished):
                    report(number, CovenantError("the question could not be answered", "see the log"))
            each = (monotonic() - began) / len(tickets)
            self._took_s += _WEIGHT * (each - self._took_s)
            self._began.set()
        lane.close()

    def _open(self, lane: Lane) -> None:
        """Have a lane's pipeline opened, so that no question waits for it; a failure is told by the first."""
        if self._line.closed:
            return
        try:
            lane.do([Identify()], lambda *_: None)
        except Exception:
            _LOG.exception("a lane could not be opened")
            lane.close()


class _Reporting:
    """Passes on what comes of a batch; what is finished leaves its place in the line before that is told."""

    def __init__(self, line: Line, tickets: Sequence[Ticket]) -> None:
        self._line, self._tickets = line, tickets
        self.unfinished = set(range(len(tickets)))

    def __call__(self, number: int, item: Item) -> None:
        if not isinstance(item, Step) and number in self.unfinished:
            self.unfinished.discard(number)
            self._line.done(1)
        self._tickets[number].report(item)


class _Pending:
    """What comes of a piece of work, for one event loop, within its time."""

    def __init__(self, timeout_s: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._came: asyncio.Queue[Item] = asyncio.Queue()
        self._timeout_s = timeout_s
        self._deadline = self._loop.time() + timeout_s

    def report(self, item: Item) -> None:
        """Take what comes, on any thread; whoever asked may be gone, and their loop with them."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._came.put_nowait, item)

    async def next_item(self) -> Step | Result:
        """The next step, or the result.

        Raises:
            CovenantError: it failed.
            TimedOutError: the time is over.
        """
        try:
            async with asyncio.timeout_at(self._deadline):
                item = await self._came.get()
        except TimeoutError:
            raise TimedOutError(
                f"there was no answer within {self._timeout_s:g} s",
                "ask again when less is asked, or raise service.timeout_s",
            ) from None
        if isinstance(item, CovenantError):
            raise item
        return item
