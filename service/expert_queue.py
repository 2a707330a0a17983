"""Which answers an expert should judge next: those whose judgement is expected to teach most.

The gain of a judgement is how open it is whether the answer is right (entropy, in bits) times how many
questions are like it, over how many of these have been judged already: one judgement speaks for its cluster,
the second for less. How likely it is right follows from its own confidence and from what people said of those
like it, one as much as the other: where a sure answer was wrong, the others like it are open again. Questions
are alike where they share most of their words. Pure functions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w+")
_ALIKE = 0.5
_RIGHT = {"right": 1.0, "partly": 0.5, "wrong": 0.0}
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
    """An answer to judge: the gain expected, and what it is made of.

    ``alike`` is the number of other answers to questions like its own, ``judged`` of how many of these people
    said something, ``right`` of how many that they are right, half for "partly".
    """

    answer_id: str
    gain: float
    alike: int
    judged: int
    right: float


def order(asked: Sequence[Asked], judged: Mapping[str, str], limit: int) -> list[Wanted]:
    """The answers not judged yet, what would teach most first; of equal questions one.

    ``judged`` has the verdict of each answer that was judged, by the answer's id.

    >>> one = Asked(answer_id="1", question="What is the fee?", confidence=0.5)
    >>> sure = Asked(answer_id="2", question="Who is the trustee?", confidence=0.97)
    >>> [(found.answer_id, round(found.gain, 2)) for found in order([one, sure], {}, 9)]
    [('1', 1.0), ('2', 0.19)]
    """
    words = [_words(one.question) for one in asked]
    found: dict[frozenset[str], Wanted] = {}
    for one, own in zip(asked, words, strict=True):
        if one.answer_id in judged:
            continue
        near = [other for other, its in zip(asked, words, strict=True) if _alike(own, its)]
        verdicts = [judged[other.answer_id] for other in near if other.answer_id in judged]
        told, right = len(verdicts), sum(_RIGHT[verdict] for verdict in verdicts)
        likely = (one.confidence + right) / (1 + told)
        gain = entropy(likely) * len(near) / (1 + told)
        wanted = Wanted(answer_id=one.answer_id, gain=gain, alike=len(near) - 1, judged=told, right=right)
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
