"""Tuning as a whole, on a small library: parts, candidate, gate, promotion, runs that were killed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ingest.progress import Silent
from rag.errors import UsageError, WorkspaceError
from rag.releases import current_id, load
from rag.workspace import Workspace
from tests.tuning.killing import KilledError
from tests.tuning.tuned_library import NAMES, SETTINGS, make_library, now, questions
from tuning.artifacts import read_examples
from tuning.soft_lists import Cuts
from tuning.stage_list import standard_stages
from tuning.stages import Bench, Change, Stage
from tuning.telling import told
from tuning.tune import TuneOptions, tune, tuning_lock
from tuning.tune_report import TuneReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Wider:
    """A part whose tuning lets retrieval look at words: a change for the better."""

    hits: int = 50
    name: str = "retrieval"
    share: float = 0.1

    def run(self, bench: Bench) -> Change:
        return Change(settings={"retrieval": {"lexical_hits": self.hits}}, figures={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """A part during whose training the process dies."""

    name: str = "killed"
    share: float = 0.1

    def run(self, bench: Bench) -> Change:
        raise KilledError


def options(*stages: Stage) -> TuneOptions:
    return TuneOptions(stages=stages, target="hit@1", dev_share=0.6, cuts=Cuts(near=0.9, far=0.85))


def standard(name: str) -> Stage:
    [found] = [one for one in standard_stages() if one.name == name]
    return found


def run(workspace: Workspace, chosen: TuneOptions, names: Sequence[str] = NAMES) -> TuneReport:
    return tune(workspace, SETTINGS, questions(workspace, names), chosen, Silent(), now)


def test_what_is_better_is_promoted_and_can_be_traced(tmp_path: Path) -> None:
    workspace = make_library(tmp_path / "work")
    report = run(workspace, options(Wider(), *standard_stages()))
    assert report.promoted, report.reason
    assert report.release is not None
    assert current_id(workspace) == report.release.id
    notes = {one.name: one.change.note for one in report.stages}
    assert notes["embedder"].startswith("the hashing embedder")
    assert notes["reranker"].startswith("a reranker of kind none")
    (combiner,) = [one for one in report.stages if one.name == "combiner"]
    assert combiner.change.artifact is not None
    traced = {row["label_model"] for row in read_examples(combiner.change.artifact)}
    assert traced == {report.label_model}
    kept = load(workspace, report.release.id)
    assert kept.gate is not None
    assert kept.gate["promoted"]
    written = json.loads(json.dumps(report.as_dict()))
    assert written["gate"]["target"] == "hit@1"
    parts = {"retrieval", *(one.name for one in standard_stages())}
    assert set(written["seconds"]) == {"label", *parts, "gate"}
    assert f"in use: {report.release.id[:12]}" in told(written)


def test_what_is_no_better_stays_a_candidate(tmp_path: Path) -> None:
    workspace = make_library(tmp_path / "work")
    report = run(workspace, options(Wider(hits=0)))
    assert report.release is not None
    assert not report.promoted
    assert "not get significantly better" in report.reason
    assert current_id(workspace) == "none"
    assert "is not in use" in told(report.as_dict())


def test_a_run_without_a_change_makes_no_release(tmp_path: Path) -> None:
    report = run(make_library(tmp_path / "work"), options(standard("embedder")))
    assert report.release is None
    assert "no part got better" in report.reason


def test_a_killed_run_goes_on_with_what_was_made(tmp_path: Path) -> None:
    workspace = make_library(tmp_path / "work")
    chosen = replace(options(Wider(), standard("combiner")), promote=False)
    with pytest.raises(KilledError):
        run(workspace, replace(chosen, stages=(*chosen.stages, Killed())))
    made = sorted(path.name for path in workspace.artifacts.iterdir())
    assert made
    first = run(workspace, chosen)
    runs = sorted(path.name for path in workspace.runs.iterdir())
    again = run(workspace, chosen)
    assert first.release is not None
    assert again.release is not None
    assert again.release.id == first.release.id
    assert again.verdict == first.verdict
    assert not again.promoted
    assert sorted(path.name for path in workspace.artifacts.iterdir()) == made
    assert sorted(path.name for path in workspace.runs.iterdir()) == runs
    assert len(runs) == 2


def test_one_tunes_at_a_time(tmp_path: Path) -> None:
    workspace = make_library(tmp_path / "work", NAMES[:2])
    with tuning_lock(workspace), pytest.raises(WorkspaceError, match="another process tunes"):
        run(workspace, options(Wider()), NAMES[:2])


def test_one_document_is_too_few(tmp_path: Path) -> None:
    workspace = make_library(tmp_path / "work", NAMES[:1])
    with pytest.raises(UsageError, match="two documents"):
        run(workspace, options(Wider()), NAMES[:1])
