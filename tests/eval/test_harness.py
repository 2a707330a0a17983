"""Questions through a real pipeline of weightless components, to rows, reports and saved runs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from eval.grading.protocol import RulesGrader
from eval.harness import Plan, choose, run_questions
from eval.judgements import JudgedSpan, Judgement
from eval.questions import QuestionSet, read_questions
from eval.report import as_dict, make_report
from eval.report_tables import print_report
from eval.runs import RankedChunk, Run, load_run, save_run, source_commit, trec_lines
from eval.scoring import PAGES, RETRIEVAL, score_ranking
from rag.assembly import open_pipeline
from rag.errors import SourceError
from rag.pipeline import Pipeline
from rag.types import DocumentId
from tests.library import SETTINGS, make_workspace

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ROWS: list[dict[str, object]] = [
    {"id": "rate", "question": "At what rate do the Class B Notes bear interest?", "doc_id": "alder",
     "answer": "4.25%", "answer_type": "number", "category": "lookup", "split": "tuning",
     "evidence": [{"page": 1, "text": "bear interest at 4.25%"}]},
    {"id": "trustee", "question": "Who is the Trustee?", "doc_id": "birch", "answer": "Dunmore Bank",
     "answer_type": "span", "category": "lookup", "split": "evaluation",
     "evidence": [{"page": 0, "text": "The Trustee is Dunmore Bank."}]},
    {"id": "absent", "question": "Zebra crossing paint?", "doc_id": "birch", "answer": None,
     "answer_type": "none", "category": "not answerable", "split": "evaluation"},
    {"id": "long", "question": "x" * 200_000, "doc_id": None, "answer": "1", "answer_type": "number",
     "category": "broken", "split": "evaluation", "evidence": [{"doc_id": "alder", "page": 0}]},
]  # fmt: skip


@pytest.fixture
def questions(tmp_path: Path) -> QuestionSet:
    path = tmp_path / "deals.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)))
    return read_questions(path)


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[Pipeline]:
    with open_pipeline(make_workspace(tmp_path / "workspace"), SETTINGS) as pipeline:
        yield pipeline


@pytest.fixture
def plan() -> Plan:
    ticks = count()
    return Plan(clock=lambda: next(ticks) / 100, now=lambda: NOON, selection={"limit": 4})


@pytest.fixture
def run(pipeline: Pipeline, questions: QuestionSet, plan: Plan) -> Run:
    return run_questions(pipeline, questions, plan)


def test_every_question_gets_a_row_and_a_failure_does_not_end_the_run(run: Run) -> None:
    rate, trustee, _, failed = run.rows

    assert [row.question_id for row in run.rows] == ["rate", "trustee", "absent", "long"]
    assert rate.values["page_hit@1"] == rate.values["hit@1"] == rate.values["mrr"] == 1.0
    assert rate.hits[0].first_page == 1
    assert trustee.values["citation_right"] == 1.0
    assert (failed.outcome, run.failed) == ("failed", 1)
    assert failed.text.startswith("QuestionError")
    assert failed.values["hit@10"] == failed.values["accuracy"] == failed.values["citation_right"] == 0.0


def test_the_scope_decides_what_is_searched(pipeline: Pipeline, questions: QuestionSet, plan: Plan) -> None:
    single = run_questions(pipeline, questions, plan)
    shared = run_questions(pipeline, questions, replace(plan, scope="shared"))

    assert {hit.document_id for hit in single.rows[0].hits} == {single.rows[0].cluster}
    assert len({hit.document_id for hit in shared.rows[0].hits}) == 2
    assert shared.header.scope == "shared"


def test_progress_counts_every_question(pipeline: Pipeline, questions: QuestionSet, plan: Plan) -> None:
    seen: list[int] = []
    run_questions(pipeline, questions, plan, advance=lambda: seen.append(1))

    assert len(seen) == 4


def test_questions_without_evidence_are_not_judged(run: Run) -> None:
    report = make_report(run)

    assert "hit@1" not in run.rows[2].values
    assert report.measures["hit@1"].n == 3
    assert report.measures["accuracy"].n == 4
    assert "hit@1" not in report.slices["category=not answerable"]


def test_the_header_says_what_was_run(run: Run, questions: QuestionSet, pipeline: Pipeline) -> None:
    header = run.header

    assert header.questions == questions.fingerprint
    assert header.fingerprints == {**pipeline.fingerprints, "grader": RulesGrader().fingerprint}
    assert header.started_at == "2026-01-01T12:00:00+00:00"
    assert header.selection == {"limit": 4}
    assert header.libraries["numpy"]


def test_a_saved_run_reads_back_as_it_was(run: Run, tmp_path: Path) -> None:
    path = save_run(run, tmp_path / "runs")

    assert path.name.startswith("20260101T120000-deals-single-")
    assert load_run(path) == run
    assert make_report(load_run(path)).measures == make_report(run).measures


@pytest.mark.parametrize("content", ["", "not json", '{"rows": []}', '{"header": {"name": "x"}}'])
def test_a_file_that_is_no_run_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(content)

    with pytest.raises(SourceError, match="not a saved run"):
        load_run(path)


def test_trec_lines_rank_downwards(run: Run) -> None:
    lines = [line.split() for line in trec_lines(run) if line.startswith("rate ")]

    assert [line[3] for line in lines] == ["1", "2", "3"]
    assert [line[4] for line in lines] == ["3", "2", "1"]
    assert lines[0][2] == run.rows[0].hits[0].chunk_id


def test_the_object_has_the_documented_shape(run: Run) -> None:
    found = as_dict(make_report(run, ["split"]))

    assert list(found) == ["name", "scope", "n", "fingerprints", "seconds", "measures", "slices"]
    assert set(found["measures"]) >= {*RETRIEVAL, *PAGES, "accuracy", "wrong", "abstained", "ask_p50_ms"}
    assert set(found["slices"]) == {"split=evaluation", "split=tuning"}
    assert set(found["measures"]["mrr"]) == {"value", "low", "high", "n"}
    for name, estimate in found["measures"].items():
        assert estimate["low"] <= estimate["value"] <= estimate["high"], name
    json.dumps(found, allow_nan=False)


def test_the_tables_name_every_slice(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    print_report(make_report(run))

    printed = capsys.readouterr().out
    assert "category=lookup" in printed
    assert "split=tuning" in printed
    assert "question_type" not in printed
    assert max(map(len, printed.splitlines())) <= 110


def test_choosing_a_split_or_the_first_few(questions: QuestionSet) -> None:
    assert [q.id for q in choose(questions, split="evaluation", limit=2).questions] == ["trustee", "absent"]
    with pytest.raises(SourceError, match="its splits are: evaluation, tuning"):
        choose(questions, split="test")


def test_a_folder_outside_of_git_has_no_commit(tmp_path: Path) -> None:
    assert source_commit(tmp_path) == ""


@pytest.mark.slow
def test_scoring_ten_thousand_rankings_takes_seconds() -> None:
    hits = tuple(
        RankedChunk(
            chunk_id=f"c{i}",
            document_id="d",
            first_page=i // 2,
            last_page=i // 2,
            start=900 * i,
            end=900 * i + 900,
            score=-float(i),
        )
        for i in range(100)
    )
    judgement = Judgement(
        spans=(JudgedSpan(document=DocumentId("d"), start=6300, end=6400),),
        relevant={"c7": 1},
        pages=frozenset({("d", 3)}),
    )

    start = time.process_time()
    values = [score_ranking(judgement, hits) for _ in range(10_000)]
    assert values[-1]["mrr"] == 1 / 8
    assert time.process_time() - start < 5.0
