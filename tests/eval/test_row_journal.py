"""A run that was killed goes on after the rows that it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.harness import Plan, rows_key, run_questions
from eval.questions import QuestionSet
from eval.row_journal import RowJournal
from rag.pipeline import Pipeline
from rag.types import Response
from tests.eval.test_harness import pipeline, plan, questions

__all__ = ["pipeline", "plan", "questions"]


def journal(folder: Path, questions: QuestionSet, plan: Plan, pipeline: Pipeline) -> RowJournal:
    return RowJournal(folder, rows_key(questions, plan, pipeline.fingerprints))


def test_only_what_was_not_asked_is_asked(
    pipeline: Pipeline, questions: QuestionSet, plan: Plan, tmp_path: Path
) -> None:
    asked: list[str] = []

    def noted(line: Mapping[str, Any], _: Response) -> dict[str, float]:
        asked.append(str(line["id"]))
        return {}

    def killed() -> None:
        if len(asked) == 2:
            raise KeyboardInterrupt

    plan = replace(plan, scorers=(noted,))
    whole = run_questions(pipeline, questions, plan)
    asked.clear()
    with pytest.raises(KeyboardInterrupt), journal(tmp_path, questions, plan, pipeline) as kept:
        run_questions(pipeline, questions, plan, advance=killed, kept=kept)
    (file,) = (tmp_path / "runs").iterdir()
    file.write_text(file.read_text() + '\n{"question_id": "abs')
    with journal(tmp_path, questions, plan, pipeline) as kept:
        again = run_questions(pipeline, questions, plan, kept=kept)
    assert asked == ["rate", "trustee", "absent"]
    assert [(row.question_id, row.text, row.values) for row in again.rows] == [
        (row.question_id, row.text, row.values) for row in whole.rows
    ]
    # What failed is asked again; what was cut off is in nobody's way.
    with journal(tmp_path, questions, plan, pipeline) as kept:
        assert [row.question_id for row in again.rows if kept.get(row.question_id)] == asked
    kept.finish()
    assert not file.exists()


def test_rows_of_another_system_are_not_taken(
    pipeline: Pipeline, questions: QuestionSet, plan: Plan, tmp_path: Path
) -> None:
    with journal(tmp_path, questions, plan, pipeline) as kept:
        run_questions(pipeline, questions, plan, kept=kept)
        assert kept.get("rate") is None
    for other in (replace(plan, scope="shared"), replace(plan, settings={"answer": 1})):
        with journal(tmp_path, questions, other, pipeline) as kept:
            assert kept.get("rate") is None
    with RowJournal(tmp_path, rows_key(questions, plan, {"index": "another"})) as kept:
        assert kept.get("rate") is None
    with journal(tmp_path, questions, plan, pipeline) as kept:
        assert kept.get("rate") is not None
