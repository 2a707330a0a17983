"""The questions that a workspace was tuned with: what re-tuning replays, and what part each document was in.

Kept in the workspace's cache, because the texts are the documents': they go when a document is deleted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from rag.storage import write_text
from rag.types import DocumentId
from rag.workspace import Workspace
from tuning.items import Asked, Place

_QUESTIONS = "asked/questions.jsonl"
_PARTS = "asked/parts.json"


def keep_asked(workspace: Workspace, asked: Iterable[Asked], held: Mapping[DocumentId, bool]) -> None:
    """Keep questions, and of each document whether it was held apart, in place of what was kept.

    Raises:
        StorageError: the disk is full or not writable.
    """
    rows = sorted((one.id, json.dumps(asdict(one), ensure_ascii=False, sort_keys=True)) for one in asked)
    write_text(workspace.cache / _QUESTIONS, "".join(f"{row}\n" for _, row in rows))
    write_text(workspace.cache / _PARTS, json.dumps(dict(held), sort_keys=True))


def kept_asked(workspace: Workspace) -> tuple[list[Asked], dict[DocumentId, bool]]:
    """What was kept; nothing where nothing was."""
    try:
        lines = (workspace.cache / _QUESTIONS).read_text(encoding="utf-8").split("\n")
        held = json.loads((workspace.cache / _PARTS).read_text(encoding="utf-8"))
    except OSError:
        return [], {}
    asked = [_asked(json.loads(line)) for line in lines if line]
    return asked, {DocumentId(name): bool(value) for name, value in held.items()}


def _asked(row: dict[str, Any]) -> Asked:
    places = tuple(Place(**place) for place in row.pop("places"))
    documents = row.pop("document_ids")
    return Asked(**row, places=places, document_ids=None if documents is None else tuple(documents))
