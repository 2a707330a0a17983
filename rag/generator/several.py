"""Several generators as one: the candidates of all, best first.

A quality model, where there is one, says what a candidate is worth; else each generator's own scores count.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from rag.fingerprints import fingerprint
from rag.generator.llm.chat import ChatModel, chat_of
from rag.generator.quality import QualityModel
from rag.prompt import Prompt
from rag.protocols import Generator
from rag.types import Candidate


class SeveralGenerators:
    """The candidates of generators together; of equal scores those of the generator named first."""

    def __init__(self, generators: Sequence[Generator], quality: QualityModel | None = None) -> None:
        """Ask all of ``generators``; ``quality`` scores their candidates together."""
        self._generators = tuple(generators)
        self._quality = quality

    @property
    def chat(self) -> ChatModel | None:
        """The language model among them, if there is one."""
        return next(filter(None, map(chat_of, self._generators)), None)

    @property
    def fingerprint(self) -> str:
        """Identity of all of them, in their order."""
        parts: dict[str, object] = {"generators": [one.fingerprint for one in self._generators]}
        if self._quality is not None:
            parts["quality"] = self._quality.fingerprint
        return fingerprint(parts)

    def complete(self, prompts: Sequence[Prompt]) -> list[tuple[Candidate, ...]]:
        """Candidates per prompt, best first."""
        answers = [one.complete(prompts) for one in self._generators]
        return [
            self._chosen(prompt.question, tuple(chain.from_iterable(each)))
            for prompt, each in zip(prompts, zip(*answers, strict=True), strict=True)
        ]

    def _chosen(self, question: str, candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        if self._quality is not None:
            return self._quality.choose(question, candidates)
        return tuple(sorted(candidates, key=lambda candidate: -candidate.score))
