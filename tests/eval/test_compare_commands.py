"""``covenant compare`` and ``covenant report`` from saved runs to the terminal, an object and files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eval.compare_commands import compare, report
from eval.runs import save_run
from rag.command import Context
from rag.errors import SourceError
from rag.workspace import Workspace
from tests.eval.plotted_runs import HOSTILE, QUESTIONS, two_runs


@pytest.fixture
def saved(tmp_path: Path) -> tuple[Path, Path]:
    before, after = two_runs()
    return save_run(before, tmp_path / "one"), save_run(after, tmp_path / "two")


def call(root: Path, *arguments: str | Path) -> Result:
    command = report if arguments[0] == "report" else compare
    context = Context(workspace_path=root, overrides=())
    return CliRunner().invoke(command, [str(a) for a in arguments[1:]], obj=context)


def test_the_terminal_gets_verdict_tables_and_changed_questions(
    saved: tuple[Path, Path], tmp_path: Path
) -> None:
    done = call(tmp_path, "compare", *saved)

    assert done.exit_code == 0, done.output
    said = " ".join(done.stdout.split())
    assert "change of accuracy is shown" in said or "is better in accuracy" in said
    assert "this differs: settings embedder.kind (a < b → other a < b)" in said
    assert "accuracy by slice" in said
    assert "won accuracy" in said
    assert '"shows from" is the smallest true difference that such a set shows four times in five' in said
    assert max(map(len, done.stdout.splitlines())) <= 110


def test_json_is_one_object_with_both_answers_and_gold(saved: tuple[Path, Path], tmp_path: Path) -> None:
    done = call(tmp_path, "compare", *saved, "--json", "--slice", "category")

    found = json.loads(done.stdout)
    assert (found["n"], found["documents"], found["headline"]) == (QUESTIONS, QUESTIONS // 2, "accuracy")
    one = found["measures"]["accuracy"]
    assert set(one) == set(
        "before after difference p p_holm detectable verdict won lost ties documents few_documents".split()
    )
    assert set(one["difference"]) == {"value", "low", "high", "n"}
    assert one["difference"]["value"] == pytest.approx(one["after"]["value"] - one["before"]["value"])
    assert one["won"] + one["lost"] + one["ties"] == QUESTIONS
    assert len(found["slices"]) == 3
    assert {"id", "question", "gold", "won", "lost", "before", "after"} == set(found["changed"][0])
    assert set(found["changed"][0]["before"]) == {"outcome", "text", "confidence"}
    assert found["differs"] == [
        {"concern": "system", "what": "settings embedder.kind", "before": "a < b", "after": "other a < b"}
    ]


def test_measures_and_slices_can_be_chosen(saved: tuple[Path, Path], tmp_path: Path) -> None:
    done = call(tmp_path, "compare", *saved, "--json", "--measure", "mrr", "--slice", "question word")

    found = json.loads(done.stdout)
    assert (found["headline"], list(found["measures"])) == ("mrr", ["mrr"])
    assert set(found["slices"]) == {"question word=what"}


def test_runs_of_the_workspace_go_by_their_names(saved: tuple[Path, Path], tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    name = save_run(two_runs()[0], workspace.runs).name

    assert call(workspace.root, "compare", name, saved[1], "--json").exit_code == 0
    failed = call(tmp_path, "compare", "nothing.jsonl", saved[1])
    assert isinstance(failed.exception, SourceError)


def test_markdown_keeps_the_words_of_runs_words(tmp_path: Path) -> None:
    paths = [save_run(one, tmp_path / str(at)) for at, one in enumerate(two_runs(f"{HOSTILE}\n# head"))]
    done = call(tmp_path, "compare", *paths, "--markdown", tmp_path / "out.md")

    assert done.exit_code == 0, done.output
    text = (tmp_path / "out.md").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<img" not in text
    assert "\n# head" not in text
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line.startswith("|")]
        assert len({line.replace("\\|", "").count("|") for line in lines}) <= 1, block


def test_pages_are_written_and_named(saved: tuple[Path, Path], tmp_path: Path) -> None:
    for arguments in (("compare", *saved), ("report", saved[0])):
        done = call(tmp_path, *arguments, "--html", tmp_path / "out.html")

        assert done.exit_code == 0, done.output
        assert f"written: {tmp_path / 'out.html'}" in done.stderr
        assert (tmp_path / "out.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_report_takes_slices(saved: tuple[Path, Path], tmp_path: Path) -> None:
    done = call(tmp_path, "report", saved[0], "--html", tmp_path / "out.html", "--slice", "split")

    assert done.exit_code == 0
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "split=<wbr>test" in page
    assert "category=" not in page
    assert isinstance(
        call(tmp_path, "report", saved[0], "--html", "x", "--slice", "no").exception, SourceError
    )


def test_the_matrix_is_printed_with_slices_of_ones_own(saved: tuple[Path, Path], tmp_path: Path) -> None:
    functions = tmp_path / "slices.py"
    functions.write_text(
        "from eval.slices import slicing_function\n\n"
        '@slicing_function("even")\n'
        "def even(row):\n"
        '    return "yes" if int(row.question_id[1:].split()[0]) % 2 == 0 else None\n\n'
        '@slicing_function("broken")\n'
        "def broken(row):\n"
        "    return 1 / 0\n",
        encoding="utf-8",
    )
    options = ("--slice", "even", "--slice-file", functions)
    table = call(tmp_path, "report", saved[0], *options)
    found = json.loads(call(tmp_path, "report", saved[0], *options, "--json").stdout)

    assert table.exit_code == 0, table.output
    assert "even=yes" in table.stdout
    assert f"The slice 'broken' failed on {QUESTIONS} questions" in table.stdout
    assert set(found["slices"]) == {"all", "even=yes"}
    assert found["failures"][0]["error"].startswith("ZeroDivisionError")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, eval.compare_commands;"
        "print([name for name in ('numpy', 'jinja2', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
