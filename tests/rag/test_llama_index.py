from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from rag import reranker
from rag.assembly import open_pipeline
from rag.llama_index import (
    NOT_IN_DOCUMENTS,
    CovenantEmbedding,
    CovenantQueryEngine,
    CovenantReranker,
    CovenantRetriever,
)
from rag.pipeline import Pipeline
from rag.settings import OverlapRerankerSettings
from rag.types import Query
from tests.library import SETTINGS, make_workspace


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    with open_pipeline(make_workspace(tmp_path_factory.mktemp("workspace")), SETTINGS) as opened:
        yield opened


@pytest.mark.slow
def test_the_retriever_returns_the_pipelines_hits(pipeline: Pipeline) -> None:
    nodes = CovenantRetriever(pipeline, limit=3).retrieve("interest on the Class B Notes")
    hits = pipeline.retrieve(Query(text="interest on the Class B Notes"))[:3]
    assert [(node.node_id, node.score) for node in nodes] == [(hit.chunk_id, hit.score) for hit in hits]
    assert nodes[0].metadata["document"] in {"alder", "birch"}
    assert nodes[0].metadata["section"] == "Section 2.4 Interest"


def test_the_retriever_keeps_its_scope(pipeline: Pipeline) -> None:
    nodes = CovenantRetriever(pipeline, documents=("birch",)).retrieve("interest on the Class B Notes")
    assert {node.metadata["document"] for node in nodes} == {"birch"}


def test_the_reranker_orders_nodes(pipeline: Pipeline) -> None:
    component = reranker.load(OverlapRerankerSettings())
    assert component is not None
    nodes = CovenantRetriever(pipeline).retrieve("lien on the Collateral")
    ranked = CovenantReranker(component).postprocess_nodes(nodes, query_str="lien on the Collateral")
    assert ranked[0].node.get_content().startswith("Section 7.2")
    assert len(ranked) == len(nodes)


def test_the_embedder_is_ours(pipeline: Pipeline) -> None:
    ours = pipeline.retriever.embedder
    theirs = CovenantEmbedding(ours)
    np.testing.assert_allclose(theirs.get_query_embedding("lien"), ours.embed_queries(["lien"])[0])
    np.testing.assert_allclose(
        theirs.get_text_embedding_batch(["lien", "trustee"]), ours.embed_passages(["lien", "trustee"])
    )


def test_the_query_engine_answers_with_sources_or_says_no(pipeline: Pipeline) -> None:
    engine = CovenantQueryEngine(pipeline)
    answered = engine.query("What interest rate do the Class B Notes bear?")
    assert str(answered) in {"4.25%", "5.10%"}
    assert answered.source_nodes
    assert str(engine.query("Which football club does Zanzibar sponsor?")) == NOT_IN_DOCUMENTS
