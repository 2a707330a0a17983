"""Yes or no: what a text says to a question that can be answered so, in as many words or by implication.

"It did not improve" and "margins declined" both say no to "Did margins improve?". Read in each clause that
speaks of what was asked: a negation turns it, and so does the opposite word on the question's own axis
(increase and decrease, positive and negative, consistent and volatile).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from eval.metrics.answers.statements import (
    clauses,
    concludes,
    content,
    restates,
    sentences,
    stem,
    tokens,
    without_asides,
)

_LED = 3
_SHARE = 0.4
_WEIGHT_OF_LEAD = 0.5
_WEIGHT_OF_CONCLUSION = 1.0

_AXES: tuple[tuple[str, str], ...] = (
    (
        "increase increased increases increasing rise rose risen rising grow grew grown growth "
        "growing higher gain gained expand expanded expansion climb climbed improve improved "
        "improvement improving better exceed exceeds exceeded greater upward accelerated strengthened",
        "decrease decreased decreases decreasing decline declined declining fall fell fallen falling "
        "drop dropped dropping reduce reduced reduction lower lowered shrink shrank shrunk fewer less "
        "smaller downward worsen worsened worse deteriorate deteriorated deterioration weakened lost "
        "contracted slowed",
    ),
    ("positive surplus", "negative deficit"),
    (
        "consistent stable steady consistently",
        "fluctuate fluctuated fluctuating fluctuation fluctuations volatile inconsistent unstable varied",
    ),
    (
        "healthy strong adequate sufficient sound robust solid comfortable",
        "unhealthy weak poor inadequate insufficient unsound struggle",
    ),
    (
        "relevant useful meaningful applicable appropriate informative",
        "irrelevant meaningless inapplicable",
    ),
    ("profitable", "unprofitable"),
    ("same unchanged", "different changed"),
)
_SIGNS: Mapping[str, tuple[int, int]] = {
    word: (axis, sign)
    for axis, ends in enumerate(_AXES)
    for sign, end in zip((1, -1), ends, strict=True)
    for word in end.split()
}
_USE = 4
_ON_TOPIC = 0.25
_CURT = 4
_NEGATIONS = frozenset(
    "not no never neither nor without none lacks lack lacked failed fails unlikely nothing".split()
)
_EXPLICIT = re.compile(
    r"^\W*(?:(?:so|therefore|thus|hence|in (?:summary|conclusion|short)|overall)\W+){0,2}(?P<side>yes|no)"
    r"(?:\s*[,.:;!–—-]|$)"
    r"|\banswer (?:to (?:the|this|your) question )?(?:is|would be) [\"“']?(?P<told>yes|no)\b",
    re.IGNORECASE,
)
_FIRST = re.compile(r"^\W*(?P<side>yes|no|true|false|correct|incorrect)\b", re.IGNORECASE)
_AUXILIARY = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must)"
_ASKS = re.compile(rf"(?:^|[,;:.]\s+|\band\s+){_AUXILIARY}\s", re.IGNORECASE)
_WH = re.compile(
    r"(?:^|[,;:.]\s+)(?:\w+\s+){0,2}?(?:what|which|who|whom|whose|how|when|where|why|name|list)\b",
    re.IGNORECASE,
)
_STEADY = re.compile(
    r"\b(?:not )?(?:fluctuat|var)(?:e|ed|ies|y|ing)\b[^.,;]{0,40}?\b(?:less than|within|under|below"
    r"|not more than|no more than|only|slightly|remain\w*)\b",
    re.IGNORECASE,
)
_YES = {"yes", "true", "correct"}


def asks_yes_or_no(question: str) -> bool:
    """True for a question that begins with an auxiliary, after a preamble or not.

    >>> asks_yes_or_no("Based on FY2022 data, is it capital intensive?"), asks_yes_or_no("How large is it?")
    (True, False)
    """
    asked = question.partition("?")[0].strip()
    verb = _ASKS.search(asked)
    other = _WH.search(asked)
    return verb is not None and (other is None or verb.start() <= other.start())


def said(text: str) -> bool | None:
    """A yes or no in as many words: as the first word, or as the first of a concluding sentence.

    >>> said("No, it fell."), said("It fell by 2%. So in summary, no."), said("None was made.")
    (False, False, None)
    """
    first = _FIRST.match(text)
    if first is not None:
        return first["side"].lower() in _YES
    units = sentences(text)
    for unit in (*units[:_LED], *units[:-4:-1]):
        match = _EXPLICIT.search(unit)
        if match is not None:
            return (match["side"] or match["told"]).lower() == "yes"
    return None


def verdict(text: str, question: str) -> bool | None:
    """What a text answers to a yes-or-no question, None where that cannot be told.

    >>> verdict("The margin declined to 5%.", "Did the margin improve?")
    False
    >>> verdict("Covane does not have a healthy liquidity profile.", "Is the liquidity profile healthy?")
    False
    >>> verdict("The board met.", "Did the margin improve?") is None
    True
    """
    told = said(text)
    if told is not None or not question:
        return told
    asked = without_asides(question.partition("?")[0])
    signs, subject = _signs(asked), _subject(asked)
    turned = _negated(asked)
    total = 0.0
    units = sentences(text)
    for place, unit in enumerate(units):
        if restates(unit):
            continue
        closing, leading = concludes(unit) or place == len(units) - 1, place < _LED
        weight = _WEIGHT_OF_CONCLUSION if closing else _WEIGHT_OF_LEAD if leading else 0.0
        # Where an answer leads or concludes, the axis alone shows that it speaks of what was asked.
        least = 0.0 if signs and weight else _SHARE
        share, side = _reads(_STEADY.sub(" stable ", unit), signs, subject, least)
        total += side * (share + weight)
    return None if total == 0 else (total > 0) != turned


def dismisses(text: str) -> bool:
    """True where a text says that a measure is of no use here ("gross margin is not relevant for a bank").

    >>> dismisses("Gross margin is not a useful metric for a bank."), dismisses("It is a useful metric.")
    (True, False)
    """
    return any(
        (_signs(clause).get(_USE) == 1) == _negated(clause)
        for unit in sentences(text)
        for clause in clauses(unit)
        if _USE in _signs(clause)
    )


def denies(text: str, question: str = "") -> bool:
    """True where a text says that there is nothing of the kind asked for, or that it did not happen.

    With a ``question``, only sentences that speak of it count.

    >>> denies("There were no such notes."), denies("The notes are not secured."), denies("Two notes exist.")
    (True, True, False)
    """
    units = sentences(text)
    asked = set(content(question)) if len(tokens(text)) > _CURT else set()
    near = [*units[:_LED], *(unit for unit in units[_LED:] if concludes(unit))] if question else units[:1]
    return any(
        _negated(clause) and (not asked or len(asked & set(content(unit))) >= _ON_TOPIC * len(asked))
        for unit in near
        for clause in clauses(unit)
    )


def directions(text: str) -> set[int]:
    """Which ends of the axis of increase (1) and decrease (-1) a text names, negated ones turned."""
    found = set()
    for clause in clauses(text):
        sign = _signs(clause).get(0, 0)
        if sign:
            found.add(-sign if _negated(clause) else sign)
    return found


def _signs(text: str) -> dict[int, int]:
    """The first end named of each axis that a text names."""
    found: dict[int, int] = {}
    for token in tokens(text):
        if token in _SIGNS:
            axis, sign = _SIGNS[token]
            found.setdefault(axis, sign)
    return found


def _subject(question: str) -> set[str]:
    """Stems of what is asked about, without names (capitalised) and the words of an axis."""
    names = {stem(token) for token in tokens(" ".join(re.findall(r"(?<=\s)[A-Z][\w&'’]*", question)))}
    axis_words = {stem(word) for word in _SIGNS}
    found = set(content(question))
    return (found - names - axis_words) or (found - axis_words)


def _reads(
    sentence: str, signs: Mapping[int, int], subject: Collection[str], least: float
) -> tuple[float, int]:
    """How much of what was asked the best clause of a sentence speaks of, and its side: 1, -1, 0 for none."""
    best = (-1.0, 0)
    whole = set(content(sentence))
    for clause in clauses(sentence):
        stems = set(content(clause))
        ends = _signs(clause)
        axis = next((axis for axis in signs if axis in ends), None)
        if signs:
            if axis is None:
                continue
            share = len(whole & set(subject)) / max(1, len(subject))
            side = signs[axis] * ends[axis]
        else:
            share = len(stems & set(subject)) / max(1, len(subject))
            side = 1
        if share >= least and share > best[0]:
            best = (share, -side if _negated(clause) else side)
    return max(0.0, best[0]), best[1]


def _negated(clause: str) -> bool:
    return sum(token in _NEGATIONS for token in tokens(clause)) % 2 == 1
