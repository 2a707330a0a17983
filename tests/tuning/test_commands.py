"""``covenant tune`` and ``covenant retune`` on a small library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click import Command
from click.testing import CliRunner

from rag.command import Context
from rag.errors import SourceError
from rag.workspace import Workspace
from tests.tuning.asking import Service
from tests.tuning.tuned_library import NAMES, SETTINGS, add, make_library
from tuning.commands import _asked, _tune_options, retune, tune
from tuning.stages import EmbedderStage

OVERRIDES = (
    'embedder.kind="hashing"', "embedder.dim=8", 'reranker.kind="none"', 'generator.kind="best_sentence"',
    "retrieval.lexical_hits=0",
)  # fmt: skip
OLD, NEW = NAMES[:6], NAMES[6:8]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_library(tmp_path / "work", OLD)


def asked(path: Path, names: tuple[str, ...]) -> Path:
    """Questions as users asked them; one of them is for measuring."""
    rows = [
        {"question": f"Who is the trustee of {name}?", "doc_id": name, "answer": f"{name.title()} Bank",
         "evidence": [{"doc_id": name, "page": 0}], "split": split}
        for name in names
        for split in ("tuning",)
    ]  # fmt: skip
    rows.append({"question": "Who is it?", "doc_id": names[0], "answer": "x", "split": "test"})
    lines = [
        json.dumps({"id": str(i), "category": "who", "answer_type": "span", **row})
        for i, row in enumerate(rows)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_both_print_what_they_came_to(workspace: Workspace, tmp_path: Path) -> None:
    assert SETTINGS.retrieval.lexical_hits == 0
    context = Context(workspace_path=workspace.root, overrides=OVERRIDES)
    first = asked(tmp_path / "first.jsonl", OLD)
    given = ["--questions", str(first), "--made", "0", "--target", "hit@1"]
    gate = ["--gate", str(first), "--gate-split", "tuning"]
    result = CliRunner().invoke(tune, [*given, *gate, "--json"], obj=context, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["questions"]["train"] + report["questions"]["dev"] == len(OLD)
    names = [stage["name"] for stage in report["stages"]]
    assert names == ["house_words", "embedder", "reranker", "combiner", "values"]

    add(workspace, NEW)
    second = asked(tmp_path / "second.jsonl", NEW)
    result = CliRunner().invoke(
        retune,
        ["--questions", str(second), "--made", "0", "--target", "hit@1", "--part", "combiner"],
        obj=context,
        catch_exceptions=False,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "words that old documents lack" in result.stdout
    assert "combiner" in result.stdout
    assert "embedder" not in result.stdout


def test_without_questions_there_is_nothing_to_tune(workspace: Workspace) -> None:
    context = Context(workspace_path=workspace.root, overrides=OVERRIDES)
    result = CliRunner().invoke(tune, ["--made", "0"], obj=context)
    assert "no questions to learn from" in str(result.exception)


@pytest.mark.parametrize("command", [tune, retune])
def test_what_people_asked_is_learned_from_unless_it_measures(
    workspace: Workspace, tmp_path: Path, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    service = Service(workspace.service_file)
    for text in ("Who is it?", "Who is the trustee of fir?", "Who decides on elm?", "Who gates fir?"):
        service.asks(text, "fir")
    service.asks("who is the TRUSTEE of alder", "alder")
    first, gate = asked(tmp_path / "first.jsonl", OLD[:1]), tmp_path / "gate.jsonl"
    gate.write_text(json.dumps({"question": "Who gates fir?", "split": "tuning"}))
    workspace.regression.write_text(json.dumps({"question": "who decides on Elm"}))
    given = ["--questions", str(first), "--made", "0", "--gate", str(gate)]

    def learned(*more: str) -> list[tuple[str, str]]:
        params = command.make_context("tune", [*given, *more]).params
        return [(one.origin, one.text) for one in _asked(workspace, params)]

    alder = ("file", "Who is the trustee of alder?")
    # "Who is it?" is for measuring in the file of questions itself, what decides in the gate's.
    assert learned() == [alder, ("log", "Who is the trustee of fir?")]
    assert "1 questions of the service's log; left out: 3 that measure" in capsys.readouterr().err
    assert learned("--logged", "0") == learned("--doc", "alder") == [alder]
    workspace.service_file.write_text("no database " * 100)
    with pytest.raises(SourceError, match="--logged 0"):
        learned()


def test_who_teaches_the_embedder() -> None:
    for given, teacher in (([], "labels"), (["--teacher", "reranker"], "reranker")):
        params = tune.make_context("tune", given).params
        (_, embedder, *_) = _tune_options(params).stages
        assert isinstance(embedder, EmbedderStage)
        assert embedder.teacher == teacher
