"""Several generators as one: the candidates of all, best first.

Leaves what a candidate is worth to each of them: their scores are probabilities of being right.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from rag.fingerprints import fingerprint
from rag.prompt import Prompt
from rag.protocols import Generator
from rag.types import Candidate


class SeveralGenerators:
    """The candidates of generators together; of equal scores those of the generator named first."""

    def __init__(self, generators: Sequence[Generator]) -> None:
        self._generators = tuple(generators)

    @property
    def fingerprint(self) -> str:
        """Identity of all of them, in their order."""
        return fingerprint({"generators": [one.fingerprint for one in self._generators]})

    def complete(self, prompts: Sequence[Prompt]) -> list[tuple[Candidate, ...]]:
        """Candidates per prompt, best first."""
        answers = [one.complete(prompts) for one in self._generators]
        return [
            tuple(sorted(chain.from_iterable(each), key=lambda candidate: -candidate.score))
            for each in zip(*answers, strict=True)
        ]
