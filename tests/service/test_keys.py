"""Keys: who gets in, for how long, how often; and that no secret is ever written down."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from rag.command import Context
from rag.errors import UsageError
from rag.workspace import Workspace
from service.app import create_app
from service.guard import PROTECTED
from service.key_commands import keys as keys_command
from service.keys import Keys, KeyTerms
from service.server import check_host
from tests.library import make_workspace
from tests.service.conftest import HOST
from tests.service.people import AT, SETTINGS, key, records_of

OPEN_TO_ALL = {
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/docs",
    "/docs/assets/start.js",
    "/docs/assets/{name}",
}
"""What shows nothing of a workspace; the web page's own files besides."""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path, SETTINGS)


@pytest.fixture
def started(workspace: Workspace) -> Iterator[TestClient]:
    with TestClient(create_app(workspace, SETTINGS), base_url=HOST, raise_server_exceptions=False) as client:
        yield client


def code(response: object) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]  # type: ignore[attr-defined]


def test_every_route_needs_a_key_once_there_is_one(started: TestClient) -> None:
    mine = key(started, "mine")
    for path, methods in started.get("/openapi.json").json()["paths"].items():
        if path in OPEN_TO_ALL or path == "/v1/session":
            continue
        assert path.startswith(PROTECTED), path
        for method in methods:
            assert code(started.request(method, path))[0] == 401, (method, path)
    assert started.get("/v1/documents", headers=mine).status_code == 200
    assert started.get("/healthz").status_code == 200
    refused = started.get("/v1/documents")
    assert refused.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer cov_", "Bearer cov_1_2", "Basic x", "Bearer \xff", "bearer cov__"],
)
def test_what_is_no_key_opens_nothing(started: TestClient, header: str) -> None:
    key(started, "mine")
    sent = {b"authorization": header.encode("latin-1")}
    assert code(started.get("/v1/documents", headers=sent))[0] == 401


def test_a_key_with_another_secret_opens_nothing(started: TestClient) -> None:
    first, second = key(started, "first"), key(started, "second")
    mixed = first["Authorization"].rsplit("_", 1)[0] + "_" + second["Authorization"].split("_", 2)[2]
    assert started.get("/v1/documents", headers={"Authorization": mixed}).status_code == 401


def test_roles_include_those_before_them(started: TestClient) -> None:
    asks, operates = key(started, "asks"), key(started, "operates", "operate")
    sent = {"files": {"file": ("a.txt", b"text")}}
    assert code(started.post("/v1/documents", headers=asks, **sent)) == (403, "forbidden")  # type: ignore[arg-type]
    assert code(started.delete("/v1/documents/alder", headers=asks)) == (403, "forbidden")
    assert code(started.get("/v1/audit", headers=asks)) == (403, "forbidden")
    assert started.get("/v1/audit", headers=operates).status_code == 200
    assert (
        started.post("/v1/ask", json={"question": "Who is the Trustee?"}, headers=operates).status_code == 200
    )


def test_a_revoked_key_is_refused_at_once_and_leaves_the_door_shut(started: TestClient) -> None:
    mine = key(started, "mine")
    assert started.get("/v1/documents", headers=mine).status_code == 200
    records_of(started).keys.revoke("mine", at=AT)
    assert code(started.get("/v1/documents", headers=mine)) == (401, "unauthenticated")
    assert code(started.get("/v1/documents")) == (401, "unauthenticated")


def test_a_key_has_a_rate(started: TestClient) -> None:
    slow, other = key(started, "slow", per_minute=2), key(started, "other")
    assert [started.get("/v1/documents", headers=slow).status_code for _ in range(2)] == [200, 200]
    refused = started.get("/v1/documents", headers=slow)
    assert code(refused) == (429, "rate_limited")
    assert 1 <= int(refused.headers["retry-after"]) <= 30
    assert started.get("/v1/documents", headers=other).status_code == 200


def test_keys_to_try_are_limited_too(started: TestClient) -> None:
    key(started, "mine")
    tried = [started.post("/v1/session", json={"key": "cov_a_b"}).status_code for _ in range(40)]
    assert tried[:30] == [401] * 30
    assert 429 in tried[30:]


def test_without_keys_only_this_machine_is_answered(workspace: Workspace) -> None:
    app = create_app(workspace, SETTINGS)
    elsewhere = TestClient(app, base_url=HOST, client=("10.1.2.3", 5000))
    here = TestClient(app, base_url=HOST, client=("127.0.0.1", 5000))
    with here:
        assert here.get("/v1/documents").status_code == 200
        assert code(elsewhere.get("/v1/documents")) == (401, "unauthenticated")
        assert elsewhere.get("/healthz").status_code == 200
        mine = key(here, "mine")
        assert elsewhere.get("/v1/documents", headers=mine).status_code == 200
        assert here.get("/v1/documents").status_code == 401


def test_no_service_is_reached_from_elsewhere_without_keys(workspace: Workspace) -> None:
    check_host(workspace, "127.0.0.1")
    check_host(workspace, "localhost")
    with pytest.raises(UsageError, match="covenant keys create"):
        check_host(workspace, "0.0.0.0")  # noqa: S104 - a test
    store = Keys(workspace.service_file)
    store.create("mine", KeyTerms(), at=AT)
    store.close()
    check_host(workspace, "0.0.0.0")  # noqa: S104 - a test


def test_the_page_keeps_its_key_where_no_script_reads_it(started: TestClient) -> None:
    assert started.get("/v1/session").json()["role"] == "operate"
    mine = key(started, "Ada", "annotate", "deal")["Authorization"].removeprefix("Bearer ")
    assert started.get("/v1/session").json() == {
        "authenticated": False,
        "keys": True,
        "name": "",
        "role": None,
        "collections": None,
    }
    assert code(started.post("/v1/session", json={"key": mine + "x"})) == (401, "unauthenticated")
    signed_in = started.post("/v1/session", json={"key": mine})
    cookie = signed_in.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert started.get("/v1/session").json() == {
        "authenticated": True,
        "keys": True,
        "name": "Ada",
        "role": "annotate",
        "collections": ["deal"],
    }
    assert started.get("/v1/documents").status_code == 200
    assert started.delete("/v1/session").status_code == 204
    assert started.get("/v1/documents").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
    ],
)
def test_other_sites_change_nothing_even_where_no_key_is_asked_for(
    started: TestClient, headers: dict[str, str]
) -> None:
    sent = {"files": {"file": ("a.txt", b"text")}}
    assert code(started.post("/v1/documents", headers=headers, **sent)) == (403, "forbidden")  # type: ignore[arg-type]
    assert code(started.delete("/v1/documents/alder", headers=headers)) == (403, "forbidden")
    assert started.get("/v1/documents/alder").status_code == 200
    own = {"Origin": HOST, "Sec-Fetch-Site": "same-origin"}
    assert started.post("/v1/ask", json={"question": "Who?"}, headers=own).status_code == 200


def test_no_secret_is_logged_or_stored(started: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    mine = key(started, "mine", "operate")
    secret = mine["Authorization"].split("_", 2)[2]
    started.get("/v1/documents", headers=mine)
    started.get("/v1/documents/nobody", headers=mine)
    started.post("/v1/ask", content=b"{", headers=mine)
    started.post("/v1/session", json={"key": mine["Authorization"].removeprefix("Bearer ")})
    started.post("/v1/session", json={"key": secret * 9})
    told = started.post("/v1/session", json={"key": secret, "more": secret})
    assert (told.status_code, secret in told.text) == (422, False)
    assert secret not in caplog.text
    assert secret not in started.get("/v1/audit", headers=mine).text
    workspace = records_of(started).workspace
    assert not [
        path for path in workspace.root.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()
    ]


def run(workspace: Workspace, *arguments: str) -> str:
    result = CliRunner().invoke(
        keys_command, arguments, obj=Context(workspace_path=workspace.root, overrides=())
    )
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_keys_are_made_listed_and_revoked_on_the_command_line(workspace: Workspace) -> None:
    made = json.loads(run(workspace, "create", "Ada", "--role", "annotate", "--collection", "deal", "--json"))
    assert (made["role"], made["collections"]) == ("annotate", ["deal"])
    plain = run(workspace, "create", "Bob").strip()
    store = Keys(workspace.service_file)
    found = store.find(plain)
    assert found is not None
    assert found.caller.sees("anything")
    listed = run(workspace, "list")
    assert "Ada" in listed
    assert plain not in listed
    assert made["key"].split("_", 2)[2] not in run(workspace, "list", "--json")
    with pytest.raises(UsageError, match="in use"):
        run(workspace, "create", "Bob")
    run(workspace, "revoke", "Bob")
    assert store.find(plain) is None
    assert store.find(made["key"]) is not None
    run(workspace, "create", "Bob")
    with pytest.raises(UsageError, match="no key in use"):
        run(workspace, "revoke", "nobody")
    with pytest.raises(UsageError, match="cannot name a collection"):
        run(workspace, "create", "Eve", "--collection", "../x")
    store.close()
