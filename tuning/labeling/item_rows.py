"""What the store keeps of an item: enough to show it, to find its document, and to see that ranks moved."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from rag.fingerprints import fingerprint, hash_parts
from tuning.items import AnswerItem, Asked, Item, PassageItem, PreferenceItem


class Row(NamedTuple):
    """An item as stored; ``content`` is JSON, ``moving`` what may change while the item stays the same."""

    id: str
    kind: str
    question: str
    moving: str
    content: str


class State(NamedTuple):
    """What may change while items keep their ids: the question's place, answer and kind; its items' ranks.

    All votes depend on the first, those of functions that look beyond an item on the second.
    """

    question: str
    group: str


def item_row(item: Item) -> Row:
    """An item's row."""
    if isinstance(item, PassageItem):
        chunk = item.chunk
        ranks = {"lexical": item.lexical, "dense": item.dense, "score": round(item.score, 6)}
        content: dict[str, Any] = {
            "chunk": chunk.id, "document": chunk.document_id, "start": chunk.start, "end": chunk.end,
            "first_page": chunk.first_page, "last_page": chunk.last_page, **ranks,
        }  # fmt: skip
        return _row(item.id, "passage", item.question, ranks, content)
    if isinstance(item, AnswerItem):
        said = {"score": round(item.candidate.score, 6)}
        content = {**_answer(item), **said}
        return _row(item.id, "answer", item.question, said, content)
    content = {"first": _answer(item.first), "second": _answer(item.second)}
    return _row(item.id, "preference", item.first.question, {}, content)


def _row(name: str, kind: str, asked: Asked, moving: dict[str, Any], content: dict[str, Any]) -> Row:
    return Row(name, kind, asked.id, json.dumps(moving), json.dumps(content, ensure_ascii=False))


def _answer(item: AnswerItem) -> dict[str, Any]:
    chunks = {one.chunk.id: one.chunk for one in item.evidence}
    return {
        "item": item.id,
        "answer": item.candidate.text,
        "supports": [
            {
                **asdict(one),
                "document": chunks[one.chunk_id].document_id if one.chunk_id in chunks else "",
                "quote": chunks[one.chunk_id].text[one.start : one.end] if one.chunk_id in chunks else "",
            }
            for one in item.candidate.supports
        ],
        "evidence": [one.chunk.id for one in item.evidence],
    }


def states_of(rows: Sequence[Row], asked: Mapping[str, Asked]) -> dict[str, State]:
    """By question: what it is beside its text, and which items with which ranks it has."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[row.question].add(f"{row.id} {row.moving}")
    return {
        question: State(fingerprint(_facts(asked[question])), hash_parts(*sorted(group)))
        for question, group in found.items()
    }


def _facts(asked: Asked) -> dict[str, Any]:
    """All of a question; what only paraphrases have is left out of others, whose votes go on counting."""
    return {name: value for name, value in asdict(asked).items() if value or name != "paraphrase_of"}


def question_of(item: Item) -> Asked:
    """The question that an item is about."""
    return item.first.question if isinstance(item, PreferenceItem) else item.question
