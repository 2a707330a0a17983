"""Training cannot open what is for measuring: at run time here, between packages in the import contracts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.questions import read_questions
from eval.splits import HeldOutError, training
from eval.training_data import training_questions
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
