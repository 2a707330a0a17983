"""From questions to a better release: labels → parts, one after the other → candidate → gate → promotion.

Every step leaves what it made under a name that follows from what went into it: searched candidates, votes,
artifacts, the candidate release, the gate's runs. A run that was killed is run again and goes on where it
was; nothing is in use before the gate has let it through. Leaves where questions come from to
``tuning.questions``, which parts there are to ``tuning.stage_list``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from filelock import FileLock, Timeout

from ingest.progress import Progress
from rag.assembly import open_pipeline
from rag.errors import UsageError, WorkspaceBusyError
from rag.releases import (
    NONE,
    Release,
    apply,
    artifact_folders,
    create,
    current,
    merged,
    promote,
    record_gate,
)
from rag.settings import Settings
from rag.storage import storage_errors
from rag.types import DocumentId
from rag.workspace import Workspace
from tuning.asked_store import keep_asked
from tuning.budget import Budget
from tuning.gating import Gate, GateQuestions, Verdict, measure, write_own_questions
from tuning.house_words_stage import as_understood
from tuning.items import Asked
from tuning.soft_lists import Cuts, NothingToLearnError, Parts, by_document, soft_lists
from tuning.stage_list import standard_stages
from tuning.stages import Bench, Change, Overrides, Stage
from tuning.supervision import Supervision, supervise
from tuning.tune_report import StageReport, TuneReport

STATE = "tuning"
_GATE = "gate"
_GATE_SHARE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneOptions:
    """How to tune.

    ``dev_share`` of the families of documents are held apart, for stopping and for the gate. ``gate`` are the
    questions that decide, about those documents; None takes the development part's own, by ``target``.
    ``seconds`` is the budget of time from the first part on, ``effort`` and ``rate``
    the shares of the usual steps and learning rates.
    """

    stages: Sequence[Stage] = field(default_factory=standard_stages)
    gate: GateQuestions | None = None
    target: str = "accuracy"
    slices: Sequence[str] = ()
    dev_share: float = 0.3
    cuts: Cuts = field(default_factory=Cuts)
    candidates: int = 30
    seconds: float | None = None
    effort: float = 1.0
    rate: float = 1.0
    seed: int = 7
    note: str = "tuned"
    by: str = "covenant tune"
    promote: bool = True


def tune(
    workspace: Workspace,
    settings: Settings,
    asked: Sequence[Asked],
    options: TuneOptions,
    progress: Progress,
    clock: Callable[[], datetime],
) -> TuneReport:
    """Label, train, measure, promote; ``settings`` are the workspace's own.

    Raises:
        UsageError: there are too few questions, or they tell nothing apart.
        WorkspaceError: another process tunes this workspace.
        SourceError: the gate's questions cannot be read or do not fit the library.
        StorageError: the disk is full or not writable; what was made stays.
    """
    with tuning_lock(workspace):
        begin = perf_counter()
        found = supervise(workspace, settings, asked, progress, candidates=options.candidates)
        parts = parted(found, options)
        keep_asked(workspace, asked, parts_by_document(parts))
        learned = Learned(found=found, parts=parts, seconds=perf_counter() - begin)
        return improve(workspace, settings, learned, options, progress, clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What is learned from: labels in parts, and how long they took to make."""

    found: Supervision
    parts: Parts
    seconds: float


def parted(found: Supervision, options: TuneOptions) -> Parts:
    """Labels to train on, and those of documents held apart.

    Raises:
        UsageError: all questions are about one family of documents.
    """
    try:
        return by_document(found.labels, share=options.dev_share, seed=options.seed, families=found.families)
    except ValueError as error:
        raise UsageError(str(error), "ingest more documents, or make questions about others") from error


def improve(
    workspace: Workspace,
    settings: Settings,
    learned: Learned,
    options: TuneOptions,
    progress: Progress,
    clock: Callable[[], datetime],
) -> TuneReport:
    """Train the parts from labels that are there, make a candidate, measure and promote it; see ``tune``."""
    base = current(workspace)
    shares = {one.name: one.share for one in options.stages}
    budget = Budget(seconds=options.seconds, shares={**shares, _GATE: _GATE_SHARE})
    overrides: dict[str, dict[str, Any]] = _own(base)
    reports: list[StageReport] = []
    for stage in options.stages:
        own = apply(settings, _Pending(overrides, workspace.root))
        bench = Bench(
            workspace=workspace,
            settings=own,
            train=as_understood(learned.parts.train, own),
            dev=as_understood(learned.parts.dev, own),
            cuts=options.cuts,
            seed=options.seed,
            effort=options.effort,
            rate=options.rate,
            state=workspace.root / STATE / "state",
            expired=budget.begin(stage.name),
            progress=progress,
            refused=_refused(learned),
        )
        reports.append(_run(stage, bench))
        overrides = merged(overrides, reports[-1].change.settings)
    begin = perf_counter()
    release, verdict, promoted = None, None, False
    if any(one.change.settings for one in reports):
        release = _candidate(workspace, settings, overrides, (learned, reports, base), options, clock)
        verdict = _measured(workspace, settings, release, learned, options, progress)
    if release is not None and verdict is not None:
        release = record_gate(workspace, release.id, verdict.as_dict())
        promoted = verdict.promoted and options.promote
    if release is not None and promoted:
        promote(workspace, release.id, by=options.by, clock=clock(), reason=options.note)
    parts = {"train": learned.parts.train, "dev": learned.parts.dev}
    return TuneReport(
        questions={name: len(soft_lists(part)) for name, part in parts.items()},
        labels=len(learned.found.labels),
        label_model=learned.found.label_model,
        stages=tuple(reports),
        release=release,
        verdict=verdict,
        promoted=promoted,
        seconds={
            "label": learned.seconds,
            **{one.name: one.seconds for one in reports},
            _GATE: perf_counter() - begin,
        },
    )


def _run(stage: Stage, bench: Bench) -> StageReport:
    """A stage and its time; the state of what is whole now is dropped."""
    begin = perf_counter()
    try:
        change = stage.run(bench)
    except NothingToLearnError as error:
        change = Change(settings={}, figures={}, note=str(error))
    if change.artifact is not None:
        shutil.rmtree(bench.state / change.artifact.name, ignore_errors=True)
    return StageReport(name=stage.name, change=change, seconds=perf_counter() - begin)


def parts_by_document(parts: Parts) -> dict[DocumentId, bool]:
    """The documents that questions are about, and whether each is held apart."""
    return {
        document: is_held
        for part, is_held in ((parts.train, False), (parts.dev, True))
        for one in soft_lists(part)
        for document in one.documents
    }


def _refused(learned: Learned) -> tuple[list[Asked], list[Asked]]:
    """The questions that documents do not answer, asked of documents of one part or the other."""
    parts = parts_by_document(learned.parts)
    found: tuple[list[Asked], list[Asked]] = ([], [])
    for one in learned.found.refused:
        held = {parts[document] for document in one.document_ids or () if document in parts}
        if len(held) == 1 and set(one.document_ids or ()) <= parts.keys():
            found[held == {True}].append(one)
    return found


@contextmanager
def tuning_lock(workspace: Workspace) -> Iterator[None]:
    """Hold the workspace for tuning: documents may come meanwhile, another tuning may not.

    Raises:
        WorkspaceBusyError: another process tunes this workspace.
        StorageError: the folder cannot be written.
    """
    folder = workspace.root / STATE
    with storage_errors(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise WorkspaceBusyError(
            f"another process tunes {workspace.root}", "wait for it to end and try again"
        ) from None
    try:
        yield
    finally:
        lock.release()


@dataclass(frozen=True, slots=True)
class _Pending:
    """What stages changed so far, as a release is applied."""

    settings: Overrides
    root: Path


def _own(release: Release | None) -> dict[str, dict[str, Any]]:
    """The overrides of the release in use."""
    return {} if release is None else {name: dict(values) for name, values in release.settings.items()}


def _candidate(
    workspace: Workspace,
    settings: Settings,
    overrides: Overrides,
    made: tuple[Learned, Sequence[StageReport], Release | None],
    options: TuneOptions,
    clock: Callable[[], datetime],
) -> Release:
    """The release of all changes, with what they were learned from among its facts."""
    learned, reports, base = made
    tuned = apply(settings, _Pending(overrides, workspace.root))
    with open_pipeline(workspace, tuned, NONE) as pipeline:
        fingerprints = dict(pipeline.fingerprints)
    return create(
        workspace,
        settings=overrides,
        artifacts=artifact_folders(overrides),
        parent=None if base is None else base.id,
        note=options.note,
        clock=clock(),
        facts={
            "fingerprints": fingerprints,
            "label_model": learned.found.label_model,
            "stages": [one.as_dict() for one in reports],
            "seed": options.seed,
        },
    )


def _measured(
    workspace: Workspace,
    settings: Settings,
    release: Release,
    learned: Learned,
    options: TuneOptions,
    progress: Progress,
) -> Verdict | None:
    """The gate's verdict; None where there is nothing to measure by."""
    held = {document for document, is_held in parts_by_document(learned.parts).items() if is_held}
    if options.gate is not None:
        questions = GateQuestions(
            path=options.gate.path,
            split=options.gate.split,
            documents=options.gate.documents or held,
            scope=options.gate.scope,
            target=options.gate.target,
        )
    else:
        own = write_own_questions(workspace, soft_lists(learned.parts.dev), options.cuts, options.target)
        if own is None:
            return None
        questions = GateQuestions(path=own, target=options.target)
    gate = Gate(questions=questions, slices=options.slices)
    return measure(workspace, settings, release, gate, progress)
