"""Counts and times of the service in Prometheus' words: how many questions ended how, and how long they took.

No label says what was asked or of which document. Leaves who may read them to ``service.metrics_routes``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

Outcome = Literal["answered", "abstained", "refused", "timed_out", "invalid", "failed", "abandoned"]
OUTCOMES: tuple[Outcome, ...] = (
    "answered",
    "abstained",
    "refused",
    "timed_out",
    "invalid",
    "failed",
    "abandoned",
)
"""``refused``: too many waited; ``invalid``: it could not be asked so; ``abandoned``: the client left."""
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_MS = 1000.0


class Metrics:
    """The metrics of one service. Safe to share between threads."""

    def __init__(self, state: Callable[[], Iterable[Metric]] = tuple) -> None:
        """``state`` is asked for what is true at the moment whenever the metrics are read."""
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._questions = Counter(
            "covenant_questions", "Questions by how they ended.", ["outcome"], registry=self._registry
        )
        self._searches = Counter(
            "covenant_searches", "Searches by how they ended.", ["outcome"], registry=self._registry
        )
        for outcome in OUTCOMES:
            self._questions.labels(outcome)
        self._took = Histogram(
            "covenant_question_seconds",
            "From a question's arrival to its reply, waiting included.",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._stages = Histogram(
            "covenant_stage_seconds",
            "What each stage of a question took.",
            ["stage"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._requests = Counter(
            "covenant_http_requests",
            "Requests by route and status.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._registry.register(_Now(state))

    def question(self, outcome: Outcome, seconds: float, timings_ms: Mapping[str, float]) -> None:
        """Count a question that has ended; ``timings_ms`` are those of its reply, if it has one."""
        self._questions.labels(outcome).inc()
        if timings_ms:
            self._took.observe(seconds)
        for stage, ms in timings_ms.items():
            self._stages.labels(stage).observe(ms / _MS)

    def search(self, outcome: Outcome) -> None:
        """Count a search that has ended."""
        self._searches.labels(outcome).inc()

    def request(self, method: str, route: str, status: int) -> None:
        """Count a request by its route's template, never by its path."""
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """All metrics as text, and its media type: of the formats that an Accept header names."""
        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type


def gauge(name: str, documentation: str, value: float, **labels: str) -> Metric:
    """A value of the moment."""
    family = GaugeMetricFamily(name, documentation, labels=tuple(labels))
    family.add_metric(tuple(labels.values()), value)
    return family


class _Now(Collector):
    """What is true at the moment."""

    def __init__(self, state: Callable[[], Iterable[Metric]]) -> None:
        self._state = state

    def collect(self) -> Iterable[Metric]:
        """The families."""
        return self._state()

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not ask for the state."""
        return ()
