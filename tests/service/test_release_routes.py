"""Releases over HTTP: what was measured of each, promoting and rolling back, while questions are asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ingest.build import ingest
from rag import releases
from rag.releases.record import GATE
from rag.workspace import Workspace
from service.app import create_app
from service.callers import LOCAL
from service.job_store import Job, JobStore
from service.release_schemas import PromoteRequest, ReleasesReply
from service.worker import Worker
from tests.library import SETTINGS
from tests.rag.releases.made import INTEREST, promoted, release_of, workspace_at
from tests.service.conftest import HOST
from tests.service.people import AT, key, records_of

ESTIMATE = {"value": 0.5, "low": 0.25, "high": 1.0, "n": 8}
FORCE = {"force": True, "reason": "asked for by the desk"}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_at(tmp_path / "workspace")


@pytest.fixture
def client(workspace: Workspace) -> Iterator[TestClient]:
    app = create_app(workspace, SETTINGS)
    with TestClient(app, base_url=HOST, raise_server_exceptions=False) as started:
        yield started


def gated(workspace: Workspace, name: str, before: str = "none", *, passed: bool = True) -> str:
    """The id of a release with what a gate has said of it."""
    made = release_of(workspace, name)
    row = {
        "name": "all", "before": ESTIMATE, "after": ESTIMATE, "difference": ESTIMATE, "p": 0.01,
        "detectable": 0.1, "documents": 8, "verdict": "better",
    }  # fmt: skip
    report = {
        "promoted": passed, "reason": f"accuracy of {name}", "target": "accuracy", "before": before,
        "after": made.id, "fallen": [] if passed else ["category=lookup"], "table": [row],
    }  # fmt: skip
    releases.record_gate(workspace, made.id, report)
    return made.id


def promote(client: TestClient, release: str, **body: Any) -> Any:  # noqa: ANN401
    return client.post(f"/v1/releases/{release}/promote", json=body)


def error_of(reply: Any) -> tuple[int, str]:  # noqa: ANN401
    told = reply.json()["error"]
    assert told["message"]
    assert told["remedy"]
    return reply.status_code, told["code"]


def actions(client: TestClient) -> list[tuple[str, str]]:
    return [(one["action"], one["target"]) for one in client.get("/v1/audit").json()["audit"]]


def answered_by(client: TestClient) -> str:
    reply = client.post("/v1/ask", json={"question": INTEREST})
    assert reply.status_code == 200, reply.text
    return str(reply.json()["release"])


def test_releases_are_listed_with_what_was_measured(workspace: Workspace, client: TestClient) -> None:
    nothing: dict[str, Any] = {
        "current": "none",
        "previous": None,
        "releases": [],
        "damaged": {},
        "history": [],
    }
    assert client.get("/v1/releases").json() == nothing
    one = gated(workspace, "one")
    found = client.get("/v1/releases").json()
    (shown,) = found["releases"]
    assert (shown["id"], shown["note"], shown["parts"]) == (one, "made of one", ["retrieval"])
    assert shown["gate"]["table"][0]["difference"] == ESTIMATE
    assert shown["index_ready"]
    assert (found["current"], found["previous"]) == ("none", None)


def test_what_passed_is_promoted_and_rolled_back(workspace: Workspace, client: TestClient) -> None:
    one = gated(workspace, "one")
    assert answered_by(client) == "none"
    assert promote(client, one).json() == {"current": one, "previous": "none", "job": None}
    assert answered_by(client) == one
    two = gated(workspace, "two", before=one)
    assert promote(client, two[:8]).json() == {"current": two, "previous": one, "job": None}
    assert answered_by(client) == two
    assert client.post("/v1/releases/rollback").json() == {"current": one, "previous": "none", "job": None}
    assert answered_by(client) == one
    back = client.post("/v1/releases/rollback", json={"reason": "no better"})
    assert back.json() == {"current": "none", "previous": None, "job": None}
    assert error_of(client.post("/v1/releases/rollback")) == (409, "bad_release")
    switches = client.get("/v1/releases").json()["history"]
    assert [(one["action"], one["by"], one["reason"]) for one in switches] == [
        ("rollback", "local", "no better"), ("rollback", "local", ""),
        ("promote", "local", ""), ("promote", "local", ""),
    ]  # fmt: skip
    assert actions(client) == [
        ("release.rollback", "none"), ("release.rollback", one),
        ("release.promote", two), ("release.promote", one),
    ]  # fmt: skip


def test_what_did_not_pass_needs_a_reason(workspace: Workspace, client: TestClient) -> None:
    in_use = gated(workspace, "in use")
    assert promote(client, in_use).status_code == 200
    failed = gated(workspace, "failed", before=in_use, passed=False)
    other = gated(workspace, "other", before="f" * 20)
    unmeasured = release_of(workspace, "unmeasured").id
    for release, word in (
        (failed, "did not pass"),
        (other, "was measured against"),
        (unmeasured, "not measured"),
    ):
        refused = promote(client, release)
        assert error_of(refused) == (409, "bad_release")
        assert word in refused.json()["error"]["message"]
        assert error_of(promote(client, release, force=True, reason=" ")) == (400, "bad_request")
        assert releases.current_id(workspace) == in_use
    assert promote(client, failed, **FORCE).json()["current"] == failed
    assert releases.history(workspace)[-1].reason == FORCE["reason"]
    entry = client.get("/v1/audit").json()["audit"][0]
    assert entry["detail"] == {"before": in_use, "forced": True, "reason": FORCE["reason"]}


def test_what_cannot_answer_is_not_put_in_use(workspace: Workspace, client: TestClient) -> None:
    changed, broken = gated(workspace, "changed"), gated(workspace, "broken")
    (workspace.artifacts / "changed" / "weights.json").write_text("{}")
    assert error_of(promote(client, changed)) == (409, "bad_release")
    (workspace.releases / broken / "release.json").write_text("{}")
    assert error_of(promote(client, broken)) == (409, "bad_release")
    assert broken in client.get("/v1/releases").json()["damaged"]
    # Its artifact is what it was, but never were weights.
    path = workspace.artifacts / "odd" / "weights.json"
    path.parent.mkdir()
    path.write_text('{"not": "weights"}')
    relative = path.relative_to(workspace.root)
    odd = release_of(
        workspace, "x", settings={"retrieval": {"combiner": relative.as_posix()}}, artifacts=[relative]
    )
    assert promote(client, odd.id, **FORCE).status_code >= 400
    assert releases.current_id(workspace) == answered_by(client) == "none"
    assert actions(client) == []


def test_a_gate_that_cannot_be_read_hides_no_other(workspace: Workspace, client: TestClient) -> None:
    one, two = gated(workspace, "one"), gated(workspace, "two")
    (workspace.releases / one / GATE).write_text('{"promoted": true}')
    found = client.get("/v1/releases").json()
    assert [shown["id"] for shown in found["releases"]] == [two]
    assert "measure it anew" in found["damaged"][one]


def other_embedder(workspace: Workspace) -> str:
    """A release whose embedder is another: it needs an index of its own."""
    return release_of(workspace, "x", settings={"embedder": {"dim": 64}}, artifacts=[]).id


def carried_out(workspace: Workspace) -> Job:
    """The newest job, after a worker has carried out all there are."""
    Worker(workspace, SETTINGS).run(threading.Event(), until_idle=True)
    store = JobStore(workspace.service_file)
    (job,) = store.latest(1)
    assert job.status == "done", store.lines(job.id)
    return job


@pytest.mark.slow
def test_what_needs_an_index_is_put_in_use_by_a_job(workspace: Workspace, client: TestClient) -> None:
    other = other_embedder(workspace)
    assert error_of(promote(client, other)) == (409, "bad_release")
    assert client.get("/v1/jobs").json()["jobs"] == []
    assert not client.get("/v1/releases").json()["releases"][0]["index_ready"]
    assert answered_by(client) == "none"

    queued = promote(client, other, **FORCE)
    assert queued.status_code == 202
    told = queued.json()
    assert (told["current"], told["job"]["kind"], told["job"]["status"]) == ("none", "promote", "queued")
    with ThreadPoolExecutor(max_workers=1) as thread:
        working = thread.submit(carried_out, workspace)
        answered = [answered_by(client)]
        while not working.done():
            answered.append(answered_by(client))
    assert set(answered) <= {"none", other}
    assert working.result().result == {"release": other, "before": "none"}
    assert answered_by(client) == other
    switch = releases.history(workspace)[-1]
    assert (switch.by, switch.reason) == ("local", FORCE["reason"])

    # Documents come, and the way back needs an index over them as well.
    (workspace.root / "deed.txt").write_text("DEED\n\nSection 1.1 Fees. The fee is $9.\n")
    ingest(workspace, [workspace.root / "deed.txt"], SETTINGS)
    back = client.post("/v1/releases/rollback", json={"reason": "no better"})
    assert back.status_code == 202
    assert back.json()["job"]["options"] == {"to": "none", "reason": "no better"}
    job = carried_out(workspace)
    assert job.result == {"release": "none", "before": other}
    assert answered_by(client) == releases.current_id(workspace) == "none"
    # Begun again, as after a loss of power, it goes no further back.
    assert records_of(client).jobs.add(LOCAL, "rollback", job.options, at=AT).id != job.id
    assert carried_out(workspace).result == {"release": "none", "before": "none"}
    assert [one.action for one in releases.history(workspace)] == ["promote", "rollback"]
    assert [action for action, _ in actions(client)] == ["job.start", "job.start"]


@pytest.mark.slow
def test_a_job_waits_for_who_writes_to_the_library(workspace: Workspace, client: TestClient) -> None:
    other = other_embedder(workspace)
    assert promote(client, other, **FORCE).status_code == 202
    jobs = JobStore(workspace.service_file)
    with ThreadPoolExecutor(max_workers=1) as thread:
        with workspace.writing():
            working = thread.submit(carried_out, workspace)
            while not any("waits for it to end" in line for _, line in jobs.lines(jobs.latest(1)[0].id)):
                assert not working.done()
            assert releases.current_id(workspace) == "none"
        working.result()
    assert releases.current_id(workspace) == other


@pytest.mark.parametrize(
    "name", ["..%2F..%2Fx", "%2e%2e", "none", "x" * 20, "abc", "F" * 20, "0" * 21, "a%00b"]
)
def test_names_are_never_paths(client: TestClient, name: str) -> None:
    reply = promote(client, name, **FORCE)
    assert reply.status_code in (404, 405, 422), reply.text
    assert promote(client, "0" * 20, **FORCE).json()["error"]["code"] == "not_there"


def test_releases_are_for_keys_that_see_the_whole_library(workspace: Workspace, client: TestClient) -> None:
    one = gated(workspace, "one")
    may_see = {"annotator": key(client, "ann", "annotate"), "operator": key(client, "op", "operate")}
    may_not = {
        "asker": key(client, "ask", "ask"),
        "limited": key(client, "lim", "operate", "east"),
    }
    switches = (f"/v1/releases/{one}/promote", "/v1/releases/rollback")
    for headers in may_see.values():
        assert client.get("/v1/releases", headers=headers).status_code == 200
    for headers in may_not.values():
        assert client.get("/v1/releases", headers=headers).status_code == 403
    for path in switches:
        assert client.post(path).status_code == 401
        for headers in (*may_not.values(), may_see["annotator"]):
            assert client.post(path, headers=headers).status_code == 403
    assert releases.current_id(workspace) == "none"
    assert client.post(switches[0], headers=may_see["operator"]).status_code == 200
    assert releases.history(workspace)[-1].by == "op"
    (entry,) = records_of(client).audit.entries(limit=9)
    assert (entry.caller, entry.action) == ("op", "release.promote")


def test_no_question_is_dropped_by_switches_over_http(workspace: Workspace, client: TestClient) -> None:
    promoted(workspace, "zero")
    made = [release_of(workspace, name).id for name in ("one", "two")]
    with ThreadPoolExecutor(max_workers=4) as threads:
        asked = []
        for release in made * 2:
            asked += [threads.submit(answered_by, client) for _ in range(4)]
            assert promote(client, release, **FORCE).status_code == 200
            asked.append(threads.submit(answered_by, client))
            assert client.post("/v1/releases/rollback").status_code == 200
        answered = [one.result() for one in asked]
    assert len(answered) == 20
    assert answered_by(client) == releases.current_id(workspace)


@pytest.mark.parametrize("model", [ReleasesReply, PromoteRequest])
def test_examples_fit_their_own_schema(model: type[Any]) -> None:
    for example in model.model_json_schema()["examples"]:
        assert model.model_validate(example).model_dump(mode="json", exclude_unset=True) == example
