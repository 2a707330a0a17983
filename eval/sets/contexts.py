"""Documents of sets that print a table and its text with every question (TAT-QA, FinQA).

Questions about the same table and text share one document, named by what it is and what it holds. Its pieces
are the rows of the table and the paragraphs, in their order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from eval.sets.contract import Documents, Paper
from rag.fingerprints import hash_bytes
from rag.types import Response

_NAME_HASH = 8


def best_text(response: Response) -> str:
    """The best candidate that says something, however unsure; empty where there is none."""
    return next((one.text for one in response.candidates if one.supports), "")


def context_name(row: Mapping[str, Any]) -> str:
    """The name of a line's document: what the set calls it, and a hash of its content.

    >>> context_name({"doc_id": "V/2008/page_17.pdf", "contexts": []})
    'V_2008_page_17-4f53cda1'
    """
    content = hash_bytes(json.dumps(row["contexts"], sort_keys=True).encode())
    stem = re.sub(r"\.pdf$", "", str(row.get("doc_id") or "context"))
    return f"{re.sub(r'[^A-Za-z0-9]+', '_', stem).strip('_')}-{content[:_NAME_HASH]}"


def context_documents(rows: Iterable[Mapping[str, Any]]) -> Documents:
    """The papers of all lines, each once, with their pieces."""
    papers: dict[str, Paper] = {}
    pieces: dict[str, tuple[str, ...]] = {}
    for row in rows:
        name = context_name(row)
        if name in papers:
            continue
        parts: list[str | tuple[tuple[str, ...], ...]] = []
        texts: list[str] = []
        for part in row["contexts"]:
            if part.get("rows") is None:
                parts.append(str(part["text"]))
                texts.append(str(part["text"]))
            else:
                table = tuple(tuple(str(cell) for cell in line) for line in part["rows"])
                parts.append(table)
                texts += [" ".join(line) for line in table]
        papers[name] = Paper(name=name, title=name.rpartition("-")[0].replace("_", " "), parts=tuple(parts))
        pieces[name] = tuple(texts)
    return Documents(papers=tuple(papers.values()), pieces=pieces)
