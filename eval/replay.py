"""A saved run asked again as its header says, and whether it came out the same.

The header names the questions, the workspace or public set, scope, selection, settings and release. The
index version of that day is asked where it is still kept. What may differ is said: index, libraries, commit.
Rows are compared by outcome, text, ranking and values, not by time. Leaves asking to ``eval.harness`` and
``eval.bench``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.bench import BenchOptions, run_bench
from eval.grading.choice import make_grader
from eval.harness import Plan, choose, run_questions
from eval.questions import read_questions
from eval.runs import Row, Run
from eval.sets import SETS
from ingest.progress import Progress
from rag.assembly import open_pipeline
from rag.errors import SourceError
from rag.releases import NONE, in_force
from rag.settings import Settings
from rag.workspace import Workspace

_COMPARED = ("outcome", "text", "confidence", "hits", "proposals", "grader_error", "values")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A repeated run: ``changed`` are the parts of the header, ``rows`` the questions, that differ."""

    run: Run
    changed: tuple[str, ...]
    rows: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether every row came out as before."""
        return not self.rows


def replay(before: Run, environ: Mapping[str, str], progress: Progress) -> Replay:
    """Ask a run's questions again.

    Raises:
        SourceError: the header does not say where the questions are, or they have changed since.
        ReleaseError: the release that answered is gone, or was changed.
        SettingsError: this release does not know the run's settings.
    """
    header = before.header
    settings = Settings.model_validate(header.settings)
    run = _again(before, settings, environ, progress)
    if run.header.questions != header.questions:
        raise SourceError(
            "the questions have changed since that run", "evaluate anew and compare the two runs"
        )
    return Replay(run=run, changed=_changed(before, run), rows=_differing(before, run))


def _again(before: Run, settings: Settings, environ: Mapping[str, str], progress: Progress) -> Run:
    source, selection = before.header.source, before.header.selection
    split, limit = selection.get("split"), selection.get("limit")
    chosen: dict[str, Any] = {
        "split": None if split is None else str(split),
        "limit": None if limit is None else int(limit),
    }
    grader = make_grader(settings.grader, environ)
    release_id = before.header.fingerprints.get("release", NONE)
    if "bench" in source:
        release = (
            None if release_id == NONE else in_force(Workspace.open(Path(source["workspace"])), release_id)
        )
        options = BenchOptions(scope=before.header.scope, grader=grader, release=release, **chosen)
        folder, cache = Path(source["data"]), Path(source["cache"])
        return run_bench(SETS[source["bench"]], folder, cache, settings, options, progress).report.run
    if "questions" not in source:
        raise SourceError("the run does not say where its questions are", "evaluate anew")
    questions = choose(read_questions(Path(source["questions"])), **chosen)
    plan = Plan(
        scope=before.header.scope,
        grader=grader,
        settings=dict(before.header.settings),
        source=dict(source),
        selection=dict(selection),
        seed=before.header.seed,
    )
    workspace = Workspace.open(Path(source["workspace"]))
    version = before.header.fingerprints.get("index", "")
    kept = version if version and (workspace.indexes / version).is_dir() else None
    with open_pipeline(workspace, settings, release_id, index_version=kept) as pipeline:
        progress.start("ask", len(questions.questions), "questions")
        return run_questions(pipeline, questions, plan, advance=progress.advance)


def _changed(before: Run, after: Run) -> tuple[str, ...]:
    """The parts of the header that may explain a difference, "name: was → is"."""
    found = []
    for part in ("fingerprints", "libraries", "machine"):
        old, new = getattr(before.header, part), getattr(after.header, part)
        found += [
            f"{name}: {old.get(name, NONE)} → {new.get(name, NONE)}"
            for name in sorted({*old, *new})
            if old.get(name, NONE) != new.get(name, NONE)
        ]
    if before.header.commit != after.header.commit:
        found.append(f"commit: {before.header.commit[:12]} → {after.header.commit[:12]}")
    return tuple(found)


def _differing(before: Run, after: Run) -> tuple[str, ...]:
    """The questions whose rows differ, or that one of the runs lacks."""
    old = {row.question_id: row for row in before.rows}
    new = {row.question_id: row for row in after.rows}
    return tuple(
        name
        for name in dict.fromkeys([*old, *new])
        if name not in old or name not in new or not _equal(old[name], new[name])
    )


def _equal(one: Row, other: Row) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _COMPARED)
