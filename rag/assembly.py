"""From a workspace and settings to a pipeline: the one place where components are chosen and loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

from rag import embedder, generator, reranker
from rag.amended import find_amended
from rag.catalog import Catalog
from rag.combiner.model import BUILT_IN as BUILT_IN_COMBINER
from rag.combiner.model import Combiner
from rag.errors import UsageError
from rag.glossary import BUILT_IN, Glossary
from rag.index.store import Index
from rag.pipeline import Pipeline
from rag.retriever import Retriever
from rag.scope import ScopeIndex
from rag.settings import Settings
from rag.workspace import Workspace


@contextmanager
def open_pipeline(workspace: Workspace, settings: Settings) -> Iterator[Pipeline]:
    """A pipeline over the index version in use; the catalog is closed at the end of the block.

    Raises:
        EmptyIndexError: nothing is indexed.
        SettingsError: the glossary cannot be read.
        UsageError: the index was built with another embedder than the settings name.
        ModelError: weights are missing, were changed or do not fit.
    """
    index = Index.open(workspace.indexes)
    vectors = embedder.load(settings.embedder)
    if vectors.passage_fingerprint != index.manifest.embedder:
        raise UsageError(
            "the index was built with another embedder than the settings name",
            "run covenant ingest again with these settings, or restore embedder.*",
        )
    glossary = Glossary.load(settings.retrieval.glossary or BUILT_IN)
    learned = settings.retrieval.fusion == "learned"
    combiner = Combiner.load(settings.retrieval.combiner or BUILT_IN_COMBINER) if learned else None
    with Catalog(workspace.catalog_file) as catalog:
        facts = catalog.all_facts()
        yield Pipeline(
            catalog=catalog,
            retriever=Retriever(index, vectors, glossary, settings.retrieval),
            combiner=combiner,
            reranker=reranker.load(settings.reranker),
            reranker_kind=settings.reranker.kind,
            rerank_reports=getattr(settings.reranker, "reports", True),
            generator=generator.load(settings.generator, glossary),
            scopes=ScopeIndex.build(facts, {record.id: record.name for record in catalog.documents()}),
            amended=find_amended(chain.from_iterable(catalog.all_links().values()), facts),
            retrieval=settings.retrieval,
            answering=settings.answer,
            least_confidence=settings.least_confidence,
        )
