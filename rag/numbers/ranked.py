"""Answers computed by the program that a question most likely means, over the figures of a whole document.

The ranker was taught where all that a document says was at hand, and knows only there how likely it is that
the answer is not among the figures; elsewhere it proposes nothing. Leaves line items of statements to
``engine``, the choice between generators to ``rag.generator.figures``.
"""

from __future__ import annotations

from contextlib import suppress

from rag.numbers.computed import computed
from rag.numbers.formula import FormulaError
from rag.numbers.mentions import mentions_of
from rag.numbers.ranker import Ranker
from rag.prompt import Prompt
from rag.types import Candidate

_PROPOSED = 3


class RankedPrograms:
    """The best programs as candidates, with their probabilities as scores."""

    def __init__(self, ranker: Ranker) -> None:
        self._ranker = ranker

    @property
    def fingerprint(self) -> str:
        """Identity of features and weights."""
        return self._ranker.fingerprint

    def propose(self, prompt: Prompt) -> tuple[tuple[Candidate, ...], float]:
        """Candidates, best first, and how likely the answer is not one of the programs: 1 where it is not known."""
        if not prompt.whole:
            return (), 1.0
        mentions = mentions_of(prompt)
        ranking = self._ranker.rank(prompt.question, mentions, limit=_PROPOSED)
        found = []
        for one in ranking.programs:
            with suppress(FormulaError):
                found.append(computed(prompt.question, one.program, mentions, one.probability))
        return tuple(found), ranking.none
