"""Figures computed, values found, and text read: which of them a question is after.

The number engine's answers come as they are. The programs of a ranker and the values of the evidence come
with their probability; what the reader quotes counts only as far as the answer is probably none of these,
and less where it lacks the value that is asked for.
Where values are asked for together, only what is put together is an answer.
Asked for reasons, contents or methods of a page, no bare figure is an answer. Leaves computing to
``rag.numbers``, values to ``rag.generator.valued``, reading to the reader.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.fingerprints import fingerprint
from rag.generator.composed import Composer
from rag.generator.llm.chat import ChatModel, chat_of
from rag.generator.manner import manner
from rag.generator.valued.found import Kind, values_in
from rag.generator.valued.model import ValueModel
from rag.generator.valued.reader import ValueReader
from rag.generator.valued.wanted import wanted
from rag.numbers.ranked import RankedPrograms
from rag.prompt import Prompt
from rag.protocols import Generator
from rag.types import Candidate

LEAST_OF_PAGE = 0.05
"""From which score a quotation is given where all there is to read is at hand, with its tables."""
_VERSION = 6
_OF_VALUE = 0.5
"""How surely a kind of value is to be asked for, if a quotation without any of it is to count less."""
_VALUELESS = 0.5
"""Factor for such a quotation: "the limits that follow shall be complied with" says no limit."""
_MEASURES: frozenset[Kind] = frozenset({"amount", "percent", "number"})
"""Stated as the one or the other: a fee is a sum or a rate, whatever its name."""
_SURE = 0.8
"""A figure that fits its line item so well needs no reading beside it."""
_WHY = re.compile(
    r"\bwhy\b|\breasons? (?:for|of|why|behind)\b|\b(?:due|attributable|related?|refer) to\s*\?\s*$"
    r"|\bwhat (?:caused|drove|led|explains?)\b|\bcompris\w* of\b|\bconsists? (?:\w+ )?of\b"
    r"|\bengaged in\b|\bexcluded from\b"
    r"|\bhow (?:is|are|was|were|did|does|do|has|have)\b[^?]*"
    r"\b(?:determin|calculat|defin|comput|measur|deriv)\w*",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\bwhat (?:percent(?:age)?|%|portion|proportion|share|fraction|part)\b", re.IGNORECASE)
_PERCENT = re.compile(r"%|\bper ?cent\b", re.IGNORECASE)
_BARE = re.compile(
    r"[\s(]*[-−]?\s?(?:US|S)?[$€£]?\s?\(?\s?\d[\d,.]*\s?\)?\s?"
    r"(?:%|percent|thousand|million|billion|basis points|bps)?\s?\.?",
    re.IGNORECASE,
)
"""A figure without a word beside it."""


def asked_why(question: str) -> bool:
    """Whether a question is after reasons, contents or methods, which no figure alone answers.

    >>> asked_why("Why did the margin fall in 2019?"), asked_why("How much did the margin fall?")
    (True, False)
    >>> asked_why("What percentage of other assets was comprised of goodwill?")
    False
    >>> asked_why("What was the increase mainly due to?"), asked_why("How is the rate determined?")
    (True, True)
    """
    return _WHY.search(question) is not None and _SHARE.search(question) is None


def _asked_kinds(question: str) -> frozenset[Kind]:
    """The kinds of value that may answer a question by its own words; none where another thing may."""
    asked = frozenset(kind for kind, surely in wanted(question).kinds.items() if surely >= _OF_VALUE)
    return asked | _MEASURES if asked & _MEASURES else asked


def _lacks(text: str, asked: frozenset[Kind]) -> bool:
    """Whether values are asked for and a text has none of them."""
    return bool(asked) and asked.isdisjoint(value.kind for value in values_in(text))


class FiguresOrText:
    """The candidates of an engine, programs, values and a reader, best first; equals in that order."""

    def __init__(
        self, engine: Generator, programs: RankedPrograms, values: ValueModel | None, reader: Generator
    ) -> None:
        self._engine, self._programs, self._reader = engine, programs, reader
        self._values = None if values is None else ValueReader(values)
        self._composer = None if values is None else Composer(values)

    @property
    def chat(self) -> ChatModel | None:
        """The language model among them, if there is one."""
        return chat_of(self._reader)

    @property
    def fingerprint(self) -> str:
        """Identity of all of them."""
        own = (self._engine, self._programs, self._values, self._composer, self._reader)
        parts = tuple("none" if one is None else one.fingerprint for one in own)
        return fingerprint({"figures or text": parts, "version": _VERSION})

    def complete(self, prompts: Sequence[Prompt]) -> list[tuple[Candidate, ...]]:
        """Candidates per prompt, best first."""
        return [
            self._ordered(prompt, known)
            for prompt, known in zip(prompts, self._engine.complete(prompts), strict=True)
        ]

    def _ordered(self, prompt: Prompt, known: Sequence[Candidate]) -> tuple[Candidate, ...]:
        plan = prompt.plan if self._composer is not None else None
        put_together = plan is not None and not plan.printed
        if put_together:
            known = [one for one in known if one.derivation is None or len(one.derivation.operands) > 1]
        if known and known[0].supports and known[0].score >= _SURE:
            return tuple(known)
        composed: tuple[Candidate, ...] = ()
        if plan is not None and self._composer is not None:
            composed = self._composer.propose(plan, prompt.parts)
        if put_together:
            # What is asked for is not printed: no single cell, value or quotation is an answer.
            return tuple(sorted((*known, *composed), key=lambda candidate: -candidate.score))
        programs: tuple[Candidate, ...] = ()
        none = 1.0
        how = manner(prompt.question)
        asks_open = how == "open"
        page = asks_open and prompt.whole and bool(prompt.tables)
        comparison = self._programs.compare(prompt) if how in ("open", "yes_no") else None
        if comparison is not None:
            programs, none = (comparison,), 1.0 - comparison.score
        elif asks_open:  # the ranker was taught questions for something, no statements
            programs, none = self._programs.propose(prompt)
        values, no_value = self._values.propose(prompt) if self._values is not None else ((), 1.0)
        if composed:
            # A share, or a figure that is called one.
            named = [one for one in values if _PERCENT.search(one.text)]
            return tuple(sorted((*known, *composed, *named), key=lambda candidate: -candidate.score))
        read = self._reader.complete([prompt])[0]
        if page and asked_why(prompt.question):
            read = tuple(one for one in read if not _BARE.fullmatch(one.text))
            programs = values = ()
        asked = _asked_kinds(prompt.question) if asks_open and not page else frozenset()
        # The quality model learned from passages that a search found; of a page that is all there is, its
        # quotations are right far more often than it says.
        quoted = [
            replace(
                one,
                score=one.score * none * no_value * (_VALUELESS if _lacks(one.text, asked) else 1.0),
                least=LEAST_OF_PAGE if page else one.least,
            )
            for one in read
        ]
        return tuple(sorted((*known, *programs, *values, *quoted), key=lambda candidate: -candidate.score))
