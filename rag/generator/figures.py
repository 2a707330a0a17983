"""Figures computed, and text read: which of them a question is after.

The number engine's answers come as they are. The programs of a ranker come with their probability; what the
reader quotes counts only as far as the answer is probably none of these programs. Leaves computing to
``rag.numbers``, reading to the reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.fingerprints import fingerprint
from rag.generator.manner import manner
from rag.numbers.ranked import RankedPrograms
from rag.prompt import Prompt
from rag.protocols import Generator
from rag.types import Candidate


class FiguresOrText:
    """The candidates of an engine, a ranker's programs and a reader, best first; equals in that order."""

    def __init__(self, engine: Generator, programs: RankedPrograms, reader: Generator) -> None:
        self._engine, self._programs, self._reader = engine, programs, reader

    @property
    def fingerprint(self) -> str:
        """Identity of all three."""
        parts = (self._engine.fingerprint, self._programs.fingerprint, self._reader.fingerprint)
        return fingerprint({"figures or text": parts})

    def complete(self, prompts: Sequence[Prompt]) -> list[tuple[Candidate, ...]]:
        """Candidates per prompt, best first."""
        return [
            self._ordered(prompt, known, read)
            for prompt, known, read in zip(
                prompts, self._engine.complete(prompts), self._reader.complete(prompts), strict=True
            )
        ]

    def _ordered(
        self, prompt: Prompt, known: Sequence[Candidate], read: Sequence[Candidate]
    ) -> tuple[Candidate, ...]:
        programs: tuple[Candidate, ...] = ()
        none = 1.0
        if manner(prompt.question) == "open":  # the ranker was taught questions for something, no statements
            programs, none = self._programs.propose(prompt)
        quoted = [replace(one, score=one.score * none) for one in read]
        return tuple(sorted((*known, *programs, *quoted), key=lambda candidate: -candidate.score))
