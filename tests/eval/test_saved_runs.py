"""A run is found by path, by file name or as the latest; what cannot be found is one clear error."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.runs import load_run, save_run
from eval.saved_runs import find_run
from rag.errors import SourceError
from tests.eval import made_rows


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    for started in ("2026-03-04T05:06:07+00:00", "2026-03-05T00:00:00+00:00"):
        save_run(made_rows.run([made_rows.row()], started_at=started), folder)
    return folder


def test_a_path_needs_no_workspace(runs: Path) -> None:
    path = next(runs.iterdir())

    assert find_run(str(path), None) == path
    assert find_run(str(path), runs / "elsewhere") == path


@pytest.mark.parametrize("part", ["name", "stem"])
def test_a_file_of_the_workspace_goes_by_its_name(runs: Path, part: str) -> None:
    for path in runs.iterdir():
        assert find_run(getattr(path, part), runs) == path


def test_latest_is_the_run_that_started_last(runs: Path) -> None:
    (runs / "zz-notes.txt").write_text("no run")

    assert load_run(find_run("latest", runs)).header.started_at.startswith("2026-03-05")


def test_a_beginning_is_enough_where_one_run_has_it(runs: Path) -> None:
    assert find_run("20260305", runs).name.startswith("20260305T000000-made-shared")
    with pytest.raises(SourceError, match="2 runs begin with '202603'"):
        find_run("202603", runs)


def test_what_is_not_there_is_named_with_what_is(runs: Path) -> None:
    with pytest.raises(SourceError, match=r"no run 'nothing'.*the newest are: 20260305"):
        find_run("nothing", runs)


@pytest.mark.parametrize("reference", ["latest", "nothing.jsonl", ""])
def test_without_runs_or_without_a_workspace_the_remedy_says_what_to_do(
    reference: str, tmp_path: Path
) -> None:
    for folder in (tmp_path / "runs", None):
        with pytest.raises(SourceError, match="name a file, or a workspace that has runs"):
            find_run(reference, folder)


def test_a_folder_is_no_run(runs: Path) -> None:
    with pytest.raises(SourceError, match="no run"):
        find_run(str(runs), None)
