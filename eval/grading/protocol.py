"""What a grader is, so that the harness takes the rules or an LLM alike.

``RulesGrader`` is ``eval.metrics.answers.grade`` in that shape. Leaves other graders to their modules
(``eval.grading.llm``), and how far to trust one to ``eval.grading.agreement``.
"""

from __future__ import annotations

from typing import Protocol

from eval.metrics.answers import Gold, Grade, grade
from rag.errors import CovenantError
from rag.fingerprints import fingerprint
from rag.types import Abstention, Answer

RULES_VERSION = 1
"""Raised with any change of what the rules decide: figures of agreement hold for one version."""


class GraderFailure(CovenantError):
    """One item could not be graded; the item is marked, and the run goes on."""


class Grader(Protocol):
    """Marks outcomes; ``fingerprint`` changes with anything that can change a mark."""

    @property
    def name(self) -> str:
        """A short name for reports: ``rules``, or ``llm:MODEL``."""
        ...

    @property
    def fingerprint(self) -> str:
        """A hash of what the marks depend on."""
        ...

    def grade(self, gold: Gold, outcome: Answer | Abstention) -> Grade:
        """Mark one outcome.

        Raises:
            GraderFailure: this item could not be graded.
        """
        ...


class RulesGrader:
    """The rules per kind of answer: deterministic, without a model.

    >>> RulesGrader().grade(Gold(kind="yes_no", texts=("Yes",)),
    ...                     Answer(text="Yes, it may.", confidence=1.0, citations=())).correct
    True
    """

    name = "rules"
    fingerprint = fingerprint({"grader": "rules", "version": RULES_VERSION})

    def grade(self, gold: Gold, outcome: Answer | Abstention) -> Grade:
        """Mark one outcome; never fails."""
        return grade(gold, outcome)
