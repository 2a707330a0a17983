"""Several rankings into one.

Source: Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
Learning Methods", SIGIR 2009.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rag.protocols import Scores
from rag.types import ChunkId, DocumentId, Hit


def reciprocal_rank_fusion(rankings: Sequence[Sequence[Hit]], k: int) -> tuple[Hit, ...]:
    """Each chunk's score is the sum of ``1 / (k + rank)`` over the rankings that have it, rank from 1.

    The result is sorted by (-score, chunk id). One ranking alone keeps its order.

    >>> hit = lambda name: Hit(chunk_id=ChunkId(name), document_id=DocumentId("d"), score=0.0, stage="dense")
    >>> fused = reciprocal_rank_fusion([[hit("a"), hit("b")], [hit("b"), hit("c")]], k=60)
    >>> [(h.chunk_id, round(h.score, 4)) for h in fused]
    [('b', 0.0325), ('a', 0.0164), ('c', 0.0161)]
    """
    scores: dict[ChunkId, float] = {}
    documents: dict[ChunkId, DocumentId] = {}
    for ranking in rankings:
        for rank, hit in enumerate(ranking, start=1):
            scores[hit.chunk_id] = scores.get(hit.chunk_id, 0.0) + 1.0 / (k + rank)
            documents[hit.chunk_id] = hit.document_id
    order = sorted(scores, key=lambda chunk_id: (-scores[chunk_id], chunk_id))
    return tuple(
        Hit(chunk_id=chunk_id, document_id=documents[chunk_id], score=scores[chunk_id], stage="fused")
        for chunk_id in order
    )


def prefer(hits: Sequence[Hit], documents: Sequence[DocumentId], k: int) -> tuple[Hit, ...]:
    """Fused hits with a ranking of documents taken into the sum: ``1 / (k + rank)`` for each of their chunks.

    >>> hit = lambda name, document, score: Hit(
    ...     chunk_id=ChunkId(name), document_id=DocumentId(document), score=score, stage="fused"
    ... )
    >>> [h.chunk_id for h in prefer([hit("a", "x", 0.03), hit("b", "y", 0.02)], [DocumentId("y")], k=60)]
    ['b', 'a']
    """
    bonus = {document: 1.0 / (k + rank) for rank, document in enumerate(documents, start=1)}
    moved = [replace(hit, score=hit.score + bonus.get(hit.document_id, 0.0)) for hit in hits]
    return tuple(sorted(moved, key=lambda hit: (-hit.score, hit.chunk_id)))


def less_rank(scores: Scores, weight: float) -> Scores:
    """A reranker's scores, in the order of the first stage, each less ``weight`` times the log of its rank.

    A reranker that sees only words of a passage then overrules the first stage where it is sure.

    >>> less_rank(np.array([0.50, 0.52, 0.60], dtype=np.float32), 0.04).round(2).tolist()
    [0.5, 0.49, 0.56]
    """
    ranks = np.arange(1, len(scores) + 1, dtype=np.float32)
    left: Scores = (scores - np.float32(weight) * np.log(ranks)).astype(np.float32)
    return left
