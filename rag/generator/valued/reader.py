"""Values of the evidence as candidates: for questions that a percentage, sum, date, count or section answers.

Leaves which value it is to ``features`` and ``model``, the choice between generators to
``rag.generator.figures``.
"""

from __future__ import annotations

from rag.fingerprints import fingerprint
from rag.generator.manner import manner
from rag.generator.valued.features import describe
from rag.generator.valued.model import ValueModel
from rag.generator.valued.wanted import wanted
from rag.prompt import Prompt
from rag.types import Candidate

_PROPOSED = 3
LEAST = 0.45
"""From which probability a value is an answer: one in ten is wrong of tuning deals whose firm is held out."""


class ValueReader:
    """The best values as candidates, with their probabilities as scores."""

    def __init__(self, model: ValueModel) -> None:
        self._model = model

    @property
    def fingerprint(self) -> str:
        """Identity of features and weights."""
        return fingerprint({"values": self._model.fingerprint})

    def propose(self, prompt: Prompt) -> tuple[tuple[Candidate, ...], float]:
        """Candidates, best first, and how likely the answer is none of them: 1 where no value is asked for.

        Where all that there is is at hand, a page without layout, programs look values up
        (``rag.numbers.ranked``).
        """
        if prompt.whole and prompt.tables and not prompt.cells:
            return (), 1.0
        if manner(prompt.question) != "open" or not wanted(prompt.question).kinds:
            return (), 1.0
        ranked = self._model.rank(*describe(prompt), limit=_PROPOSED)
        candidates = tuple(
            Candidate(
                text=one.found.text,
                score=one.probability,
                supports=(one.found.support,),
                least=LEAST,
                signals={"value": one.share},
            )
            for one in ranked
        )
        return candidates, max(0.0, 1.0 - sum(one.probability for one in ranked))
