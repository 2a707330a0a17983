"""Documents of sets that print a table and its text with every question (TAT-QA, FinQA).

Questions about the same table and text share one document, named by what it is and what it holds. Its pieces
are the rows of the table and the paragraphs, in their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from eval.papers import Paper, context_name, context_paper
from eval.sets.contract import Documents
from rag.types import Response

__all__ = ["best_text", "context_documents", "context_name"]


def best_text(response: Response) -> str:
    """The best candidate that says something, however unsure; empty where there is none."""
    return next((one.text for one in response.candidates if one.supports), "")


def context_documents(rows: Iterable[Mapping[str, Any]]) -> Documents:
    """The papers of all lines, each once, with their pieces."""
    papers: dict[str, Paper] = {}
    for row in rows:
        papers.setdefault(context_name(row), context_paper(row))
    pieces = {name: tuple(_pieces(paper)) for name, paper in papers.items()}
    return Documents(papers=tuple(papers.values()), pieces=pieces)


def _pieces(paper: Paper) -> Iterable[str]:
    for part in paper.parts:
        if isinstance(part, str):
            yield part
        else:
            yield from (" ".join(row) for row in part)
