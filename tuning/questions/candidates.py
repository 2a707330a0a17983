"""Questions × library → items to vote on: the passages and the answers that may be right.

Passages are those that both searches find, fused as they are in use, the places that a question was made
from, and the passages beside these. Answers are what the generator in use proposes, the likelier values of
the evidence, sentences in the words of the kind of clause demanded, what the question's maker read, and the
refusal: functions can only choose among what was proposed. Leaves votes to ``tuning.labeling``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from rag.fusion import fuse
from rag.generator.manner import manner
from rag.generator.valued.features import describe
from rag.generator.valued.model import ValueModel
from rag.pipeline import Pipeline
from rag.prompt import Prompt
from rag.sentences import sentence_spans, sentences_around
from rag.types import Candidate, Chunk, ChunkId, Evidence, Query, Rankings, Support
from tuning.items import AnswerItem, Asked, PassageItem, Place
from tuning.kinds import ClauseKinds

_VALUES = 20
"""Values of the evidence that are proposed, the likeliest."""
_SENTENCES = 12
"""Sentences in the words of a kind of clause that are proposed, the first in the evidence."""
REFUSAL = Candidate(text="", score=0.0, supports=())


def passage_items(
    pipeline: Pipeline,
    asked: Sequence[Asked],
    *,
    limit: int = 30,
    advance: Callable[[], None] = lambda: None,
) -> Iterator[PassageItem]:
    """The first ``limit`` passages of each question, and those of its places with what stands beside them.

    Raises:
        QuestionError: a question is empty or too long.
    """
    for question in asked:
        query = Query(text=question.text, document_ids=question.document_ids)
        found, chunks, scores = searched(pipeline, query)
        lexical = {hit.chunk_id: rank for rank, hit in enumerate(found.lexical, start=1)}
        dense = {hit.chunk_id: rank for rank, hit in enumerate(found.dense, start=1)}
        first = sorted(chunks, key=lambda chunk: (-scores[chunk.id], chunk.id))[:limit]
        around = [chunk for place in question.places for chunk in _around(pipeline, place)]
        for chunk in {chunk.id: chunk for chunk in (*first, *around)}.values():
            yield PassageItem(
                question=question,
                chunk=chunk,
                lexical=lexical.get(chunk.id),
                dense=dense.get(chunk.id),
                score=scores.get(chunk.id, 0.0),
            )
        advance()


def searched(pipeline: Pipeline, query: Query) -> tuple[Rankings, list[Chunk], dict[ChunkId, float]]:
    """What both searches find for a query, its chunks in force, and what the fusion in use gives each.

    Raises:
        QuestionError: the question is empty or too long.
    """
    found, chunks = pipeline.candidates(query)
    if pipeline.combiner is None:
        return found, chunks, {hit.chunk_id: hit.score for hit in fuse(found, pipeline.retrieval.fusion_k)}
    sums = pipeline.combiner.scores(found, chunks)
    return found, chunks, {chunk.id: float(one) for chunk, one in zip(chunks, sums, strict=True)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What the generator got for a question, and the answers proposed, each once."""

    question: Asked
    prompt: Prompt
    items: tuple[AnswerItem, ...]


def answers(
    pipeline: Pipeline,
    asked: Sequence[Asked],
    values: ValueModel,
    *,
    kinds: Sequence[ClauseKinds] = (),
    advance: Callable[[], None] = lambda: None,
) -> Iterator[Proposed]:
    """The answers proposed for each question; the refusal is always among them.

    ``values`` says which values of the evidence are the likelier ones, ``kinds`` what clauses that a question
    demands say.

    Raises:
        QuestionError: a question is empty or too long.
    """
    for question in asked:
        prompt = pipeline.prompt(Query(text=question.text, document_ids=question.document_ids))
        proposed = (
            *pipeline.generator.complete([prompt])[0],
            *_values(prompt, values),
            *islice(_of_kind(prompt, kinds), _SENTENCES),
            *_as_made(question, prompt),
            REFUSAL,
        )
        items: dict[str, AnswerItem] = {}
        for candidate in proposed:
            item = AnswerItem(question=question, candidate=candidate, evidence=prompt.evidence)
            items[item.id] = _merged(items[item.id], item) if item.id in items else item
        yield Proposed(question=question, prompt=prompt, items=tuple(items.values()))
        advance()


def _merged(first: AnswerItem, other: AnswerItem) -> AnswerItem:
    """The first with what the other's source says of it too: who proposed an answer is heard by functions."""
    signals = {**other.candidate.signals, **first.candidate.signals}
    return replace(first, candidate=replace(first.candidate, signals=signals))


def _around(pipeline: Pipeline, place: Place) -> Iterator[Chunk]:
    for chunk in pipeline.catalog.chunks_over(place.document_id, place.start, place.end):
        yield chunk
        yield from pipeline.catalog.chunks_beside(chunk)


def _values(prompt: Prompt, model: ValueModel) -> list[Candidate]:
    ranked = model.rank(*describe(prompt), limit=_VALUES)
    return [
        Candidate(
            text=one.found.text,
            score=one.probability,
            supports=(one.found.support,),
            signals={"value": one.share},
        )
        for one in ranked
    ]


def _of_kind(prompt: Prompt, kinds: Sequence[ClauseKinds]) -> Iterator[Candidate]:
    """The sentences that have the words of the kinds of clause that are demanded."""
    if manner(prompt.question) != "clause":
        return
    said = [one.said for own in kinds for one in own.asked_for(prompt.question)]
    for one in prompt.evidence:
        for start, end in sentence_spans(one.chunk.text):
            if any(words.search(one.chunk.text, start, end) for words in said):
                yield _quoted(one.chunk, start, end)


def _as_made(question: Asked, prompt: Prompt) -> Iterator[Candidate]:
    """What the maker read, where its place is in the evidence; lines may break anywhere in it."""
    words = question.answer.split()
    if not words:
        return
    printed = re.compile(r"\s+".join(map(re.escape, words)))
    for one in prompt.evidence:
        for place in question.places:
            start, end = _inside(one, place)
            if found := printed.search(one.chunk.text, start, end):
                yield _quoted(one.chunk, found.start(), found.end())


def _inside(one: Evidence, place: Place) -> tuple[int, int]:
    """The part of a piece of evidence that lies in a place; empty where none does."""
    if one.chunk.document_id != place.document_id:
        return 0, 0
    length = len(one.chunk.text)
    return max(0, place.start - one.chunk.start), min(length, place.end - one.chunk.start)


def _quoted(chunk: Chunk, start: int, end: int) -> Candidate:
    """A span as a candidate, resting on the sentences that it touches."""
    first, last = sentences_around(chunk.text, start, end)
    return Candidate(
        text=" ".join(chunk.text[start:end].split()),
        score=0.0,
        supports=(Support(chunk_id=chunk.id, start=first, end=last),),
    )
