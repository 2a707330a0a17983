"""Runs for the gate: questions about documents held apart, asked of one release; kept and found again.

A run over the same questions with the same fingerprints is not made twice, so that a gate that was killed
goes on with the release it had not asked. Leaves the verdict to ``eval.gate``, which documents were held
apart to the caller.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from eval.harness import Plan, choose, rows_key, run_questions
from eval.questions import QuestionSet, read_questions
from eval.row_journal import RowJournal
from eval.runs import Run, Scope, load_run, save_run
from eval.scoring import PAGES, RETRIEVAL
from ingest.progress import Progress
from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.errors import SourceError, UnknownDocumentError
from rag.releases import apply, in_force
from rag.settings import Settings
from rag.types import DocumentId
from rag.workspace import Workspace

NAME = "gate"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateQuestions:
    """What is asked: questions of a file, of one split, about ``documents`` only (None: about any).

    ``target`` is the measure that decides; where it is one of ranking, nothing is answered.
    """

    path: Path
    split: str | None = None
    documents: Collection[DocumentId] | None = None
    scope: Scope = "shared"
    target: str = "accuracy"

    @property
    def task(self) -> Literal["ask", "retrieve"]:
        """Whether answers are needed."""
        return "retrieve" if self.target in (*RETRIEVAL, *PAGES) else "ask"


def gate_questions(workspace: Workspace, asked: GateQuestions) -> QuestionSet:
    """The questions, in the order of the file.

    Raises:
        SourceError: the file cannot be read or is malformed, or none is about the documents.
    """
    found = choose(read_questions(asked.path).checked(), split=asked.split)
    if asked.documents is None:
        return found
    held = frozenset(asked.documents)
    with Catalog(workspace.catalog_file) as catalog:
        kept = tuple(
            one for one in found.questions if one.documents and _within(catalog, one.documents, held)
        )
    if not kept:
        raise SourceError(
            f"{asked.path} has no question about the documents held apart",
            "give questions about more documents",
        )
    return replace(found, questions=kept)


def gate_run(
    workspace: Workspace, settings: Settings, release: str, asked: GateQuestions, progress: Progress
) -> Run:
    """The run of a release over the questions; one that was made before is found.

    Raises:
        SourceError: the questions do not fit the library.
        ReleaseError: there is no such release, or it cannot be used.
    """
    questions = replace(gate_questions(workspace, asked), name=NAME)
    with open_pipeline(workspace, settings, release) as pipeline:
        plan = Plan(
            scope=asked.scope,
            task=asked.task,
            settings=apply(settings, in_force(workspace, release)).model_dump(mode="json"),
            source={"questions": str(asked.path), "workspace": str(workspace.root)},
            selection={} if asked.split is None else {"split": asked.split},
        )
        progress.start(f"gate {release[:8]}", len(questions.questions), "questions")
        known = _known(workspace.runs, questions, plan, dict(pipeline.fingerprints))
        if known is not None:
            progress.advance(len(questions.questions))
            return known
        with RowJournal(workspace.cache, rows_key(questions, plan, pipeline.fingerprints)) as kept:
            run = run_questions(pipeline, questions, plan, advance=progress.advance, kept=kept)
    save_run(run, workspace.runs)
    kept.finish()
    return run


def _within(catalog: Catalog, names: Collection[str], held: Collection[DocumentId]) -> bool:
    try:
        return all(catalog.resolve(name) in held for name in names)
    except UnknownDocumentError:
        return False


def _known(folder: Path, questions: QuestionSet, plan: Plan, made_by: dict[str, str]) -> Run | None:
    """A saved run of the same, the latest of several."""
    ids = [question.id for question in questions.questions]
    for path in sorted(folder.glob(f"*-{NAME}-{plan.scope}-*.jsonl"), reverse=True):
        run = load_run(path)
        header = run.header
        same = header.questions == questions.fingerprint and header.task == plan.task
        # What is reranked, and how much, is no part of a fingerprint.
        same = same and header.settings == plan.settings
        alike = {name: header.fingerprints.get(name) for name in made_by} == made_by
        if same and alike and [row.question_id for row in run.rows] == ids and not run.failed:
            return run
    return None
