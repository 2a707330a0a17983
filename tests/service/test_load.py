"""The benchmark of load, on a tiny library for a moment: it asks, counts, and finds what was accepted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.asking import Asked, ask, for_questions
from benchmarks.load import failed, growth, read_questions
from benchmarks.serving import is_there, resident_mb, seconds_to_end
from rag.workspace import Workspace
from tests.service.developed import library_of, questions_of

CHECKOUT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = library_of(tmp_path_factory.mktemp("load"), 2)
    questions_of(made, 2)
    return made


@pytest.mark.slow
def test_load_memory_and_kills_are_measured(workspace: Workspace) -> None:
    before = sorted(path.name for path in workspace.root.iterdir())
    files = [str(workspace.root), str(workspace.root / "asked.jsonl")]
    options = ["--clients", "4", "--seconds", "1", "--requests", "40", "--kill", "1", "--json"]
    command = [sys.executable, "-m", "benchmarks.load", *files, *options]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert (found["questions"], found["clients"]) == (6, 4)
    for part in ("alone", "together"):
        assert found[part]["answers"] > 0
        assert found[part]["errors"] == {}
        assert found[part]["p50_ms"]["value"] <= found[part]["p95_ms"]["value"]
    assert found["ratio"] > 0
    assert found["memory"]["most_mb"] >= found["memory"]["last_mb"] > 50
    killed = found["kill"]
    assert killed["accepted"]["answers"] > 0
    assert (killed["accepted"]["questions"], killed["accepted"]["jobs"]) == (3, 2)
    assert set(killed["lost"].values()) == {0}
    assert killed["jobs"] == {"done": 2}
    assert killed["others_ended_s"] is not None
    # All of it happened to a copy.
    assert sorted(path.name for path in workspace.root.iterdir()) == before


def test_a_service_that_cannot_be_reached_is_an_error_for_each_question() -> None:
    found = ask(1, ["Who is the Trustee?"], 2, goes_on=for_questions(5))
    assert found.took_ms == []
    assert sum(found.errors.values()) == 5
    assert set(found.errors) == {"ConnectionRefusedError"}
    told = {"alone": found.as_dict(), "together": Asked().as_dict()}
    assert failed(told)
    assert not failed({"alone": Asked().as_dict(), "together": Asked().as_dict()})


def test_what_was_lost_is_a_failure() -> None:
    fine: dict[str, Any] = {"alone": {"errors": {}}, "together": {"errors": {}}}
    assert not failed({**fine, "kill": {"lost": {"answers": 0}, "jobs": {"done": 2}}})
    assert failed({**fine, "kill": {"lost": {"answers": 1}, "jobs": {"done": 2}}})
    assert failed({**fine, "kill": {"lost": {"answers": 0}, "jobs": {"done": 1, "lost": 1}}})
    assert failed({**fine, "memory": {"errors": {"429 overloaded": 1}}})


def test_growth_is_told_from_warming_up() -> None:
    warming = [(0, 100.0), (100, 300.0), (400, 400.0), (700, 400.0), (1000, 400.0)]
    assert growth(warming)["mb_per_1000"] == 0
    leaking = [(number, 100.0 + number / 100) for number in range(0, 1001, 100)]
    assert growth(leaking)["mb_per_1000"] == pytest.approx(10)
    assert growth(leaking)["settled_mb"] == 103


def test_processes_are_seen_to_end() -> None:
    assert is_there(os.getpid())
    assert resident_mb(os.getpid()) > 10
    assert seconds_to_end([os.getpid()], limit_s=0.01) is None
    sleep = shutil.which("sleep")
    assert sleep is not None
    with subprocess.Popen([sleep, "60"]) as process:
        assert is_there(process.pid)
        process.kill()
        # Dead, and not yet asked about by whoever started it.
        assert seconds_to_end([process.pid], limit_s=30) is not None
    assert not is_there(process.pid)
    assert resident_mb(process.pid) == 0.0


def test_questions_are_those_of_the_file(workspace: Workspace, tmp_path: Path) -> None:
    assert len(read_questions(workspace.root / "asked.jsonl")) == 6
    (tmp_path / "none.jsonl").write_text("\n")
    with pytest.raises(SystemExit, match="has no question"):
        read_questions(tmp_path / "none.jsonl")
