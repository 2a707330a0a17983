from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rag.catalog import Catalog
from rag.command import Context
from rag.workspace import Workspace
from tests.library import SETTINGS, make_workspace
from tuning.label_commands import label
from tuning.labeling import LabelStore, load_functions
from tuning.labeling.loading import FILE
from tuning.labeling.tracing import TraceError

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
