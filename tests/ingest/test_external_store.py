"""A library kept in an external vector store: ingested, asked, changed and deleted like any other."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from ingest.remove import remove
from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.index.collection import Collection
from rag.index.store import Index
from rag.settings import IndexSettings, Settings
from rag.types import Answer, Query
from rag.workspace import Workspace
from tests.ingest.test_build import CLAUSES, SETTINGS, run
from tests.stores import LocalQdrant, Shared

QUESTIONS = ("fee number 4", "What is the maturity date?", "the Borrower shall pay", "guarantor")


def hits(workspace: Workspace, settings: Settings) -> dict[tuple[str, int, str], float]:
    """Scores by question, rank and chunk."""
    with open_pipeline(workspace, settings) as pipeline:
        return {
            (question, rank, hit.chunk_id): hit.score
            for question in QUESTIONS
            for rank, hit in enumerate(pipeline.retrieve(Query(text=question)))
        }


@pytest.mark.parametrize("kind", ["LocalQdrant", "Shared"])
def test_hits_are_those_of_the_index_that_comes_with_covenant(kind: str, tmp_path: Path) -> None:
    store = IndexSettings(vector_store=f"tests.stores:{kind}", vector_store_options={"name": uuid4().hex})
    # Few hits of many passages: the store is asked, not only the codes.
    few = SETTINGS.retrieval.model_copy(update={"dense_hits": 2})
    plain = SETTINGS.model_copy(update={"retrieval": few})
    external = plain.model_copy(update={"index": store})
    source = tmp_path / "source"
    source.mkdir()
    (source / "credit.txt").write_text(f"CREDIT AGREEMENT\n\n{CLAUSES}\n")
    (source / "notes.md").write_text("# Notes\n\nThe maturity date is May 1, 2030.\n")
    for n in range(6):
        more = "\n\n".join(f"Section {i}.{n} Item. The Guarantor {n} pays {i}{n}." for i in range(1, 8))
        (source / f"guarantee{n}.txt").write_text(f"GUARANTEE {n}\n\n{more}\n")
    workspaces = {Workspace.create(tmp_path / name): each for name, each in (("p", plain), ("e", external))}

    def compare() -> None:
        first, second = (hits(workspace, settings) for workspace, settings in workspaces.items())
        assert {question for question, _, _ in first} == {*QUESTIONS}
        assert first == pytest.approx(second, abs=1e-5)

    for workspace, settings in workspaces.items():
        run(workspace, source, settings=settings)
    compare()
    (source / "notes.md").write_text("# Notes\n\nThe maturity date is June 3, 2041.\n")
    for workspace, settings in workspaces.items():
        run(workspace, source, settings=settings)
    compare()
    for workspace, settings in workspaces.items():
        with Catalog(workspace.catalog_file) as catalog:
            gone = catalog.resolve("guarantee3")
        remove(workspace, [gone], settings)
        with open_pipeline(workspace, settings) as pipeline:
            outcome = pipeline.ask(Query(text="What is the maturity date?")).outcome
        assert isinstance(outcome, Answer)
        assert "2041" in outcome.text
    compare()
    made = Collection(store.vector_store, store.vector_store_options).open()
    assert isinstance(made, LocalQdrant | Shared)
    opened = Index.open(Workspace.open(tmp_path / "e").indexes)
    # The version before the delete had the document and is gone too.
    assert made.held() == len(opened.chunk_ids)
