"""Reading judged answers, and which filers are kept out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.grading.judged import part_of, read_judged
from rag.errors import SourceError

QUESTION = {
    "id": "q1", "question": "What is the coupon?", "doc_id": "d", "company": "Corvane", "answer": "5%",
    "question_type": "plain", "evidence": [{"page": 0, "text": "5%"}],
}  # fmt: skip
ROW = {"id": "q1", "config": "a", "model_answer": "It is 5%.", "label": "Correct Answer"}


def write(folder: Path, row: dict[str, Any] | str, question: dict[str, Any] = QUESTION) -> Path:
    (folder / "questions.jsonl").write_text(json.dumps(question) + "\n")
    (folder / "human_labels.jsonl").write_text(row if isinstance(row, str) else json.dumps(row))
    return folder


def test_judged_answers_are_read_with_their_question(tmp_path: Path) -> None:
    (one,) = read_judged(write(tmp_path, ROW))

    assert (one.filer, one.document, one.setup, one.label) == ("Corvane", "d", "a", "correct")
    assert (one.gold.kind, one.gold.question, one.question_type) == ("number", "What is the coupon?", "plain")
    assert one.part == "kept-out"


def test_a_set_without_filers_goes_by_its_documents(tmp_path: Path) -> None:
    question = {key: value for key, value in QUESTION.items() if key != "company"}

    assert read_judged(write(tmp_path, ROW, question))[0].filer == "d"


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({**ROW, "label": "Fine"}, "human_labels.jsonl:1: label: 'Fine'"),
        ({**ROW, "id": "q2"}, "human_labels.jsonl:1: id: 'q2'"),
        ({**ROW, "model_answer": None}, "human_labels.jsonl:1: model_answer"),
        ("{", "human_labels.jsonl:1: not JSON"),
        ("[]", "human_labels.jsonl:1: id"),
    ],
)
def test_a_malformed_line_names_file_line_and_field(
    tmp_path: Path, row: dict[str, Any] | str, complaint: str
) -> None:
    with pytest.raises(SourceError) as caught:
        read_judged(write(tmp_path, row))
    assert complaint in str(caught.value)


def test_missing_files_are_named(tmp_path: Path) -> None:
    write(tmp_path, ROW)
    (tmp_path / "human_labels.jsonl").unlink()

    with pytest.raises(SourceError, match="human_labels"):
        read_judged(tmp_path)


def test_a_malformed_question_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="question"):
        read_judged(write(tmp_path, ROW, {"id": "q1"}))


def test_filers_nobody_read_about_are_kept_out() -> None:
    assert {part_of(name) for name in ("Corvane", "Dunmore", "", "Ö")} == {"kept-out"}
