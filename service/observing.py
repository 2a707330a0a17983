"""What is seen of requests and questions from outside: each is counted, timed and, where wanted, traced.

Leaves the words of Prometheus to ``service.metrics`` and those of OpenTelemetry to ``service.traces``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from time import perf_counter
from typing import Annotated

from fastapi import Depends, Request
from prometheus_client.core import Metric
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.errors import UsageError
from service.answers import Abstained, Answered
from service.engine import Engine
from service.errors import OverloadedError, TimedOutError
from service.metrics import Metrics, Outcome, gauge
from service.request_ids import current
from service.state import held
from service.traces import Span, Traces

_UNKNOWN = "unknown"
_SERVER = 500


class Watch:
    """Takes the reply of the question that is being watched, when it is there."""

    def __init__(self) -> None:
        self.reply: Answered | Abstained | None = None


class Observer:
    """Watches one service."""

    def __init__(self, engine: Engine, traces: Traces) -> None:
        self.engine = engine
        self.traces = traces
        self.metrics = Metrics(self._state)

    @contextmanager
    def question(self) -> Iterator[Watch]:
        """Watch a question; one that is left before its reply was abandoned."""
        watch, began = Watch(), perf_counter()
        outcome: Outcome = "abandoned"
        with self.traces.piece("ask") as span:
            try:
                yield watch
                outcome = watch.reply.outcome if watch.reply else outcome
            except Exception as error:
                outcome = outcome_of(error)
                raise
            finally:
                reply = watch.reply
                _tell(span, outcome, reply)
                self.metrics.question(outcome, perf_counter() - began, reply.timings_ms if reply else {})

    @contextmanager
    def search(self) -> Iterator[None]:
        """Watch a search."""
        outcome: Outcome = "abandoned"
        with self.traces.piece("search") as span:
            try:
                yield
                outcome = "answered"
            except Exception as error:
                outcome = outcome_of(error)
                raise
            finally:
                _tell(span, outcome, None)
                self.metrics.search(outcome)

    def _state(self) -> Iterable[Metric]:
        """What is true at the moment; nothing is opened to tell it."""
        yield gauge("covenant_questions_waiting", "Questions that have not begun.", self.engine.waiting)
        yield gauge("covenant_questions_running", "Questions that are being answered.", self.engine.running)
        yield gauge("covenant_ready", "Whether an index is open.", float(self.engine.loaded))
        known = self.engine.known
        yield gauge(
            "covenant_info",
            "The version, and the index and release that answered last.",
            1.0,
            version=version("covenant-qa"),
            index=known.get("index", "none"),
            release=known.get("release", "none"),
        )


def outcome_of(error: Exception) -> Outcome:
    """How a question ended that was not answered.

    >>> outcome_of(OverloadedError("64 questions are waiting already", "wait")), outcome_of(OSError())
    ('refused', 'failed')
    """
    match error:
        case OverloadedError():
            return "refused"
        case TimedOutError():
            return "timed_out"
        case UsageError():
            return "invalid"
        case _:
            return "failed"


def _tell(span: Span, outcome: Outcome, reply: Answered | Abstained | None) -> None:
    span.note(covenant__outcome=outcome)
    if outcome == "failed":
        span.failed("see the log")
    if reply is not None:
        span.note(
            covenant__answer_id=reply.id,
            covenant__release=reply.release,
            covenant__index=reply.fingerprints.get("index", "none"),
            covenant__searched=len(reply.searched),
            covenant__evidence=len(reply.evidence),
        )
        span.stages(reply.timings_ms)


class Observed:
    """Counts and traces every request by its route."""

    def __init__(self, app: ASGIApp, observer: Observer) -> None:
        self._app = app
        self._observer = observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application; what it sends is looked at for its status."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = _SERVER

        async def send_seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        method = scope["method"]
        with self._observer.traces.request(method, Headers(scope=scope)) as span:
            try:
                await self._app(scope, receive, send_seen)
            finally:
                route = route_of(scope)
                self._observer.metrics.request(method, route, status)
                span.rename(f"{method} {route}")
                span.note(
                    http__route=route, http__response__status_code=status, covenant__request_id=current()
                )
                if status >= _SERVER:
                    span.failed(str(status))


def route_of(scope: Scope) -> str:
    """The template of the route that took a request; paths themselves may name documents."""
    return str(getattr(scope.get("route"), "path", "") or _UNKNOWN)


def _observer(request: Request) -> Observer:
    return held(request, "observer", Observer)


ObserverOf = Annotated[Observer, Depends(_observer)]
