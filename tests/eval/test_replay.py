"""A run is asked again from its header, to the same rows, or what differs is said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eval.commands import evaluate
from eval.runs import load_run, save_run
from rag.command import Context
from rag.errors import SourceError
from tests.eval.test_harness import ROWS
from tests.library import make_workspace

OVERRIDES = (
    "embedder.kind=hashing", "reranker.kind=none", "embedder.dim=256", "generator.kind=best_sentence",
)  # fmt: skip


def call(root: Path, *arguments: str | Path) -> Result:
    context = Context(workspace_path=root, overrides=OVERRIDES)
    return CliRunner().invoke(evaluate, [str(a) for a in arguments], obj=context)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    questions = tmp_path / "deals.jsonl"
    questions.write_text("\n".join(map(json.dumps, ROWS)))
    workspace = make_workspace(tmp_path / "workspace")
    call(workspace.root, questions, "--limit", "3", "--scope", "shared")
    return next(workspace.runs.iterdir())


def test_the_header_is_enough_to_repeat_a_run(saved: Path, tmp_path: Path) -> None:
    done = call(tmp_path / "elsewhere", "--replay", saved)

    assert done.exit_code == 0, done.output
    assert "all 3 rows are the same" in done.stdout


def test_rows_that_differ_are_named(saved: Path, tmp_path: Path) -> None:
    run = load_run(saved)
    rows = (replace(run.rows[0], text="something else"), *run.rows[1:])
    other = save_run(replace(run, rows=rows, header=replace(run.header, commit="0" * 40)), tmp_path / "runs")
    done = call(tmp_path, "--replay", other)

    assert done.exit_code == 1
    assert "1 of 3 rows differ, first rate" in done.stdout
    assert "commit: 000000000000" in done.stdout


def test_questions_that_have_changed_cannot_be_repeated(saved: Path, tmp_path: Path) -> None:
    questions = tmp_path / "deals.jsonl"
    questions.write_text(questions.read_text() + "\n")

    assert isinstance(call(tmp_path, "--replay", saved).exception, SourceError)


def test_people_s_grades_correct_the_accuracy(saved: Path, tmp_path: Path) -> None:
    grades = tmp_path / "grades.jsonl"
    grades.write_text('{"id": "rate", "correct": true}\n{"id": "trustee", "correct": false}\n')
    root = saved.parents[1]
    done = call(root, tmp_path / "deals.jsonl", "--limit", "3", "--json", "--judged", grades)

    assert json.loads(done.stdout)["measures"]["accuracy_judged"]["n"] == 2
    grades.write_text('{"id": "rate", "correct": 7}\n{"id": "rate"}\nnonsense')
    refused = call(root, tmp_path / "deals.jsonl", "--judged", grades)
    assert "3 problems in grades" in str(refused.exception)
