"""Which sentence of a passage a search shows."""

from __future__ import annotations

import pytest

from rag import reranker
from rag.assembly import open_pipeline
from rag.protocols import Reranker, SpanScorer
from rag.settings import LateInteractionSettings, OverlapRerankerSettings
from rag.snippets import snippets
from rag.types import Chunk, ChunkId, DocumentId, Hit, Query, SectionId, Stage
from tests.library import ALDER, SETTINGS, make_workspace

TEXT = (
    "4.2 Taxes. The Lessee shall keep the premises in good repair at its own cost and expense. "
    "All taxes on the premises, of whatever kind they are, are paid by the Lessor. "
    "Notices are given in writing."
)
TAXES = "All taxes on the premises, of whatever kind they are, are paid by the Lessor."
WHO = "Consider the lease of Acme Premises Inc.; who pays the taxes?"


def chunk(text: str, name: str = "c") -> Chunk:
    return Chunk(
        id=ChunkId(name), document_id=DocumentId("d"), section_id=SectionId("s"), ordinal=0, start=100,
        end=100 + len(text), first_page=0, last_page=0, text=text, context="Lease > Section 4",
    )  # fmt: skip


def hit(name: str = "c", stage: Stage = "reranked") -> Hit:
    return Hit(chunk_id=ChunkId(name), document_id=DocumentId("d"), score=1.0, stage=stage)


def shown(question: str, text: str, stage: Stage, model: Reranker | None) -> str:
    found = snippets(question, [hit(stage=stage)], [chunk(text)], model)[ChunkId("c")]
    return text[found.start - 100 : found.end - 100]


@pytest.mark.parametrize("stage", ["fused", "reranked"])
def test_without_late_interaction_words_choose_the_sentence(stage: Stage) -> None:
    for model in (None, reranker.load(OverlapRerankerSettings())):
        assert shown(WHO, TEXT, stage, model) == TAXES


def test_the_first_of_equals_and_all_of_a_text_without_sentences() -> None:
    assert shown("Zebra?", TEXT, "fused", None) == TEXT[11:89]
    assert shown("Zebra?", "-", "fused", None) == "-"
    assert snippets("Zebra?", [], [], None) == {}


@pytest.mark.slow
def test_late_interaction_finds_other_words_for_it() -> None:
    model = reranker.load(LateInteractionSettings())
    assert isinstance(model, SpanScorer)
    asked = "Who bears public charges levied on the land?"
    assert shown(asked, TEXT, "reranked", model) == TAXES


def test_a_pipeline_shows_a_sentence_of_each_hit(tmp_path_factory: pytest.TempPathFactory) -> None:
    workspace = make_workspace(tmp_path_factory.mktemp("workspace"))
    with open_pipeline(workspace, SETTINGS) as pipeline:
        query = Query(
            text="Which liens on the Collateral may the Issuer create?",
            document_ids=pipeline.scope(["alder"]),
        )
        hits = pipeline.retrieve(query)
        found = pipeline.snippets(query, hits)
        assert found.keys() == {one.chunk_id for one in hits}
        for one in pipeline.catalog.chunks(found):
            part = found[one.id]
            assert one.start <= part.start < part.end <= one.end
        best = found[hits[0].chunk_id]
    assert ALDER[best.start : best.end] == "The Issuer shall not create any lien on the Collateral."
