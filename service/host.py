"""The pipeline as the service asks it: opened, kept up to date, and asked, all on one thread.

Before each piece of work the release and the index version in use are compared with the opened ones
(``_current`` decides): what was promoted or ingested meanwhile is picked up with the next question. A release
that cannot be opened is told in the log, once, and the one before goes on answering. What a question brought
is put into its wire form here, in the state of the library that it was answered from.

Leaves threads, processes and waiting to ``service.lanes`` and ``service.engine``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from rag.access import Views
from rag.assembly import open_pipeline
from rag.errors import CovenantError, DamagedIndexError, EmptyIndexError
from rag.pipeline import Pipeline
from rag.releases import in_use
from rag.settings import Settings
from rag.types import Query
from rag.watching import Event, Read, Searched, Written, watched
from rag.workspace import Workspace
from service.answers import Abstained, Answered, EvidenceOut, ask_reply, searched_of
from service.hits import HitOut, hits_of
from service.work import Ask, Check, Identify, Opens, Scope, Search, Step, Work

_LOG = logging.getLogger(__name__)
Result = Answered | Abstained | list[HitOut] | dict[str, str] | Opens
Tell = Callable[[Step], None]


class PipelineHost:
    """One pipeline of a workspace and those who see only a part of it; for one thread at a time."""

    def __init__(self, workspace: Workspace, settings: Settings, release: str | None = None) -> None:
        """Nothing is opened yet; ``release`` holds one instead of following the one in use."""
        self._workspace = workspace
        self._settings = settings
        self._release = release
        self._opened_as = ""
        self._opened = ExitStack()
        self._views: Views | None = None

    def do(self, work: Work, tell: Tell) -> Result:
        """Carry out one piece of work; ``tell`` gets the steps of a question that wants them told.

        Raises:
            CovenantError: it cannot be carried out; see ``rag.errors``.
        """
        match work:
            case Ask():
                return self._ask(work, tell)
            case Search():
                views = self._current()
                with views.whole.catalog.snapshot():
                    pipeline, query = _scoped(views, work.question, work.scope)
                    hits = pipeline.retrieve(query)[: work.limit]
                    return hits_of(hits, pipeline.snippets(query, hits), pipeline.catalog)
            case Identify():
                return dict(self._current().whole.fingerprints)
            case Check():
                with self._opened_anew(work.release, None) as pipeline:
                    return Opens(dict(pipeline.fingerprints))

    def close(self) -> None:
        """Close the pipeline."""
        self._views = None
        self._opened.close()

    def _ask(self, work: Ask, tell: Tell) -> Answered | Abstained:
        with self._views_for(work) as views, views.whole.catalog.snapshot():
            pipeline, query = _scoped(views, work.question, work.scope)
            with watched(_teller(pipeline, tell) if work.told else None):
                response = pipeline.ask(query)
            return ask_reply(response, pipeline.catalog, work.id)

    @contextmanager
    def _views_for(self, work: Ask) -> Iterator[Views]:
        """The pipeline in use, or for this question alone the one that it names.

        Where the index it names is no longer kept, the release is asked over the one in use.
        """
        views = self._current()
        own = views.whole.fingerprints
        if (work.release or own["release"], work.index or own["index"]) == (own["release"], own["index"]):
            yield views
            return
        with ExitStack() as opened:
            yield Views(opened.enter_context(self._opened_anew(work.release, work.index)))

    @contextmanager
    def _opened_anew(self, release: str | None, index: str | None) -> Iterator[Pipeline]:
        with ExitStack() as opened:
            try:
                pipeline = opened.enter_context(
                    open_pipeline(self._workspace, self._settings, release, index_version=index)
                )
            except (DamagedIndexError, EmptyIndexError):
                pipeline = opened.enter_context(open_pipeline(self._workspace, self._settings, release))
            yield pipeline

    def _current(self) -> Views:
        """The pipeline of the release and index version in use."""
        wanted = in_use(self._workspace, self._release)
        if self._views is not None and wanted == self._opened_as:
            return self._views
        opened = ExitStack()
        try:
            # Opened before the other is closed: there is always one to answer with.
            views = Views(opened.enter_context(open_pipeline(self._workspace, self._settings, self._release)))
        except EmptyIndexError:
            self.close()
            raise
        except CovenantError as error:
            if self._views is None:
                raise
            _LOG.error("the release before goes on answering: %s", error)
            views, opened = self._views, self._opened
        if opened is not self._opened:
            self.close()
        self._views, self._opened, self._opened_as = views, opened, wanted
        return views


def _scoped(views: Views, question: str, scope: Scope) -> tuple[Pipeline, Query]:
    """The pipeline as somebody with these collections sees it, and the question within its scope.

    Raises:
        UnknownDocumentError: a reference fits no document, or more than one; or none fits the filters.
    """
    pipeline = views.of(scope.collections)
    documents = pipeline.scope(scope.references, scope.filters)
    return pipeline, Query(text=question, document_ids=documents)


def _teller(pipeline: Pipeline, tell: Tell) -> Callable[[Event], None]:
    """What puts the pipeline's events into the words of the service."""
    catalog = pipeline.catalog

    def told(event: Event) -> None:
        match event:
            case Searched(documents):
                found = [one.model_dump() for one in searched_of(documents, catalog)]
                tell(Step("searched", {"documents": found}))
            case Read(evidence):
                read = [EvidenceOut.of(one, catalog).model_dump() for one in evidence]
                tell(Step("evidence", {"evidence": read}))
            case Written(text):
                tell(Step("token", {"text": text}))

    return told
