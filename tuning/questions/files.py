"""Questions to learn from, out of files: their words and documents, never their answers or evidence.

Lines of splits that are for measuring are left behind (``eval.training_data``).
"""

from __future__ import annotations

from pathlib import Path

from eval.training_data import training_questions
from rag.catalog import Catalog
from rag.errors import UnknownDocumentError
from rag.workspace import Workspace
from tuning.items import Asked


def asked_of_file(workspace: Workspace, path: Path) -> list[Asked]:
    """The questions of a file about documents that the library has, each once, in the order of the file.

    Raises:
        SourceError: the file cannot be read, is malformed, or has no question for training.
    """
    found: dict[str, Asked] = {}
    with Catalog(workspace.catalog_file) as catalog:
        for question in training_questions(path).questions:
            try:
                documents = tuple(sorted({catalog.resolve(name) for name in question.documents}))
            except UnknownDocumentError:
                continue
            kind = question.facets.get("category") or question.facets.get("answer_type", "")
            one = Asked(text=question.text, kind=kind, origin="file", document_ids=documents or None)
            found.setdefault(one.id, one)
    return list(found.values())
