"""Covenant inside LlamaIndex: embedder, retriever, reranker and query engine as its components.

The border to that ecosystem, and nothing of the core: inside, hot paths are arrays and ids; only what is
returned becomes a ``NodeWithScore``. Node metadata carries document, pages (0-based), span and section.
"""

from __future__ import annotations

from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.response.schema import Response as EngineResponse
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from rag.pipeline import Pipeline
from rag.protocols import Embedder, Reranker
from rag.types import Answer, Chunk, Query

NOT_IN_DOCUMENTS = "Not in these documents."


class CovenantEmbedding(BaseEmbedding):
    """A Covenant embedder as a LlamaIndex embedding model."""

    _embedder: Embedder = PrivateAttr()

    def __init__(self, embedder: Embedder, **settings: Any) -> None:  # noqa: ANN401 - LlamaIndex's own
        super().__init__(model_name=embedder.fingerprint, **settings)
        self._embedder = embedder

    def _get_query_embedding(self, query: str) -> list[float]:
        vector: list[float] = self._embedder.embed_queries([query])[0].tolist()
        return vector

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._embedder.embed_passages(texts).tolist()
        return vectors

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class CovenantRetriever(BaseRetriever):
    """The pipeline's ranked hits, the first ``limit`` of them."""

    def __init__(self, pipeline: Pipeline, *, limit: int = 10, documents: tuple[str, ...] = ()) -> None:
        """Search all documents, or those that ``documents`` names."""
        super().__init__()
        self._pipeline = pipeline
        self._limit = limit
        self._scope = pipeline.scope(documents)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        query = Query(text=query_bundle.query_str, document_ids=self._scope)
        hits = self._pipeline.retrieve(query)[: self._limit]
        chunks = self._pipeline.catalog.chunks(hit.chunk_id for hit in hits)
        return [
            NodeWithScore(node=_node(self._pipeline, chunk), score=hit.score)
            for hit, chunk in zip(hits, chunks, strict=True)
        ]


class CovenantReranker(BaseNodePostprocessor):
    """A Covenant reranker over nodes from any retriever, best first."""

    _reranker: Reranker = PrivateAttr()

    def __init__(self, reranker: Reranker, **settings: Any) -> None:  # noqa: ANN401 - LlamaIndex's own
        super().__init__(**settings)
        self._reranker = reranker

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        if query_bundle is None:
            raise ValueError("a reranker needs the question: pass query_str or query_bundle")
        scores = self._reranker.score(query_bundle.query_str, [node.get_content() for node in nodes])
        scored = [NodeWithScore(node=n.node, score=float(s)) for n, s in zip(nodes, scores, strict=True)]
        return sorted(scored, key=lambda node: (-(node.score or 0.0), node.node_id))


class CovenantQueryEngine(CustomQueryEngine):
    """The whole pipeline: a cited answer with its sources as nodes, or "Not in these documents."."""

    _pipeline: Pipeline = PrivateAttr()

    def __init__(self, pipeline: Pipeline, **settings: Any) -> None:  # noqa: ANN401 - LlamaIndex's own
        super().__init__(**settings)
        self._pipeline = pipeline

    def custom_query(self, query_str: str) -> EngineResponse:
        """Answer one question over all documents."""
        outcome = self._pipeline.ask(Query(text=query_str)).outcome
        metadata = {"outcome": type(outcome).__name__.lower(), "confidence": outcome.confidence}
        if not isinstance(outcome, Answer):
            return EngineResponse(response=NOT_IN_DOCUMENTS, metadata=metadata)
        chunks = self._pipeline.catalog.chunks(citation.chunk_id for citation in outcome.citations)
        nodes = [
            NodeWithScore(node=_node(self._pipeline, chunk), score=outcome.confidence) for chunk in chunks
        ]
        return EngineResponse(response=outcome.text, source_nodes=nodes, metadata=metadata)


def _node(pipeline: Pipeline, chunk: Chunk) -> TextNode:
    section = pipeline.catalog.section(chunk.section_id)
    metadata = {
        "document": pipeline.catalog.name(chunk.document_id),
        "document_id": chunk.document_id,
        "first_page": chunk.first_page,
        "last_page": chunk.last_page,
        "start": chunk.start,
        "end": chunk.end,
        "section": " > ".join(section.path),
    }
    return TextNode(id_=chunk.id, text=chunk.text, metadata=metadata)
