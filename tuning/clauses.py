"""Learn kinds of clause from contracts that were asked about: how usual each is, which words tell it.

A kind's name is what questions put in quotation marks; their gold answers are clauses of it, and where they
have none the contract has no such clause. A word tells a kind by how often its clauses have it, times the
log of how much more often than those of other kinds. Leaves which kind a question means to
``rag.generator.clauses``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from eval.training_data import Question
from rag.generator.clauses import ClauseKind, quoted_kind
from rag.generator.odds import log_odds
from rag.tokens import terms

_AS_MANY = 10.0
"""A kind is drawn to all of them together as by so many contracts more."""
_WORDS = 25
"""Kept of each kind, those that tell most."""
_LEAST = 4
"""Clauses of a kind that have a word, from which on it tells anything."""


def learn_clauses(questions: Iterable[Question]) -> dict[str, ClauseKind]:
    """The kinds that questions name, by name; empty where none is named, or there is no or every clause.

    Deterministic, whatever the order of the questions.
    """
    asked, there, clauses = Counter[str](), Counter[str](), Counter[str]()
    held: dict[str, Counter[str]] = {}
    for question in questions:
        kind = quoted_kind(question.text)
        if not kind:
            continue
        asked[kind] += 1
        there[kind] += question.gold.kind != "none"
        clauses[kind] += len(question.gold.texts)
        counts = held.setdefault(kind, Counter())
        for text in question.gold.texts:
            counts.update(set(terms(text)))
    whole = there.total() / asked.total() if asked else 0.0
    if not 0 < whole < 1:
        return {}
    everywhere, all_clauses = sum(held.values(), Counter[str]()), clauses.total()
    found = {}
    for kind, count in sorted(asked.items()):
        share = (there[kind] + _AS_MANY * whole) / (count + _AS_MANY)
        others = everywhere - held[kind]
        words = _telling(held[kind], clauses[kind], others, all_clauses - clauses[kind])
        found[kind] = ClauseKind(usual=round(log_odds(share) - log_odds(whole), 3), words=words)
    return found


def _telling(own: Counter[str], clauses: int, others: Counter[str], other_clauses: int) -> dict[str, float]:
    """The words that tell a kind, most first: counts of its clauses that have each, and of others'."""
    found: dict[str, float] = {}
    for term, count in own.items():
        here = (count + 0.5) / (clauses + 1)
        elsewhere = (others[term] + 0.5) / (other_clauses + 1)
        if count >= _LEAST and here > elsewhere:
            found[term] = here * math.log(here / elsewhere)
    best = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:_WORDS]
    # What rounds to nothing tells nothing.
    return {term: round(weight, 3) for term, weight in best if round(weight, 3) > 0}
