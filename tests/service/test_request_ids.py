"""The id of a request: in the reply, in the log, in the trace; never what may not stand there."""

from __future__ import annotations

import logging

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from rag.workspace import Workspace
from service.app import create_app
from service.request_ids import HEADER, LOG_FORMAT, RequestOfRecord, current
from service.traces import Traces
from tests.library import SETTINGS
from tests.service.conftest import HOST


def test_every_reply_has_an_id_of_its_own(client: TestClient) -> None:
    replies = [client.get("/healthz"), client.get("/v1/nowhere"), client.post("/v1/ask", json={})]
    replies += [client.get("/healthz", headers={"Host": "evil.example"})]
    ids = [reply.headers[HEADER] for reply in replies]
    assert len(set(ids)) == len(ids)
    assert {len(one) for one in ids} == {16}


def test_a_client_finds_its_request_again(client: TestClient) -> None:
    assert client.get("/healthz", headers={HEADER: "order-4711"}).headers[HEADER] == "order-4711"
    for given in ("a b", "x" * 129, "a\tb", "\u00e4", "<script>"):
        headers = [(HEADER.encode(), given.encode("latin-1"))]
        assert len(client.get("/healthz", headers=headers).headers[HEADER]) == 16


def test_the_trace_names_it(workspace: Workspace) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    app = create_app(workspace, SETTINGS, traces=Traces(provider))
    with TestClient(app, base_url=HOST) as started:
        started.get("/healthz", headers={HEADER: "order-4711"})
    (span,) = exporter.get_finished_spans()
    assert span.attributes is not None
    assert span.attributes["covenant.request_id"] == "order-4711"


def test_a_failure_and_its_log_have_the_same_id(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(workspace, SETTINGS)
    log = logging.getLogger("tests.request_ids")

    @app.get("/broken")
    def broken() -> None:
        log.warning("about to fail")
        raise RuntimeError(current())

    formatter, marking = logging.Formatter(LOG_FORMAT), RequestOfRecord()
    caplog.handler.addFilter(marking)
    try:
        with TestClient(app, base_url=HOST, raise_server_exceptions=False) as started:
            reply = started.get("/broken", headers={HEADER: "order-4711"})
    finally:
        caplog.handler.removeFilter(marking)
    assert (reply.status_code, reply.headers[HEADER]) == (500, "order-4711")
    (record,) = [one for one in caplog.records if one.name == "tests.request_ids"]
    assert "tests.request_ids [order-4711]: about to fail" in formatter.format(record)
    assert current() == "-"
