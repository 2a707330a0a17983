"""What a generator gets: a question, the evidence found for it, and the statements of the documents it means.

Leaves finding these to ``rag.evidence``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.grid import GridCell
from rag.parts import Plan
from rag.structure import Table
from rag.types import Chunk, ChunkId, DocumentId, Evidence

TableParts = tuple[Table, tuple[Chunk, ...]]
"""A table and the chunks it is cut into, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """The financial statements of a document, each with the chunks it is cut into, in order.

    ``fiscal_year`` is the one that the document reports on, None where it does not say.
    """

    document_id: DocumentId
    fiscal_year: int | None
    tables: tuple[TableParts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """The question and the evidence, hits first, best first.

    ``tables`` are those that the best hits are of, in their order; ``statements`` are of the documents that
    the question means, the most likely first. ``whole``: the evidence is all that the documents in scope
    hold. ``cells`` are those of the rows that are printed in a chunk, by where words stand on the page; their
    spans are in its document. ``plan`` is how the question was taken apart, if it was, and ``parts`` what was
    found for its parts, in their order.
    """

    question: str
    evidence: tuple[Evidence, ...]
    tables: tuple[TableParts, ...] = ()
    statements: tuple[Statements, ...] = ()
    whole: bool = False
    cells: Mapping[ChunkId, tuple[GridCell, ...]] = field(default_factory=dict, hash=False)
    plan: Plan | None = None
    parts: tuple[Prompt, ...] = ()
