"""The resources that a workspace has for labeling functions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rag.fingerprints import fingerprint
from rag.generator import chat_model
from rag.generator.llm.chat import ChatModel, chat_of
from rag.generator.llm.late import LateChat
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

    ``reranker`` is there where the settings have one, ``chat`` where a language model is configured (see
    ``chat_for``).

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
    chat = chat_for(pipeline, settings)
    if chat is not None:
        given.setdefault("chat", chat)
    return Resources(catalog, reader=fingerprint({"readers": readers}), **given)


def chat_for(pipeline: Pipeline, settings: Settings) -> ChatModel | None:
    """The language model of ``tuning.llm``, opened when it is first asked; or the one that answers."""
    own = settings.tuning.llm
    return chat_of(pipeline.generator) if own is None else LateChat(lambda: chat_model(own))
