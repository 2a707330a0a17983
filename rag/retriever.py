"""Query to fused hits: BM25 and vectors over one index version, within the query's scope.

Leaves reranking, evidence and answering to ``rag.pipeline``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.fusion import prefer, reciprocal_rank_fusion
from rag.glossary import Glossary
from rag.index.store import Index
from rag.protocols import Embedder
from rag.settings import RetrievalSettings
from rag.types import DocumentId, Hit, Query


@dataclass(frozen=True, slots=True)
class Retriever:
    """An index with the embedder it was built with; reading only, safe to share between threads."""

    index: Index
    embedder: Embedder
    glossary: Glossary
    settings: RetrievalSettings

    def retrieve(self, query: Query, preferred: Sequence[DocumentId] = ()) -> tuple[Hit, ...]:
        """Hits of the query's documents by fused rank, best first, at most ``settings.hits``.

        ``preferred`` are documents that the question means before others, best first: one ranking more.
        """
        scope = self.index.scope(query.document_ids)
        rankings: list[tuple[Hit, ...]] = []
        if self.settings.lexical_hits:
            words = self.glossary.expand(query.text)
            rankings.append(self.index.lexical(words, self.settings.lexical_hits, scope))
        if self.settings.dense_hits:
            vector = self.embedder.embed_queries([query.text])
            rankings.append(self.index.dense(vector, self.settings.dense_hits, scope))
        fused = reciprocal_rank_fusion(rankings, self.settings.fusion_k)
        return prefer(fused, preferred, self.settings.fusion_k)[: self.settings.hits]
