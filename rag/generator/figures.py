"""Figures computed, values found, and text read: which of them a question is after.

The number engine's answers come as they are. The programs of a ranker and the values of the evidence come
with their probability; what the reader quotes counts only as far as the answer is probably none of these.
Leaves computing to ``rag.numbers``, values to ``rag.generator.valued``, reading to the reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.fingerprints import fingerprint
from rag.generator.composed import Composer
from rag.generator.manner import manner
from rag.generator.valued.model import ValueModel
from rag.generator.valued.reader import ValueReader
from rag.numbers.ranked import RankedPrograms
from rag.prompt import Prompt
from rag.protocols import Generator
from rag.types import Candidate

_SURE = 0.8
"""A figure that fits its line item so well needs no reading beside it."""


class FiguresOrText:
    """The candidates of an engine, programs, values and a reader, best first; equals in that order."""

    def __init__(
        self, engine: Generator, programs: RankedPrograms, values: ValueModel | None, reader: Generator
    ) -> None:
        self._engine, self._programs, self._reader = engine, programs, reader
        self._values = None if values is None else ValueReader(values)
        self._composer = None if values is None else Composer(values)

    @property
    def fingerprint(self) -> str:
        """Identity of all of them."""
        own = (self._engine, self._programs, self._values, self._composer, self._reader)
        parts = tuple("none" if one is None else one.fingerprint for one in own)
        return fingerprint({"figures or text": parts})

    def complete(self, prompts: Sequence[Prompt]) -> list[tuple[Candidate, ...]]:
        """Candidates per prompt, best first."""
        return [
            self._ordered(prompt, known)
            for prompt, known in zip(prompts, self._engine.complete(prompts), strict=True)
        ]

    def _ordered(self, prompt: Prompt, known: Sequence[Candidate]) -> tuple[Candidate, ...]:
        if known and known[0].supports and known[0].score >= _SURE:
            return tuple(known)
        programs: tuple[Candidate, ...] = ()
        none = 1.0
        if manner(prompt.question) == "open":  # the ranker was taught questions for something, no statements
            programs, none = self._programs.propose(prompt)
        if prompt.plan is not None and self._composer is not None:
            # What is asked for is not printed: no value and no quotation is an answer.
            composed = self._composer.propose(prompt.plan, prompt.parts)
            return tuple(sorted((*known, *composed), key=lambda candidate: -candidate.score))
        values, no_value = self._values.propose(prompt) if self._values is not None else ((), 1.0)
        read = self._reader.complete([prompt])[0]
        quoted = [replace(one, score=one.score * none * no_value) for one in read]
        return tuple(sorted((*known, *programs, *values, *quoted), key=lambda candidate: -candidate.score))
