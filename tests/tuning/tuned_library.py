"""A library of made-up agreements, enough of them for a gate, and questions about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rag.catalog import Catalog
from rag.settings import (
    BestSentenceSettings,
    HashingEmbedderSettings,
    NoRerankerSettings,
    RetrievalSettings,
    Settings,
)
from rag.types import DocumentId
from rag.workspace import Workspace
from tests.library import fill, reindex
from tuning.items import Asked, Place

NAMES = (
    "alder", "birch", "cedar", "dogwood", "elm", "fir", "ginkgo", "hazel", "ivy", "juniper", "larch", "maple",
    "nutmeg", "oak",
)  # fmt: skip
SETTINGS = Settings(
    embedder=HashingEmbedderSettings(dim=8),
    reranker=NoRerankerSettings(),
    generator=BestSentenceSettings(),
    retrieval=RetrievalSettings(lexical_hits=0),
)
"""So that words are not looked at, and hardly told apart: tuning has something to gain."""


def text_of(name: str) -> str:
    """An agreement in which the words of each clause stand elsewhere too."""
    return (
        f"Section 1.1 Definitions. The Trustee of {name} is {name.title()} Bank.\f"
        f"Section 2.4 Interest. Notes of {name} bear interest as the Trustee of {name} determines.\n"
        f"Section 7.2 Liens. The Trustee of {name}, the Trustee, the Trustee shall not create any lien."
    )


def now() -> datetime:
    """A moment."""
    return datetime(2026, 1, 1, tzinfo=UTC)


def make_library(root: Path, names: Sequence[str] = NAMES) -> Workspace:
    """A workspace with an agreement of each name, indexed."""
    workspace = Workspace.create(root)
    add(workspace, names)
    return workspace


def add(workspace: Workspace, names: Sequence[str]) -> None:
    """Put agreements into a library and index it."""
    with Catalog(workspace.catalog_file) as catalog:
        fill(catalog, [(name, text_of(name)) for name in names])
    reindex(workspace, SETTINGS)


def questions(workspace: Workspace, names: Sequence[str] = NAMES) -> list[Asked]:
    """Two questions about each agreement, which know where they were made."""
    found = []
    with Catalog(workspace.catalog_file) as catalog:
        for name in names:
            document = catalog.resolve(name)
            found += [
                _made(
                    catalog, document, f"Who is the trustee of {name}?",
                    f"{name.title()} Bank", "Section 1.1",
                ),
                _made(
                    catalog, document, f"How do notes of {name} bear interest?",
                    f"as the Trustee of {name} determines", "Section 2.4",
                ),
            ]  # fmt: skip
    return found


def _made(catalog: Catalog, document: DocumentId, text: str, answer: str, heading: str) -> Asked:
    (chunk,) = [one for one in catalog.iter_chunks(document) if one.text.startswith(heading)]
    return Asked(
        text=text, kind="clause", origin="documents", maker="made", document_ids=(document,),
        places=(Place(document_id=document, start=chunk.start, end=chunk.end),), answer=answer,
    )  # fmt: skip
