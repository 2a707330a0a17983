"""Answers computed by the program that a question most likely means, over the figures of a whole document.

The ranker was taught with pages that have tables, where all that they say was at hand, and knows only there
how likely it is that the answer is not among the figures; elsewhere it proposes nothing. Where the year that
is asked for has no figure, or two programs of one kind fit alike and come to something else, the first
candidate says so. Leaves line items of statements to ``engine``, the choice between generators to
``rag.generator.figures``.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from rag.numbers.asked import Asked
from rag.numbers.compared import compared, read_comparison
from rag.numbers.computed import computed
from rag.numbers.formula import FormulaError
from rag.numbers.mentions import Mention, mentions_of
from rag.numbers.programs import Program
from rag.numbers.ranker import Ranked, Ranker
from rag.prompt import Prompt
from rag.types import Candidate

LEAST = 0.2
"""From which probability a program's answer is given; tuning halves, cross-validated by document."""
_PROPOSED = 3
_ALIKE = 0.9
"""Part of the best one's probability from which another program fits alike."""


class RankedPrograms:
    """The best programs as candidates, with their probabilities as scores."""

    def __init__(self, ranker: Ranker) -> None:
        self._ranker = ranker

    @property
    def fingerprint(self) -> str:
        """Identity of features and weights."""
        return self._ranker.fingerprint

    def propose(self, prompt: Prompt) -> tuple[tuple[Candidate, ...], float]:
        """Candidates, best first, and how likely the answer is none of them: 1 where that is not known."""
        if not (prompt.whole and prompt.tables):
            return (), 1.0
        mentions = mentions_of(prompt)
        ranking = self._ranker.rank(prompt.question, mentions, limit=_PROPOSED)
        found = []
        for one in ranking.programs:
            with suppress(FormulaError):
                candidate = computed(prompt.question, one.program, mentions, one.probability)
                found.append(replace(candidate, least=LEAST))
        problem = _problem(prompt.question, ranking.programs, mentions)
        if problem and found:
            found.insert(0, Candidate(text=problem, score=found[0].score, supports=()))
        return tuple(found), ranking.none

    def compare(self, prompt: Prompt) -> Candidate | None:
        """Whether a comparison holds that the question asks about; None where it asks something else."""
        comparison = read_comparison(prompt.question)
        if comparison is None or not (prompt.whole and prompt.tables):
            return None
        return compared(self._ranker, comparison, mentions_of(prompt))


def _problem(question: str, ranked: Sequence[Ranked], mentions: Sequence[Mention]) -> str:
    """Why the best program is no answer; empty where it may be one."""
    if not ranked:
        return ""
    best, *others = ranked
    asked = Asked.of(question).run
    if asked and all(mentions[i].years and not mentions[i].years & asked for i in best.program.operands):
        return f"no figure of {', '.join(map(str, sorted(asked)))} is given for this"
    alike = [one for one in others[:1] if one.probability > _ALIKE * best.probability]
    if any(one.program.operation == best.program.operation for one in alike):
        return (
            f"two readings fit alike: {_said(best.program, mentions)}, or {_said(alike[0].program, mentions)}"
        )
    return ""


def _said(program: Program, mentions: Sequence[Mention]) -> str:
    figures = ", ".join(f"{mentions[i].text} ({mentions[i].printed})" for i in program.operands[:2])
    return f"{program.operation} of {figures}"
