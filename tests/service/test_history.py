"""Answers that were given: whose they are, replaying them, and that they go with their documents."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ingest.forget_answers import forget_answers
from rag.catalog import Catalog
from rag.workspace import Workspace
from service.app import create_app
from tests.library import SETTINGS, fill, reindex
from tests.rag.releases.made import INTEREST, promoted, workspace_at
from tests.service.conftest import HOST
from tests.service.people import key

CHANGED = "Section 2.4 Interest. The Class B Notes bear interest at 7.75% per annum.\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_at(tmp_path / "workspace")


@pytest.fixture
def client(workspace: Workspace) -> Iterator[TestClient]:
    with TestClient(create_app(workspace, SETTINGS), base_url=HOST) as started:
        yield started


def asked(client: TestClient, headers: dict[str, str] | None = None, **body: Any) -> dict[str, Any]:  # noqa: ANN401
    reply = client.post("/v1/ask", json={"question": INTEREST, **body}, headers=headers)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def test_answers_are_kept_with_what_was_asked(client: TestClient) -> None:
    first = asked(client, documents=["alder"])
    second = asked(client)
    listed = client.get("/v1/answers").json()["answers"]
    assert [one["id"] for one in listed] == [second["id"], first["id"]]
    assert [(one["question"], one["answer"], one["release"]) for one in listed][1] == (
        INTEREST,
        "4.25%",
        "none",
    )
    assert len(client.get("/v1/answers?limit=1").json()["answers"]) == 1
    kept = client.get(f"/v1/answers/{first['id']}").json()
    assert (kept["reply"], kept["documents"], kept["where"]) == (first, ["alder"], None)
    assert (kept["question"], kept["caller"], kept["release"]) == (INTEREST, "local", "none")


@pytest.mark.parametrize("path", ["/v1/answers/0123456789abcdef", "/v1/answers/0123456789abcdef/replay"])
def test_there_is_no_answer_nobody_asked_for(client: TestClient, path: str) -> None:
    reply = client.post(path) if path.endswith("replay") else client.get(path)
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not_there")
    assert client.get("/v1/answers/..").status_code == 404
    assert client.get("/v1/answers/xyz").status_code == 422


def test_an_answer_is_seen_by_its_caller_and_by_judges_of_all_its_collections(client: TestClient) -> None:
    own, other = key(client, "own", "ask", "default"), key(client, "other", "ask", "default")
    judge, outsider = key(client, "judge", "annotate", "default"), key(client, "outside", "annotate", "away")
    made = asked(client, own)["id"]
    seen = {
        name: client.get(f"/v1/answers/{made}", headers=headers).status_code
        for name, headers in (("own", own), ("other", other), ("judge", judge), ("outsider", outsider))
    }
    assert seen == {"own": 200, "other": 404, "judge": 200, "outsider": 404}
    assert client.post(f"/v1/answers/{made}/replay", headers=outsider).status_code == 404
    assert client.get("/v1/answers", headers=other).json() == {"answers": []}


def test_a_judge_of_some_collections_does_not_see_what_was_asked_of_all(client: TestClient) -> None:
    everything, judge = key(client, "all", "ask"), key(client, "judge", "annotate", "default")
    made = asked(client, everything)["id"]
    assert client.get(f"/v1/answers/{made}", headers=judge).status_code == 404


def test_a_replay_is_the_same(client: TestClient) -> None:
    made = asked(client, documents=["alder"])
    again = client.post(f"/v1/answers/{made['id']}/replay").json()
    assert (again["same"], again["differences"], again["release"]) == (True, [], "none")
    assert {**again["reply"], "timings_ms": {}} == {**made, "timings_ms": {}}
    assert len(client.get("/v1/answers").json()["answers"]) == 1


def test_a_replay_is_by_the_release_that_answered(workspace: Workspace, client: TestClient) -> None:
    one = promoted(workspace, "one")
    made = asked(client)
    assert made["release"] == one.id
    two = promoted(workspace, "two")
    again = client.post(f"/v1/answers/{made['id']}/replay").json()
    assert (again["same"], again["release"]) == (True, one.id)
    assert asked(client)["release"] == two.id


def test_a_replay_tells_what_has_become_different(workspace: Workspace, client: TestClient) -> None:
    made = asked(client, documents=["alder"])
    with Catalog(workspace.catalog_file) as catalog:
        fill(
            catalog,
            [("alder", "Section 2.4 Interest. The Class B Notes bear interest at 7.75% per annum.\n")],
        )
    reindex(workspace)
    again = client.post(f"/v1/answers/{made['id']}/replay").json()
    assert not again["same"]
    assert "other citations" in again["differences"]


def test_a_release_that_is_gone_is_told(workspace: Workspace, client: TestClient) -> None:
    promoted(workspace, "one")
    made = asked(client)
    promoted(workspace, "two")
    (workspace.artifacts / "one" / "weights.json").unlink()
    refused = client.post(f"/v1/answers/{made['id']}/replay")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "bad_release")


def test_answers_go_with_the_documents_that_they_rest_on(workspace: Workspace, client: TestClient) -> None:
    alder, birch = asked(client, documents=["alder"]), asked(client, documents=["birch"])
    gone = alder["citations"][0]["document_id"]
    assert forget_answers(workspace.service_file, [gone]) == 1
    assert client.get(f"/v1/answers/{alder['id']}").status_code == 404
    assert client.get(f"/v1/answers/{birch['id']}").status_code == 200
    assert forget_answers(workspace.service_file, [gone]) == 0
    with closing(sqlite3.connect(workspace.service_file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"Corvane" not in workspace.service_file.read_bytes()


def test_nothing_is_forgotten_where_nothing_was_kept(tmp_path: Path) -> None:
    assert forget_answers(tmp_path / "service.db", ["a"]) == 0
    with closing(sqlite3.connect(tmp_path / "service.db")) as database:
        database.execute("CREATE TABLE keys (id TEXT)")
    assert forget_answers(tmp_path / "service.db", ["a"]) == 0
