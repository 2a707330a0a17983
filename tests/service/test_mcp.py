"""The tools at ``/mcp`` and on the standard streams, called by the protocol's own client."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx2
import pytest
from fastapi.testclient import TestClient
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent

from rag.catalog import Catalog
from rag.workspace import Workspace
from service.app import create_app
from service.keys import KeyTerms
from service.mcp_server import tools_server
from service.records import Records
from tests.library import SETTINGS, make_workspace
from tests.service.conftest import HOST
from tests.service.loopback import serving

QUESTION = "What interest rate do the Class B Notes bear?"
MODES = ("auto", "legacy")
"""Today's protocol, and the one with a handshake that older clients speak."""
AT = "2026-01-01T00:00:00+00:00"


@pytest.fixture(scope="module")
def address(workspace: Workspace) -> Iterator[str]:
    with serving(create_app(workspace, SETTINGS)) as url:
        yield f"{url}/mcp"


@asynccontextmanager
async def connected(address: str, mode: str = "auto", key: str = "") -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with (
        httpx2.AsyncClient(headers=headers, trust_env=False, timeout=60) as http,
        Client(streamable_http_client(address, http_client=http), mode=mode) as client,
    ):
        yield client


def called(address: str, tool: str, mode: str = "auto", key: str = "", **arguments: object) -> CallToolResult:
    async def call() -> CallToolResult:
        async with connected(address, mode, key) as client:
            result = await client.call_tool(tool, arguments)
            assert isinstance(result, CallToolResult)
            return result

    return anyio.run(call)


def text_of(result: CallToolResult) -> str:
    (only,) = result.content
    assert isinstance(only, TextContent)
    return only.text


@pytest.mark.parametrize("mode", MODES)
def test_the_three_tools_are_offered(address: str, mode: str) -> None:
    async def listed() -> dict[str, Any]:
        async with connected(address, mode) as client:
            return {tool.name: tool for tool in (await client.list_tools()).tools}

    tools = anyio.run(listed)
    assert set(tools) == {"ask", "search", "read_page"}
    for tool in tools.values():
        assert tool.annotations.read_only_hint
        assert "context" not in tool.input_schema["properties"]
        assert tool.output_schema


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_comes_as_text_and_as_fields(address: str, mode: str) -> None:
    result = called(address, "ask", mode, question=QUESTION, documents=["alder"])
    fields = result.structured_content
    assert fields is not None
    assert not result.is_error
    assert text_of(result).startswith(f"{fields['answer']} [1]")
    assert "4.25%" in fields["answer"]
    assert [one["document"] for one in fields["citations"]] == ["alder"]
    assert fields["searched"] == ["alder"]


def test_no_answer_is_said_in_words(address: str) -> None:
    result = called(address, "ask", question="zyzzogeton quokka ottoline?")
    assert not result.is_error
    assert text_of(result).startswith("Not in these documents (")
    assert result.structured_content is not None
    assert result.structured_content["answer"] is None


def test_what_is_found_can_be_read(address: str) -> None:
    found = called(address, "search", question=QUESTION, documents=["birch"], limit=1)
    assert found.structured_content is not None
    (hit,) = found.structured_content["hits"]
    assert hit["text"] in text_of(found)
    page = called(address, "read_page", document=hit["document_id"], page=hit["page"])
    assert "5.10% per annum" in text_of(page)


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("ask", {"question": " "}, "empty"),
        ("ask", {"question": QUESTION, "documents": ["nowhere"]}, "nowhere"),
        ("ask", {"question": QUESTION, "documents": []}, "documents"),
        ("search", {"question": QUESTION, "limit": 51}, "limit"),
        ("read_page", {"document": "alder", "page": 99}, "2 pages"),
        ("read_page", {"document": "../../catalog.db", "page": 0}, "catalog.db"),
        ("forget", {}, "forget"),
    ],
)
def test_what_cannot_be_done_is_told_the_model(
    address: str, tool: str, arguments: dict[str, Any], said: str
) -> None:
    result = called(address, tool, **arguments)
    assert result.is_error
    assert said in text_of(result)


def test_keys_and_collections_count(tmp_path_factory: pytest.TempPathFactory) -> None:
    workspace = make_workspace(tmp_path_factory.mktemp("mcp-keyed"))
    with Catalog(workspace.catalog_file) as catalog:
        catalog.put_collection([catalog.resolve("alder")], "open")
    app = create_app(workspace, SETTINGS)
    records = app.state.records
    assert isinstance(records, Records)
    _, some = records.keys.create("some", KeyTerms(collections=("open",)), at=AT)
    with serving(app) as url:
        refused = httpx2.post(f"{url}/mcp", json={}, trust_env=False)
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "unauthenticated")
        assert httpx2.get(f"{url}/mcp/", trust_env=False).status_code == 401
        for mode in MODES:
            answer = called(f"{url}/mcp", "ask", mode, some, question=QUESTION).structured_content
            assert answer is not None
            assert answer["searched"] == ["alder"]
            hidden = called(f"{url}/mcp", "read_page", mode, some, document="birch", page=0)
            assert hidden.is_error
            assert "5.10" not in text_of(hidden)
            hits = called(f"{url}/mcp", "search", mode, some, question="Dunmore Bank 5.10%")
            assert "Dunmore" not in text_of(hits)


def test_requests_that_are_no_protocol_are_refused(client: TestClient) -> None:
    json = {"Accept": "application/json, text/event-stream"}
    for body in (b"", b"{", b"[]", b"{}", b'{"jsonrpc":"2.0","id":1,"method":"\xff"}', b"null", b"[" * 5000):
        reply = client.post("/mcp", content=body, headers={**json, "Content-Type": "application/json"})
        assert 400 <= reply.status_code < 500, (body[:20], reply.text)
    assert client.post("/mcp", content=b" " * 1_100_000, headers=json).status_code == 413
    assert client.post("/mcp", json={}, headers={"Origin": "http://elsewhere.example"}).status_code == 403
    for method in ("GET", "DELETE", "PUT", "OPTIONS"):
        reply = client.request(method, "/mcp", headers={"Accept": "application/json"})
        assert 400 <= reply.status_code < 500, method


def test_without_the_extra_it_is_named(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "service.mcp_tools", None)
    with TestClient(create_app(workspace, SETTINGS), base_url=HOST) as client:
        reply = client.post("/mcp", json={})
    assert reply.status_code == 501
    assert "covenant-qa[mcp]" in reply.json()["error"]["remedy"]


@pytest.mark.slow
def test_the_command_speaks_on_its_standard_streams(tmp_path_factory: pytest.TempPathFactory) -> None:
    workspace = make_workspace(tmp_path_factory.mktemp("mcp-stdio"))
    workspace.settings_file.write_text(
        '[embedder]\nkind = "hashing"\ndim = 256\n[generator]\nkind = "best_sentence"\n', encoding="utf-8"
    )
    # As the entry point of the command does, whether or not it is installed anew.
    code = (
        "import sys, pathlib; from rag.command import Context; from service.mcp_command import mcp;"
        "mcp([], obj=Context(pathlib.Path(sys.argv[1]), ()))"
    )
    parameters = StdioServerParameters(
        command=sys.executable, args=["-c", code, str(workspace.root)], env=dict(os.environ)
    )

    async def listed() -> set[str]:
        async with Client(stdio_client(parameters), mode="legacy") as client:
            return {tool.name for tool in (await client.list_tools()).tools}

    assert anyio.run(listed) == {"ask", "search", "read_page"}


def test_who_starts_the_process_sees_all_of_the_workspace(client: TestClient) -> None:
    app = client.app
    state = app.state  # type: ignore[attr-defined]

    async def ask() -> CallToolResult:
        server = tools_server(state.engine, state.records, state.observer, local=True)
        async with Client(server) as local:
            result = await local.call_tool("ask", {"question": QUESTION, "documents": ["alder"]})
            assert isinstance(result, CallToolResult)
            return result

    assert "4.25%" in text_of(anyio.run(ask))
