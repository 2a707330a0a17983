"""Generators behind one contract: best sentence (weightless)."""

from __future__ import annotations

from rag.protocols import Generator
from rag.settings import GeneratorSettings


def load(settings: GeneratorSettings) -> Generator:
    """The generator that the settings name."""
    from rag.generator.best_sentence import BestSentenceGenerator

    return BestSentenceGenerator(settings)
