"""Generators behind one contract: best sentence (weightless), and the number engine beside it."""

from __future__ import annotations

from rag.glossary import Glossary
from rag.protocols import Generator
from rag.settings import GeneratorSettings


def load(settings: GeneratorSettings, glossary: Glossary) -> Generator:
    """The generator that the settings name; ``glossary`` says which wordings mean the same.

    Raises:
        SettingsError: the ontology cannot be read.
    """
    from rag.generator.best_sentence import BestSentenceGenerator
    from rag.generator.several import SeveralGenerators
    from rag.numbers.engine import NumberEngine
    from rag.numbers.ontology import BUILT_IN, Ontology

    reading = BestSentenceGenerator(settings, glossary)
    if not settings.compute:
        return reading
    return SeveralGenerators([NumberEngine(Ontology.load(settings.ontology or BUILT_IN)), reading])
