"""Reports about runs: made once by the command, kept, made anew where the run has changed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import UsageError
from rag.workspace import Workspace
from service.errors import OverloadedError, TimedOutError
from service.reports import FOLDER, Reports
from service.run_files import RunFile, find_run
from tests.service.developed import library_of, measured, questions_of


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = library_of(tmp_path_factory.mktemp("reports"), 2)
    measured(made, questions_of(made, 2))
    return made


def the_run(workspace: Workspace) -> RunFile:
    (path,) = workspace.runs.glob("*.jsonl")
    found = find_run(workspace, path.stem)
    assert found is not None
    return found


def kept(workspace: Workspace) -> list[Path]:
    return sorted((workspace.cache / FOLDER).glob("*"))


def test_a_report_is_made_kept_and_made_anew(workspace: Workspace) -> None:
    reports, run = Reports(workspace), the_run(workspace)
    found = reports.of(run, "report")
    assert found["slices"]["all"]["n"] == 6
    (file,) = kept(workspace)
    assert file.name == f"{run.id}.report.json"
    # Whatever is kept is what is told: the command is not run again.
    file.write_text(file.read_text().replace("ranked first", "ranked at all"))
    assert "ranked at all" in reports.of(run, "report")["criteria"]
    rows = run.path.read_text().splitlines()
    run.path.write_text("\n".join(rows[:-1]) + "\n")
    assert reports.of(the_run(workspace), "report")["slices"]["all"]["n"] == 5
    file.write_text("{")
    assert reports.of(the_run(workspace), "report")["slices"]["all"]["n"] == 5


def test_what_a_run_said_before_it_was_changed_is_not_kept(workspace: Workspace) -> None:
    stale = replace(the_run(workspace), version="as it was before")
    assert Reports(workspace).of(stale, "errors")["n"] == 5
    assert not [file for file in kept(workspace) if "errors" in file.name]


def test_a_refusal_of_the_command_is_told_without_folders(workspace: Workspace) -> None:
    path = workspace.runs / "broken.jsonl"
    path.write_text(json.dumps({"header": {"format": 2}}) + "\n")
    broken = find_run(workspace, "broken")
    assert broken is not None
    with pytest.raises(UsageError, match=r"^broken is not a saved run") as refused:
        Reports(workspace).of(broken, "report")
    path.unlink()
    assert str(workspace.root) not in str(refused.value)


def test_what_takes_too_long_is_given_up(workspace: Workspace) -> None:
    with pytest.raises(TimedOutError):
        Reports(workspace, timeout_s=0.01).of(the_run(workspace), "errors")


def test_only_so_many_wait(workspace: Workspace) -> None:
    reports = Reports(workspace, timeout_s=0.01)
    with reports._turn:
        with pytest.raises(TimedOutError):
            reports.of(the_run(workspace), "errors")
        while reports._places.acquire(blocking=False):
            pass
        with pytest.raises(OverloadedError) as refused:
            reports.of(the_run(workspace), "errors")
    assert refused.value.wait_s > 0
