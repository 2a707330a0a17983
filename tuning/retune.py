"""Tuning again after new documents: drift told, training gone on from what is in use, old examples replayed.

    new questions + kept ones ─► labels (old votes found) ─► drift ─► shorter training ─► candidate ─► gate

What finds passages is trained again where new documents are found worse than old ones: else there is little
for it to learn, and it takes most of the time. Documents stay in the part they were in; of the new ones some
are held apart. Trained on are all questions about new documents and as many old ones as ``replay`` says, so
that what was learned is not forgotten. Leaves the steps that are the same as in tuning to ``tuning.tune``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import perf_counter
from typing import Any

import numpy as np

from ingest.progress import Progress
from rag.assembly import open_pipeline
from rag.errors import UsageError
from rag.index.vectors import VectorStore
from rag.settings import Settings
from rag.types import DocumentId
from rag.workspace import Workspace
from tuning.asked_store import keep_asked, kept_asked
from tuning.drift import Drift, expected_hit, function_drift, new_words, vector_drift
from tuning.items import Asked, Labelled
from tuning.questions.filters import words_of
from tuning.questions.measuring import measuring_words
from tuning.soft_lists import Parts, SoftList, by_document, soft_lists
from tuning.supervision import Supervision, supervise
from tuning.tune import Learned, TuneOptions, improve, parts_by_document, tuning_lock
from tuning.tune_report import TuneReport

_EXPECTED = 60
"""Questions of each side that are asked to see what is lost."""
_FINDING = frozenset({"embedder", "reranker", "combiner"})
"""The parts that the expected loss speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetuneOptions:
    """How to tune again: ``replay`` old questions for each new one; fewer steps than from scratch.

    Of the old questions about documents held apart, by which training stops and the gate decides, as many
    count, and ``least_held`` at least: what falls on old documents is to be seen. Where a file's questions
    decide, all do. Embedder, reranker and combiner are trained again from an expected loss of ``least_loss``
    on (``tuning.drift``); None: always.
    """

    tuning: TuneOptions = field(default_factory=lambda: TuneOptions(effort=0.3, rate=0.3, note="tuned again"))
    replay: float = 1.0
    least_held: int = 120
    least_loss: float | None = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class RetuneReport:
    """What changed with the new documents, and what tuning again came to; ``left`` parts were not trained."""

    documents: tuple[DocumentId, ...]
    drift: Drift
    replayed: int
    left: tuple[str, ...]
    tuned: TuneReport

    def as_dict(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return {
            "new_documents": list(self.documents),
            "drift": self.drift.as_dict(),
            "replayed": self.replayed,
            "left_as_they_are": list(self.left),
            **self.tuned.as_dict(),
        }


def retune(
    workspace: Workspace,
    settings: Settings,
    asked: Sequence[Asked],
    options: RetuneOptions,
    progress: Progress,
    clock: Callable[[], datetime],
) -> RetuneReport:
    """Label what is new, tell the drift, go on training, measure, promote.

    ``asked`` are questions about the new documents, old ones among them or not; what was tuned with before is
    kept in the workspace.

    Raises:
        UsageError: the workspace was not tuned yet, or no question is about a new document.
        WorkspaceError: another process tunes this workspace.
        SourceError: the questions that measure cannot be read.
        StorageError: the disk is full or not writable; what was made stays.
    """
    with tuning_lock(workspace):
        begin = perf_counter()
        kept, settled = kept_asked(workspace)
        if not kept:
            raise UsageError("this workspace was not tuned yet", "run covenant tune")
        before = _still_learned_from(workspace, kept, options.tuning)
        everything = {one.id: one for one in (*before, *asked)}
        found = supervise(
            workspace, settings, list(everything.values()), progress, candidates=options.tuning.candidates
        )
        lists = soft_lists(found.labels)
        new = [one for one in lists if not one.documents & settled.keys()]
        if not new:
            raise UsageError(
                "no question is about a document that tuning has not seen", "ingest new documents first"
            )
        drift = _drift(workspace, settings, found, (lists, new), progress)
        parts = by_document(
            found.labels,
            share=options.tuning.dev_share,
            seed=options.tuning.seed,
            families=found.families,
            settled=settled,
        )
        fresh = {one.question.id for one in new}
        train, replayed = _replayed(parts.train, fresh, options.replay)
        dev = parts.dev
        if options.tuning.gate is None:
            dev, _ = _replayed(dev, fresh, options.replay, least=options.least_held)
        learned = Learned(found=found, parts=Parts(train=train, dev=dev), seconds=perf_counter() - begin)
        tuning, left = _needed(options, drift)
        tuned = improve(workspace, settings, learned, tuning, progress, clock)
        keep_asked(workspace, everything.values(), {**settled, **parts_by_document(parts)})
    documents = sorted({document for one in new for document in one.documents})
    return RetuneReport(documents=tuple(documents), drift=drift, replayed=replayed, left=left, tuned=tuned)


def _needed(options: RetuneOptions, drift: Drift) -> tuple[TuneOptions, tuple[str, ...]]:
    """How to train what the drift calls for, and the parts that stay as they are."""
    stages = options.tuning.stages
    if options.least_loss is None or drift.expected_loss >= options.least_loss:
        return options.tuning, ()
    left = tuple(one.name for one in stages if one.name in _FINDING)
    return replace(options.tuning, stages=[one for one in stages if one.name not in left]), left


def _still_learned_from(workspace: Workspace, kept: Sequence[Asked], options: TuneOptions) -> list[Asked]:
    """Kept questions, without those that people asked and that have come to measure since."""
    decide = [] if options.gate is None else [options.gate.path]
    measuring = measuring_words([workspace.regression, *decide])
    return [one for one in kept if one.origin != "log" or words_of(one.text) not in measuring]


def _replayed(
    labelled: Sequence[Labelled], new: set[str], replay: float, *, least: int = 0
) -> tuple[tuple[Labelled, ...], int]:
    """All labels of new questions, and those of so many old ones, drawn by the hashes they are named by."""
    lists = soft_lists(labelled)
    fresh = [one for one in lists if one.question.id in new]
    old = [one for one in lists if one.question.id not in new]
    old = old[: max(least, round(replay * len(fresh)))]
    return tuple(label for one in (*fresh, *old) for label in one.labels), len(old)


def _drift(
    workspace: Workspace,
    settings: Settings,
    found: Supervision,
    lists: tuple[Sequence[SoftList], Sequence[SoftList]],
    progress: Progress,
) -> Drift:
    everything, new = lists
    ids = {one.question.id for one in new}
    old = [one for one in everything if one.question.id not in ids]
    is_new = np.array([item.question.id in ids for item in found.items], dtype=bool)
    texts = [sorted({label.passage for one in side for label in one.labels}) for side in (old, new)]
    known = set(texts[0])
    fresh = [text for text in texts[1] if text not in known]
    sides = old[:_EXPECTED], new[:_EXPECTED]
    progress.start("drift", len(sides[0]) + len(sides[1]), "questions")
    with open_pipeline(workspace, settings) as pipeline:
        with VectorStore(workspace.indexes, pipeline.retriever.embedder) as store:
            vectors = [store.embed(side, lambda _: None) for side in (texts[0], fresh)]
        expected = []
        for side in sides:
            expected.append(expected_hit(pipeline, side))
            progress.advance(len(side))
    distance, far = vector_drift(*vectors)
    return Drift(
        functions=function_drift(found.applied, is_new),
        new_words=new_words(texts[0], fresh),
        vector_distance=distance,
        far_passages=far,
        expected_hit_before=expected[0],
        expected_hit_after=expected[1],
    )
