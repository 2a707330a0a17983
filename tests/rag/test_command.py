from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.command import run
from rag.workspace import Workspace
from tests.library import ALDER, make_workspace

SMALL = (
    "--set", "reranker.kind=none", "--set", "embedder.kind=hashing", "--set", "embedder.dim=256",
    "--set", "generator.kind=best_sentence",
)  # fmt: skip


def call(workspace: Path, *arguments: str) -> int:
    return run(["--workspace", str(workspace), *SMALL, *arguments])


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_workspace(tmp_path_factory.mktemp("workspace")).root


def test_ask_prints_answer_and_citation(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = call(workspace, "ask", "What interest rate do the Class B Notes bear?", "--doc", "alder")
    assert code == 0
    out = capsys.readouterr().out
    assert out.startswith("4.25%")
    assert "alder > page 2 > Section 2.4 Interest" in out


def test_ask_json_has_everything_an_application_needs(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = "What interest rate do the Class B Notes bear?"
    assert call(workspace, "ask", question, "--doc", "alder", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["outcome"] == "answered"
    assert answer["answer"] == "4.25%"
    assert answer["searched"] == [{"id": answer["citations"][0]["document_id"], "name": "alder"}]
    parts = {"embedder", "combiner", "reranker", "generator", "house_words", "index", "release"}
    assert set(answer["fingerprints"]) == parts
    assert set(answer["timings_ms"]) == {"retrieve", "rerank", "evidence", "generate", "cite", "total"}
    citation = answer["citations"][0]
    assert (citation["document"], citation["page"], citation["pages"]) == ("alder", 1, [1])
    assert ALDER[citation["start"] : citation["end"]] == citation["quote"]


def test_ask_says_when_it_is_not_there(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(workspace, "ask", "Which football club does Zanzibar sponsor?") == 0
    assert capsys.readouterr().out.startswith("Not in these documents")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ask", ""], "question is empty"),
        (["ask", "x" * 100_000], "100000 characters"),
        (["ask", "Who?", "--doc", "elm"], "no document 'elm'"),
        (["--set", "retrieval.topk=3", "ask", "Who?"], "retrieval.topk"),
        (["--set", "retrieval.hits=many", "ask", "Who?"], "retrieval.hits"),
        (["--set", "retrieval.hits", "ask", "Who?"], "section.key=value"),
        (["--workspace", "/nowhere/at/all", "ask", "Who?"], "not a workspace"),
        (["ask", "Who?", "--nonsense"], "--nonsense"),
        (["conquer"], "conquer"),
        (["ingest", "/nowhere/at/all"], "does not exist"),
    ],
)
def test_mistakes_are_one_line_on_stderr_and_exit_code_2(
    workspace: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert run(["--workspace", str(workspace), *SMALL, *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert says in printed.err
    assert printed.err.count("\n") == 1


def test_init_makes_a_workspace_and_leaves_an_existing_one_alone(tmp_path: Path) -> None:
    root = tmp_path / "new"
    assert call(root, "init") == 0
    (root / "covenant.toml").write_text("[retrieval]\nhits = 7\n")
    assert call(root, "init") == 0
    assert "hits = 7" in (root / "covenant.toml").read_text()


def test_init_on_a_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x")
    assert call(tmp_path / "file", "init") == 2
    assert "is a file" in capsys.readouterr().err


def test_documents_lists_names(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(workspace, "documents", "--json") == 0
    assert [record["name"] for record in json.loads(capsys.readouterr().out)] == ["alder", "birch"]
    assert call(workspace, "documents") == 0
    assert "alder" in capsys.readouterr().out


def test_a_command_waits_for_who_writes_where_it_should(
    workspace: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "deed.txt").write_text("DEED\n\nSection 1.1 Fees. The fee is $9.\n")
    arguments = ["--workspace", str(workspace), *SMALL, "ingest", str(tmp_path / "deed.txt")]
    with ThreadPoolExecutor(max_workers=1) as thread:
        with Workspace.open(workspace).writing():
            assert run(arguments) == 2
            assert "another process is writing" in capfd.readouterr().err
            waiting = thread.submit(run, arguments, retry_s=0.01)
            told = ""
            while "waits for it to end" not in told:
                assert not waiting.done()
                told += capfd.readouterr().err
        assert waiting.result() == 0
    assert "1 files read" in capfd.readouterr().out
