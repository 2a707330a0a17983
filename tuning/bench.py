"""Tuning for ``covenant bench sample --tuned``: on the sample library's tuning deals, without their answers.

Learned from are the words of their questions, as users would have asked them, and questions made from their
documents. Labeling functions are those of the ``labels.py`` beside the questions, where there is one: what
experts know of them. That file runs, as a workspace's own does. Leaves measuring to ``eval.tuned_rows``.
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
from rag.storage import write_text
from rag.workspace import Workspace
from tuning.gating import WITHOUT_ANSWERS
from tuning.items import Asked
from tuning.labeling.loading import FILE
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
        UsageError: nothing can be learned from it, or its labeling functions cannot be used.
        StorageError: the disk is full or not writable.
    """
    options = TuneOptions(by="covenant bench", target=WITHOUT_ANSWERS)
    take_functions(questions.parent, workspace)
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


def take_functions(folder: Path, workspace: Workspace) -> None:
    """Put a library's labeling functions, where it has some, into a workspace, in place of those there.

    Raises:
        StorageError: the disk is full or not writable.
    """
    own = folder / FILE
    if own.is_file():
        write_text(workspace.root / FILE, own.read_text(encoding="utf-8"))
