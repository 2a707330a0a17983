"""From a workspace and settings to a pipeline: the one place where components are chosen and loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rag import embedder, generator, reranker
from rag.access import read_amended, read_scopes
from rag.catalog import Catalog
from rag.combiner.model import BUILT_IN as BUILT_IN_COMBINER
from rag.combiner.model import Combiner
from rag.errors import ReleaseError, UsageError
from rag.glossary import BUILT_IN, Glossary
from rag.house_words import HouseWords
from rag.index.store import Index, version_for
from rag.pipeline import Pipeline
from rag.protocols import Embedder
from rag.releases import NONE, Release, apply, in_force
from rag.retriever import Retriever
from rag.settings import Settings
from rag.workspace import Workspace


@contextmanager
def open_pipeline(
    workspace: Workspace,
    settings: Settings,
    release: str | Release | None = None,
    *,
    index_version: str | None = None,
) -> Iterator[Pipeline]:
    """A pipeline over the library as it is indexed now; the catalog is closed at the end of the block.

    It answers with the release in use, or with the one that is named ("none": with the settings as they are).
    ``index_version`` asks an older library, where that version is still kept.

    Raises:
        EmptyIndexError: nothing is indexed.
        ReleaseError: there is no such release, it was changed, or it has no index over this library.
        SettingsError: glossary or house words cannot be read, or the release does not fit the settings.
        UsageError: the index was built with another embedder than the settings name.
        ModelError: weights are missing, were changed or do not fit.
    """
    chosen = in_force(workspace, release)
    settings = apply(settings, chosen)
    index = Index.open(workspace.indexes, index_version)
    vectors = embedder.load(settings.embedder)
    if vectors.passage_fingerprint != index.manifest.embedder:
        index = _beside(workspace, vectors, chosen, index_version)
    glossary = Glossary.load(settings.retrieval.glossary or BUILT_IN)
    own = settings.retrieval.house_words
    learned = settings.retrieval.fusion == "learned"
    combiner = Combiner.load(settings.retrieval.combiner or BUILT_IN_COMBINER) if learned else None
    with Catalog(workspace.catalog_file) as catalog:
        yield Pipeline(
            catalog=catalog,
            retriever=Retriever(index, vectors, glossary, settings.retrieval),
            combiner=combiner,
            reranker=reranker.load(settings.reranker),
            reranker_kind=settings.reranker.kind,
            rerank_reports=getattr(settings.reranker, "reports", True),
            generator=generator.load(settings.generator, glossary),
            scopes=read_scopes(catalog),
            amended=read_amended(catalog),
            house_words=HouseWords() if own is None else HouseWords.load(own),
            retrieval=settings.retrieval,
            answering=settings.answer,
            least_confidence=settings.least_confidence,
            release=NONE if chosen is None else chosen.id,
        )


def _beside(
    workspace: Workspace, vectors: Embedder, release: Release | None, index_version: str | None
) -> Index:
    """The index of another embedder than that of the version in use, over the same library.

    Raises:
        ReleaseError: there is none for the release.
        UsageError: there is none for the settings.
    """
    version = version_for(workspace.indexes, vectors.passage_fingerprint) if index_version is None else None
    if version is not None:
        return Index.open(workspace.indexes, version)
    if release is not None:
        raise ReleaseError(
            f"release {release.id} has no index of its embedder over the documents as they are now",
            f"run covenant promote {release.id[:8]}, or covenant ingest where it is in use",
        )
    raise UsageError(
        "the index was built with another embedder than the settings name",
        "run covenant ingest again with these settings, or restore embedder.*",
    )
