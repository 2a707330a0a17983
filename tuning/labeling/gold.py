"""Gold classes of passages, from a file of questions whose evidence experts have marked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eval.training_data import Evidence, training_questions
from rag.catalog import Catalog
from rag.quotes import locate
from rag.types import DocumentId
from tuning.items import PassageItem


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
