"""Grading an answer against gold without a model: one rule per kind of answer.

This is a first version. Its thresholds are round numbers chosen by reasoning; how well it agrees with human
judges has *not* been established, so read its accuracy as a yardstick for comparing set-ups, not as truth.
It is meant to be strict: a text that merely contains the right number among others is not a right answer.

====== =====================================================================================================
kind   right when
====== =====================================================================================================
number the answer's first value (of gold's sort: per cent, money) is gold's number (``same_quantity``); of a
       worked answer, the last value of the sentence that concludes it ("Therefore, …")
date   the answer's first date is gold's date
yes_no the answer's first word says the same
list   its items are gold's items as a set, or it holds them all, no further item, and few other words
span   its words are gold's, or overlap them with F1 >= 0.5, or hold them with at most 12 words besides
text   (explanations) a leading yes/no agrees; and most of gold's numbers are there and most of its own
       numbers are gold's, or where gold has no number, F1 >= 0.35
none   the question has no answer in the documents: only an abstention is right
====== =====================================================================================================

An abstention is wrong for every kind but ``none``, and right for that. Where gold has several wordings the
best one counts. Leaves to others: where gold comes from (``eval.questions``), citations
(``eval.metrics.citations``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.metrics.dates import find_dates
from eval.metrics.numbers import Quantity, find_quantities, same_quantity
from eval.metrics.text import exact_match, holds_phrase, token_f1, words
from rag.types import Abstention, Answer

Kind = Literal["number", "date", "yes_no", "list", "span", "text", "none"]

SPAN_F1 = 0.5
TEXT_F1 = 0.35
SLACK_WORDS = 12

_YES, _NO = {"yes", "true", "correct"}, {"no", "false", "incorrect"}
_CONCLUSION = re.compile(r"(?:^|[\n.]\s*)(?:therefore|thus|hence|so|in conclusion)\b(?s:.*)\Z", re.IGNORECASE)
_LIST_BREAKS = re.compile(r"\s*(?:;|\n|•|,(?!\d{3})|\band\b)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """What counts as right: for ``list`` the items of one set, else wordings of one answer; none for none.

    ``hint`` is the scale a question asks for ("in USD millions" → 1e6), for gold numbers printed bare.
    """

    kind: Kind
    texts: tuple[str, ...] = ()
    hint: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """One answer's marks; ``em`` and ``f1`` in [0, 1]. ``abstained`` says what was done, not if rightly."""

    correct: bool
    abstained: bool
    em: float
    f1: float


def grade(gold: Gold, outcome: Answer | Abstention) -> Grade:
    """Mark an outcome.

    >>> grade(Gold(kind="number", texts=("$1,577 million",)),
    ...       Answer(text="It was 1.58 billion.", confidence=1.0, citations=())).correct
    True
    >>> grade(Gold(kind="none"), Abstention(reason="nothing fits", confidence=0.1)).correct
    True
    """
    if isinstance(outcome, Abstention) or gold.kind == "none":
        right = isinstance(outcome, Abstention) and gold.kind == "none"
        return Grade(
            correct=right, abstained=isinstance(outcome, Abstention), em=float(right), f1=float(right)
        )
    if gold.kind == "list":
        return _grade_list(outcome.text, gold)
    rule = _RULES[gold.kind]
    return Grade(
        correct=any(rule(outcome.text, text, gold.hint) for text in gold.texts),
        abstained=False,
        em=max(exact_match(outcome.text, text) for text in gold.texts),
        f1=max(token_f1(outcome.text, text) for text in gold.texts),
    )


def infer_kind(texts: Sequence[str]) -> Kind:
    """The kind of an answer whose set does not say it.

    >>> [infer_kind([t]) for t in ("$1577.00", "Yes", "March 4, 2031", "No, it fell by 2 %")]
    ['number', 'yes_no', 'date', 'text']
    """
    if not texts:
        return "none"
    if len(texts) > 1:
        return "list"
    text = texts[0].strip()
    dates = find_dates(text)
    if dates and dates[0].end - dates[0].start >= len(text) - 1:
        return "date"
    if words(text) in (["yes"], ["no"]):
        return "yes_no"
    if re.fullmatch(r"[^A-Za-z]*\d[^A-Za-z]*(?:percent|bps|thousand|million|billion)?\.?", text):
        return "number"
    return "text"


def _same_number(given: str, gold: str, hint: float | None) -> bool:
    wanted = find_quantities(gold, years=True)
    if not wanted:
        return exact_match(given, gold) == 1.0
    years = re.fullmatch(r"(?:19|20)\d\d", gold.strip()) is not None
    conclusion = _CONCLUSION.search(given)
    if conclusion and (found := find_quantities(conclusion[0], years=years)):
        return same_quantity(_first_of_sort(found[::-1], wanted[0]), wanted[0], hint)
    found = find_quantities(given, years=years)
    return bool(found) and same_quantity(_first_of_sort(found, wanted[0]), wanted[0], hint)


def _first_of_sort(found: Sequence[Quantity], wanted: Quantity) -> Quantity:
    """The first value printed as ``wanted`` is (per cent, money), or else the first of all."""

    def fits(quantity: Quantity) -> bool:
        return quantity.percent if wanted.percent else bool(wanted.currency and quantity.currency)

    return next((quantity for quantity in found if fits(quantity)), found[0])


def _same_date(given: str, gold: str, _: float | None) -> bool:
    wanted, found = find_dates(gold), find_dates(given)
    if not wanted:
        return exact_match(given, gold) == 1.0
    return bool(found) and found[0].value == wanted[0].value


def _polarity(text: str) -> bool | None:
    first = words(text)[:1]
    if not first or first[0] not in _YES | _NO:
        return None
    return first[0] in _YES


def _same_polarity(given: str, gold: str, _: float | None) -> bool:
    return _polarity(given) is not None and _polarity(given) == _polarity(gold)


def _overlaps(given: str, gold: str, _: float | None) -> bool:
    if token_f1(given, gold) >= SPAN_F1:
        return True
    return holds_phrase(given, gold) and len(words(given)) <= len(words(gold)) + SLACK_WORDS


def _explains(given: str, gold: str, hint: float | None) -> bool:
    side = _polarity(gold)
    if side is not None and _polarity(given) != side:
        return False
    wanted, found = find_quantities(gold), find_quantities(given)
    if not wanted:
        return token_f1(given, gold) >= TEXT_F1
    there = sum(any(same_quantity(f, w, hint) for f in found) for w in wanted)
    gold_share = sum(any(same_quantity(f, w, hint) for w in wanted) for f in found) / max(1, len(found))
    return 2 * there > len(wanted) and gold_share >= 0.5


_RULES: dict[Kind, Callable[[str, str, float | None], bool]] = {
    "number": _same_number,
    "date": _same_date,
    "yes_no": _same_polarity,
    "span": _overlaps,
    "text": _explains,
}


def _grade_list(given: str, gold: Gold) -> Grade:
    # A set may print its items in one text.
    wanted = gold.texts if len(gold.texts) > 1 else tuple(_items(gold.texts[0])) or gold.texts
    items = _items(given)
    matched = sum(any(_same_item(item, text, gold.hint) for item in items) for text in wanted)
    same_set = matched == len(wanted) == len(items)
    short = len(words(given)) <= sum(len(words(text)) for text in wanted) + SLACK_WORDS
    held = all(holds_phrase(given, text) for text in wanted) and len(items) <= len(wanted) and short
    return Grade(
        correct=same_set or held,
        abstained=False,
        em=float(same_set),
        f1=2 * min(matched, len(items)) / (len(items) + len(wanted)),
    )


def _items(text: str) -> list[str]:
    return [item for item in _LIST_BREAKS.split(text) if words(item)]


def _same_item(given: str, gold: str, hint: float | None) -> bool:
    if exact_match(given, gold):
        return True
    if infer_kind([gold]) == "number":
        return _same_number(given, gold, hint)
    return bool(infer_kind([gold]) == "date" and _same_date(given, gold, None))
