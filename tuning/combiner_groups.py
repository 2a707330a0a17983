"""Groups for a combiner: the candidates of training questions in a library, and which of them are evidence.

A chunk is evidence where it holds a third of a judged span, or lies by a third in one. Judgements without a
span are looked up by their words, on their page if they name one. Leaves learning to ``tuning.combiner``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from eval.runs import Scope
from eval.training_data import Evidence, Question
from rag.catalog import Catalog
from rag.combiner.features import features
from rag.combiner.model import Combiner
from rag.errors import CovenantError
from rag.pipeline import Pipeline
from rag.protocols import Reranker
from rag.quotes import locate
from rag.types import Chunk, DocumentId, Query, QueryId, Rankings
from tuning.combiner import Group, Reread

_OVERLAP = 1 / 3

Span = tuple[DocumentId, int, int, int]
"""Document, start, end, grade."""


def groups_of(
    pipeline: Pipeline, questions: Sequence[Question], source: str, *, scope: Scope
) -> Iterator[Group]:
    """A group for each question whose evidence stands in the library; ``single`` searches its documents only.

    Questions about documents that the library lacks are left out.
    """
    for found, chunks, gains in _candidates(pipeline, questions, scope):
        yield Group(source=source, rows=features(found, chunks), gains=gains)


def reread(
    pipeline: Pipeline,
    questions: Sequence[Question],
    combiner: Combiner,
    reranker: Reranker,
    *,
    scope: Scope,
    limit: int,
) -> Iterator[Reread]:
    """The first ``limit`` candidates of each question by the combiner, scored by a reranker as well."""
    for found, chunks, gains in _candidates(pipeline, questions, scope):
        sums = combiner.sums(features(found, chunks))
        first = np.argsort(-sums, kind="stable")[:limit]
        scores = reranker.score(found.question, [chunks[i].passage for i in first])
        yield Reread(sums=sums[first], scores=scores, gains=gains[first])


def _candidates(
    pipeline: Pipeline, questions: Sequence[Question], scope: Scope
) -> Iterator[tuple[Rankings, list[Chunk], NDArray[np.float32]]]:
    for question in questions:
        try:
            documents = tuple(pipeline.catalog.resolve(name) for name in question.documents)
            spans = [s for e in question.evidence if (s := _span(pipeline.catalog, e)) is not None]
        except CovenantError:
            continue
        own = documents if scope == "single" and documents else None
        query = Query(text=question.text, id=QueryId(question.id), document_ids=own)
        found, chunks = pipeline.candidates(query) if spans else (None, [])
        if found is not None and chunks:
            yield found, chunks, np.array([_gain(chunk, spans) for chunk in chunks], dtype=np.float32)


def _span(catalog: Catalog, evidence: Evidence) -> Span | None:
    document = catalog.resolve(evidence.document)
    text = catalog.text(document)
    start, end = evidence.start, evidence.end
    if start is not None and end is not None and text[start:end] == evidence.text:
        return document, start, end, evidence.grade
    pages = catalog.pages(document)
    first, last = 0, len(text)
    if evidence.page is not None and evidence.page < len(pages):
        first, last = pages[evidence.page].start, pages[evidence.page].end
    found = locate(text[first:last], evidence.text, near=start)
    return None if found is None else (document, first + found[0], first + found[1], evidence.grade)


def _gain(chunk: Chunk, spans: Sequence[Span]) -> float:
    grades = [0]
    for document, start, end, grade in spans:
        shared = min(end, chunk.end) - max(start, chunk.start)
        if document == chunk.document_id and shared >= _OVERLAP * min(end - start, chunk.end - chunk.start):
            grades.append(grade)
    return float(max(grades))
