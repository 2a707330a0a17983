"""Jobs over HTTP: what is taken, who may, what is told of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from fastapi.testclient import TestClient

from ingest.forget_judgements import forget_judgements
from ingest.progress_lines import Standing
from rag.workspace import Workspace
from service.app import create_app
from service.job_kinds import KINDS, arguments_of, options_of
from service.job_store import KEPT_LINES, End
from tests.library import SETTINGS, make_workspace
from tests.service.conftest import HOST
from tests.service.people import AT, key, records_of


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = make_workspace(tmp_path / "team")
    (made.root / "asked.jsonl").write_text('{"question": "Who is the Trustee?"}\n')
    return made


@pytest.fixture
def client(workspace: Workspace) -> Iterator[TestClient]:
    with TestClient(create_app(workspace, SETTINGS), base_url=HOST) as started:
        yield started


def start(client: TestClient, **options: object) -> dict[str, Any]:
    reply = client.post("/v1/jobs", json={"kind": "label", "options": options})
    assert reply.status_code == 202, reply.text
    job: dict[str, Any] = reply.json()
    return job


def events(text: str) -> list[tuple[str, str, Any]]:
    found = []
    for block in filter(None, text.split("\n\n")):
        number, name, data = (line.partition(": ")[2] for line in block.split("\n"))
        found.append((number, name, json.loads(data)))
    return found


def test_a_job_is_queued_listed_cancelled_and_resumed(client: TestClient) -> None:
    job = start(client, questions=["asked.jsonl"], made=0)
    assert (job["status"], job["progress"], job["options"]["made"]) == ("queued", 0.0, 0)
    listed = client.get("/v1/jobs").json()
    assert [one["id"] for one in listed["jobs"]] == [job["id"]]
    assert listed["worker"] == "absent"
    assert client.post(f"/v1/jobs/{job['id']}/resume").status_code == 409
    assert client.post(f"/v1/jobs/{job['id']}/cancel").json()["status"] == "cancelled"
    assert client.post(f"/v1/jobs/{job['id']}/cancel").status_code == 409
    assert client.post(f"/v1/jobs/{job['id']}/resume").json()["status"] == "queued"
    assert client.get("/v1/jobs/0123456789ab").json()["error"]["code"] == "not_there"
    actions = [one["action"] for one in client.get("/v1/audit").json()["audit"]]
    assert actions == ["job.resume", "job.cancel", "job.start"]


def test_progress_and_log_are_told(client: TestClient) -> None:
    job = start(client)["id"]
    jobs = records_of(client).jobs
    claimed = jobs.claim(at=AT)
    assert claimed is not None
    jobs.tell(claimed, Standing(stage="label", done="3/12 votes", share=0.25), ["one", "two"])
    shown = client.get(f"/v1/jobs/{job}").json()
    assert (shown["status"], shown["stage"], shown["progress"]) == ("running", "label, 3/12 votes", 0.25)
    assert shown["log"] == ["one", "two"]
    assert client.post(f"/v1/jobs/{job}/cancel").json()["cancelling"]
    jobs.end(claimed, End(status="done", result={"items": 12}), at=AT)
    with client.stream("GET", f"/v1/jobs/{job}/events") as stream:
        told = events("".join(stream.iter_text()))
    assert [name for _, name, _ in told] == ["log", "log", "job", "end"]
    assert told[-1][2]["result"] == {"items": 12}
    again = client.get(f"/v1/jobs/{job}/events", headers={"Last-Event-ID": told[0][0]})
    assert [data["line"] for _, name, data in events(again.text) if name == "log"] == ["two"]


def test_a_log_keeps_its_newest_lines_and_is_forgotten_with_documents(
    client: TestClient, workspace: Workspace
) -> None:
    job = start(client)["id"]
    jobs = records_of(client).jobs
    claimed = jobs.claim(at=AT)
    assert claimed is not None
    for part in range(3):
        jobs.tell(claimed, Standing(), [f"{part}.{n}" for n in range(KEPT_LINES // 2)])
    lines = [line for _, line in jobs.lines(job, limit=10 * KEPT_LINES)]
    assert len(lines) == KEPT_LINES
    assert lines[-1] == f"2.{KEPT_LINES // 2 - 1}"
    forget_judgements(workspace, ["0" * 32])
    assert jobs.lines(job) == []


def test_what_is_not_a_job_is_refused(client: TestClient, workspace: Workspace) -> None:
    outside = workspace.root.parent / "outside.jsonl"
    outside.write_text("{}")
    (workspace.root / "link.jsonl").symlink_to(outside)
    files = ("../outside.jsonl", "link.jsonl", "/etc/passwd", "gone.jsonl", "a\u0000b")
    bodies: list[dict[str, Any]] = [{"kind": "serve"}]
    bodies += [{"kind": "label", "options": {"questions": [one]}} for one in files]
    bodies += [
        {"kind": "label", "options": {"functions": "labels.py"}},
        {"kind": "label", "options": {"made": -1}},
        {"kind": "ingest", "options": {}},
        {"kind": "tune", "options": {"parts": ["everything"]}},
        {"kind": "eval", "options": {"split": "--release=x y"}},
        {"kind": "tune", "options": {"documents": ["\ud800"]}},
        {"kind": "ingest", "options": {"paths": ["\ud800"]}},
        {"kind": "promote", "options": {"release": "../x"}},
        {"kind": "promote", "options": {"release": "0" * 20, "gate": ["asked", "../asked"]}},
        {"kind": "promote", "options": {"release": "0" * 20, "force": True, "reason": " "}},
        {"kind": "rollback", "options": {}},
    ]
    for body in bodies:
        # Half a character goes only as an escape.
        reply = client.post(
            "/v1/jobs", content=json.dumps(body), headers={"content-type": "application/json"}
        )
        assert reply.status_code in (400, 422), (body, reply.text)
        assert reply.json()["error"]["remedy"]
    assert client.get("/v1/jobs").json()["jobs"] == []


def test_files_of_named_folders_may_be_read(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "incoming"
    folder.mkdir()
    service = SETTINGS.service.model_copy(update={"job_folders": (str(folder),)})
    settings = SETTINGS.model_copy(update={"service": service})
    options = options_of("ingest", {"paths": [str(folder), "asked.jsonl"], "prune": True})
    made = arguments_of("ingest", options, workspace, settings)
    assert made == ["ingest", "--json", "--prune", str(folder), str(workspace.root / "asked.jsonl")]


RUN, OTHER, RELEASE = "20260101-a", "20260101-b", "3f1c9a5be20d4477c1aa"
NEEDED: dict[str, dict[str, Any]] = {
    "ingest": {"paths": ["asked.jsonl"]},
    "eval": {"questions": "asked.jsonl"},
    "promote": {"release": RELEASE},
    "rollback": {"to": RELEASE},
}
"""What a kind cannot do without."""
_TUNE: dict[str, Any] = {
    "questions": ["asked.jsonl"], "logged": 1, "made": 1, "kinds": ["filings"], "paraphrases": 2,
    "documents": ["alder inc"],
    "gate": "asked.jsonl",
    "gate_split": "a", "target": "f1", "slices": ["kind"], "scope": "single", "minutes": 1.5,
    "parts": ["embedder", "combiner"], "mode": "both", "teacher": "reranker", "seed": 1, "promote": False,
}  # fmt: skip
OTHERS: dict[str, dict[str, Any]] = {
    "ingest": {"paths": ["labels.py"], "prune": True, "collection": "a"},
    "eval": {
        "questions": "labels.py", "scope": "shared", "split": "a", "slices": ["kind", "year"], "limit": 1,
        "judged": "asked.jsonl", "release": "none",
    },
    "label": {
        "questions": ["asked.jsonl"], "logged": 1, "made": 1, "kinds": ["filings"], "paraphrases": 2,
        "seed": 1,
        "gold": "asked.jsonl", "examples": 2, "without": True,
    },
    "tune": _TUNE,
    "retune": {**_TUNE, "paths": ["asked.jsonl"], "replay": 0.5, "least_loss": 0.1},
    "promote": {
        "release": RELEASE[:8], "gate": [RUN, OTHER], "target": "f1", "slices": ["kind"],
        "force": True, "reason": "the desk asked",
    },
    "rollback": {"to": "none", "reason": "no better"},
}  # fmt: skip
"""Each option of each kind with a value that is not its default."""
LEFT_OUT = {
    "eval": {"replay"},  # of no data of its own: answers are replayed by GET /v1/answers/{id}/replay
    "label": {
        "functions",  # whoever may start a job runs no other code than the workspace's own
        "html",  # a job writes to no path that it is given
        "starter", "traced",  # print and do nothing
    },
    "promote": {"by"},  # the worker says who
    "rollback": {"by"},
}  # fmt: skip
"""Options of commands that jobs do not have."""


def parsed(workspace: Workspace, kind: str, options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The command of a job and what it makes of the job's options."""
    from rag.command import covenant

    context = covenant.make_context("covenant", ["--workspace", str(workspace.root), kind])
    name, *arguments = arguments_of(kind, options_of(kind, options), workspace, SETTINGS)
    command = covenant.get_command(context, name)
    assert command is not None
    return command, command.make_context(name, arguments, parent=context).params


@pytest.mark.parametrize("kind", KINDS)
def test_jobs_take_what_their_commands_take(workspace: Workspace, kind: str) -> None:
    (workspace.root / "labels.py").touch()
    workspace.runs.mkdir()
    for run in (RUN, OTHER):
        (workspace.runs / f"{run}.jsonl").touch()
    needed = NEEDED.get(kind, {})
    command, plain = parsed(workspace, kind, needed)
    assert plain["as_json"]
    reached = set()
    assert set(OTHERS[kind]) == set(KINDS[kind].model_fields)
    for name, value in OTHERS[kind].items():
        more = {"reason": "the desk asked"} if name == "force" else {}
        _, found = parsed(workspace, kind, {**needed, **more, name: value})
        changed = {one for one in found if found[one] != plain[one]} - {"reason"} or {"reason"}
        assert len(changed) == 1, (name, changed)
        reached |= changed
    assert reached | LEFT_OUT.get(kind, set()) | {"as_json"} == {one.name for one in command.params}


def needed_arguments(workspace: Workspace, kind: str) -> list[str]:
    """What a command cannot do without, as ``NEEDED`` has it."""
    asked = str(workspace.root / "asked.jsonl")
    return {"ingest": [asked], "eval": [asked], "promote": [RELEASE], "rollback": ["--to", RELEASE]}.get(
        kind, []
    )


@pytest.mark.parametrize("kind", KINDS)
def test_jobs_have_the_choices_and_defaults_of_their_commands(workspace: Workspace, kind: str) -> None:
    command, plain = parsed(workspace, kind, NEEDED.get(kind, {}))
    schema = KINDS[kind].model_json_schema()["properties"]
    offered = {name: one.get("enum") or one.get("items", {}).get("enum") for name, one in schema.items()}
    for one in command.params:
        if isinstance(one.type, click.Choice):
            assert set(offered[str(one.name)]) == set(one.type.choices)
    # A command line with nothing on it but what the job cannot do without.
    bare = command.make_context(kind, [str(one) for one in needed_arguments(workspace, kind)]).params
    assert {**plain, "as_json": False} == bare


def test_who_started_a_job_and_why_is_handed_on(workspace: Workspace) -> None:
    forced = options_of("promote", {"release": RELEASE, "force": True, "reason": "--json it is"})
    made = arguments_of("promote", forced, workspace, SETTINGS, by="--desk")
    assert made == ["promote", "--json", "--force=--json it is", "--target=accuracy", "--by=--desk", RELEASE]
    back = options_of("rollback", {"to": "none"})
    made = arguments_of("rollback", back, workspace, SETTINGS, by="desk")
    assert made == ["rollback", "--json", "--to=none", "--reason=", "--by=desk"]


def test_jobs_are_for_operators_of_the_whole_library(client: TestClient) -> None:
    job = start(client)["id"]
    routes = [("GET", "/v1/jobs"), ("POST", "/v1/jobs"), ("GET", f"/v1/jobs/{job}")]
    routes += [("GET", f"/v1/jobs/{job}/events")]
    routes += [("POST", f"/v1/jobs/{job}/cancel"), ("POST", f"/v1/jobs/{job}/resume")]
    people = {
        "annotator": key(client, "ann", "annotate"),
        "limited": key(client, "lim", "operate", "east"),
    }
    for method, route in routes:
        body = {"kind": "label"} if (method, route) == ("POST", "/v1/jobs") else None
        for headers in people.values():
            assert client.request(method, route, json=body, headers=headers).status_code == 403
        assert client.request(method, route, json=body).status_code == 401
    operator = key(client, "op", "operate")
    assert client.get("/v1/jobs", headers=operator).status_code == 200
