"""Embedders behind one contract: hashing (weightless), MiniLM (embedded default), any other."""

from __future__ import annotations

from typing import assert_never

from rag.protocols import Embedder
from rag.settings import (
    EmbedderSettings,
    HashingEmbedderSettings,
    MiniLMEmbedderSettings,
    SentenceTransformerSettings,
)


def load(settings: EmbedderSettings) -> Embedder:
    """The embedder that the settings name.

    Raises:
        ModelError: the weights are missing, were changed or do not fit.
    """
    match settings:
        case HashingEmbedderSettings():
            from rag.embedder.hashing import HashingEmbedder

            return HashingEmbedder(settings)
        case MiniLMEmbedderSettings() | SentenceTransformerSettings():
            from rag.embedder.transformer import TransformerEmbedder

            return TransformerEmbedder.load(settings)
        case _:
            assert_never(settings)
