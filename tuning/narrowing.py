"""Which sentences of a passage labeling functions point at: those that they still vote for one by one.

A passage has several sentences and a label speaks of all of them. Functions that look at words can be asked
about each sentence alone, as if it were the passage; where none of them votes for a single sentence, all
count. Only functions that propose passages are asked, which are made to be run often. Leaves what the
sentences are good for to ``tuning.house_words``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from rag.sentences import sentence_spans
from rag.types import Chunk, ChunkId
from tuning.items import Labelled, PassageItem
from tuning.labeling.functions import LabelingFunction
from tuning.labeling.resources import Resources
from tuning.questions.proposing import Proposing

Pointed = Callable[[Labelled], Sequence[Chunk]]
"""The sentences of a labelled passage that functions point at, in order; the passage where there are none."""


def pointing(
    functions: Sequence[LabelingFunction], resources: Resources, chunks: Mapping[ChunkId, Chunk]
) -> Pointed:
    """Sentences with the most votes. ``chunks`` are those of the labels that will be asked about."""
    proposing = Proposing(functions, resources)

    def pointed(label: Labelled) -> Sequence[Chunk]:
        chunk = chunks[ChunkId(label.chunk_id)]
        parts = sentences(chunk)
        votes = [proposing.votes(PassageItem(question=label.question, chunk=one)) for one in parts]
        most = max(votes, default=0)
        if not most:
            return [chunk]
        return [one for one, count in zip(parts, votes, strict=True) if count == most]

    return pointed


def sentences(chunk: Chunk) -> list[Chunk]:
    """Each sentence or row of a chunk as a chunk of its own, below the same headings."""
    return [
        replace(chunk, text=chunk.text[start:end], start=chunk.start + start, end=chunk.start + end)
        for start, end in sentence_spans(chunk.text)
    ]
