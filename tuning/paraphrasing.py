"""What commands do for ``--paraphrases``: made questions in a language model's words besides.

Leaves writing and proving wordings to ``tuning.questions.paraphrase``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from ingest.progress import Progress
from rag.catalog_reader import CatalogReader
from rag.errors import UsageError
from rag.generator import chat_model
from rag.generator.llm.chat import ChatModel
from rag.settings import CausalLMSettings, OpenAILikeSettings, Settings
from rag.storage import storage_errors
from rag.workspace import Workspace
from tuning.items import Asked
from tuning.questions.paraphrase import paraphrased

PARAPHRASES = "paraphrases"
"""Folder of the workspace's cache."""


def with_paraphrases(
    asked: Sequence[Asked],
    count: int,
    model: Callable[[], ChatModel | None],
    workspace: Workspace,
    catalog: CatalogReader,
    progress: Progress,
) -> list[Asked]:
    """The questions, and up to ``count`` other wordings of each made one behind them; stderr says how many.

    ``model`` is only called where there is something to ask.

    Raises:
        UsageError: no language model is configured.
        ModelError: it cannot be opened, or does not reply; what it replied before is kept.
        StorageError: the disk is full or not writable.
    """
    if not count:
        return list(asked)
    chat = model()
    if chat is None:
        raise UsageError(
            "no language model is configured to paraphrase questions",
            "set tuning.llm.kind to openai_like or causal_lm, or leave --paraphrases out",
        )
    progress.start("paraphrase", sum(one.origin == "documents" for one in asked), "questions")
    with storage_errors(str(workspace.cache)):
        found = paraphrased(asked, count, chat, catalog, workspace.cache / PARAPHRASES, progress.advance)
    click.echo(found.told(), err=True)
    return [*asked, *found.asked]


def configured(settings: Settings) -> ChatModel | None:
    """The language model of ``tuning.llm``, else the one that answers, if one does.

    Raises:
        ModelError: it cannot be opened.
    """
    own = settings.tuning.llm or settings.generator
    return chat_model(own) if isinstance(own, CausalLMSettings | OpenAILikeSettings) else None
