"""Which answers an expert should judge next: those whose judgement is expected to teach most.

The gain of a judgement is how unsure the answer is (the entropy of its confidence, in bits) times how many
questions are like it, over how many of these have been judged already: one judgement speaks for its cluster,
the second for less. Questions are alike where they share most of their words. Pure functions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w+")
_ALIKE = 0.5
_COMMON = frozenset(
    "the a an of and to for in on at by or is are was were what which who how does do".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An answer that was given: its id, its question, and how sure it is, 0 to 1."""

    answer_id: str
    question: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An answer to judge: the gain expected, and what it is made of."""

    answer_id: str
    gain: float
    alike: int
    judged: int


def order(asked: Sequence[Asked], judged: Collection[str], limit: int) -> list[Wanted]:
    """The answers not judged yet, what would teach most first; of equal questions one.

    >>> one = Asked(answer_id="1", question="What is the fee?", confidence=0.5)
    >>> sure = Asked(answer_id="2", question="Who is the trustee?", confidence=0.97)
    >>> [(found.answer_id, round(found.gain, 2)) for found in order([one, sure], (), 9)]
    [('1', 1.0), ('2', 0.19)]
    """
    words = [_words(one.question) for one in asked]
    found: dict[frozenset[str], Wanted] = {}
    for one, own in zip(asked, words, strict=True):
        if one.answer_id in judged:
            continue
        near = [other for other, its in zip(asked, words, strict=True) if _alike(own, its)]
        told = sum(other.answer_id in judged for other in near)
        gain = entropy(one.confidence) * len(near) / (1 + told)
        wanted = Wanted(answer_id=one.answer_id, gain=gain, alike=len(near) - 1, judged=told)
        if own not in found or gain > found[own].gain:
            found[own] = wanted
    return sorted(found.values(), key=lambda one: (-one.gain, one.answer_id))[:limit]


def entropy(confidence: float) -> float:
    """How open it is whether an answer is right, in bits.

    >>> entropy(0.5), entropy(1.0), round(entropy(0.9), 3)
    (1.0, 0.0, 0.469)
    """
    sure = min(max(confidence, 0.0), 1.0)
    return -sum(p * math.log2(p) for p in (sure, 1.0 - sure) if p > 0) + 0.0


def _words(question: str) -> frozenset[str]:
    return frozenset(_WORD.findall(question.casefold())) - _COMMON


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return one == other or len(one & other) >= _ALIKE * len(one | other)
