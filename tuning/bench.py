"""Tuning for ``covenant bench sample --tuned``: on the sample library's tuning deals, without their answers.

Learned from are the words of their questions, as users would have asked them, and questions made from their
documents. Leaves measuring to ``eval.tuned_rows``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from eval.training_data import training_questions
from ingest.progress import Progress
from rag.catalog import Catalog
from rag.settings import Settings
from rag.workspace import Workspace
from tuning.gating import WITHOUT_ANSWERS
from tuning.items import Asked
from tuning.questions import make_questions, read_asked
from tuning.tune import TuneOptions, tune

MADE = 600
"""Questions made from the documents of the tuning deals."""


def tune_on(
    workspace: Workspace,
    questions: Path,
    settings: Settings,
    progress: Progress,
    clock: Callable[[], datetime],
) -> dict[str, Any]:
    """Label, tune and gate on the documents that the file's questions for training are about.

    Returns what ``covenant tune --json`` prints. A release that the gate lets through is in use afterwards.

    Raises:
        SourceError: the file cannot be read, or has no question for training.
        UsageError: nothing can be learned from it.
        StorageError: the disk is full or not writable.
    """
    options = TuneOptions(by="covenant bench", target=WITHOUT_ANSWERS)
    names = {name for one in training_questions(questions).questions for name in one.documents}
    asked: dict[str, Asked] = {}
    with Catalog(workspace.catalog_file) as catalog:
        documents = {catalog.resolve(name) for name in names}
        for one in (
            *read_asked(questions, catalog, documents=documents),
            *make_questions(catalog, seed=options.seed, count=MADE, documents=documents),
        ):
            asked.setdefault(one.id, one)
    return tune(workspace, settings, list(asked.values()), options, progress, clock).as_dict()
