from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.near_copies import Excluded
from eval.training_data import training_grades
from rag.errors import SourceError
from tuning.recipes.apart import held_out
from tuning.recipes.plain_documents import plain_groups
from tuning.recipes.ranking_sources import acord_groups, finqa_groups, paragraph_groups, span_groups
from tuning.recipes.reranker import read_groups, write_groups

LAW = "9.1 Governing Law. This Agreement is governed by the laws of the State of New York."
BODY = "\n\n".join(
    f"{number}. Clause {number}. The Supplier shall deliver part {number} to the Buyer within {number} "
    f"days, and the Buyer shall pay for part number {number} on the terms of schedule {number} hereto."
    for number in range(1, 40)
)
CONTRACT = f"SUPPLY AGREEMENT\n\n{BODY}\n\n{LAW}\n"


def write_lines(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def contract_set(folder: Path) -> Path:
    (folder / "docs").mkdir(parents=True)
    (folder / "docs" / "supply.txt").write_text(CONTRACT, encoding="utf-8")
    start = CONTRACT.index(LAW)
    answer = {"text": LAW, "start": start, "end": start + len(LAW)}
    question = 'Highlight the parts related to "Governing Law" that matter. Details: Which law governs?'
    row = {"doc_id": "supply", "question": question, "category": "Governing Law", "answer_type": "span"}
    rows: list[dict[str, object]] = [
        {**row, "id": "a", "answers": [answer], "split": "train"},
        {
            **row,
            "id": "b",
            "answers": [],
            "answer_type": "none",
            "split": "train",
            "category": "Audit Rights",
        },
        {**row, "id": "c", "answers": [answer], "split": "dev"},
    ]
    write_lines(folder / "questions.jsonl", rows)
    return folder


def test_chunks_that_overlap_a_span_are_relevant_and_other_splits_unread(tmp_path: Path) -> None:
    folder = contract_set(tmp_path / "cuad")
    (group,) = span_groups(folder, "cuad", embedder=None, excluded=Excluded(()), seed=1)
    relevant = [p for p, grade in zip(group.passages, group.grades, strict=True) if grade]
    assert any("laws of the State of New York" in passage.text for passage in relevant)
    assert group.topic == "cuad:Governing Law"
    assert all(passage.topics == {"cuad:Governing Law"} for passage in relevant)
    assert 0 in group.grades


def test_documents_that_are_measured_elsewhere_are_left_out(tmp_path: Path) -> None:
    folder = contract_set(tmp_path / "cuad")
    (tmp_path / "measured").mkdir()
    (tmp_path / "measured" / "other_name.txt").write_text(f"EXHIBIT 10\n{CONTRACT}", encoding="utf-8")
    excluded = Excluded.of([tmp_path / "measured", tmp_path / "not there"])
    assert not list(span_groups(folder, "cuad", embedder=None, excluded=excluded, seed=1))


def test_graded_clauses_of_training_queries_only(tmp_path: Path) -> None:
    write_lines(
        tmp_path / "corpus.jsonl", [{"_id": f"c{n}", "text": f"clause {n} on liability"} for n in range(40)]
    )
    write_lines(
        tmp_path / "queries.jsonl",
        [
            {"_id": "cap", "text": "cap on liability", "metadata": {"split": "train"}},
            {"_id": "kept", "text": "kept apart", "metadata": {"split": "test"}},
        ],
    )
    (tmp_path / "qrels").mkdir()
    for split, query in (("train", "cap"), ("test", "kept")):
        lines = [f"{query}\tc{n}\t{3 if n == 7 else int(n > 30)}\n" for n in range(40)]
        rows = "".join(lines)
        (tmp_path / "qrels" / f"{split}.tsv").write_text(
            f"query-id\tcorpus-id\tscore\n{rows}", encoding="utf-8"
        )
    assert set(training_grades(tmp_path).queries) == {"cap"}
    (group,) = acord_groups(tmp_path, seed=1)
    assert sorted(group.grades)[-2:] == [0, 3]
    shown = [int(one.text.split()[1]) for one in group.passages]
    assert shown[group.grades.index(3)] == 7
    assert sum(n > 30 for n in shown) == 6, "clauses of the kind, without what is asked for, are not relevant"
    assert all(
        one.topics == (frozenset({"cap"}) if n == 7 else frozenset())
        for n, one in zip(shown, group.passages, strict=True)
    )
    write_lines(
        tmp_path / "queries.jsonl", [{"_id": "kept", "text": "kept apart", "metadata": {"split": "test"}}]
    )
    with pytest.raises(SourceError, match="no query for training"):
        training_grades(tmp_path)


def test_packs_that_hold_a_supporting_fact_are_relevant(tmp_path: Path) -> None:
    contexts = [
        {"id": "text_0", "type": "text", "text": "words " * 88},
        {"id": "table", "type": "table", "rows": [["year", "2008"], ["revenue", "114,400"]]},
    ]
    row = {
        "id": "q", "doc_id": "page", "question": "what was revenue?", "exe_ans": 114400, "answer": "114400",
        "answer_type": "number", "contexts": contexts, "supporting_facts": ["table_1"], "split": "train",
    }  # fmt: skip
    write_lines(tmp_path / "questions.jsonl", [row, {**row, "id": "r", "split": "dev"}])
    (group,) = finqa_groups(tmp_path)
    assert [p.text for p, grade in zip(group.passages, group.grades, strict=True) if grade] == [
        "year | 2008\nrevenue | 114,400"
    ]


def test_paragraphs_of_training_splits(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "one.txt").write_text("First part.\nSecond part.", encoding="utf-8")
    rows: list[dict[str, object]] = [
        {"id": str(start), "doc_id": "one", "question": "Which?", "split": "train", "answer_type": "span",
         "answers": [{"text": "part", "start": place, "end": place + 4}], "paragraph": [start, start + 12]}
        for start, place in ((0, 6), (12, 19))
    ]  # fmt: skip
    write_lines(tmp_path / "set.jsonl", rows)
    assert len(list(paragraph_groups(tmp_path / "set.jsonl", tmp_path / "docs", "made"))) == 2
    wholly = [{**row, "split": "dev", "dataset": "policyqa"} for row in rows]
    write_lines(tmp_path / "set.jsonl", wholly)
    assert len(list(paragraph_groups(tmp_path / "set.jsonl", tmp_path / "docs", "made"))) == 2
    write_lines(tmp_path / "set.jsonl", [{**row, "split": "dev"} for row in rows])
    with pytest.raises(SourceError, match="no line for training"):
        list(paragraph_groups(tmp_path / "set.jsonl", tmp_path / "docs", "made"))


def test_plain_documents_ask_for_their_own_chunks_and_are_drawn_alike(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text(
        CONTRACT.replace("within", "in no case later than within"), encoding="utf-8"
    )
    made = [list(plain_groups([tmp_path / "plain.txt"], "plain", seed=4, per_document=9)) for _ in range(2)]
    assert made[0] == made[1]
    for group in made[0]:
        assert sum(group.grades) == 1
        shown = group.passages[group.grades.index(1)].text
        assert group.question not in " ".join(shown.split())
    write_groups(tmp_path / "groups.jsonl", made[0])
    assert list(read_groups(tmp_path / "groups.jsonl")) == made[0]


def test_one_document_in_twelve_is_held_out() -> None:
    assert 30 < sum(held_out(f"document {number}") for number in range(600)) < 70
