"""Importers: invented folders in the published form of each set, read, indexed and measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from eval.bench import BenchOptions, BenchResult, run_bench, set_folder
from eval.bench_commands import bench
from eval.sets import SETS
from eval.sets.findver import adapt as findver_line
from ingest.progress import Silent
from rag.command import Context
from rag.errors import SourceError
from rag.settings import (
    BestSentenceSettings,
    HashingEmbedderSettings,
    IngestSettings,
    NoRerankerSettings,
    Settings,
)

SETTINGS = Settings(
    embedder=HashingEmbedderSettings(dim=128),
    generator=BestSentenceSettings(),
    reranker=NoRerankerSettings(),
    ingest=IngestSettings(workers=1),
)
OVERRIDES = (
    "embedder.kind=hashing", "reranker.kind=none", "embedder.dim=128", "ingest.workers=1",
        "generator.kind=best_sentence",
)  # fmt: skip
LEASE = (
    "MILL LEASE\n\nThe tenant of the Lutton mill pays a rent of $500 a month.\n\nThe mill has two looms.\n"
)
FERRY = "FERRY CONTRACT\n\nThe ferry sails to Brae every Monday.\n\nNo dogs are carried on the ferry.\n"
RENT = "The tenant of the Lutton mill pays a rent of $500 a month."
TABLE = [["(in millions)", "2020", "2019"], ["Fares", "120", "100"], ["Freight", "30", "40"]]
CONTEXT = [
    {"id": "table", "type": "table", "rows": TABLE},
    {"id": "paragraph_1", "type": "text", "text": "Fares rose because the new ferry carried more people."},
]


def lines(path: Path, *rows: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def contracts(folder: Path, *rows: dict[str, Any]) -> Path:
    """A set over two invented contracts."""
    lines(folder / "questions.jsonl", *rows)
    (folder / "docs").mkdir()
    (folder / "docs" / "lease.txt").write_text(LEASE)
    (folder / "docs" / "ferry.txt").write_text(FERRY)
    return folder


def rent(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a line
    start = LEASE.index(RENT)
    span = {"text": RENT, "start": start, "end": start + len(RENT)}
    return {
        "id": "rent", "doc_id": "lease", "question": "What rent does the tenant of the Lutton mill pay?",
        "answers": [span], "answer_type": "span", "category": "Rent", "split": "test", **changes,
    }  # fmt: skip


def measure(name: str, folder: Path, cache: Path, **options: Any) -> BenchResult:  # noqa: ANN401
    return run_bench(SETS[name], folder, cache, SETTINGS, BenchOptions(**options), Silent())


def test_spans_of_contracts_by_characters_each_source_weighing_the_same(tmp_path: Path) -> None:
    start = FERRY.index("No dogs")
    dogs = {"text": "No dogs are carried on the ferry.", "start": start, "end": start + 33}
    rows = [rent(id=f"rent{i}", dataset="leases") for i in range(3)]
    rows.append(rent(id="dogs", doc_id="ferry", question="Zebra?", answers=[dogs], dataset="ferries"))
    found = measure("legalbenchrag", contracts(tmp_path / "set", *rows), tmp_path / "cache")

    rows_found = found.report.run.rows
    assert {row.outcome for row in rows_found} == {"retrieved"}
    assert "accuracy" not in found.report.measures
    per_source = [
        found.report.slices[f"dataset={name}"]["char_recall@64"].value for name in ("leases", "ferries")
    ]
    assert found.report.measures["char_recall@64"].value == pytest.approx(sum(per_source) / 2)


def test_training_questions_are_left_out_unless_named(tmp_path: Path) -> None:
    folder = contracts(tmp_path / "set", rent(id="a", split="train"), rent(id="b", split="dev"))

    assert [row.question_id for row in measure("cuad", folder, tmp_path / "c").report.run.rows] == ["b"]
    named = measure("cuad", folder, tmp_path / "c", split="train").report.run
    assert [row.question_id for row in named.rows] == ["a"]


def test_clauses_have_a_curve_and_absent_ones_are_right_to_abstain_from(tmp_path: Path) -> None:
    absent = rent(id="gold", question="Zebra crossing paint?", answers=[], answer_type="none")
    found = measure("cuad", contracts(tmp_path / "set", rent(), absent), tmp_path / "cache").report

    assert set(found.measures) >= {"aupr", "precision@80recall"}
    assert 0 <= found.measures["aupr"].low <= found.measures["aupr"].value <= 1
    gold = next(row for row in found.run.rows if row.question_id == "gold")
    assert (gold.outcome, gold.values["accuracy"]) == ("abstained", 1.0)


def test_tables_and_paragraphs_become_documents_with_pieces(tmp_path: Path) -> None:
    row = {
        "id": "fares", "doc_id": "ctx:1", "question": "What were the fares in 2020?", "answer": ["120"],
        "answer_type": "span", "scale": "million", "supporting_facts": ["table_row_1"],
        "contexts": CONTEXT, "split": "dev",
    }  # fmt: skip
    lines(
        tmp_path / "set" / "questions.jsonl", row, {**row, "id": "why", "supporting_facts": ["paragraph_1"]}
    )
    found = measure("tatqa", tmp_path / "set", tmp_path / "cache").report

    assert found.measures["recall@10"].value == 1.0
    assert {"em", "f1"} <= set(found.measures)
    fares, why = found.run.rows
    assert fares.evidence[0].quote.split() == ["Fares", "120", "100"]
    assert why.evidence[0].quote.startswith("Fares rose because")
    assert fares.facets["evidence_in"] == "table"


def test_programs_are_scored_by_what_they_execute_to(tmp_path: Path) -> None:
    row = {
        "id": "sum", "doc_id": "A/2020/page_1.pdf", "split": "dev",
        "question": "what is the sum of fares and freight in 2020?",
        "answer": "150", "exe_ans": "150", "program": "add(120, 30)", "n_steps": 1, "scale": None,
        "answer_type": "number", "supporting_facts": ["table_1", "table_2"], "contexts": CONTEXT,
    }  # fmt: skip
    lines(tmp_path / "set" / "questions.jsonl", row)
    found = measure("finqa", tmp_path / "set", tmp_path / "cache").report

    assert found.measures["execution_accuracy"].n == 1
    assert len(found.run.rows[0].evidence) == 2


def test_claims_are_judged_by_paragraphs_of_filings(tmp_path: Path) -> None:
    texts = [
        "ITEM 1. BUSINESS\nWe run ferries.",
        "Fares\n| 2023 | 2022 |\n| 120 | 100 |",
        "We own two docks.",
    ]
    filing = {
        "report_type": "10-K",
        "context": [{"id": i, "type": "paragraph", "text": text} for i, text in enumerate(texts)],
    }
    claim = {
        "id": "c", "doc_id": "BRAE-2024_10-K.json", "statement": "Brae owns two docks.", "label": "entailed",
        "evidence_ids": [2], "subset": "ie", "split": "testmini",
    }  # fmt: skip
    lines(tmp_path / "set" / "questions.jsonl", claim)
    lines(tmp_path / "set" / "docs" / "BRAE-2024_10-K.json", filing)
    found = measure("findver", tmp_path / "set", tmp_path / "cache").report

    assert findver_line(claim)["answer"] == "yes"
    assert found.run.rows[0].evidence[0].quote == "We own two docks"
    assert found.measures["recall@10"].value == 1.0


def test_graded_clauses_are_documents_of_their_own(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "ranking" / "acord"
    lines(
        folder / "corpus.jsonl",
        {"_id": "c1", "text": RENT},
        {"_id": "c2", "text": "No dogs on the ferry."},
        {"_id": "c3", "text": "Rent of a mill. The rent of a mill is 5 pounds."},
    )
    lines(folder / "queries.jsonl", {"_id": "rent of a mill", "text": "rent of a mill"})
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nrent of a mill\tc1\t4\nrent of a mill\tc2\t0\n"
    )
    assert set_folder("acord", tmp_path / "data", tmp_path) == folder

    found = measure("acord", folder, tmp_path / "cache").report
    assert found.measures["ndcg@10"].value == 1.0
    assert found.run.rows[0].facets["split"] == "test"
    # The third clause answers as well, and nobody judged it.
    assert len({hit.document_id for hit in found.run.rows[0].hits}) == 2


def test_a_second_run_indexes_nothing_and_comes_out_the_same(tmp_path: Path) -> None:
    folder = contracts(tmp_path / "set", rent())
    first, second = (measure("cuad", folder, tmp_path / "cache") for _ in range(2))

    assert len(list((tmp_path / "cache").iterdir())) == 1
    assert first.report.run.rows[0].values == second.report.run.rows[0].values
    assert first.report.run.header.source["bench"] == "cuad"


@pytest.mark.parametrize("name", ["cuad", "tatqa", "findver", "finqa"])
def test_a_line_of_another_form_is_named_and_nothing_is_asked(tmp_path: Path, name: str) -> None:
    folder = contracts(tmp_path / "set", {"id": "x", "question": 5, "doc_id": "lease"})
    lines(folder / "docs" / "a.json", {"context": []})

    with pytest.raises(SourceError, match=r"questions\.jsonl:1"):
        measure(name, folder, tmp_path / "cache")


def test_a_document_that_the_set_lacks_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no document 'absent'"):
        measure(
            "cuad",
            contracts(tmp_path / "set", rent(doc_id="absent", answers=[], answer_type="none")),
            tmp_path / "cache",
        )


def call(tmp_path: Path, *arguments: str) -> Result:
    context = Context(workspace_path=tmp_path / "none", overrides=OVERRIDES)
    return CliRunner().invoke(bench, [*arguments, "--cache", str(tmp_path / "cache")], obj=context)


def test_the_command_prints_one_object_or_tables_with_published_figures(tmp_path: Path) -> None:
    contracts(tmp_path / "data" / "cuad", rent())
    printed = call(tmp_path, "cuad", "--data", str(tmp_path / "data"), "--json")
    found = json.loads(printed.stdout)

    assert list(found) == ["name", "scope", "n", "fingerprints", "seconds", "measures", "slices"]
    assert (found["name"], found["scope"], found["n"]) == ("cuad", "single", 1)
    assert {"aupr", "hit@5", "accuracy", "grader_accuracy", "grader_kappa"} <= set(found["measures"])
    tables = call(tmp_path, "cuad", "--data", str(tmp_path / "data"), "--scope", "shared").stdout
    assert "published: 0.478 DeBERTa-xlarge" in tables


def test_the_command_says_what_data_it_misses(tmp_path: Path) -> None:
    assert "--data" in str(call(tmp_path, "cuad").exception)
    assert "holds no cuad" in str(call(tmp_path, "cuad", "--data", str(tmp_path)).exception)
