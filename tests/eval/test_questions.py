"""Reading evaluation sets: the documented form, its variants, and everything that can be wrong."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from eval.questions import Evidence, read_questions
from rag.errors import SourceError

PLAIN = {
    "id": "q1", "question": "What is the rate (as a %)?", "doc_id": "alder", "answer": "4.25%",
    "answer_type": "number", "category": "lookup", "split": "evaluation",
    "evidence": [{"page": 1, "text": "interest at 4.25%"}],
}  # fmt: skip


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), "utf-8")
    return path


def test_a_question_is_read_with_evidence_in_its_own_document(tmp_path: Path) -> None:
    found = read_questions(write(tmp_path / "set.jsonl", PLAIN, "", {**PLAIN, "id": "q2"}))

    first = found.questions[0]
    assert [q.id for q in found.questions] == ["q1", "q2"]
    assert found.name == "set"
    assert first.documents == ("alder",)
    assert first.evidence == (Evidence(document="alder", page=1, text="interest at 4.25%"),)
    assert (first.gold.kind, first.gold.texts, first.gold.hint) == ("number", ("4.25%",), 0.01)
    assert first.facets["category"] == "lookup"


def test_the_fingerprint_follows_the_bytes(tmp_path: Path) -> None:
    one = read_questions(write(tmp_path / "a.jsonl", PLAIN))
    other = read_questions(write(tmp_path / "b.jsonl", {**PLAIN, "id": "q2"}))

    assert one.fingerprint == read_questions(write(tmp_path / "c.jsonl", PLAIN)).fingerprint
    assert one.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("changes", "kind", "texts"),
    [
        ({"answer_type": None}, "number", ("4.25%",)),
        ({"answer_type": None, "answer": "Yes, it does."}, "text", ("Yes, it does.",)),
        ({"answer_type": "none", "answer": None}, "none", ()),
        ({"answer": ["A", "B"], "answer_type": "multi-span"}, "list", ("A", "B")),
        ({"answer": 12.3, "scale": "million"}, "number", ("12.3 million",)),
        ({"answer": True, "answer_type": "boolean"}, "yes_no", ("yes",)),
        (
            {"answer": None, "answer_type": "span", "answers": [{"text": "x"}, {"text": "y"}]},
            "span",
            ("x", "y"),
        ),
    ],
)
def test_variants_of_answers(
    tmp_path: Path, changes: dict[str, object], kind: str, texts: tuple[str, ...]
) -> None:
    gold = read_questions(write(tmp_path / "set.jsonl", {**PLAIN, **changes})).questions[0].gold

    assert (gold.kind, gold.texts) == (kind, texts)


def test_answers_with_offsets_are_evidence_where_there_is_no_other(tmp_path: Path) -> None:
    row = {**PLAIN, "evidence": None, "answers": [{"text": "4.25%", "start": 5, "end": 10}]}

    evidence = read_questions(write(tmp_path / "set.jsonl", row)).questions[0].evidence
    assert evidence == (Evidence(document="alder", text="4.25%", start=5, end=10),)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("{not json", "not JSON"),
        ("[1]", "not a JSON object"),
        ({**PLAIN, "id": ""}, "id: a text is needed"),
        ({**PLAIN, "question": None}, "question: a text is needed"),
        ({**PLAIN, "answer_type": "riddle"}, "answer_type: 'riddle' is none of"),
        ({**PLAIN, "answer": {"a": 1}}, "answer: a text, a number or a list"),
        ({**PLAIN, "answer": None}, "answer: missing, but answer_type is 'number'"),
        ({**PLAIN, "doc_id": None, "doc_ids": "alder"}, "doc_ids: a list of names"),
        ({**PLAIN, "doc_id": None}, "evidence[0].doc_id: missing"),
        ({**PLAIN, "evidence": [{"page": -1}]}, "evidence[0].page: a number from 0"),
        ({**PLAIN, "evidence": [{"text": "no place"}]}, "evidence[0]: a page or a span"),
        ({**PLAIN, "evidence": [{"start": 3}]}, "evidence[0]: start and end come together"),
        ({**PLAIN, "evidence": [{"start": 3, "end": 3}]}, "evidence[0]: start 3 is not before end 3"),
        ({**PLAIN, "evidence": "page 3"}, "evidence: a list of objects"),
    ],
)
def test_a_malformed_line_is_named_with_its_field(tmp_path: Path, row: object, complaint: str) -> None:
    path = write(tmp_path / "set.jsonl", {**PLAIN, "id": "good"}, row)

    found = read_questions(path)
    assert found.problems[0].startswith(f"{path}:2: {complaint}")
    assert "\n" not in "".join(found.problems)
    assert [question.id for question in found.questions] == ["good"]


def test_problems_of_all_lines_are_collected(tmp_path: Path) -> None:
    path = write(tmp_path / "set.jsonl", PLAIN, PLAIN, *({"id": f"bad{i}"} for i in range(6)))

    found = read_questions(path)
    assert len(found.problems) == 7
    assert found.problems[0] == f"{path}:2: id: 'q1' is also on line 1"


def test_another_form_is_brought_into_ours_and_what_it_lacks_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "set.jsonl", {"claim": "It rained.", "split": "dev"}, {"split": "dev"})

    found = read_questions(path, lambda row: {**PLAIN, "id": row["claim"], "question": row["claim"]})
    assert [question.text for question in found.questions] == ["It rained."]
    assert found.rows["It rained."] == {"claim": "It rained.", "split": "dev"}
    assert found.problems == (f"{path}:2: claim: missing",)


def test_files_that_are_no_sets(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot read"):
        read_questions(tmp_path / "absent.jsonl")
    with pytest.raises(SourceError, match="no question"):
        read_questions(write(tmp_path / "empty.jsonl"))
    (tmp_path / "latin.jsonl").write_bytes(b'{"id": "\xe9"}')
    with pytest.raises(SourceError, match="UTF-8"):
        read_questions(tmp_path / "latin.jsonl")


@pytest.mark.data
@pytest.mark.parametrize("name", ["financebench", "cuad", "contractnli", "legalbenchrag", "tatqa", "finqa"])
def test_the_public_sets_are_read(name: str) -> None:
    folder = os.environ.get("COVENANT_DATA")
    if not folder:
        pytest.skip("COVENANT_DATA names no folder")
    found = read_questions(Path(folder) / name / "questions.jsonl")

    assert found.name == name
    assert not found.problems
    assert all(q.gold.texts or q.gold.kind == "none" for q in found.questions)
