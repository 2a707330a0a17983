"""What a search shows of a passage first: the sentence that speaks most of the question.

A passage is several sentences long, so that it stands on its own; the answer is mostly one of them. The
sentence is chosen by late interaction where the reranker has read the passage: by the question's tokens
against the sentence's own, which were read within the passage, so that it costs no further pass. Elsewhere
the question's words choose. Headings and marks of items are not shown alone. Leaves ranking passages to the
stages before, sentences to ``rag.sentences``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.direct.lead import sought
from rag.protocols import Reranker, Scores, Span, SpanScorer
from rag.reranker.overlap import OverlapReranker
from rag.sentences import sentence_spans
from rag.types import Chunk, ChunkId, Hit, Snippet

_LEAST = 60
"""Characters of a sentence, unless the passage has none as long: less is a heading or the mark of an item."""
_PER_LENGTH = 0.02
"""Of mean cosine for each factor e of characters: a longer sentence has more tokens to be close by chance."""


def snippets(
    question: str, hits: Sequence[Hit], chunks: Sequence[Chunk], reranker: Reranker | None
) -> dict[ChunkId, Snippet]:
    """The best sentence of each chunk, the first of equals; all of a chunk that has none."""
    asked = sought(question)
    scorer = reranker if isinstance(reranker, SpanScorer) else None
    reranked = {hit.chunk_id for hit in hits if scorer is not None and hit.stage == "reranked"}
    units = {chunk.id: _sentences(chunk.text) for chunk in chunks}
    scores = {
        chunk.id: _by_words(asked, chunk, units[chunk.id]) for chunk in chunks if chunk.id not in reranked
    }
    read = [chunk for chunk in chunks if chunk.id in reranked]
    if scorer is not None and read:
        passages = [(chunk.passage, _in_passage(chunk, units[chunk.id])) for chunk in read]
        for chunk, found in zip(read, scorer.score_spans(asked, passages), strict=True):
            lengths = np.array([end - start for start, end in units[chunk.id]])
            scores[chunk.id] = (found - _PER_LENGTH * np.log(lengths)).astype(np.float32)
    best = {chunk.id: units[chunk.id][int(np.argmax(scores[chunk.id]))] for chunk in chunks}
    return {
        chunk.id: Snippet(start=chunk.start + best[chunk.id][0], end=chunk.start + best[chunk.id][1])
        for chunk in chunks
    }


def _sentences(text: str) -> list[Span]:
    every = sentence_spans(text) or [(0, len(text))]
    return [(start, end) for start, end in every if end - start >= _LEAST] or every


def _by_words(asked: str, chunk: Chunk, units: Sequence[Span]) -> Scores:
    return OverlapReranker().score(asked, [chunk.text[start:end] for start, end in units])


def _in_passage(chunk: Chunk, units: Sequence[Span]) -> list[Span]:
    """Spans of a chunk's text as spans of its passage, whose first line is its context."""
    shift = len(chunk.passage) - len(chunk.text)
    return [(start + shift, end + shift) for start, end in units]
