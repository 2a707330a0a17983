"""Tuning for ``covenant bench NAME --tuned``: on documents that are not measured, without any answers.

Of the sample library learned from are the words of the tuning deals' questions, as users would have asked
them, and questions made from their documents; labeling functions are those of the ``labels.py`` beside the
questions, where there is one: what experts know of them. That file runs, as a workspace's own does. Of
public documents nobody's questions are known: they are made from the documents, and asked by a file of
kinds, whose patterns vote beside the ready functions. Leaves measuring to ``eval.tuned_rows`` and
``eval.apart_rows``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from eval.training_data import training_questions
from ingest.progress import Progress
from rag.catalog import Catalog
from rag.settings import NoRerankerSettings, Settings
from rag.storage import write_text
from rag.types import DocumentId
from rag.workspace import Workspace
from tuning.gating import WITHOUT_ANSWERS
from tuning.items import Asked
from tuning.kinds import BUILT_IN, ClauseKinds
from tuning.labeling.loading import FILE
from tuning.questions import make_questions, read_asked
from tuning.questions.kinds import ask_by_kinds
from tuning.stages import CombinerStage, EmbedderStage, RerankerStage
from tuning.tune import TuneOptions, tune

MADE = 600
"""Questions made from the documents."""
BY_KINDS = 900
"""Questions asked of public documents by the kinds of a file."""
_LABELS = """from tuning.kinds import BUILT_IN
from tuning.labeling.library.kinds import make_clause_kinds
from tuning.labeling.library.standard import passage_functions

FUNCTIONS = [*passage_functions(reranker={reranker}), make_clause_kinds(path=BUILT_IN[{kinds!r}])]
"""


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


def tune_apart(
    workspace: Workspace,
    documents: Collection[DocumentId],
    kinds: str,
    settings: Settings,
    progress: Progress,
    clock: Callable[[], datetime],
) -> dict[str, Any]:
    """Label, tune retrieval and gate on these documents, with ``kinds`` that come with Covenant.

    Returns what ``covenant tune --json`` prints. Nothing is put in use.

    Raises:
        UsageError: nothing can be learned from them.
        StorageError: the disk is full or not writable.
    """
    options = TuneOptions(
        stages=(EmbedderStage(), RerankerStage(), CombinerStage()),
        by="covenant bench",
        target=WITHOUT_ANSWERS,
        promote=False,
    )
    reranker = not isinstance(settings.reranker, NoRerankerSettings)
    write_text(workspace.root / FILE, _LABELS.format(kinds=kinds, reranker=reranker))
    with Catalog(workspace.catalog_file) as catalog:
        own = ClauseKinds.load(BUILT_IN[kinds])
        asked = [
            *ask_by_kinds(catalog, own, seed=options.seed, count=BY_KINDS, documents=documents),
            *make_questions(catalog, seed=options.seed, count=MADE, documents=documents),
        ]
    found = list({one.id: one for one in asked}.values())
    return tune(workspace, settings, found, options, progress, clock).as_dict()


def take_functions(folder: Path, workspace: Workspace) -> None:
    """Put a library's labeling functions, where it has some, into a workspace, in place of those there.

    Raises:
        StorageError: the disk is full or not writable.
    """
    own = folder / FILE
    if own.is_file():
        write_text(workspace.root / FILE, own.read_text(encoding="utf-8"))
