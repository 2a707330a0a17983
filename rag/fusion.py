"""Several rankings into one, by rank alone; and one ranking in which several groups of documents take turns.

Leaves what is learned to ``rag.combiner``.

Source: Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
Learning Methods", SIGIR 2009.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import zip_longest

from rag.types import ChunkId, DocumentId, Hit, Rankings


def fuse(found: Rankings, k: int) -> tuple[Hit, ...]:
    """All that was found by reciprocal rank, the preferred documents taken into the sum."""
    return prefer(reciprocal_rank_fusion((found.lexical, found.dense), k), found.preferred, k)


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


def take_turns(hits: Sequence[Hit], groups: Sequence[AbstractSet[DocumentId]]) -> tuple[Hit, ...]:
    """The best hit of each group of documents, then the second of each, and so on; others behind them.

    Within a group, and among the others, the order stays; groups do not overlap.

    >>> hit = lambda name, document: Hit(
    ...     chunk_id=ChunkId(name), document_id=DocumentId(document), score=0.0, stage="fused"
    ... )
    >>> hits = [hit("a", "x"), hit("b", "x"), hit("c", "z"), hit("d", "y")]
    >>> [h.chunk_id for h in take_turns(hits, [{DocumentId("x")}, {DocumentId("y")}])]
    ['a', 'd', 'b', 'c']
    """
    own = [[hit for hit in hits if hit.document_id in group] for group in groups]
    turns = [hit for round_ in zip_longest(*own) for hit in round_ if hit is not None]
    taken = {hit.chunk_id for hit in turns}
    return (*turns, *(hit for hit in hits if hit.chunk_id not in taken))
