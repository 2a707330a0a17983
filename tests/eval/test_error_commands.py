"""``covenant errors`` from a saved run to the terminal, an object, Markdown and a page that is inert."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eval.error_commands import errors
from eval.errors.stages import MEANING
from eval.runs import Place, Proposal, save_run
from rag.command import Context
from rag.errors import SourceError
from tests.eval.errors.test_stages import EXAMPLES
from tests.eval.made_rows import hits, place, row, run, wrong
from tests.library import make_workspace

HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>\" onload=\"y & | `code` {{ 7*7 }} # h"
OVERRIDES = (
    "embedder.kind=hashing", "reranker.kind=none", "embedder.dim=256", "generator.kind=best_sentence",
)  # fmt: skip


def call(root: Path, *arguments: str | Path) -> Result:
    context = Context(workspace_path=root, overrides=OVERRIDES)
    return CliRunner().invoke(errors, [str(a) for a in arguments], obj=context)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A run with an error of every stage, in a folder that is no workspace."""
    rows = [one for _, one in sorted(EXAMPLES.items())]
    return save_run(run([*rows, row(), row()]), tmp_path / "saved")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A run whose every text is markup."""
    where = Place(
        document_id="a",
        document_name=HOSTILE,
        first_page=1,
        last_page=1,
        start=100,
        end=100 + len(HOSTILE),
        quote=HOSTILE,
    )
    rows = [
        wrong(
            question_id=f"{at} {HOSTILE}",
            question=f"What of the indenture {HOSTILE}?",
            gold=(HOSTILE,),
            kind="text",
            text=HOSTILE,
            outcome=outcome,
            proposals=(Proposal(document_id="a", start=100, end=105, text=HOSTILE, score=0.4),),
            citations=(where,) if outcome == "answered" else (),
            evidence=(where,),
            shown=(where,),
            facets={"split": HOSTILE},
            cluster=HOSTILE,
        )
        for at, outcome in enumerate(("answered", "abstained", "failed") * 2)
    ]
    other = [row(question_id=f"r{at}", question="Who signed?") for at in range(3)]
    return save_run(run([*rows, *other], name="<b>made</b>"), tmp_path / "hostile")


def test_a_path_needs_no_workspace_and_every_stage_is_told(saved: Path, tmp_path: Path) -> None:
    done = call(tmp_path, saved, "--json", "--no-embedding")
    found = json.loads(done.stdout)

    assert done.exit_code == 0, done.output
    assert (found["n"], found["wrong"]) == (12, 10)
    assert {stage: one["n"] for stage, one in found["stages"].items()} == dict.fromkeys(EXAMPLES, 1)
    assert all(one["why"] for one in found["errors"])


def test_the_terminal_shows_stages_and_their_counts(saved: Path, tmp_path: Path) -> None:
    done = call(tmp_path, saved, "--no-embedding")

    assert done.exit_code == 0, done.output
    assert "10 of 12" in done.stdout
    assert all(meaning in done.stdout for meaning in MEANING.values())


@pytest.mark.parametrize("reference", ["latest", "name", "stem"])
def test_a_run_of_the_workspace_goes_by_name(reference: str, tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "workspace")
    path = save_run(run([wrong()]), workspace.runs)
    done = call(workspace.root, getattr(path, reference, reference), "--json", "--no-embedding")

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["wrong"] == 1


def test_with_an_embedder_there_are_groups_by_meaning(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "workspace")
    rows = [wrong(question_id=str(at), question=f"What is the coupon of note {at}?") for at in range(4)]
    save_run(run([*rows, row(question="Who signed?")]), workspace.runs)
    kinds = {one["by"] for one in json.loads(call(workspace.root, "latest", "--json").stdout)["clusters"]}
    bare = call(workspace.root, "latest", "--json", "--no-embedding")

    assert kinds == {"meaning", "words"}
    assert {one["by"] for one in json.loads(bare.stdout)["clusters"]} == {"words"}


def test_files_are_written_beside_what_is_printed(saved: Path, tmp_path: Path) -> None:
    html, markdown = tmp_path / "errors.html", tmp_path / "errors.md"
    done = call(tmp_path, saved, "--no-embedding", "--html", html, "--markdown", markdown)

    assert done.exit_code == 0, done.output
    for text in (unescape(html.read_text()), markdown.read_text()):
        assert "Years ended December 31, 2018" in text, "the evidence is shown"
        assert "B, page 2" in text, "and what was used, with pages as people count"
        assert all(meaning in text for meaning in MEANING.values())


def test_the_page_is_one_file_that_runs_and_loads_nothing(saved: Path, tmp_path: Path) -> None:
    html = tmp_path / "errors.html"
    call(tmp_path, saved, "--no-embedding", "--html", html)
    page = html.read_text()

    assert page.startswith("<!doctype html>")
    assert "<svg" in page
    assert not re.search(r"<script|<link|<iframe|<img|\son\w+=|javascript:|@import|url\(", page)
    assert not re.search(r"(?:src|href)=\"(?!#)", page)


def test_hostile_text_is_inert_on_the_page(hostile: Path, tmp_path: Path) -> None:
    html = tmp_path / "errors.html"
    done = call(tmp_path, hostile, "--no-embedding", "--html", html)
    page = html.read_text()

    assert done.exit_code == 0, done.output
    assert "&lt;" in page
    assert "{{ 7*7 }}" in re.sub(r"</?mark>", "", page), "a template in a text is text"
    assert not re.search(r"<script|<img|<b>made", page)
    assert not re.search(r"<[^>]*\son(?:load|error)=", page)


def test_hostile_text_is_inert_in_markdown(hostile: Path, tmp_path: Path) -> None:
    markdown = tmp_path / "errors.md"
    done = call(tmp_path, hostile, "--no-embedding", "--markdown", markdown)
    outside = re.sub(r"(?ms)^```.*?^```$", "", markdown.read_text())

    assert done.exit_code == 0, done.output
    assert not re.search(r"(?<!\\)<(?:script|img|b>)", outside)


def test_a_run_without_errors_says_so(tmp_path: Path) -> None:
    html = tmp_path / "errors.html"
    done = call(tmp_path, save_run(run([row()]), tmp_path), "--html", html)

    assert done.exit_code == 0, done.output
    assert "0 of 1" in done.stdout
    assert html.exists()


def test_a_run_that_only_ranked_is_asked_about_retrieval(tmp_path: Path) -> None:
    behind = row(
        outcome="retrieved", hits=hits(*[("b", at) for at in range(10)], ("a", 1)), used=0, citations=()
    )
    path = save_run(run([behind, row(outcome="retrieved")], task="retrieve"), tmp_path)
    found = json.loads(call(tmp_path, path, "--json", "--no-embedding").stdout)

    assert list(found["stages"]) == ["ranked_low"]


def test_what_is_no_run_is_an_error_of_the_user(tmp_path: Path) -> None:
    other = tmp_path / "notes.jsonl"
    other.write_text("nonsense\n")

    for reference in ("latest", "nothing", str(other)):
        assert isinstance(call(tmp_path, reference).exception, SourceError)


def test_evidence_stands_beside_what_was_used(tmp_path: Path) -> None:
    cited = place("b", 4, "Costs  999")
    path = save_run(run([wrong(hits=hits(("b", 4)), citations=(cited,))]), tmp_path)
    (error,) = json.loads(call(tmp_path, path, "--json", "--no-embedding").stdout)["errors"]

    assert error["evidence"][0]["quote"] == "Revenue  1,577  1,420"
    assert [(one["document"], one["first_page"]) for one in error["used"]] == [("B", 4)]
