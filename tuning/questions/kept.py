"""Candidates of questions, searched once: neither a killed run nor re-tuning searches for them again.

One JSON line per question in the workspace's cache, by what ranked them. A question about documents of its
own keeps its candidates while the library grows; one about the whole library is searched again when the index
is another. Leaves searching to ``tuning.questions.candidates``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rag.fingerprints import fingerprint
from rag.pipeline import Pipeline
from rag.storage import append_row, appended_rows
from rag.types import ChunkId
from tuning.items import Asked, PassageItem
from tuning.questions.candidates import passage_items


def kept_passage_items(
    pipeline: Pipeline,
    asked: Sequence[Asked],
    cache: Path,
    *,
    limit: int = 30,
    advance: Callable[[], None] = lambda: None,
) -> list[PassageItem]:
    """``passage_items`` of all questions, in their order; what ``cache`` has is not searched again.

    Raises:
        QuestionError: a question is empty or too long.
        OSError: the cache cannot be written.
    """
    index = pipeline.fingerprints["index"]
    ranked = {name: pipeline.fingerprints[name] for name in ("embedder", "combiner")}
    path = cache / f"{fingerprint({**ranked, 'limit': limit})}.jsonl"
    known: dict[str, list[list[Any]]] = {row["key"]: row["rows"] for row in appended_rows(path)}
    items: list[PassageItem] = []
    for question in asked:
        key = question.id if question.document_ids is not None else f"{question.id} {index}"
        found = _restored(pipeline, question, known.get(key, ()))
        if not found:
            found = list(passage_items(pipeline, [question], limit=limit))
            append_row(path, {"key": key, "rows": [_row(item) for item in found]})
        items += found
        advance()
    return items


def _row(item: PassageItem) -> list[Any]:
    return [item.chunk.id, item.lexical, item.dense, item.score]


def _restored(pipeline: Pipeline, question: Asked, rows: Sequence[Sequence[Any]]) -> list[PassageItem]:
    """Items as they were; none where a chunk of them is no longer in force."""
    chunks = {chunk.id: chunk for chunk in pipeline.catalog.active_chunks(ChunkId(row[0]) for row in rows)}
    if len(chunks) < len(rows):
        return []
    return [
        PassageItem(question=question, chunk=chunks[row[0]], lexical=row[1], dense=row[2], score=row[3])
        for row in rows
    ]
