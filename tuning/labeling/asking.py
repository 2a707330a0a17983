"""Questions from a file and the passages found for them; which of these are gold, where experts say so.

    {"question", "kind" | "category", "doc_id" | "doc_ids", "answer"}

a line; all but the question may be missing. Leaves making questions of documents to ``tuning.questions``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from eval.splits import is_training
from eval.training_data import Evidence, training_questions
from rag.catalog import Catalog
from rag.errors import SourceError
from rag.fusion import fuse
from rag.pipeline import Pipeline
from rag.quotes import locate
from rag.types import DocumentId, Query
from tuning.items import Asked, PassageItem

CANDIDATES = 60
"""Passages of a question that are voted on, at most."""


def read_asked(path: Path, catalog: Catalog) -> list[Asked]:
    """The questions of a file, each once; lines of splits that are not for training are left behind.

    Raises:
        SourceError: it cannot be read, or a line is no question; the line is named.
        UnknownDocumentError: a document that it names is not in the library.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"cannot read {path}: {error}", "check the path") from error
    found: dict[str, Asked] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text = row["question"].strip()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SourceError(f"{path}:{number} is no question: {error}", "correct the line") from error
        if is_training(str(row.get("split") or "training")):
            one = _asked(row, text, catalog)
            found.setdefault(one.id, one)
    if not found:
        raise SourceError(f"{path} holds no question to learn from", "write one JSON object a line")
    return list(found.values())


def _asked(row: dict[str, Any], text: str, catalog: Catalog) -> Asked:
    named = row.get("doc_ids") or ([row["doc_id"]] if row.get("doc_id") else None)
    documents = None if named is None else tuple(catalog.resolve(str(name)) for name in named)
    answer = row.get("answer")
    return Asked(
        text=text,
        kind=str(row.get("kind") or row.get("category") or "question"),
        origin="file",
        document_ids=documents,
        answer=answer if isinstance(answer, str) else "",
    )


def passages_found(
    pipeline: Pipeline, asked: Sequence[Asked], *, advance: Callable[[], None] = lambda: None
) -> Iterator[PassageItem]:
    """The first passages of each question's search, best first.

    Raises:
        QuestionError: a question is too long.
    """
    for question in asked:
        query = Query(text=question.text, document_ids=question.document_ids)
        found, chunks = pipeline.candidates(query)
        if pipeline.combiner is None:
            scores = {hit.chunk_id: hit.score for hit in fuse(found, pipeline.retrieval.fusion_k)}
        else:
            learned = pipeline.combiner.scores(found, chunks)
            scores = {one.id: float(score) for one, score in zip(chunks, learned, strict=True)}
        lexical = {hit.chunk_id: rank for rank, hit in enumerate(found.lexical, 1)}
        dense = {hit.chunk_id: rank for rank, hit in enumerate(found.dense, 1)}
        known = [chunk for chunk in chunks if chunk.id in scores]
        for chunk in sorted(known, key=lambda one: (-scores[one.id], one.id))[:CANDIDATES]:
            yield PassageItem(
                question=question,
                chunk=chunk,
                lexical=lexical.get(chunk.id),
                dense=dense.get(chunk.id),
                score=scores[chunk.id],
            )
        advance()


def gold_passages(path: Path, items: Sequence[PassageItem], catalog: Catalog) -> dict[str, int]:
    """Classes by item from a file of questions with evidence, in the form of evaluation sets.

    A passage that holds a piece of evidence is relevant, others of the question are not. Where a piece can
    be placed in no passage at hand, those of its page are left open.

    Raises:
        SourceError: the file cannot be read, is malformed, or has no question for training.
    """
    # Evidence is all that is asked for here: a judged passage needs no answer beside it.
    read = training_questions(path, lambda row: {**row, "answer": "-", "answer_type": "text"})
    questions = {one.text.strip(): one for one in read.questions}
    classes: dict[str, int] = {}
    known: dict[str, DocumentId] = {}
    by_text: dict[str, list[PassageItem]] = {}
    for item in items:
        by_text.setdefault(item.question.text, []).append(item)
    for text in sorted(questions.keys() & by_text.keys()):
        pieces = [(_resolved(one, catalog, known), one) for one in questions[text].evidence]
        for item in by_text[text]:
            classes[item.id] = 0
        for document, piece in pieces:
            _judge(piece, document, by_text[text], classes)
    return {item: judged for item, judged in classes.items() if judged >= 0}


def _judge(
    piece: Evidence, document: DocumentId, items: Sequence[PassageItem], classes: dict[str, int]
) -> None:
    near = [item for item in items if item.chunk.document_id == document and _near(item, piece)]
    holding = [item for item in near if _holds(item, piece)]
    for item in holding:
        classes[item.id] = 1
    for item in near if not holding else ():
        classes[item.id] = max(classes[item.id], -1) if classes[item.id] else -1


def _near(item: PassageItem, piece: Evidence) -> bool:
    if piece.start is not None and piece.end is not None:
        return item.chunk.start < piece.end and piece.start < item.chunk.end
    return piece.page is None or item.chunk.first_page <= piece.page <= item.chunk.last_page


def _holds(item: PassageItem, piece: Evidence) -> bool:
    return piece.start is not None or bool(piece.text and locate(item.chunk.text, piece.text))


def _resolved(piece: Evidence, catalog: Catalog, known: dict[str, DocumentId]) -> DocumentId:
    if piece.document not in known:
        known[piece.document] = catalog.resolve(piece.document)
    return known[piece.document]
