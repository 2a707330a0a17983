"""Sets that come as text and tables are indexed as files like any others: HTML, a paper a file.

What is written depends on the paper alone, so that a second run finds the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from rag.fingerprints import hash_bytes
from rag.storage import write_text

_NAME_HASH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document that a set brings as text and tables: its pieces in order, a list of rows for a table."""

    name: str
    title: str
    parts: tuple[str | tuple[tuple[str, ...], ...], ...]


def context_name(row: Mapping[str, Any]) -> str:
    """The name of a line's document: what the set calls it, and a hash of its content.

    >>> context_name({"doc_id": "V/2008/page_17.pdf", "contexts": []})
    'V_2008_page_17-4f53cda1'
    """
    content = hash_bytes(json.dumps(row["contexts"], sort_keys=True).encode())
    stem = re.sub(r"\.pdf$", "", str(row.get("doc_id") or "context"))
    return f"{re.sub(r'[^A-Za-z0-9]+', '_', stem).strip('_')}-{content[:_NAME_HASH]}"


def context_paper(row: Mapping[str, Any]) -> Paper:
    """The table and the paragraphs that a line of TAT-QA or FinQA brings, as a document."""
    name = context_name(row)
    return Paper(
        name=name, title=name.rpartition("-")[0].replace("_", " "), parts=context_parts(row["contexts"])
    )


def context_parts(contexts: Iterable[Mapping[str, Any]]) -> tuple[str | tuple[tuple[str, ...], ...], ...]:
    """The parts of a paper that TAT-QA and FinQA print with a question.

    >>> context_parts([{"text": "x"}, {"rows": [["a", 1]]}])
    ('x', (('a', '1'),))
    """
    return tuple(
        str(part["text"])
        if part.get("rows") is None
        else tuple(tuple(str(cell) for cell in line) for line in part["rows"])
        for part in contexts
    )


def write_papers(
    papers: Iterable[Paper], folder: Path, advance: Callable[[], object] = lambda: None
) -> tuple[Path, ...]:
    """Write each paper below a folder, unless it is there already; returns their paths in the order given.

    Raises:
        StorageError: the disk is full or not writable.
    """
    paths = []
    for paper in papers:
        path, content = folder / f"{paper.name}.html", as_html(paper)
        if not path.is_file() or path.read_text(encoding="utf-8") != content:
            write_text(path, content)
        paths.append(path)
        advance()
    return tuple(paths)


def as_html(paper: Paper) -> str:
    """A paper as an HTML document: a paragraph a line, a table row a row.

    >>> print(as_html(Paper(name="a", title="", parts=("x < y", (("1", "2"),)))))
    <!doctype html><html><body>
    <p>x &lt; y</p>
    <table>
    <tr><td>1</td><td>2</td></tr>
    </table>
    </body></html>
    <BLANKLINE>
    """
    body = "".join(map(_part, paper.parts))
    head = f"<head><title>{escape(paper.title)}</title></head>" if paper.title else ""
    return f"<!doctype html><html>{head}<body>\n{body}</body></html>\n"


def _part(part: str | tuple[tuple[str, ...], ...]) -> str:
    if isinstance(part, str):
        return "".join(f"<p>{escape(line)}</p>\n" for line in part.split("\n") if line.strip())
    rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in part)
    return "<table>\n" + "".join(f"<tr>{cells}</tr>\n" for cells in rows) + "</table>\n"
