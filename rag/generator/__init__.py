"""Generators behind one contract: best sentence (weightless)."""

from __future__ import annotations

from rag.glossary import Glossary
from rag.protocols import Generator
from rag.settings import GeneratorSettings


def load(settings: GeneratorSettings, glossary: Glossary) -> Generator:
    """The generator that the settings name; ``glossary`` says which wordings mean the same."""
    from rag.generator.best_sentence import BestSentenceGenerator

    return BestSentenceGenerator(settings, glossary)
