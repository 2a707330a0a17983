"""Whether an answer is right: general functions on question, answer and the evidence it rests on.

The reader's own confidence may vote only against itself: what a model was sure of must not teach it to be
surer. A refusal is judged by what else was proposed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from rag.generator.focus import focus
from rag.generator.values import asked_kind, values
from rag.tokens import terms
from tuning.items import AnswerItem
from tuning.labeling.functions import ABSTAIN, RIGHT, WRONG, LabelingFunction, labeling_function
from tuning.labeling.resources import Resources

Votes = NDArray[np.float64]
_UNSURE = 0.0
"""A margin below this: the reader itself holds that no answer stands there."""
_LONG = 25
_WHO = re.compile(
    r"\bwho(?:m|se)?\b|\bwhich (?:bank|company|party|entity|firm|person|agent)\b", re.IGNORECASE
)
_NAME = re.compile(r"^(?:the )?(?:[A-Z][\w.&'’-]*,?\s?(?:(?:of|and|&|the|de)\s)?)+(?:\([^)]*\))?$")
_SMALL = frozenset(
    terms("what which who when where how is are was were the a an of in on for to and or by does do")
)


def general() -> list[LabelingFunction]:
    """All functions of this module that need no parameters."""
    return [
        fits_the_question, a_name_for_who, only_the_value, words_around_it, meaning_around_it,
        repeats_the_question, too_long, reader_unsure, maker_read_it, under_a_fitting_heading, first_evidence,
    ]  # fmt: skip


@labeling_function(on="answer", kind="numbers")
def fits_the_question(item: AnswerItem, _: Resources) -> int:
    """A value of the kind that is asked for, or none."""
    kind = asked_kind(focus(item.question.text))
    if not item.candidate.supports or kind == "text":
        return ABSTAIN
    return ABSTAIN if values(item.candidate.text, kind) else WRONG


@labeling_function(on="answer", kind="text_pattern")
def a_name_for_who(item: AnswerItem, _: Resources) -> int:
    """Who: answered by a name; not by anything else."""
    if not item.candidate.supports or not _WHO.search(focus(item.question.text)):
        return ABSTAIN
    return RIGHT if _NAME.match(item.candidate.text) else WRONG


@labeling_function(on="answer", kind="structure")
def only_the_value(item: AnswerItem, _: Resources) -> int:
    """A value is asked for: the answer is one value and little else, or several."""
    kind = asked_kind(focus(item.question.text))
    if not item.candidate.supports or kind == "text":
        return ABSTAIN
    found = values(item.candidate.text, kind)
    if len(found) != 1:
        return WRONG
    start, end = found[0]
    return (
        ABSTAIN
        if len(item.candidate.text.split()) <= 4 + len(item.candidate.text[start:end].split())
        else WRONG
    )


@labeling_function(on="answer", kind="text_pattern", together=True, edges=(0.3, 0.6, 0.999))
def words_around_it(items: Sequence[AnswerItem], _: Resources) -> Votes:
    """What the words around it have of the question's, as a share of the best answer's."""
    asked = set(terms(focus(items[0].question.text))) - _SMALL
    held = [len(asked & set(terms(item.words_around))) if item.candidate.supports else 0 for item in items]
    return _shares(items, held)


@labeling_function(
    on="answer", kind="neighbourhood", needs=("embedder",), together=True, edges=(-0.5, 0.5, 1.5)
)
def meaning_around_it(items: Sequence[AnswerItem], resources: Resources) -> Votes:
    """How far above the other answers' the words around it are similar to the question."""
    said = [item.words_around for item in items]
    quoted = [i for i, item in enumerate(items) if item.candidate.supports]
    votes = np.full(len(items), np.nan)
    if len(quoted) > 1:
        found = resources.similarities(items[0].question.text, [said[i] for i in quoted])
        spread = float(found.std())
        if spread > 0:
            votes[quoted] = (found - found.mean()) / spread
    return votes


@labeling_function(on="answer", kind="structure")
def repeats_the_question(item: AnswerItem, _: Resources) -> int:
    """It says what was asked in place of an answer."""
    said, asked = terms(item.candidate.text), terms(item.question.text)
    if not said:
        return ABSTAIN
    match = SequenceMatcher(None, said, asked, autojunk=False).find_longest_match()
    return WRONG if match.size >= 0.8 * len(said) and match.size > 1 else ABSTAIN


@labeling_function(on="answer", kind="structure")
def too_long(item: AnswerItem, _: Resources) -> int:
    """A few words are asked for, and it is a paragraph."""
    short = asked_kind(focus(item.question.text)) != "text" or _WHO.search(item.question.text)
    return WRONG if short and len(item.candidate.text.split()) > _LONG else ABSTAIN


@labeling_function(on="answer", kind="model_score")
def reader_unsure(item: AnswerItem, _: Resources) -> int:
    """The reader itself holds "no answer here" likelier."""
    margin = item.candidate.signals.get("margin")
    return WRONG if margin is not None and margin < _UNSURE else ABSTAIN


@labeling_function(on="answer", kind="origin", together=True)
def maker_read_it(items: Sequence[AnswerItem], _: Resources) -> Votes:
    """The question was made from a place: the answer that was read there, or another; or there is none."""
    asked = items[0].question
    if asked.origin != "documents":
        return np.full(len(items), float(ABSTAIN))
    wanted = terms(asked.answer)
    said = [terms(item.candidate.text) if item.candidate.supports else [] for item in items]
    return np.array([float(RIGHT if one == wanted else WRONG) for one in said])


@labeling_function(on="answer", kind="heading", together=True, edges=(0.2, 0.999))
def under_a_fitting_heading(items: Sequence[AnswerItem], _: Resources) -> Votes:
    """What the headings above it have of the question's words, as a share of the best answer's."""
    asked = set(terms(focus(items[0].question.text))) - _SMALL
    held = [len(asked & set(terms(item.headings))) if item.candidate.supports else 0 for item in items]
    return _shares(items, held)


@labeling_function(on="answer", kind="model_score", edges=(0.5, 2.5, 7.5), favours=0)
def first_evidence(item: AnswerItem, _: Resources) -> float:
    """The place, from 0, of its passage in the evidence: the first is likelier right."""
    if not item.candidate.supports:
        return float("nan")
    wanted = item.candidate.supports[0].chunk_id
    return next((float(i) for i, one in enumerate(item.evidence) if one.chunk.id == wanted), float("nan"))


def _shares(items: Sequence[AnswerItem], held: Sequence[int]) -> Votes:
    if not max(held):
        return np.full(len(items), np.nan)
    shares = np.array(held) / max(held)
    return np.where([bool(item.candidate.supports) for item in items], shares, np.nan)
