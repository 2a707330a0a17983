"""What Prometheus and OpenTelemetry are told: every end of a question, and no word of it."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from itertools import pairwise

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families

from rag.errors import MissingExtraError, SettingsError
from rag.workspace import Workspace
from service.app import create_app
from service.engine import Engine
from service.errors import OverloadedError, TimedOutError
from service.keys import KeyTerms
from service.observing import Observer
from service.traces import Traces
from tests.library import SETTINGS, make_workspace
from tests.service.conftest import HOST

QUESTION = {"question": "What interest rate do the Class B Notes bear?", "documents": ["alder"]}
UNKNOWN = {"question": "zyzzogeton quokka ottoline?"}
COLLECTOR = "OTEL_EXPORTER_OTLP_ENDPOINT"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def watched(workspace: Workspace, exporter: InMemorySpanExporter) -> Iterator[TestClient]:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    app = create_app(workspace, SETTINGS, traces=Traces(provider))
    with TestClient(app, base_url=HOST, raise_server_exceptions=False) as client:
        yield client


def read(client: TestClient) -> dict[tuple[str, str], float]:
    """Samples by name and their labels' values, as Prometheus reads them."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        (sample.name, " ".join(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def test_questions_are_counted_by_how_they_end(watched: TestClient) -> None:
    before = read(watched)
    assert before["covenant_questions_total", "answered"] == 0
    watched.post("/v1/ask", json=QUESTION)
    watched.post("/v1/ask", json={**QUESTION, "stream": True})
    watched.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": "Who is Trustee?"}]})
    watched.post("/v1/ask", json=UNKNOWN)
    watched.post("/v1/ask", json={**QUESTION, "documents": ["nowhere"]})
    watched.post("/v1/search", json=QUESTION)
    after = read(watched)
    counts = {name: after["covenant_questions_total", name] for name in ("answered", "abstained", "invalid")}
    assert counts == {"answered": 3, "abstained": 1, "invalid": 1}
    assert after["covenant_searches_total", "answered"] == 1
    assert after["covenant_question_seconds_count", ""] == 4
    for stage in ("retrieve", "generate", "total"):
        assert after["covenant_stage_seconds_count", stage] == 4
    assert after["covenant_questions_waiting", ""] == after["covenant_questions_running", ""] == 0
    assert after["covenant_ready", ""] == 1
    assert after["covenant_http_requests_total", "POST /v1/ask 200"] == 3
    assert after["covenant_http_requests_total", "POST /v1/ask 404"] == 1
    (info,) = (labels for name, labels in after if name == "covenant_info")
    assert "none" in info.split()


def test_what_is_refused_late_or_left_is_told_apart(workspace: Workspace) -> None:
    engine = Engine(workspace, SETTINGS)
    observer = Observer(engine, Traces())

    def ending(error: BaseException) -> None:
        with pytest.raises(type(error)), observer.question():
            raise error

    for error in (
        OverloadedError("64 questions are waiting already", "wait"),
        TimedOutError("there was no answer", "wait"),
        RuntimeError("?"),
        asyncio.CancelledError(),
        GeneratorExit(),
    ):
        ending(error)
    text = observer.metrics.exposition("")[0].decode()
    engine.close()
    for outcome, count in {"refused": 1, "timed_out": 1, "failed": 1, "abandoned": 2}.items():
        assert f'covenant_questions_total{{outcome="{outcome}"}} {count}.0' in text


def test_no_word_of_questions_or_documents_is_told(
    watched: TestClient, exporter: InMemorySpanExporter
) -> None:
    watched.post("/v1/ask", json=UNKNOWN)
    watched.post("/v1/ask", json=QUESTION)
    watched.get("/v1/documents/alder/pages/0")
    watched.get("/v1/documents/zyzzogeton")
    watched.get("/zyzzogeton/alder")
    watched.request("ZYZZOGETON", "/v1/ask")
    told = watched.get("/metrics").text
    spans = "".join(span.to_json() for span in exporter.get_finished_spans())
    # Bytes, seconds and times of day may spell any number, the rate of the answer too.
    names = re.sub(r"(?m)^([^#].*) \S+$", r"\1", told)
    untimed = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "", spans)
    for text in (names, untimed):
        assert "/v1/documents/{document}" in text
        for word in ("zyzzogeton", "quokka", "alder", "Notes", "4.25"):
            assert word not in text.replace("ZYZZOGETON", "")


def test_the_counts_of_all_are_not_for_those_who_see_some(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    app = create_app(make_workspace(tmp_path_factory.mktemp("counted")), SETTINGS)
    with TestClient(app, base_url=HOST) as client:
        keys = app.state.records.keys
        some = keys.create("some", KeyTerms(role="operate", collections=("open",)), at="2026")[1]
        everyone = keys.create("all", KeyTerms(), at="2026")[1]
        status = {
            key: client.get("/metrics", headers={"Authorization": f"Bearer {key}"}).status_code
            for key in (some, everyone, "cov_a_b")
        }
    assert list(status.values()) == [403, 200, 401]


def attributes(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


def test_a_question_is_a_trace_with_its_stages(watched: TestClient, exporter: InMemorySpanExporter) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    reply = watched.post("/v1/ask", json=QUESTION, headers={"traceparent": parent}).json()
    spans = {span.name: span for span in exporter.get_finished_spans()}
    request, ask = spans["POST /v1/ask"], spans["ask"]
    assert format(request.context.trace_id, "032x") == parent[3:35]
    assert request.parent is not None
    assert format(request.parent.span_id, "016x") == parent[36:52]
    assert attributes(request)["http.response.status_code"] == 200
    assert ask.parent is not None
    assert ask.parent.span_id == request.context.span_id
    told = attributes(ask)
    assert (told["covenant.outcome"], told["covenant.answer_id"]) == ("answered", reply["id"])
    assert told["covenant.index"] == reply["fingerprints"]["index"]
    stages = [spans[name] for name in reply["timings_ms"] if name != "total"]
    assert len(stages) >= 3
    for stage in stages:
        assert stage.parent is not None
        assert stage.parent.span_id == ask.context.span_id
        took = ((stage.end_time or 0) - (stage.start_time or 0)) / 1e6
        assert took == pytest.approx(reply["timings_ms"][stage.name], abs=0.01)
    for one, following in pairwise(stages):
        assert one.end_time == following.start_time


def test_a_stream_is_traced_to_its_end(watched: TestClient, exporter: InMemorySpanExporter) -> None:
    watched.post("/v1/ask", json={**QUESTION, "stream": True})
    spans = {span.name: span for span in exporter.get_finished_spans()}
    assert spans["ask"].parent is not None
    assert spans["ask"].parent.span_id == spans["POST /v1/ask"].context.span_id
    assert attributes(spans["ask"])["covenant.outcome"] == "answered"


def test_traces_go_nowhere_unless_a_collector_is_named() -> None:
    for environment in ({}, {COLLECTOR: ""}, {COLLECTOR: "http://localhost:9", "OTEL_SDK_DISABLED": "true"}):
        assert Traces.configured(environment)._provider is None
    named = Traces.configured({COLLECTOR: "http://localhost:9"})
    assert named._provider is not None
    named.close()


def test_what_is_missing_or_not_spoken_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="grpc"):
        Traces.configured({COLLECTOR: "http://localhost:9", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(MissingExtraError, match=r"covenant-qa\[otel\]"):
        Traces.configured({COLLECTOR: "http://localhost:9"})


def test_alive_is_told_apart_from_ready(tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = Workspace.create(tmp_path_factory.mktemp("empty"))
    with TestClient(create_app(empty, SETTINGS), base_url=HOST) as client:
        assert client.get("/healthz").status_code == 200
        unready = client.get("/readyz")
        assert (unready.status_code, unready.json()["error"]["code"]) == (503, "empty_index")
        assert read(client)["covenant_ready", ""] == 0
