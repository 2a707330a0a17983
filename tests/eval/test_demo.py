"""What the demonstration decides by itself: which questions it shows and what it need not do again."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from eval.commands import demo
from eval.demo import spread
from eval.metrics.answers import Gold
from eval.questions import Question
from rag.command import Context


def question(number: int, category: str) -> Question:
    return Question(
        id=str(number),
        text="What?",
        documents=(),
        gold=Gold(kind="none"),
        evidence=(),
        facets={"category": category},
    )


def test_questions_are_taken_from_the_categories_in_turn() -> None:
    questions = [question(i, "common" if i < 8 else "rare") for i in range(10)]

    few = spread(questions, 4)
    assert [q.facets["category"] for q in few] == ["common", "common", "rare", "rare"]
    assert few == spread(questions, 4) == sorted(few, key=questions.index)
    assert len(spread(questions, 100)) == 10
    assert spread([], 5) == []


@pytest.mark.slow
def test_the_demonstration_runs_to_its_end_and_keeps_what_it_did(tmp_path: Path) -> None:
    pytest.importorskip("reportlab", reason="the demo extra writes the PDFs")
    overrides = (
        "embedder.kind=hashing", "reranker.kind=none", "embedder.dim=256", "ingest.workers=1",
        "generator.kind=best_sentence",
    )  # fmt: skip
    context = Context(workspace_path=tmp_path, overrides=overrides)
    first, second = (
        CliRunner().invoke(demo, ["--short", "--folder", str(tmp_path / "demo")], obj=context)
        for _ in range(2)
    )

    assert first.exit_code == second.exit_code == 0
    assert first.stdout.count("\nQ (") == 5
    assert "Q (not_answerable)" in first.stdout
    assert "Evaluating 60 questions about the synthetic library" in first.stdout
    assert "category=table_cell" in first.stdout
    assert "0 documents read" not in first.stdout
    assert "0 documents read" in second.stdout
