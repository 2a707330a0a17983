"""Functions on answers in somebody's own words: a language model's, or a person's, with evidence beside.

An answer that is no quote is looked at for what can be compared: whether the evidence prints its figures
and has its words, whether it says yes or no where that is asked, whether it refuses, and what others answer
to the same question. Rules; none knows who wrote an answer. Leaves quoted answers to ``answers`` and
``answer_standing``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from rag.generator.manner import manner
from tuning.items import AnswerItem
from tuning.label_model.matrix import ABSTAIN
from tuning.labeling.functions import BAD, LabelingFunction, Vote, labeling_function
from tuning.labeling.library.answer_parts import questions_of
from tuning.labeling.library.reading import stems
from tuning.labeling.library.relative import Scores

_FIGURE = re.compile(
    r"(?<![\w.,])\(?[-−–]?\s?[$€£]?\s?(\d[\d,]*(?:\.\d+)?)(?!\w|\.\d|-\w)\)?"
    r"\s*(%|percent|million|billion|thousand)?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_REFUSES = re.compile(
    r"\b(?:can(?:no|')t|unable to|could not|not possible to|impossible to)\b[^.]{0,60}"
    r"\b(?:determine|answer|provide|find|calculate|assess|access|give|say|locate|derive|compute|ascertain)"
    r"|\b(?:not|n't|no) (?:\w+ ){0,3}(?:provided|disclosed|available|mentioned|specified|stated|given|enough"
    r"|sufficient)\b"
    r"|\b(?:does|do|did) not (?:\w+ ){0,2}(?:contain|provide|include|disclose|specify|mention|state)\b"
    r"|\bI (?:apologize|am sorry|do not have|don't have)\b",
    re.IGNORECASE,
)
_HEDGES = re.compile(
    r"\b(?:without (?:more|further|additional|specific)|would need|additional information|not explicitly"
    r"|it is (?:difficult|unclear|not clear)|may not be|assum(?:e|ing)|approximately|estimate)\b",
    re.IGNORECASE,
)
_YES, _NO = re.compile(r"\W*yes\b", re.I), re.compile(r"\W*no\b(?! (?:data|information))", re.I)
_NOT = re.compile(r"\b(?:not|no|n't|never|neither|nor|without)\b|n't\b", re.I)
_SCALES = (1.0, 1e3, 1e6, 1e9, 1e-3, 1e-6, 1e-9)
_CLOSE = 0.006
"""Figures closer than that share are one: what is rounded in words."""
_STATED = 3
"""Of an answer's figures the last ones so many count: what leads to a result stands before it."""


def make_says_refusal(name: str = "says_refusal") -> LabelingFunction:
    """Bad where it says that the answer cannot be given."""

    @labeling_function(on="answer", kind="pattern", name=name)
    def says_refusal(item: AnswerItem) -> Vote:
        """It does not answer."""
        return BAD if _REFUSES.search(item.candidate.text) else ABSTAIN

    return says_refusal


def make_hedges(name: str = "hedges") -> LabelingFunction:
    """Bad where it assumes, estimates, or asks for more to go by."""

    @labeling_function(on="answer", kind="pattern", name=name)
    def hedges(item: AnswerItem) -> Vote:
        """It is not sure itself."""
        return BAD if _HEDGES.search(item.candidate.text) else ABSTAIN

    return hedges


def make_figures_printed(name: str = "figures_printed") -> LabelingFunction:
    """The share of its figures, years and those of the question aside, that the evidence prints; in bins."""

    @labeling_function(on="answer", kind="number", name=name, scored=True, edges=(0.01, 0.34, 0.67, 0.99))
    def figures_printed(item: AnswerItem) -> Vote:
        """The evidence prints its figures."""
        own = _own_figures(item)
        if not own:
            return None
        known = [value for text in _texts(item) for value in _values(text)]
        return sum(_printed(value, known) for value in own) / len(own)

    return figures_printed


def make_words_stand(name: str = "words_stand") -> LabelingFunction:
    """The share of its words, those of the question aside, that the evidence has; in bins."""

    @labeling_function(on="answer", kind="answer", name=name, scored=True, edges=(0.35, 0.5, 0.65, 0.8))
    def words_stand(item: AnswerItem) -> Vote:
        """The evidence has its words."""
        own = stems(item.candidate.text) - stems(item.question.text)
        known = frozenset().union(*(stems(text) for text in _texts(item)))
        return len(own & known) / len(own) if own and known else None

    return words_stand


def make_yes_or_no(name: str = "yes_or_no") -> LabelingFunction:
    """Where yes or no is asked for: bad is an answer that says neither at its beginning."""

    @labeling_function(on="answer", kind="pattern", name=name)
    def yes_or_no(item: AnswerItem) -> Vote:
        """It says yes or no."""
        if manner(item.question.text) != "yes_no":
            return ABSTAIN
        text = item.candidate.text
        return ABSTAIN if _YES.match(text) or _NO.match(text) else BAD

    return yes_or_no


def make_others_agree(name: str = "others_agree") -> LabelingFunction:
    """The share of the other answers to the question that agree in figures, yes or no, or words; in bins.

    Refusals are no answers; where fewer than three others answer, it abstains.
    """

    @labeling_function(
        on="answer", kind="answer", name=name, batch=True, query_wise=True, scored=True,
        edges=(0.1, 0.25, 0.45, 0.65),
    )  # fmt: skip
    def others_agree(items: Sequence[AnswerItem]) -> Scores:
        """Others answer the same."""
        found = np.full(len(items), np.nan)
        for rows in questions_of(items):
            answering = [row for row in rows if not _REFUSES.search(items[row].candidate.text)]
            for row in rows:
                others = [one for one in answering if one != row]
                if len(others) >= _OTHERS:
                    agreed = [_agree(items[row], items[one]) for one in others]
                    found[row] = sum(agreed) / len(agreed)
        return found

    return others_agree


def make_like_others(name: str = "like_others") -> LabelingFunction:
    """How many of its words the other answers to the question have, on average, behind the best, in bins."""

    @labeling_function(
        on="answer", kind="answer", name=name, batch=True, query_wise=True, scored=True,
        edges=(-0.35, -0.2, -0.1, -0.03),
    )  # fmt: skip
    def like_others(items: Sequence[AnswerItem]) -> Scores:
        """Others say it in the same words."""
        found = np.full(len(items), np.nan)
        for rows in questions_of(items):
            asked = stems(items[rows[0]].question.text)
            said = {row: stems(items[row].candidate.text) - asked for row in rows}
            answering = [row for row in rows if not _REFUSES.search(items[row].candidate.text)]
            for row in rows:
                others = [said[one] for one in answering if one != row]
                if len(others) >= _OTHERS and said[row]:
                    found[row] = np.mean([len(said[row] & one) / len(said[row]) for one in others])
            if not np.isnan(found[rows]).all():
                found[rows] -= np.nanmax(found[rows])
        return found

    return like_others


_OTHERS = 3


def own_words_functions() -> list[LabelingFunction]:
    """All of these."""
    return [
        make_figures_printed(),
        make_hedges(),
        make_like_others(),
        make_others_agree(),
        make_says_refusal(),
        make_words_stand(),
        make_yes_or_no(),
    ]


def _texts(item: AnswerItem) -> Iterator[str]:
    for one in item.evidence:
        yield one.chunk.passage


def _values(text: str) -> list[float]:
    """The figures of a text, by their digits; years aside.

    >>> _values("FY2018: $1,577 million or 4.5%")
    [1577.0, 4.5]
    """
    return [value for value, _ in _figures(text)]


@lru_cache(maxsize=4096)
def _figures(text: str) -> tuple[tuple[float, str], ...]:
    found = []
    for match in _FIGURE.finditer(text):
        digits = match[1]
        if not _YEAR.fullmatch(digits):
            found.append((float(digits.replace(",", "")), (match[2] or "").lower()))
    return tuple(found)


def _own_figures(item: AnswerItem) -> list[float]:
    asked = set(_values(item.question.text))
    return [value for value in _values(item.candidate.text) if value not in asked]


def _printed(value: float, known: Sequence[float]) -> bool:
    """Whether a figure is among others, exactly or in thousands, millions or billions of them, rounded."""
    return any(value == one for one in known) or any(
        _same(value, one * scale) for one in known for scale in _SCALES[1:]
    )


def _same(value: float, other: float) -> bool:
    return abs(value - abs(other)) <= _CLOSE * max(abs(value), 1e-9)


def _agree(one: AnswerItem, other: AnswerItem) -> bool:
    """Whether two answers to a question say the same, as far as that can be seen."""
    if manner(one.question.text) == "yes_no":
        return _polarity(one.candidate.text) == _polarity(other.candidate.text)
    ours, theirs = _own_figures(one), _own_figures(other)
    if ours or theirs:
        return any(_printed(a, [b]) for a in ours[-_STATED:] for b in theirs) and any(
            _printed(b, [a]) for b in theirs[-_STATED:] for a in ours
        )
    asked = stems(one.question.text)
    a, b = (stems(each.candidate.text) - asked for each in (one, other))
    return bool(a and b) and len(a & b) >= _ALIKE * min(len(a), len(b))


_ALIKE = 0.4


def _polarity(text: str) -> str:
    if _YES.match(text):
        return "yes"
    if _NO.match(text):
        return "no"
    return "denies" if _NOT.search(text.partition(".")[0]) else "states"
