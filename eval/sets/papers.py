"""Sets that come as text and tables are indexed as files like any others: HTML, a paper a file.

What is written depends on the paper alone, so that a second run finds the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path

from eval.sets.contract import Paper
from rag.storage import write_text


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
