"""Questions to soft labels over a workspace: candidates, functions, label model; and parts by document.

Labels are made with the workspace's own settings, not with the release in use: what a tuned part likes must
not label what it learns from next, and votes that are kept hold as long as the functions do. Documents of one
party or company stay in one part. Leaves questions to ``tuning.questions``, votes and labels to
``tuning.labeling``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ingest.progress import Progress
from rag.assembly import open_pipeline
from rag.releases import NONE
from rag.settings import Settings
from rag.structure import Fact
from rag.types import DocumentId
from rag.workspace import Workspace
from tuning.items import Asked, Labelled, PassageItem
from tuning.labeling import LabelStore, apply, label_passages, load_functions
from tuning.labeling.applier import Applied
from tuning.labeling.functions import LabelingFunction, checked
from tuning.labeling.judged import read_judgements
from tuning.labeling.library.people import of_people
from tuning.labeling.library.standard import passage_functions
from tuning.labeling.loading import FILE
from tuning.labeling.opening import open_resources
from tuning.questions.kept import kept_passage_items
from tuning.questions.proposing import with_proposed
from tuning.questions.readings import NOT_ANSWERABLE

CANDIDATES = "candidates"
"""Folder of the workspace's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervision:
    """Items and their soft labels, in one order; the label model's id, the votes, families of documents.

    ``refused`` are the questions that the documents do not answer, which no passage is labelled for.
    """

    items: tuple[PassageItem, ...]
    labels: tuple[Labelled, ...]
    label_model: str
    applied: Applied
    families: Mapping[DocumentId, str]
    refused: tuple[Asked, ...] = ()


def supervise(
    workspace: Workspace,
    settings: Settings,
    asked: Sequence[Asked],
    progress: Progress,
    *,
    candidates: int = 30,
) -> Supervision:
    """Soft labels of the first passages of each question; nothing that is kept is searched or voted on again.

    Functions are those of the workspace's ``labels.py``, or the ready ones where there is none.

    Raises:
        FunctionError: ``labels.py`` cannot be used.
        EmptyIndexError: nothing is indexed.
        StorageError: the disk is full or not writable; what was voted on stays.
    """
    with open_pipeline(workspace, settings, NONE) as pipeline, LabelStore(workspace.root) as store:
        borne = answerable(asked)
        progress.start("search", len(borne), "questions")
        searched = kept_passage_items(
            pipeline, borne, workspace.cache / CANDIDATES, limit=candidates, advance=progress.advance
        )
        resources = open_resources(pipeline, settings, workspace.root)
        functions = functions_of(workspace, reranker=pipeline.reranker is not None)
        items = with_proposed(searched, functions, resources, pipeline.catalog)
        applied = apply(items, functions, resources, store, progress)
        labels, model = label_passages(items, functions, resources, store)
        families = families_of(pipeline.catalog.all_facts())
    return Supervision(
        items=tuple(items),
        labels=tuple(labels),
        label_model=model.fingerprint,
        applied=applied,
        families=families,
        refused=tuple(one for one in asked if one.kind == NOT_ANSWERABLE),
    )


def answerable(asked: Iterable[Asked]) -> list[Asked]:
    """The questions whose passages are labelled.

    No passage bears the answer to what the documents do not say: those questions teach refusing.
    """
    return [one for one in asked if one.kind != NOT_ANSWERABLE]


def functions_of(workspace: Workspace, *, reranker: bool) -> list[LabelingFunction]:
    """The labeling functions on passages of a workspace: its own, or the ready ones; and people who judged.

    Raises:
        FunctionError: ``labels.py`` cannot be used, or names repeat.
        SourceError: the judgements cannot be read.
    """
    path = workspace.root / FILE
    found = load_functions(path) if path.is_file() else passage_functions(reranker=reranker)
    people = of_people(read_judgements(workspace.judgements))
    return checked([*found, *people], "passage")


def families_of(facts: Mapping[DocumentId, Iterable[Fact]]) -> dict[DocumentId, str]:
    """What documents are held apart by: their company, else the party named first, else they themselves."""
    found = {}
    for document, own in facts.items():
        named = [fact.value for name in ("company", "party") for fact in own if fact.name == name]
        found[document] = named[0].casefold() if named else str(document)
    return found
