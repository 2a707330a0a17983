from __future__ import annotations

import json
from math import exp
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ingest.progress import Silent
from rag.catalog import Catalog
from rag.command import Context
from rag.settings import Settings
from rag.workspace import Workspace
from tests.library import SETTINGS, make_workspace
from tests.tuning.asking import Service
from tuning.label_commands import label
from tuning.labeling import LabelStore, load_functions
from tuning.labeling.loading import FILE
from tuning.labeling.tracing import TraceError
from tuning.questions import read_asked
from tuning.supervision import supervise

QUESTIONS = [
    {"question": "Who is the Trustee of alder?", "kind": "definition", "doc_id": "alder"},
    {
        "question": "What interest do the Class B Notes of birch bear?",
        "kind": "table_cell",
        "doc_id": "birch",
    },
    {"question": "Which liens may the Issuer of alder create?", "kind": "clause", "doc_id": "alder"},
]
GOLD = [
    {
        "id": "1", "question": QUESTIONS[0]["question"], "doc_id": "alder", "split": "tuning",
        "evidence": [{"page": 0, "text": "The Trustee is Corvane Trust Company."}],
    }
]  # fmt: skip
LABELS = """
from tuning.labeling import ABSTAIN, IRRELEVANT, RELEVANT, labeling_function

@labeling_function(on="passage", kind="pattern")
def trustee(item):
    if "Trustee" not in item.question.text:
        return ABSTAIN
    return RELEVANT if "Trustee is" in item.chunk.text else IRRELEVANT

@labeling_function(on="passage", kind="model", scored=True, bins=3)
def fused(item):
    return item.score

@labeling_function(on="passage", kind="pattern")
def fragile(item):
    return 1 / len([c for c in item.chunk.text if c == "%"]) and ABSTAIN
"""


HOUSE = (
    LABELS
    + """
@labeling_function(on="passage", kind="pattern", proposes=True)
def knows_the_minder(item):
    if "minder" not in item.question.text:
        return ABSTAIN
    return RELEVANT if "Trustee is" in item.chunk.text else IRRELEVANT

@labeling_function(on="passage", kind="rank")
def found_first(item):
    return RELEVANT if item.lexical == 1 else IRRELEVANT
"""
)
"""What an expert knows besides: a word that searches do not."""


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = make_workspace(tmp_path / "team")
    parts = {"embedder": SETTINGS.embedder, "reranker": SETTINGS.reranker, "generator": SETTINGS.generator}
    lines = []
    for section, settings in parts.items():
        lines += [f"[{section}]", f'kind = "{settings.kind}"']
    lines.insert(2, "dim = 256")
    made.settings_file.write_text("\n".join(lines))
    written(tmp_path / "questions.jsonl", QUESTIONS)
    written(tmp_path / "gold.jsonl", GOLD)
    return made


def run(workspace: Workspace, *arguments: str | Path) -> Result:
    context = Context(workspace_path=workspace.root, overrides=())
    return CliRunner().invoke(label, [str(a) for a in arguments], obj=context)


def report_of(workspace: Workspace, folder: Path, *more: str | Path) -> tuple[int, dict[str, Any]]:
    result = run(workspace, "--questions", folder / "questions.jsonl", "--made", "0", "--json", *more)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, json.loads(result.stdout)


def test_ready_functions_vote_where_a_team_has_none(workspace: Workspace, tmp_path: Path) -> None:
    code, report = report_of(workspace, tmp_path)
    assert code == 0
    assert (report["questions"], report["failures"]) == (3, [])
    assert {"clause_asked", "sentence_cover"} <= {one["name"] for one in report["functions"]}
    assert set(report["slices"]) == {"definition", "table_cell", "clause"}
    assert report["measured"] == {}


def test_own_functions_gold_and_failures(workspace: Workspace, tmp_path: Path) -> None:
    (workspace.root / FILE).write_text(LABELS)
    code, report = report_of(workspace, tmp_path, "--gold", tmp_path / "gold.jsonl", "--without")
    assert code == 1
    [failure] = report["failures"]
    assert failure["function"] == "fragile"
    assert failure["first"].startswith("ZeroDivisionError: division by zero (labels.py:")
    assert report["measured"]["average_precision"] == 1.0
    by_name = {one["name"]: one for one in report["functions"]}
    assert by_name["trustee"]["measured"]["value"] == 1.0
    assert {one["name"] for one in report["without"]} == {"trustee", "fused", "fragile"}
    _, again = report_of(workspace, tmp_path)
    ran = {one["name"]: one["ran"] for one in again["functions"]}
    assert ran["trustee"] == 0
    assert ran["fragile"] == failure["items"]


def test_a_report_as_tables_and_page(workspace: Workspace, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    result = run(workspace, "--questions", tmp_path / "questions.jsonl", "--made", "0", "--html", page)
    assert result.exit_code == 0, result.output
    assert "sentence_overlap" in result.stdout
    assert "sentence_overlap" in page.read_text()


def test_a_label_is_traced_both_ways(workspace: Workspace, tmp_path: Path) -> None:
    (workspace.root / FILE).write_text(LABELS)
    _, report = report_of(workspace, tmp_path)
    model = report["label_model"]["id"]
    with LabelStore(workspace.root) as store:
        # The item of the trustee question that has the trustee.
        ids = [row[0] for row in store._db.execute("SELECT id FROM items ORDER BY number")]
    artifact = workspace.root / "artifacts" / "embedder-1"
    artifact.mkdir(parents=True)
    (artifact / "examples.jsonl").write_text(json.dumps({"item": ids[0], "probability": 0.9}) + "\n")
    result = run(workspace, "--trace", ids[0], "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["question"]["text"] == QUESTIONS[0]["question"]
    assert found["where"][0]["document"] == "alder"
    assert found["artifacts"] == ["embedder-1"]
    said = found["label"]
    assert said["model"] == model
    together = said["prior"] + said["offset"] + sum(one["amount"] for one in said["functions"])
    assert together == pytest.approx(said["log_odds"])
    assert {one["function"]: one["state"] for one in said["functions"]}["trustee"] == "voted"
    assert (
        'if "Trustee" not in item.question.text'
        in said["functions"][0]["source"] + said["functions"][1]["source"]
    )
    shown = run(workspace, "--trace", ids[0])
    assert "trained: embedder-1" in shown.stdout


def test_experts_look_at_the_label_models_that_train(workspace: Workspace, tmp_path: Path) -> None:
    (workspace.root / FILE).write_text(HOUSE)
    minder = {"question": "Who is the minder of alder?", "doc_id": "alder"}
    asked = written(tmp_path / "questions.jsonl", [*QUESTIONS, minder])
    page = tmp_path / "report.html"
    _, report = report_of(workspace, tmp_path, "--html", page, "--without")
    other = report["unsearched"]
    assert (report["questions"], other["questions"]) == (3, 1)
    names = {name: {one["name"] for one in found["functions"]} for name, found in
             (("all", report), ("other", other))}  # fmt: skip
    assert names["all"] - names["other"] == {"found_first", "fused"}
    assert {one["function"] for one in other["conflicts"]} <= names["other"]
    assert {one["name"] for one in other["without"]} == names["other"]
    assert "words that searches do not know" in page.read_text()

    models = [found["label_model"]["id"] for found in (report, other)]
    settings = Settings.load(workspace.settings_file, environ={})
    with Catalog(workspace.catalog_file) as catalog:
        found = supervise(workspace, settings, read_asked(asked, catalog), Silent())
    assert found.label_model == models[0]
    by_model = [next(one for one in found.labels if one.label_model == model) for model in models]
    assert by_model[1].question.text == minder["question"]
    for one in by_model:
        said = json.loads(run(workspace, "--trace", one.item, "--json").stdout)["label"]
        assert (said["model"], said["probability"]) == (one.label_model, one.probability)
        together = said["prior"] + said["offset"] + sum(term["amount"] for term in said["functions"])
        assert 1 / (1 + exp(-together)) == pytest.approx(one.probability)
    kept = json.loads(workspace.label_report.read_text())["examples"]
    unsearched = {name: {one["unsearched"] for one in told["examples"]} for name, told in kept.items()}
    assert unsearched["trustee"] == unsearched["found_first"] == {False}
    assert unsearched["knows_the_minder"] == {True}


def test_what_people_asked_the_service_is_labelled(workspace: Workspace, tmp_path: Path) -> None:
    service = Service(workspace.service_file)
    service.asks(QUESTIONS[0]["question"].upper(), "alder")
    service.asks("Which bank is the Trustee of birch?", "birch")
    service.asks("What is measured?")
    written(workspace.regression, [{"question": "What is measured?"}])
    result = run(workspace, "--questions", tmp_path / "questions.jsonl", "--made", "0")
    assert "1 questions of the service's log; left out: 1 that measure" in result.stderr
    assert "of 4 questions" in result.stdout
    kept = json.loads(workspace.label_report.read_text())["examples"]
    shown = [one for told in kept.values() for one in told["examples"]]
    # Whoever asked may have seen more than the document it was asked of.
    asked_of = {one["asked_of"] is None for one in shown if "Which bank" in one["question"]}
    assert asked_of == {True}
    assert all(one["asked_of"] for one in shown if "Which bank" not in one["question"])
    _, report = report_of(workspace, tmp_path, "--logged", "0")
    assert report["questions"] == 3


def test_what_people_judged_votes(workspace: Workspace, tmp_path: Path) -> None:
    with Catalog(workspace.catalog_file) as catalog:
        document = catalog.resolve("alder")
    said = {"annotator": "ann", "question": QUESTIONS[0]["question"], "verdict": "right"}
    place = {"document_id": document, "page": 0, "quote": "Corvane Trust Company"}
    written(workspace.root / "judgements.jsonl", [{**said, **place}])
    _, report = report_of(workspace, tmp_path)
    [ann] = [one for one in report["functions"] if one["name"] == "judged_by_ann"]
    assert ann["polarity"] == [1]
    assert ann["coverage"] * report["items"] == pytest.approx(1)


def test_without_a_question_there_is_nothing_to_label(workspace: Workspace) -> None:
    result = run(workspace, "--made", "0")
    assert result.exit_code == 2
    assert "no question to learn from" in result.output


def test_an_unknown_label_is_one_line(workspace: Workspace) -> None:
    result = run(workspace, "--trace", "nothing")
    assert isinstance(result.exception, TraceError)


def test_the_starter_loads(workspace: Workspace, tmp_path: Path) -> None:
    result = run(workspace, "--starter")
    path = tmp_path / "labels.py"
    path.write_text(result.stdout)
    names = {one.name for one in load_functions(path)}
    assert {"governing_law", "outside_definitions", "clause_asked", "fits_question"} <= names
