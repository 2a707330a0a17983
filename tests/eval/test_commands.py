"""``covenant eval`` from the command line down to the saved run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eval.commands import demo, evaluate
from eval.runs import load_run
from rag.command import Context
from rag.errors import SourceError, WorkspaceError
from tests.eval.test_harness import ROWS
from tests.library import make_workspace

OVERRIDES = (
    "embedder.kind=hashing", "reranker.kind=none", "embedder.dim=256", "generator.kind=best_sentence",
)  # fmt: skip


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(workspace_path=make_workspace(tmp_path / "workspace").root, overrides=OVERRIDES)


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "deals.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)))
    return path


def call(context: Context, *arguments: str | Path) -> Result:
    return CliRunner().invoke(evaluate, [str(a) for a in arguments], obj=context)


def test_tables_go_to_stdout_and_the_rest_to_stderr(context: Context, questions: Path) -> None:
    done = call(context, questions, "--split", "tuning")

    assert done.exit_code == 0
    assert "split=tuning" not in done.stdout, "a field with one value is no slice"
    assert "accuracy" in done.stdout
    assert "run saved" in done.stderr
    assert len(list((context.workspace_path / "runs").iterdir())) == 1


def test_json_is_one_object_and_the_run_remembers_its_selection(context: Context, questions: Path) -> None:
    done = call(context, questions, "--json", "--limit", "2", "--scope", "shared", "--slice", "id")

    found = json.loads(done.stdout)
    assert (found["name"], found["scope"], found["n"]) == ("deals", "shared", 2)
    run = load_run(next((context.workspace_path / "runs").iterdir()))
    assert run.header.selection == {"limit": 2}
    assert run.header.settings["embedder"]["kind"] == "hashing"


def test_failed_questions_are_named_and_show_in_the_exit_code(context: Context, questions: Path) -> None:
    done = call(context, questions, "--json")

    assert done.exit_code == 1
    assert json.loads(done.stdout)["n"] == 4
    assert "failed: question long: QuestionError" in done.stderr
    assert "1 of 4 questions failed" in done.stderr


def test_nothing_runs_where_the_questions_do_not_fit(context: Context, questions: Path) -> None:
    questions.write_text(json.dumps({**ROWS[0], "doc_id": "cedar"}))
    done = call(context, questions)

    assert isinstance(done.exception, SourceError)
    assert "cedar" in str(done.exception)
    assert not (context.workspace_path / "runs").exists()


def test_a_missing_workspace_is_an_error_of_the_user(tmp_path: Path, questions: Path) -> None:
    done = call(Context(workspace_path=tmp_path, overrides=()), questions)

    assert isinstance(done.exception, WorkspaceError)


@pytest.mark.parametrize("command", [evaluate, demo])
def test_help_needs_no_workspace(command: object) -> None:
    assert CliRunner().invoke(command, ["--help"]).exit_code == 0  # type: ignore[arg-type]
