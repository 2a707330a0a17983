"""The resources that a workspace has for labeling functions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rag.fingerprints import fingerprint
from rag.generator.llm.chat import chat_of
from rag.glossary import BUILT_IN as GLOSSARY
from rag.glossary import Glossary
from rag.numbers.ontology import BUILT_IN as ONTOLOGY
from rag.numbers.ontology import Ontology
from rag.pipeline import Pipeline
from rag.settings import Settings
from rag.workspace import Workspace
from tuning.labeling.judged import read_judgements
from tuning.labeling.library.reading import QuestionReader
from tuning.labeling.resources import Resources


def open_resources(
    pipeline: Pipeline,
    settings: Settings,
    root: Path,
    **more: Any,  # noqa: ANN401 - a team's own
) -> Resources:
    """Structure of documents, vocabularies, the models in use, and what people have judged.

    ``reranker`` is there where the settings have one, ``chat`` where a language model is configured.

    Raises:
        SettingsError: a vocabulary or the judgements cannot be read.
    """
    catalog = pipeline.catalog
    readers = sorted({record.fingerprint for record in catalog.documents()})
    given: dict[str, Any] = {
        "glossary": Glossary.load(settings.retrieval.glossary or GLOSSARY),
        "ontology": Ontology.load(ONTOLOGY),
        "embedder": pipeline.retriever.embedder,
        "questions": QuestionReader(pipeline.scopes),
        "judgements": read_judgements(Workspace(root).judgements),
        **more,
    }
    if pipeline.reranker is not None:
        given["reranker"] = pipeline.reranker
    chat = chat_of(pipeline.generator)
    if chat is not None:
        given.setdefault("chat", chat)
    return Resources(catalog, reader=fingerprint({"readers": readers}), **given)
