"""Saved runs without the words of deleted documents: answers, quotes and names go, measures stay.

Knows of a run's format only that it is JSON by line and that a citation names its ``document_id``; the
questions and expected answers in it are the evaluator's own and stay.
"""

from __future__ import annotations

import json
from collections.abc import Collection
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
    r"""A row without its answer and quotes where it cites one of the documents, else as it is.

    >>> redact_line('{"citations": [{"document_id": "ab", "quote": "5%"}], "text": "5%"}', ["ab"])
    '{"citations": [{"document_id": "ab", "quote": ""}], "text": ""}'
    >>> redact_line('{"citations": [{"document_id": "cd", "quote": "5%"}], "text": "5%"}', ["ab"])
    '{"citations": [{"document_id": "cd", "quote": "5%"}], "text": "5%"}'
    """
    if not any(document in line for document in documents):
        return line
    try:
        row: Any = json.loads(line)
    except json.JSONDecodeError:
        return line
    citations = row.get("citations") if isinstance(row, dict) else None
    cited = [c for c in citations or () if isinstance(c, dict) and c.get("document_id") in documents]
    if not cited:
        return line
    for citation in cited:
        citation.update({name: "" for name in ("quote", "document_name") if name in citation})
    row["text"] = ""
    return json.dumps(row, ensure_ascii=False, sort_keys=True)
