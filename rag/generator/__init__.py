"""Generators behind one contract: span reader, best sentence, language models; the number engine beside."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, assert_never

from rag.glossary import Glossary
from rag.protocols import Generator
from rag.settings import (
    LLM_KEY_VARIABLE,
    BestSentenceSettings,
    CausalLMSettings,
    GeneratorSettings,
    OpenAILikeSettings,
    SpanReaderSettings,
)

if TYPE_CHECKING:
    from rag.generator.llm.chat import ChatModel
    from rag.generator.valued.model import ValueModel


def load(
    settings: GeneratorSettings, glossary: Glossary, environ: Mapping[str, str] = os.environ
) -> Generator:
    """The generator that the settings name; ``glossary`` says which wordings mean the same.

    The key of an endpoint comes from ``environ``.

    Raises:
        SettingsError: the ontology cannot be read.
        ModelError: weights are missing, were changed or do not fit.
        MissingExtraError: an endpoint is asked for and the extra ``llm`` is not installed.
    """
    from rag.generator.figures import FiguresOrText
    from rag.generator.several import SeveralGenerators
    from rag.numbers.engine import NumberEngine
    from rag.numbers.ontology import BUILT_IN, Ontology
    from rag.numbers.ranked import RankedPrograms
    from rag.numbers.ranker import BUILT_IN as BUILT_IN_RANKER
    from rag.numbers.ranker import Ranker

    reading = _reading(settings, glossary, environ)
    if not settings.compute:
        return reading
    engine = NumberEngine(Ontology.load(settings.ontology or BUILT_IN))
    if not settings.rank_programs:
        return SeveralGenerators([engine, reading])
    ranker = Ranker.load(settings.ranker or BUILT_IN_RANKER)
    # A language model finds values itself, and says when there is none.
    values = value_model(settings) if isinstance(settings, SpanReaderSettings) else None
    return FiguresOrText(engine, RankedPrograms(ranker), values, reading)


def chat_model(
    settings: CausalLMSettings | OpenAILikeSettings, environ: Mapping[str, str] = os.environ
) -> ChatModel:
    """A language model by itself, for other questions than users'.

    Raises:
        ModelError: weights are missing, were changed or do not fit.
        MissingExtraError: an endpoint is asked for and the extra ``llm`` is not installed.
    """
    match settings:
        case CausalLMSettings():
            from rag.generator.llm.causal import CausalChat

            return CausalChat.load(settings)
        case OpenAILikeSettings():
            from rag.generator.llm.endpoint import EndpointChat

            return EndpointChat(settings, api_key=environ.get(LLM_KEY_VARIABLE, ""))
        case _:
            assert_never(settings)


def value_model(settings: GeneratorSettings) -> ValueModel:
    """What ranks values of the evidence: the file that the settings name, or what comes with Covenant.

    Raises:
        ModelError: it cannot be read, or is of other features.
    """
    from rag.generator.valued.model import BUILT_IN, ValueModel

    named = settings.values if isinstance(settings, SpanReaderSettings) else None
    return ValueModel.load(named or BUILT_IN)


def _reading(settings: GeneratorSettings, glossary: Glossary, environ: Mapping[str, str]) -> Generator:
    """The generator that reads the evidence."""
    match settings:
        case BestSentenceSettings():
            from rag.generator.best_sentence import BestSentenceGenerator

            return BestSentenceGenerator(settings, glossary)
        case SpanReaderSettings():
            from rag.generator.best_sentence import BestSentenceGenerator
            from rag.generator.quality import BUILT_IN, QualityModel
            from rag.generator.several import SeveralGenerators
            from rag.generator.span.model import SpanModel
            from rag.generator.span.reader import SpanReader

            reader = SpanReader(
                SpanModel.load(settings), candidates=settings.candidates, windows=settings.windows
            )
            by_words = BestSentenceGenerator(BestSentenceSettings(), glossary)
            quality = QualityModel.load(settings.quality or BUILT_IN)
            return SeveralGenerators([reader, by_words], quality)
        case CausalLMSettings():
            from rag.generator.llm.quoting import QuotingGenerator

            chat = chat_model(settings, environ)
            return QuotingGenerator(chat, replies=settings.candidates, budget=settings.prompt_tokens)
        case OpenAILikeSettings():
            return _endpoint(settings, glossary, environ)
        case _:
            assert_never(settings)


def _endpoint(settings: OpenAILikeSettings, glossary: Glossary, environ: Mapping[str, str]) -> Generator:
    """An endpoint's model, with the generator that stands in for it if one is set."""
    from rag.generator.fallback import FallbackGenerator
    from rag.generator.llm.quoting import QuotingGenerator

    chat = chat_model(settings, environ)
    asking = QuotingGenerator(chat, replies=settings.candidates, budget=settings.prompt_tokens)
    if settings.fallback == "none":
        return asking
    standing_in = SpanReaderSettings() if settings.fallback == "span_reader" else BestSentenceSettings()
    second = _reading(standing_in, glossary, environ)
    return FallbackGenerator(asking, second, second_name=settings.fallback, pause_s=settings.pause_s)
