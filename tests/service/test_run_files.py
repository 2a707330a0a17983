"""Summaries of saved runs: what the harness writes is read, what is no run is left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval import runs
from rag.workspace import Workspace
from service.callers import Caller
from service.run_files import FORMAT, RunFile, find_run, latest_runs, may_see, version_of

EAST = Caller(id="k", name="east", role="annotate", collections=frozenset({"east"}))
PLACES = ("citations", "shown", "evidence", "hits", "proposals")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "team")


def written(workspace: Workspace, name: str, rows: list[dict[str, Any]], **header: object) -> None:
    workspace.runs.mkdir(exist_ok=True)
    first = {"header": {"format": FORMAT, "scope": "single", "fingerprints": {"release": "r"}, **header}}
    text = "\n".join(map(json.dumps, [first, *rows]))
    (workspace.runs / f"{name}.jsonl").write_text(text + "\n")


def row(*documents: str, field: str = "hits", outcome: str = "answered") -> dict[str, Any]:
    return {"outcome": outcome, field: [{"document_id": one} for one in documents]}


def the_run(workspace: Workspace, name: str = "a") -> RunFile:
    found = find_run(workspace, name)
    assert found is not None
    return found


def test_the_format_is_that_of_the_harness() -> None:
    assert FORMAT == runs.FORMAT
    fields = runs.Row.__dataclass_fields__
    assert set(PLACES) <= set(fields)


def test_a_run_is_summed_up(workspace: Workspace) -> None:
    written(workspace, "a", [row("d1"), row("d2", field="evidence"), row(outcome="abstained")])
    run = the_run(workspace)
    assert (run.n, run.outcomes) == (3, {"answered": 2, "abstained": 1})
    assert (run.release, run.documents, run.known) == ("r", frozenset({"d1", "d2"}), False)


def test_what_is_no_run_is_left_out(workspace: Workspace) -> None:
    assert list(latest_runs(workspace)) == []
    written(workspace, "b", [row("d1")])
    written(workspace, "c", [row("d1")], format=FORMAT + 1)
    for name, text in (("d", ""), ("e", "[]\n"), ("f", '{"header": 3}\n'), ("g", "no JSON"), ("h", "{}\n{}")):
        (workspace.runs / f"{name}.jsonl").write_text(text)
    (workspace.runs / ".half.jsonl").write_text("{")
    written(workspace, "a", [row("d1")])
    assert [one.id for one in latest_runs(workspace)] == ["b", "a"]
    assert find_run(workspace, "d") is None
    assert find_run(workspace, "../runs/a") is None


def test_a_changed_run_has_another_version(workspace: Workspace) -> None:
    written(workspace, "a", [row("d1")])
    before = the_run(workspace)
    written(workspace, "a", [row("d1"), row("d1")])
    after = the_run(workspace)
    assert before.version != after.version == version_of(after.path)
    assert (before.n, after.n) == (1, 2)
    after.path.unlink()
    assert version_of(after.path) == ""


@pytest.mark.parametrize("field", PLACES)
def test_each_place_tells_of_a_document(workspace: Workspace, field: str) -> None:
    written(workspace, "a", [row("d1", "d2", field=field)])
    run = the_run(workspace)
    assert may_see(run, EAST, lambda documents: set(documents) == {"d1", "d2"})
    assert not may_see(run, EAST, lambda documents: set(documents) <= {"d1"})


def test_what_cannot_be_told_is_not_seen(workspace: Workspace) -> None:
    everything = Caller(id="k", name="all", role="annotate")
    written(workspace, "a", [row("d1"), row()])
    written(workspace, "b", [row("d1")], scope="shared")
    for name in ("a", "b"):
        run = the_run(workspace, name)
        assert not may_see(run, EAST, lambda _: True)
        assert may_see(run, everything, lambda _: True)
