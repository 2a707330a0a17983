"""Tuning the fusion on soft labels of a small library."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.combiner.model import BUILT_IN, Combiner
from rag.settings import OverlapRerankerSettings
from rag.types import Query
from rag.workspace import Workspace
from tests.library import SETTINGS, make_workspace
from tuning.artifacts import read_examples, read_manifest
from tuning.combiner_labels import WEIGHTS, CombinerTuning, _making, train
from tuning.items import Asked, Labelled, PassageItem
from tuning.soft_lists import NothingToLearnError

ASKED = {
    "Who is the trustee?": "Trustee is",
    "What interest do the Class B Notes bear?": "bear interest",
}


def labelled(workspace: Workspace) -> list[Labelled]:
    """Each question asked of each document; the passage with the words is likely."""
    found = []
    with Catalog(workspace.catalog_file) as catalog:
        for document in sorted(catalog.active_ids()):
            for text, words in ASKED.items():
                question = Asked(text=text, kind="clause", origin="file", document_ids=(document,))
                for chunk in catalog.iter_chunks(document):
                    item = PassageItem(question=question, chunk=chunk)
                    found.append(
                        Labelled(
                            item=item.id, question=question, chunk_id=chunk.id, document=document,
                            passage=chunk.passage, probability=0.8 if words in chunk.text else 0.1,
                            label_model="made",
                        )
                    )  # fmt: skip
    return found


@pytest.fixture
def tuning(tmp_path: Path) -> CombinerTuning:
    settings = SETTINGS.model_copy(update={"reranker": OverlapRerankerSettings()})
    return CombinerTuning(workspace=make_workspace(tmp_path / "work"), settings=settings)


def test_the_combiner_loads_ranks_and_can_be_traced(tuning: CombinerTuning, tmp_path: Path) -> None:
    made = labelled(tuning.workspace)
    documents = sorted({one.document for one in made})
    first, second = ([one for one in made if one.document == document] for document in documents)
    asked: list[int] = []
    folder = train(first, second, tuning, tmp_path / "artifacts", tmp_path, lambda n, _: asked.append(n))
    assert asked == [1, 2, 3, 4]
    combiner = Combiner.load(folder / WEIGHTS)
    assert combiner.fingerprint != Combiner.load(BUILT_IN).fingerprint
    assert set(combiner.rerankers) >= {"late_interaction", "overlap"}
    assert {row["item"] for row in read_examples(folder)} == {one.item for one in made}
    manifest = read_manifest(folder)
    assert 0 < manifest["dev"]["before"] <= 0.8
    assert 0 < manifest["dev"]["after"] <= 0.8
    retrieval = tuning.settings.retrieval.model_copy(update={"combiner": folder / WEIGHTS})
    tuned = tuning.settings.model_copy(update={"retrieval": retrieval})
    with open_pipeline(tuning.workspace, tuned) as pipeline:
        best = pipeline.retrieve(Query(text="Who is the trustee?", document_ids=(documents[0],)))[0]
        assert "Trustee" in pipeline.catalog.chunks([best.chunk_id])[0].text
    assert train(first, second, tuning, tmp_path / "artifacts", tmp_path) == folder


def test_whether_reports_are_reranked_is_part_of_its_name(tuning: CombinerTuning, tmp_path: Path) -> None:
    with open_pipeline(tuning.workspace, tuning.settings) as pipeline:
        names = {
            _making((), (), tuning, replace(pipeline, rerank_reports=reports)).folder(tmp_path).name
            for reports in (True, False, True)
        }
    assert len(names) == 2


def test_a_strong_hold_keeps_the_weights_in_use(tuning: CombinerTuning, tmp_path: Path) -> None:
    made = labelled(tuning.workspace)
    held = Combiner.load(train(made, made, replace(tuning, prior=1e6), tmp_path, tmp_path) / WEIGHTS)
    current = Combiner.load(BUILT_IN)
    assert held.weights == pytest.approx(dict(current.weights), abs=1e-3)


def test_a_development_part_without_evidence_is_refused(tuning: CombinerTuning, tmp_path: Path) -> None:
    made = labelled(tuning.workspace)
    with pytest.raises(NothingToLearnError, match="development"):
        train(made, [replace(one, probability=0.1) for one in made], tuning, tmp_path, tmp_path)
