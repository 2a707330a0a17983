"""Answers to one question that a reader may choose among, each with how likely it is right.

    AnswerItem + probability ─► Choices ─► Example (supervised)  |  Duel (better against worse)

The windows are those that the reader reads. An answer is a span of one of them; the refusal is a choice too.
Leaves votes and probabilities to ``tuning.labeling``, training to ``tuning.reader`` and
``tuning.preferring``.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal, Protocol, TypeVar

from rag.generator.span.reader import read_first, subject_of
from rag.generator.span.windows import Window
from rag.types import Evidence, Support
from tuning.items import AnswerItem
from tuning.reading import Example

Selection = Literal["best_worst", "random", "likely_bad"]
"""Which two answers duel: the surest right and the surest wrong one; any two, drawn; the surest right one and
the wrong one that the reader in use finds likeliest."""
REFUSAL = -1
"""In a choice's place of a window: "not in these documents"."""


class Likely(Protocol):
    """An answer that may duel."""

    @property
    def probability(self) -> float:
        """How likely it is right, by the labels."""
        ...

    @property
    def score(self) -> float:
        """What the generator in use gave it."""
        ...


L = TypeVar("L", bound=Likely)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A span ``[start, end)`` of a window's text, or a refusal, with the probability that it is right.

    ``score`` is what the reader in use gave it.
    """

    window: int = REFUSAL
    start: int = 0
    end: int = 0
    probability: float
    score: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A question, the windows of its evidence, and the answers proposed; ``document`` is held out by.

    ``item`` names the question it was made of, for tracing.
    """

    item: str
    document: str
    question: str
    windows: tuple[Window, ...]
    answers: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duel:
    """Two answers of which the first is better, unless with probability ``flipped`` the second is."""

    among: Choices
    better: Choice
    worse: Choice
    flipped: float


def choices_of(
    items: Sequence[AnswerItem], probabilities: Sequence[float], *, windows: int
) -> Choices | None:
    """What a reader learns from the answers to one question; None where none is a span or a refusal.

    ``windows`` are so many pieces of evidence, as the reader's setting says. Of several words quoted together
    the first counts.
    """
    evidence = read_first(items[0].evidence, windows)
    asked = items[0].question
    question = subject_of(asked.text)
    answers: dict[tuple[int, int, int], Choice] = {}
    for item, probability in zip(items, probabilities, strict=True):
        place = _place(item, evidence)
        if place is not None and (place not in answers or probability > answers[place].probability):
            window, start, end = place
            answers[place] = Choice(
                window=window, start=start, end=end, probability=probability, score=item.candidate.score
            )
    if not answers:
        return None
    return Choices(
        item=asked.id,
        document=(asked.document_ids or tuple(place.document_id for place in asked.places) or ("",))[0],
        question=question,
        windows=tuple(
            Window(question=question, text=one.chunk.text, context=one.chunk.context) for one in evidence
        ),
        answers=tuple(answers[place] for place in sorted(answers)),
    )


def supervised(
    groups: Sequence[Choices], *, right: float, wrong: float, silent: int, seed: int
) -> Iterator[Example]:
    """Windows with the answers that are likely right, and windows that hold none.

    An answer counts from the probability ``right`` on. A window with one between ``wrong`` and ``right`` says
    neither, and is left out. Of a question's windows without an answer ``silent`` are drawn, the first ones
    twice as likely as the next; all are without one where the refusal is likely right.
    """
    for group in groups:
        sure = [one for one in group.answers if one.probability >= right]
        if not sure:
            continue
        generator = random.Random(f"{seed}/{group.item}")  # noqa: S311 - reproducible, not secret
        unsure = {one.window for one in group.answers if wrong < one.probability < right}
        spans: dict[int, list[tuple[int, int]]] = {}
        for one in sure:
            if one.window != REFUSAL:
                spans.setdefault(one.window, []).append((one.start, one.end))
        empty = [i for i in range(len(group.windows)) if i not in spans and i not in unsure]
        weights = [1.0 / (1 + place) for place in range(len(empty))]
        drawn = {generator.choices(empty, weights)[0] for _ in range(silent)} if empty else set()
        for i in sorted({*spans, *drawn}):
            window = group.windows[i]
            yield Example(
                source="workspace",
                document=group.document,
                question=window.question,
                text=window.text,
                context=window.context,
                spans=tuple(sorted(set(spans.get(i, ())))),
            )


def one_drawn(group: Choices, *, seed: int) -> Choices:
    """As if one of the answers, drawn, were right and no other: what selecting by labels is compared with."""
    generator = random.Random(f"{seed}/{group.item}/drawn")  # noqa: S311
    chosen = generator.choice(group.answers)
    answers = tuple(replace(one, probability=float(one is chosen)) for one in group.answers)
    return replace(group, answers=answers)


def duels(
    groups: Sequence[Choices], selection: Selection, *, least: float, seed: int, most: int = 1
) -> Iterator[Duel]:
    """Up to ``most`` duels of each question between answers that differ by ``least`` in probability.

    How likely the worse one is the better after all follows from both probabilities, taken as independent.
    """
    for group in groups:
        pairs = pairs_of(group.answers, selection, least=least, draw=f"{seed}/{group.item}/{selection}")
        for better, worse in pairs[:most]:
            yield Duel(among=group, better=better, worse=worse, flipped=flipped(better, worse))


def pairs_of(answers: Sequence[L], selection: Selection, *, least: float, draw: str) -> list[tuple[L, L]]:
    """Better and worse answers that differ by ``least`` in probability, the selected pair first.

    ``draw`` is what a random order follows from.
    """
    pairs = [
        (one, other) if one.probability > other.probability else (other, one)
        for one, other in combinations(answers, 2)
    ]
    pairs = [(one, other) for one, other in pairs if one.probability - other.probability >= least]
    if selection == "random":
        random.Random(draw).shuffle(pairs)  # noqa: S311 - reproducible, not secret
    elif selection == "best_worst":
        pairs.sort(key=lambda pair: (pair[1].probability - pair[0].probability, -pair[1].score))
    else:
        pairs.sort(key=lambda pair: (-pair[1].score, pair[1].probability - pair[0].probability))
    return pairs


def flipped(better: Likely, worse: Likely) -> float:
    """The chance that of the two only the worse is right, of the chance that only one is."""
    one = better.probability * (1 - worse.probability)
    other = worse.probability * (1 - better.probability)
    return other / (one + other) if one + other else 0.5


def _place(item: AnswerItem, evidence: Sequence[Evidence]) -> tuple[int, int, int] | None:
    """Window and span of an answer's words; None where it was computed, judged or is not in the windows."""
    candidate = item.candidate
    if not candidate.supports:
        return (REFUSAL, 0, 0)
    if candidate.derivation is not None or candidate.judged or candidate.written:
        return None
    support = candidate.supports[0]
    for window, one in enumerate(evidence):
        if one.chunk.id == support.chunk_id:
            span = _words_at(one.chunk.text, support, candidate.text.partition("; ")[0])
            return (window, *span) if span else None
    return None


def _words_at(text: str, support: Support, words: str) -> tuple[int, int] | None:
    """Where words stand inside a support, whatever the white space between them."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    found = re.compile(pattern).search(text, support.start, support.end) if pattern else None
    return found.span() if found else None
