"""Training cannot open what is for measuring: at run time here, between packages in the import contracts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.questions import read_questions
from eval.splits import HeldOutError, half_of, training
from eval.training_data import training_lines, training_questions
from rag.errors import SourceError


def write(path: Path, *splits: str | None) -> Path:
    rows = [
        {"id": f"q{i}", "question": "What?", "answer": "this", **({"split": split} if split else {})}
        for i, split in enumerate(splits)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


@pytest.mark.parametrize("held_out", ["test", "dev", "evaluation", None])
def test_a_trainer_is_refused_a_file_with_questions_for_measuring(
    tmp_path: Path, held_out: str | None
) -> None:
    path = write(tmp_path / "set.jsonl", "train", held_out)

    with training(), pytest.raises(HeldOutError, match=r"set\.jsonl holds .*may not read"):
        read_questions(path)
    assert len(read_questions(path).questions) == 2


def test_training_data_has_the_training_splits_only(tmp_path: Path) -> None:
    found = training_questions(write(tmp_path / "set.jsonl", "train", "test", "tuning", None))

    assert [question.id for question in found.questions] == ["q0", "q2"]
    assert set(found.rows) == {"q0", "q2"}


def test_a_set_without_training_questions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no question"):
        training_questions(write(tmp_path / "set.jsonl", "test"))
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "q", "split": "train"}')
    with pytest.raises(SourceError, match=r"bad\.jsonl:1: question"):
        training_questions(bad)


def test_a_company_is_on_one_side_and_both_halves_are_there() -> None:
    sides = [
        {half_of({"dataset": "finqa", "doc_id": f"T{ticker}/20{year}/page_1.pdf"}) for year in range(10, 20)}
        for ticker in range(40)
    ]
    assert all(len(one) == 1 for one in sides)
    assert set().union(*sides) == {"tuning", "measured"}


def test_a_line_without_a_document_is_for_measuring() -> None:
    assert half_of({"dataset": "finqa", "doc_id": None}) == "measured"
    assert half_of({"dataset": "financebench", "doc_id": "3M"}) is None


def test_training_reads_the_tuning_half_only(tmp_path: Path) -> None:
    rows = [{"dataset": "tatqa", "id": f"q{i}", "doc_id": f"d{i}"} for i in range(30)]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    found = training_lines(path)
    assert 0 < len(found) < 30
    assert {half_of(row) for row in found} == {"tuning"}
    path.write_text(json.dumps({"dataset": "cuad", "id": "q", "doc_id": "d"}))
    with pytest.raises(SourceError, match="no line for training"):
        training_lines(path)
