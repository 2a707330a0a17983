from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient

from rag.errors import (
    CovenantError,
    DocumentError,
    MissingExtraError,
    ModelError,
    StorageError,
    UsageError,
)
from rag.service_settings import ServiceSettings
from rag.workspace import Workspace
from service.app import create_app
from service.errors import TABLE, TimedOutError, error_response, respond, row_of
from service.middleware import SECURITY_HEADERS
from service.request_ids import HEADER
from service.schemas import ErrorReply
from tests.library import SETTINGS
from tests.service.conftest import HOST

JSON = {"content-type": "application/json"}


def subclasses(kind: type[CovenantError]) -> Iterator[type[CovenantError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from subclasses(below)


def assert_error(response: httpx2.Response, status: int, code: str) -> ErrorReply:
    assert response.status_code == status, response.text
    assert response.headers["x-content-type-options"] == "nosniff"
    reply = ErrorReply.model_validate_json(response.content)
    assert reply.error.code == code
    assert reply.error.message
    assert reply.error.remedy
    return reply


def test_every_error_has_a_row_of_its_own() -> None:
    assert {
        kind
        for kind in subclasses(CovenantError)
        # The service imports neither, so it never meets their errors.
        if kind.__module__.partition(".")[0] not in ("tests", "eval", "tuning")
    } == set(TABLE)


def test_rows_have_tags_of_their_own_and_tell_clients_errors_from_ours() -> None:
    codes = [row.code for row in TABLE.values()]
    assert len(codes) == len(set(codes))
    for kind, row in TABLE.items():
        if issubclass(kind, UsageError):
            assert 400 <= row.status < 500
        else:
            assert row.status >= 500 or kind is DocumentError or kind.__module__ == "service.errors"
        assert (row.told is not None) == (row.status >= 500 and kind is not TimedOutError)


def test_a_new_kind_of_error_gets_the_row_above_it() -> None:
    class NewError(StorageError):
        pass

    assert row_of(NewError("m", "r")).status == 507


@pytest.mark.parametrize(
    "error",
    [
        StorageError("no room left for /srv/secret/catalog.db", "free some space on /srv/secret"),
        ModelError("weights at /srv/secret changed", "see /srv/secret"),
        MissingExtraError("/srv/secret", "secret"),
        CovenantError("/srv/secret", "secret"),
    ],
)
def test_what_happened_inside_stays_inside(error: CovenantError) -> None:
    response = respond(error)
    assert response.status_code in (500, 507)
    assert b"secret" not in bytes(response.body)


def test_text_that_is_not_unicode_is_escaped() -> None:
    assert b"\\\\udc80" in bytes(error_response(400, "code", "bad \udc80", "remedy").body)


@pytest.mark.parametrize(
    ("body", "status", "code", "told"),
    [
        ({"question": ""}, 422, "bad_question", "empty"),
        ({"question": " \n\t "}, 422, "bad_question", "empty"),
        ({"question": "x" * 100_000}, 422, "bad_question", "100000 characters"),
        ({"question": "Who?", "documents": ["nobody"]}, 404, "unknown_document", "'nobody'"),
        ({"question": "Who?", "documents": ["a\x00b"]}, 422, "invalid_request", "body.documents.0"),
        ({"question": "Who?", "documents": [""]}, 422, "invalid_request", "body.documents.0"),
        ({"question": "Who?", "documents": []}, 422, "invalid_request", "body.documents"),
        ({"question": "Who?", "documents": "alder"}, 422, "invalid_request", "body.documents"),
        ({"question": "Who?", "documents": [7]}, 422, "invalid_request", "body.documents.0"),
        ({"question": "Who?", "document": ["alder"]}, 422, "invalid_request", "body.document:"),
        ({"question": 7}, 422, "invalid_request", "body.question"),
        ({"question": None}, 422, "invalid_request", "body.question"),
        ({"question": ["Who?"]}, 422, "invalid_request", "body.question"),
        ({}, 422, "invalid_request", "body.question"),
        ([], 422, "invalid_request", "not a JSON object"),
        (None, 422, "invalid_request", "body"),
        ({f"field{i}": i for i in range(50)}, 422, "invalid_request", "and 46 more"),
        ({"question": "Who?", "x" * 5000: 1}, 422, "invalid_request", "body.xxx"),
    ],
)
def test_a_bad_question_is_refused(
    client: TestClient, body: object, status: int, code: str, told: str
) -> None:
    reply = assert_error(client.post("/v1/ask", json=body), status, code)
    assert told in reply.error.message
    assert len(reply.error.message) < 1200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"question": ', 400, "malformed_json"),
        (b"question=Who", 400, "malformed_json"),
        (b"\xff\xfe\x00", 400, "malformed_json"),
        (b"[" * 100_000, 400, "malformed_json"),
        (b'{"question": ' + b"9" * 6000 + b"}", 400, "malformed_json"),
        (b'{"question": NaN}', 422, "invalid_request"),
        (b'{"question": "half a character: \\ud800"}', 422, "invalid_request"),
        (b'{"question": "Who?", "documents": ["\\ud800"]}', 422, "invalid_request"),
        (b'{"\\ud800": 1}', 422, "invalid_request"),
        (b"", 422, "invalid_request"),
    ],
)
def test_a_malformed_body_is_refused(client: TestClient, body: bytes, status: int, code: str) -> None:
    assert_error(client.post("/v1/ask", content=body, headers=JSON), status, code)


def test_a_body_that_is_not_declared_as_json_is_told_the_header(client: TestClient) -> None:
    response = client.post("/v1/ask", content=b'{"question": "Who?"}', headers={"content-type": "text/plain"})
    assert "Content-Type: application/json" in assert_error(response, 422, "invalid_request").error.remedy


def test_unknown_routes_and_methods_have_the_same_body(client: TestClient) -> None:
    assert_error(client.get("/nowhere"), 404, "not_found")
    assert_error(client.get("/docs/assets/__init__.py"), 404, "not_found")
    assert_error(client.post("/v1/ask/", json={"question": "Who?"}), 404, "not_found")
    refused = client.get("/v1/ask")
    assert_error(refused, 405, "method_not_allowed")
    assert refused.headers["allow"] == "POST"


def small_body_app(workspace: Workspace) -> FastAPI:
    return create_app(workspace, SETTINGS.model_copy(update={"service": ServiceSettings(max_body_kb=1)}))


def test_too_large_a_body_is_refused_announced_or_streamed(workspace: Workspace) -> None:
    taken = []

    def endless() -> Iterator[bytes]:
        for _ in range(1000):
            taken.append(1)
            yield b" " * 512

    with TestClient(small_body_app(workspace), base_url=HOST) as client:
        assert_error(client.post("/v1/ask", content=b" " * 1025, headers=JSON), 413, "body_too_large")
        assert_error(client.post("/v1/ask", content=endless(), headers=JSON), 413, "body_too_large")
        fits = b'{"question": "Who is the Trustee?"}'.ljust(1024)
        assert client.post("/v1/ask", content=fits, headers=JSON).status_code == 200


def test_a_streamed_body_is_read_no_further_than_the_limit(workspace: Workspace) -> None:
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "path": "/v1/ask", "raw_path": b"/v1/ask", "query_string": b"", "root_path": "", "scheme": "http",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
    }  # fmt: skip
    reads, statuses = [], []

    async def receive() -> dict[str, Any]:
        reads.append(512)
        return {"type": "http.request", "body": b" " * 512, "more_body": True}

    async def send(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    asyncio.run(small_body_app(workspace)(scope, receive, send))
    assert statuses == [413]
    assert sum(reads) == 1536


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8100", "localhost.evil.example", "", "[::1].evil"]
)
def test_other_peoples_host_names_are_refused(client: TestClient, host: str) -> None:
    assert_error(client.get("/v1/documents", headers={"host": host}), 421, "unknown_host")


@pytest.mark.parametrize("host", ["localhost:8100", "127.0.0.1", "10.0.0.7:80", "[::1]:8100", "LOCALHOST"])
def test_own_host_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 200


def test_a_configured_host_name_is_answered(workspace: Workspace) -> None:
    with TestClient(
        create_app(workspace, SETTINGS, allowed_hosts=["Covenant.example"]), base_url=HOST
    ) as client:
        assert client.get("/healthz", headers={"host": "covenant.example:8100"}).status_code == 200


def test_a_surprise_is_a_500_that_tells_nothing(workspace: Workspace) -> None:
    app = create_app(workspace, SETTINGS)

    @app.get("/surprise")
    async def surprise() -> None:
        raise RuntimeError("secret")

    with TestClient(app, base_url=HOST, raise_server_exceptions=False) as client:
        response = client.get("/surprise", headers={HEADER: "order-4711"})
        metrics = client.get("/metrics").text
    assert_error(response, 500, "internal")
    assert "secret" not in response.text
    assert response.headers[HEADER] == "order-4711"
    assert {name: response.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert 'route="/surprise",status="500"' in metrics


def test_a_surprise_behind_the_first_byte_cuts_the_reply_off(workspace: Workspace) -> None:
    app = create_app(workspace, SETTINGS)

    async def half() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError("secret")

    @app.get("/half")
    async def cut() -> StreamingResponse:
        return StreamingResponse(half())

    with TestClient(app, base_url=HOST, raise_server_exceptions=False) as client:
        response = client.get("/half")
    assert response.text == "half"


def test_every_error_in_the_tree_is_documented_in_its_docstring() -> None:
    assert all(inspect.getdoc(kind) for kind in TABLE)
