"""Query to rankings: BM25 and vectors over one index version, within the query's scope.

Leaves fusing them to ``rag.fusion`` and ``rag.combiner``, all that follows to ``rag.pipeline``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.glossary import Glossary
from rag.index.store import Index
from rag.protocols import Embedder
from rag.settings import RetrievalSettings
from rag.types import DocumentId, Hit, Query, Rankings


@dataclass(frozen=True, slots=True)
class Retriever:
    """An index with the embedder it was built with; reading only, safe to share between threads."""

    index: Index
    embedder: Embedder
    glossary: Glossary
    settings: RetrievalSettings

    def retrieve(self, query: Query, preferred: Sequence[DocumentId] = ()) -> Rankings:
        """The best of the query's documents by words and by vectors, each as many as the settings say.

        ``preferred`` are documents that the question means before others, best first.
        """
        scope = self.index.scope(query.document_ids)
        lexical: tuple[Hit, ...] = ()
        dense: tuple[Hit, ...] = ()
        if self.settings.lexical_hits:
            words = self.glossary.expand(query.text)
            lexical = self.index.lexical(words, self.settings.lexical_hits, scope)
        if self.settings.dense_hits:
            vector = self.embedder.embed_queries([query.text])
            dense = self.index.dense(vector, self.settings.dense_hits, scope)
        return Rankings(question=query.text, lexical=lexical, dense=dense, preferred=tuple(preferred))
