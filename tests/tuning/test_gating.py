"""The questions of the gate: made from documents, and others where no answer is needed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.gate_runs import GateQuestions, gate_run
from ingest.progress import Silent
from rag.catalog import Catalog
from rag.releases import NONE
from rag.types import Chunk
from rag.workspace import Workspace
from tests.tuning.tuned_library import SETTINGS, make_library, questions
from tuning.gating import WITHOUT_ANSWERS, write_own_questions
from tuning.items import Asked, Labelled
from tuning.soft_lists import Cuts, SoftList, soft_lists

NAMES = ("alder", "birch")


def lists_of(workspace: Workspace) -> tuple[list[SoftList], Chunk]:
    """Questions made of two agreements and one that somebody asked, whose likeliest passage is returned."""
    made = questions(workspace, NAMES)
    with Catalog(workspace.catalog_file) as catalog:
        first, second, *_ = catalog.iter_chunks(catalog.resolve("alder"))
    log = Asked(text="Who minds alder?", kind="log", origin="log", document_ids=(first.document_id,))

    def labelled(one: Asked, chunk: Chunk, probability: float) -> Labelled:
        return Labelled(
            item=f"{one.id}{chunk.id}", question=one, chunk_id=chunk.id, document=chunk.document_id,
            passage=chunk.passage, probability=probability, label_model="m",
        )  # fmt: skip

    pairs = [(one, first, 0.9) for one in (*made, replace(made[0], answer="", text="Other?"))]
    pairs += [(log, first, 0.2), (log, second, 0.8)]
    return soft_lists(labelled(*one) for one in pairs), second


def rows(path: Path | None) -> dict[str, dict[str, Any]]:
    assert path is not None
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["question"]: row for row in found}


def test_answers_are_known_of_made_questions_only(tmp_path: Path) -> None:
    workspace = make_library(tmp_path, NAMES)
    lists, _ = lists_of(workspace)
    asked = rows(write_own_questions(workspace, lists, Cuts(), "accuracy"))
    assert set(asked) == {one.text for one in questions(workspace, NAMES)}
    assert all(row["answer"] for row in asked.values())


def test_of_others_the_evidence_is_what_labels_call_likely(tmp_path: Path) -> None:
    workspace = make_library(tmp_path, NAMES)
    lists, likely = lists_of(workspace)
    asked = rows(write_own_questions(workspace, lists, Cuts(), WITHOUT_ANSWERS))
    assert len(asked) == len(questions(workspace, NAMES)) + 1
    [evidence] = asked["Who minds alder?"]["evidence"]
    assert (evidence["start"], evidence["end"], evidence["text"]) == (likely.start, likely.end, likely.text)
    unsure = [one for one in lists if one.question.origin == "log"]
    assert write_own_questions(workspace, unsure, Cuts(least=0.9), WITHOUT_ANSWERS) is None


def test_a_run_is_found_again_where_nothing_else_was_set(tmp_path: Path) -> None:
    """How much is reranked, or whether reports are, is part of no fingerprint."""
    workspace = make_library(tmp_path, NAMES)
    lists, _ = lists_of(workspace)
    path = write_own_questions(workspace, lists, Cuts(), "accuracy")
    assert path is not None
    asked = GateQuestions(path=path)

    def hits_of_run(hits: int) -> int:
        retrieval = SETTINGS.retrieval.model_copy(update={"hits": hits})
        settings = SETTINGS.model_copy(update={"retrieval": retrieval})
        run = gate_run(workspace, settings, NONE, asked, Silent())
        return int(run.header.settings["retrieval"]["hits"])

    assert [hits_of_run(10), hits_of_run(10)] == [10, 10]
    assert len(list(workspace.runs.iterdir())) == 1
    assert hits_of_run(5) == 5
