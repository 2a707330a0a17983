"""Generators behind one contract: best sentence (weightless), and figures computed beside it."""

from __future__ import annotations

from rag.glossary import Glossary
from rag.protocols import Generator
from rag.settings import GeneratorSettings


def load(settings: GeneratorSettings, glossary: Glossary) -> Generator:
    """The generator that the settings name; ``glossary`` says which wordings mean the same.

    Raises:
        SettingsError: the ontology cannot be read.
        ModelError: the ranker's weights cannot be read.
    """
    from rag.generator.best_sentence import BestSentenceGenerator
    from rag.generator.figures import FiguresOrText
    from rag.generator.several import SeveralGenerators
    from rag.numbers.engine import NumberEngine
    from rag.numbers.ontology import BUILT_IN, Ontology
    from rag.numbers.ranked import RankedPrograms
    from rag.numbers.ranker import BUILT_IN as BUILT_IN_RANKER
    from rag.numbers.ranker import Ranker

    reading = BestSentenceGenerator(settings, glossary)
    if not settings.compute:
        return reading
    engine = NumberEngine(Ontology.load(settings.ontology or BUILT_IN))
    if not settings.rank_programs:
        return SeveralGenerators([engine, reading])
    ranker = Ranker.load(settings.ranker or BUILT_IN_RANKER)
    return FiguresOrText(engine, RankedPrograms(ranker), reading)
