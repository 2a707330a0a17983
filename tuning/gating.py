"""The gate of tuning: a candidate release against the one in use, on questions about documents held apart.

Questions are a file's, where people wrote some; else those of the development part. The answers of questions
made from documents are what their makers read, and their evidence is where they read it: the documents are
unseen, the makers are not. Of questions that somebody asked no answer is known; where the target is whether
the right passage is cited, they are asked too, and right is what labels call likely. Paraphrases by a
language model are not asked: they would count the same answer again, and verdicts rest on no model's words.
The one module of tuning that asks questions for measuring; it hands back figures only. Leaves asking to
``eval.gate_runs``, the verdict to ``eval.gate``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.gate import Verdict, judge
from eval.gate_runs import GateQuestions, gate_run
from ingest.progress import Progress
from rag.catalog import Catalog
from rag.fingerprints import hash_bytes
from rag.releases import NONE, Release, current_id
from rag.settings import Settings
from rag.storage import write_text
from rag.types import ChunkId
from rag.workspace import Workspace
from tuning.items import Labelled, Place
from tuning.soft_lists import Cuts, SoftList

WITHOUT_ANSWERS = "citation_right"
"""The measure that asks for the right passage, not for the right answer."""
FOLDER = "gate"
"""Of the workspace's cache: the texts are the documents'."""

__all__ = ["Gate", "GateQuestions", "Verdict", "measure", "write_own_questions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What candidates are measured by: questions, and fields whose slices must not fall."""

    questions: GateQuestions
    slices: Sequence[str] = ()


def measure(
    workspace: Workspace, settings: Settings, candidate: Release, gate: Gate, progress: Progress
) -> Verdict:
    """Whether a candidate is better than the release in use; what was asked before is not asked again.

    Raises:
        SourceError: the questions cannot be read or do not fit the library.
        ReleaseError: a release cannot be used.
    """
    before = gate_run(workspace, settings, current_id(workspace) or NONE, gate.questions, progress)
    after = gate_run(workspace, settings, candidate.id, gate.questions, progress)
    return judge(before, after, target=gate.questions.target, slices=gate.slices)


def write_own_questions(
    workspace: Workspace, lists: Sequence[SoftList], cuts: Cuts, target: str
) -> Path | None:
    """The file of development questions that know where their answers stand; None where none does.

    Those without an answer are among them where ``target`` needs none.

    Raises:
        StorageError: the disk is full or not writable.
    """
    with Catalog(workspace.catalog_file) as catalog:
        rows = [_row(catalog, one, cuts) for one in lists if _is_measured(one, cuts, target)]
    if not rows:
        return None
    text = "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows)
    path = workspace.cache / FOLDER / f"{hash_bytes(text.encode())}.jsonl"
    write_text(path, text)
    return path


def _is_measured(one: SoftList, cuts: Cuts, target: str) -> bool:
    if one.question.origin == "llm":
        return False
    if not one.question.from_documents:
        return target == WITHOUT_ANSWERS and bool(one.positives(cuts))
    return bool(one.question.places and one.question.answer)


def _row(catalog: Catalog, own: SoftList, cuts: Cuts) -> dict[str, Any]:
    """A question in the form of question files; the evidence of one that was asked is its likely passages."""
    one = own.question
    places = one.places or [_place(catalog, label) for label in own.positives(cuts)]
    return {
        "id": one.id,
        "question": one.text,
        "doc_ids": sorted({*(one.document_ids or ()), *(place.document_id for place in places)}),
        "answer": one.answer,
        "evidence": [
            {
                "doc_id": place.document_id,
                "start": place.start,
                "end": place.end,
                "text": catalog.text_of(place.document_id, place.start, place.end),
            }
            for place in places
        ],
        "category": one.kind,
        "split": "development",
    }


def _place(catalog: Catalog, label: Labelled) -> Place:
    [chunk] = catalog.chunks([ChunkId(label.chunk_id)])
    return Place(document_id=chunk.document_id, start=chunk.start, end=chunk.end)
