"""Candidates of questions, searched once: neither a killed run nor re-tuning searches for them again.

One JSON line per question in the workspace's cache, by what ranked them. A question about documents of its
own keeps its candidates while the library grows; one about the whole library is searched again when the index
is another. Leaves searching to ``tuning.questions.candidates``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rag.fingerprints import fingerprint
from rag.pipeline import Pipeline
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
    path.parent.mkdir(parents=True, exist_ok=True)
    known = _read(path)
    items: list[PassageItem] = []
    # A line that a kill cut short is ended, so that the next begins on its own.
    with path.open("a", encoding="utf-8") as lines:
        if path.stat().st_size:
            lines.write("\n")
        for question in asked:
            key = question.id if question.document_ids is not None else f"{question.id} {index}"
            found = _restored(pipeline, question, known.get(key, ()))
            if not found:
                found = list(passage_items(pipeline, [question], limit=limit))
                lines.write(json.dumps({"key": key, "rows": [_row(item) for item in found]}) + "\n")
                lines.flush()
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


def _read(path: Path) -> dict[str, list[list[Any]]]:
    return {row["key"]: row["rows"] for row in _lines(path)} if path.exists() else {}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        try:
            yield json.loads(line)
        except ValueError:
            continue  # empty, or cut short by a kill
