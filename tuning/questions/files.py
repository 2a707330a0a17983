"""Questions that others asked, from a file, without their answers. Leaves the service's own to ``log``.

An object a line with ``question`` and, where it is asked of some documents only, ``documents`` (or
``doc_id``, ``doc_ids``): names as the library has them. Lines that say they are of a split for measuring
are left behind: not even their words are learned from.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from eval.splits import may_train
from rag.catalog import Catalog
from rag.errors import SourceError
from tuning.items import Asked

_KIND_FIELDS = ("kind", "category")
_LOG = "questions.log.jsonl"


def read_asked(path: Path, catalog: Catalog, *, documents: Collection[str] | None = None) -> list[Asked]:
    """The questions of a file, each once; only those asked of ``documents`` (ids), where given.

    A file named ``questions.log.jsonl`` is the service's log, and its questions are said to come from there.

    Raises:
        SourceError: the file cannot be read, a line is no question, or names a document that is not there.
    """
    found: dict[str, Asked] = {}
    for row, text in question_rows(path):
        if not text or (row.get("split") and not may_train(row)):
            continue
        ids = tuple(sorted(catalog.resolve(name) for name in _names(row))) or None
        if documents is not None and (ids is None or not set(ids) <= set(documents)):
            continue
        kind = next((str(row[name]) for name in _KIND_FIELDS if row.get(name)), "asked")
        asked = Asked(text=text, kind=kind, origin="log" if path.name == _LOG else "file", document_ids=ids)
        found.setdefault(asked.id, asked)
    return list(found.values())


def question_rows(path: Path) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The lines of a file as objects, each with its question in single spaces, which may be empty.

    Raises:
        SourceError: the file cannot be read, or a line is no question.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"cannot read {path}: {error}", "check the path") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text = " ".join(str(row["question"]).split())
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise SourceError(
                f"{path}:{number}: no question: {error}", 'write {"question": …} on each line'
            ) from error
        yield row, text


def _names(row: Mapping[str, Any]) -> list[str]:
    names = row.get("documents") or row.get("doc_ids") or ([row["doc_id"]] if row.get("doc_id") else [])
    return [str(name) for name in names]
