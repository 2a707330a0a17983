"""What a generator gets: a question, the evidence found for it, and the statements of the documents it means.

Leaves finding these to ``rag.evidence``.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.structure import Table
from rag.types import Chunk, DocumentId, Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """The financial statements of a document, each with the chunks it is cut into, in order.

    ``fiscal_year`` is the one that the document reports on, None where it does not say.
    """

    document_id: DocumentId
    fiscal_year: int | None
    tables: tuple[tuple[Table, tuple[Chunk, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """The question, the evidence (hits first, best first), and statements, of what is meant most first."""

    question: str
    evidence: tuple[Evidence, ...]
    statements: tuple[Statements, ...] = ()
