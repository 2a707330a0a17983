"""Saved runs without the words of deleted documents: answers, quotes and names go, measures stay.

Knows of a run's format only that it is JSON by line, that a place names its ``document_id``, and that the
answer stands on its ``citations``; the questions and expected answers in it are the evaluator's own and stay.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from itertools import chain
from pathlib import Path
from typing import Any

from rag.storage import write_text


def redact_runs(folder: Path, documents: Collection[str]) -> int:
    """Redact every run below ``folder`` that cites one of the documents; returns how many were changed.

    Raises:
        StorageError: the disk is full or not writable; each run is redacted or as it was.
    """
    changed = 0
    for leftover in folder.glob("**/.*.jsonl.*"):
        # Half of a run, from a process that was killed: what it quotes cannot be told from what is cut off.
        leftover.unlink(missing_ok=True)
    for path in sorted(folder.glob("**/*.jsonl")):
        # Split at line feeds only: JSON may hold other characters that count as ends of lines.
        lines = path.read_text(encoding="utf-8").split("\n")
        redacted = [redact_line(line, documents) for line in lines]
        if redacted != lines:
            write_text(path, "\n".join(redacted))
            changed += 1
    return changed


def redact_line(line: str, documents: Collection[str]) -> str:
    r"""A row without the quotes and names of the documents, and without its answer where it cites one.

    >>> redact_line('{"citations": [{"document_id": "ab", "quote": "5%"}], "text": "5%"}', ["ab"])
    '{"citations": [{"document_id": "ab", "quote": ""}], "text": ""}'
    >>> redact_line('{"shown": [{"document_id": "ab", "quote": "5%"}], "text": "6%"}', ["ab"])
    '{"shown": [{"document_id": "ab", "quote": ""}], "text": "6%"}'
    >>> redact_line('{"citations": [{"document_id": "cd", "quote": "5%"}], "text": "5%"}', ["ab"])
    '{"citations": [{"document_id": "cd", "quote": "5%"}], "text": "5%"}'
    """
    if not any(document in line for document in documents):
        return line
    try:
        row: Any = json.loads(line)
    except json.JSONDecodeError:
        return line
    if not isinstance(row, dict):
        return line
    found = {name: _places(value, documents) for name, value in row.items()}
    if not any(found.values()):
        return line
    for place in chain.from_iterable(found.values()):
        place.update({name: "" for name in ("quote", "document_name", "text") if name in place})
    if found.get("citations"):
        row["text"] = ""
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def _places(value: object, documents: Collection[str]) -> list[dict[str, Any]]:
    """The objects of a list that stand in one of the documents."""
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict) and item.get("document_id") in documents]
