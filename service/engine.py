"""The one thread on which the pipeline lives.

A pipeline holds a database connection and models, neither of which is shared between threads. So one
thread opens it, asks it and closes it, and questions wait for their turn in order of arrival: answers do
not depend on what else is asked at the time. A question already uses all processors inside the numeric
libraries, so a second pipeline would cost a second copy of the models and gain little.

Before each question the release and the index version in use are compared with the opened ones: what was
promoted or ingested in the meantime is picked up with the next question. A release that cannot be opened is
told in the log, once, and the one before goes on answering.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TypeVar

from rag.access import Views
from rag.assembly import open_pipeline
from rag.catalog import Catalog, DocumentRecord
from rag.errors import CovenantError, EmptyIndexError
from rag.filters import NO_FILTERS, Filters
from rag.releases import in_use
from rag.settings import Settings
from rag.structure import Fact
from rag.types import Query, Response
from rag.workspace import Workspace
from service.errors import OverloadedError

MAX_WAITING = 64
"""Questions that may be waiting or running; with more, the service says so instead of piling up."""

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


class Engine:
    """Asks one pipeline from any number of requests."""

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        *,
        release: str | None = None,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        self._workspace = workspace
        self._settings = settings
        self._release = release
        self._opened_as = ""
        self._max_waiting = max_waiting
        self._waiting = 0
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pipeline")
        self._opened = ExitStack()
        self._views: Views | None = None

    def load(self) -> None:
        """Open the pipeline, or open it anew if another release or index is in use; blocks until it is done.

        Raises:
            EmptyIndexError: nothing is indexed.
            UsageError: the index does not fit the settings.
            ModelError: weights are missing, were changed or do not fit.
        """
        self._thread.submit(self._current).result()

    @property
    def loaded(self) -> bool:
        """Whether a pipeline is open."""
        return self._views is not None

    async def ask(
        self,
        question: str,
        references: Sequence[str] = (),
        filters: Filters = NO_FILTERS,
        *,
        collections: frozenset[str] | None = None,
    ) -> Response:
        """Answer a question about the documents that are named and that the filters fit, or about all.

        With ``collections`` as if there were no documents but those of these.

        Raises:
            QuestionError: the question is empty or too long.
            UnknownDocumentError: a reference fits no document, or more than one; or none fits the filters.
            EmptyIndexError: nothing is indexed.
            OverloadedError: too many questions are waiting.
        """

        def answer() -> Response:
            pipeline = self._current().of(collections)
            return pipeline.ask(Query(text=question, document_ids=pipeline.scope(references, filters)))

        if self._waiting >= self._max_waiting:
            raise OverloadedError(f"{self._waiting} questions are waiting already", "try again in a moment")
        self._waiting += 1
        try:
            return await self._run(answer)
        finally:
            self._waiting -= 1

    async def fingerprints(self) -> Mapping[str, str]:
        """The identity of each component and of the index; opens the pipeline where it is not open.

        Does not wait behind questions where one is open already.

        Raises:
            CovenantError: it cannot be opened; see ``load``.
        """
        views = self._views
        if views is None:
            views = await self._run(self._current)
        return views.whole.fingerprints

    def documents(self, collections: frozenset[str] | None = None) -> list[tuple[DocumentRecord, list[Fact]]]:
        """The library's documents, or those of some collections, by name with their facts.

        Read beside the pipeline so that none waits.
        """
        with Catalog(self._workspace.catalog_file) as catalog:
            facts = catalog.all_facts(collections)
            return [(record, facts.get(record.id, [])) for record in catalog.documents(collections)]

    def close(self) -> None:
        """Let running questions end, then close the pipeline and its thread."""
        self._thread.submit(self._close).result()
        self._thread.shutdown()

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _current(self) -> Views:
        """The pipeline of the release and index version in use; only on the engine's thread."""
        wanted = in_use(self._workspace, self._release)
        if self._views is not None and wanted == self._opened_as:
            return self._views
        opened = ExitStack()
        try:
            # Opened before the other is closed: there is always one to answer with.
            views = Views(opened.enter_context(open_pipeline(self._workspace, self._settings, self._release)))
        except EmptyIndexError:
            self._close()
            raise
        except CovenantError as error:
            if self._views is None:
                raise
            _LOG.error("the release before goes on answering: %s", error)
            views, opened = self._views, self._opened
        if opened is not self._opened:
            self._close()
        self._views, self._opened, self._opened_as = views, opened, wanted
        return views

    def _close(self) -> None:
        self._views = None
        self._opened.close()
