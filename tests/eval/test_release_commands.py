"""Releases from the command line: measured, promoted, refused, forced, rolled back, asked and replayed."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from eval.bench_commands import bench
from eval.commands import evaluate
from eval.release_commands import promote, releases, rollback
from eval.runs import load_run
from rag import releases as kept
from rag.command import Context
from rag.commands import ask
from rag.errors import ReleaseError
from rag.settings import HashingEmbedderSettings
from rag.workspace import Workspace
from tests.eval.sets.test_sets import contracts, rent
from tests.eval.test_harness import ROWS
from tests.rag.releases.made import INTEREST, NOON, promoted, release_of, workspace_at

SILENT = {"answer": {"min_confidence": 1.0}}
"""A release that answers nothing."""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_at(tmp_path / "workspace")


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """One question that the library answers."""
    path = tmp_path / "deals.jsonl"
    right = [row for row in ROWS if row["id"] == "rate"]
    path.write_text("\n".join(json.dumps(row) for row in right))
    return path


def call(workspace: Workspace, command: click.Command, *arguments: str | Path) -> Result:
    context = Context(workspace_path=workspace.root, overrides=())
    return CliRunner().invoke(command, [str(one) for one in arguments], obj=context)


def done(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def test_a_release_is_listed_with_what_was_measured(workspace: Workspace) -> None:
    made = promoted(workspace, "x", parent="none")
    report = {
        "promoted": True, "reason": "better", "target": "accuracy", "before": "none", "after": made.id,
        "table": [{"p": 0.01, "before": {"value": 0.5}, "after": {"value": 0.75}}],
    }  # fmt: skip
    kept.record_gate(workspace, made.id, report)
    other = release_of(workspace, "y", parent=made.id)

    lines = done(call(workspace, releases)).splitlines()
    (used,) = [line for line in lines if "*" in line]
    assert [word in used for word in (made.id[:12], ".500", ".750", "accuracy", "passed", "made of x")] == [
        True
    ] * 6
    assert any(other.id[:12] in line and "not measured" in line for line in lines)
    assert lines[-1].startswith(f"2026-01-01T12:00 promote none → {made.id[:12]} by tester")
    printed = json.loads(done(call(workspace, releases, "--json")))
    assert printed["current"] == made.id
    assert {one["id"]: one["current"] for one in printed["releases"]} == {made.id: True, other.id: False}
    assert [one["gate"] for one in printed["releases"] if one["current"]] == [report]
    assert printed["history"][0]["after"] == made.id


def test_a_damaged_release_is_told_and_the_others_listed(workspace: Workspace) -> None:
    made, other = release_of(workspace, "x"), release_of(workspace, "y")
    (workspace.releases / made.id / "release.json").write_text("{}")
    result = call(workspace, releases)

    assert result.exit_code == 1
    assert other.id[:12] in result.stdout
    assert f"release {made.id} cannot be read" in result.stderr


def test_what_was_not_measured_is_promoted_only_by_force(workspace: Workspace) -> None:
    made = release_of(workspace, "x")
    refused = call(workspace, promote, made.id)

    assert isinstance(refused.exception, ReleaseError)
    assert "was not measured" in str(refused.exception)
    assert call(workspace, promote, made.id, "--force", " ").exit_code == 2
    assert kept.current(workspace) is None
    assert made.id[:12] in done(call(workspace, promote, made.id[:8], "--force", "asked for by the desk"))
    assert kept.current(workspace) == made
    assert kept.history(workspace)[0].reason == "asked for by the desk"
    assert "in use: none" in done(call(workspace, rollback, "--reason", "no better"))
    assert kept.history(workspace)[1].reason == "no better"


def test_two_runs_decide(workspace: Workspace, questions: Path) -> None:
    silent = release_of(workspace, "x", settings=SILENT, artifacts=[])
    done(call(workspace, evaluate, questions))
    done(call(workspace, evaluate, questions, "--release", silent.id[:8]))
    by_release = {load_run(path).header.fingerprints["release"]: path for path in workspace.runs.iterdir()}
    refused = call(workspace, promote, silent.id, "--gate", by_release["none"], by_release[silent.id])

    assert isinstance(refused.exception, ReleaseError)
    assert "did not pass the gate: accuracy does not get significantly better" in str(refused.exception)
    assert f"accuracy: none → {silent.id[:12]}" in refused.stdout
    gate = kept.load(workspace, silent.id).gate
    assert gate is not None
    assert (gate["promoted"], gate["before"], gate["after"]) == (False, "none", silent.id)
    wrong_way = call(workspace, promote, silent.id, "--gate", by_release[silent.id], by_release["none"])
    assert "was answered by release none" in str(wrong_way.exception)


def test_what_passed_is_promoted_against_what_it_was_measured(workspace: Workspace) -> None:
    first, second = release_of(workspace, "x"), release_of(workspace, "y")
    for one in (first, second):
        report = {"promoted": True, "reason": "", "before": "none", "after": one.id, "table": []}
        kept.record_gate(workspace, one.id, report)
    done(call(workspace, promote, first.id))

    refused = call(workspace, promote, second.id)
    assert f"was measured against none, and {first.id} is in use" in str(refused.exception)
    assert kept.current(workspace) is not None


def test_a_release_that_does_not_open_is_not_promoted(workspace: Workspace) -> None:
    file = workspace.artifacts / "x" / "weights.json"
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    made = release_of(
        workspace, "y", settings={"retrieval": {"combiner": "artifacts/x/weights.json"}},
        artifacts=[Path("artifacts/x")],
    )  # fmt: skip

    assert "combiner" in str(call(workspace, promote, made.id, "--force", "test").exception)
    assert kept.current(workspace) is None


def test_another_embedder_gets_an_index_of_its_own_both_ways(workspace: Workspace) -> None:
    other = {"embedder": HashingEmbedderSettings(dim=64).model_dump()}
    made = release_of(workspace, "x", settings=other, artifacts=[])
    done(call(workspace, promote, made.id, "--force", "test"))

    assert json.loads(done(call(workspace, ask, INTEREST, "--json")))["fingerprints"]["release"] == made.id
    done(call(workspace, rollback))
    assert json.loads(done(call(workspace, ask, INTEREST, "--json")))["fingerprints"]["release"] == "none"


def test_every_command_answers_with_the_release_in_use(workspace: Workspace, questions: Path) -> None:
    assert json.loads(done(call(workspace, ask, INTEREST, "--json")))["outcome"] == "answered"
    silent = promoted(workspace, "x", settings=SILENT, artifacts=[])

    told = json.loads(done(call(workspace, ask, INTEREST, "--json")))
    assert (told["outcome"], told["fingerprints"]["release"]) == ("abstained", silent.id)
    told = json.loads(done(call(workspace, ask, INTEREST, "--json", "--release", "none")))
    assert (told["outcome"], told["fingerprints"]["release"]) == ("answered", "none")
    done(call(workspace, evaluate, questions))
    header = load_run(next(workspace.runs.iterdir())).header
    assert header.fingerprints["release"] == silent.id
    assert header.settings["answer"]["min_confidence"] == 1.0
    assert "no release" in str(call(workspace, ask, INTEREST, "--release", "0000").exception)


def test_a_run_is_replayed_with_its_release(workspace: Workspace, questions: Path) -> None:
    tuned = promoted(workspace, "x")
    done(call(workspace, evaluate, questions))
    saved = next(workspace.runs.iterdir())
    promoted(workspace, "y", settings=SILENT, artifacts=[])

    told = done(call(workspace, evaluate, "--replay", saved))
    assert "all 1 rows are the same" in told
    assert "release" not in told
    (workspace.root / next(iter(tuned.artifacts))).write_text("{}")
    assert "has changed" in str(call(workspace, evaluate, "--replay", saved).exception)


def test_a_public_set_is_measured_with_a_release_and_replayed(workspace: Workspace, tmp_path: Path) -> None:
    contracts(tmp_path / "data" / "cuad", rent())
    arguments: list[str | Path] = [
        "cuad",
        "--data",
        tmp_path / "data",
        "--cache",
        tmp_path / "cache",
        "--json",
    ]
    silent = promoted(workspace, "x", settings=SILENT, artifacts=[])
    told = json.loads(done(call(workspace, bench, *arguments)))
    plain = json.loads(done(call(workspace, bench, *arguments, "--release", "none")))

    assert (told["fingerprints"]["release"], told["measures"]["abstained"]["value"]) == (silent.id, 1.0)
    assert (plain["fingerprints"]["release"], plain["measures"]["abstained"]["value"]) == ("none", 0.0)
    (saved,) = [
        path
        for path in (tmp_path / "cache").glob("*/runs/*.jsonl")
        if load_run(path).header.fingerprints["release"] == silent.id
    ]
    kept.rollback(workspace, by="tester", clock=NOON)
    assert "all 1 rows are the same" in done(call(workspace, evaluate, "--replay", saved))


def test_a_switch_is_printed_as_json_and_made_once(workspace: Workspace) -> None:
    made = release_of(workspace, "x")
    told = json.loads(done(call(workspace, promote, made.id, "--force", "test", "--by", "desk", "--json")))
    assert (told["release"], told["before"], told["gate"]) == (made.id, "none", None)
    again = json.loads(done(call(workspace, promote, made.id, "--force", "test", "--json")))
    assert (again["release"], again["before"]) == (made.id, made.id)
    assert [one.by for one in kept.history(workspace)] == ["desk"]

    other = promoted(workspace, "y")
    refused = call(workspace, rollback, "--to", "none")
    assert f"a rollback leads to {made.id} now, not to none" in str(refused.exception)
    assert kept.current_id(workspace) == other.id
    back = ("--to", made.id[:12], "--reason", "no better", "--by", "desk", "--json")
    assert json.loads(done(call(workspace, rollback, *back))) == {"release": made.id, "before": other.id}
    # A second time, as after a loss of power, nothing happens.
    assert json.loads(done(call(workspace, rollback, *back))) == {"release": made.id, "before": made.id}
    assert [(one.action, one.by) for one in kept.history(workspace)][-1] == ("rollback", "desk")
    assert len(kept.history(workspace)) == 3
    assert call(workspace, rollback, "--to", "x").exit_code == 2


def test_a_measured_promotion_prints_its_gate_as_json(workspace: Workspace, questions: Path) -> None:
    silent = promoted(workspace, "x", settings=SILENT, artifacts=[])
    better = release_of(workspace, "y")
    for one in (silent, better):
        done(call(workspace, evaluate, questions, "--release", one.id))
    runs = {load_run(path).header.fingerprints["release"]: path for path in workspace.runs.iterdir()}
    given = (better.id, "--gate", runs[silent.id], runs[better.id], "--json")
    refused = call(workspace, promote, *given)
    assert refused.stdout == ""
    assert "did not pass the gate" in str(refused.exception)
    told = json.loads(done(call(workspace, promote, *given, "--force", "one question only")))
    assert (told["release"], told["gate"]["promoted"]) == (better.id, False)
