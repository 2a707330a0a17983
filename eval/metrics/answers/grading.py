"""Grading an answer against gold without a model: one rule per kind of answer.

Written by reasoning and by reading how people judged answers of LLMs about some filers; how far it agrees
with people about *other* filers is measured by ``benchmarks.grader`` and ships with the package
(``eval.grading.calibration``).

====== =====================================================================================================
kind   right when
====== =====================================================================================================
number the value that the answer states is gold's: its first of gold's sort (per cent, money), or what a
       worked answer comes to (``figures``); 0.5 % where gold is rounded
date   the answer's first date is gold's date
yes_no the answer says the same, in as many words or by implication (``verdicts``)
list   its items are gold's items as a set, or it holds them all, no further item, and few other words
span   its words are gold's, or overlap them with F1 >= 0.5, or hold them with at most 12 words besides
text   its verdict, or what it says that the question did not, is that of gold's head (``explanations``)
none   the question has no answer in the documents: only an abstention is right
====== =====================================================================================================

An abstention, and a text that declines to answer (``refusals``), is wrong for every kind but ``none``, and
right for that. Where gold has several wordings the best one counts. Leaves to others: where gold comes from
(``eval.questions``), citations (``eval.metrics.citations``), graders by a model (``eval.grading``).
"""

from __future__ import annotations

from collections.abc import Callable

from eval.metrics.answers.explanations import explains
from eval.metrics.answers.figures import same_number
from eval.metrics.answers.gold import Gold, Grade
from eval.metrics.answers.listing import grade_list
from eval.metrics.answers.refusals import refuses
from eval.metrics.answers.verdicts import asks_yes_or_no, denies, said, verdict
from eval.metrics.dates import find_dates
from eval.metrics.numbers import find_quantities
from eval.metrics.text import exact_match, holds_phrase, token_f1, words
from rag.types import Abstention, Answer

SPAN_F1 = 0.5
SLACK_WORDS = 12


def grade(gold: Gold, outcome: Answer | Abstention) -> Grade:
    """Mark an outcome.

    >>> grade(Gold(kind="number", texts=("$1,577 million",)),
    ...       Answer(text="It was 1.58 billion.", confidence=1.0, citations=())).correct
    True
    >>> grade(Gold(kind="none"), Abstention(reason="nothing fits", confidence=0.1)).correct
    True
    """
    abstained = isinstance(outcome, Abstention) or _declines(gold, outcome.text)
    if isinstance(outcome, Abstention) or abstained or gold.kind == "none":
        right = abstained and gold.kind == "none"
        return Grade(correct=right, abstained=abstained, em=float(right), f1=float(right))
    if gold.kind == "list":
        return grade_list(outcome.text, gold)
    rule = _RULES[gold.kind]
    return Grade(
        correct=any(
            outcome.text.split() == text.split() or rule(outcome.text, text, gold) for text in gold.texts
        ),
        abstained=False,
        em=max(exact_match(outcome.text, text) for text in gold.texts),
        f1=max(token_f1(outcome.text, text) for text in gold.texts),
    )


def _declines(gold: Gold, text: str) -> bool:
    """A refusal, unless gold itself says that the matter cannot be told."""
    if any(refuses(wording) for wording in gold.texts):
        return False
    # Where gold is that there is nothing, "the filing does not mention any" says so.
    nothing = gold.kind == "text" and any(said(wording) is None and denies(wording) for wording in gold.texts)
    return refuses(text, silence=not nothing or asks_yes_or_no(gold.question))


def _same_number(given: str, text: str, gold: Gold) -> bool:
    if same_number(given, text, gold.hint, gold.question):
        return True
    # "There were no such costs" is zero.
    wanted = find_quantities(text)
    return (
        len(wanted) == 1
        and wanted[0].numeral == 0
        and not find_quantities(given)
        and denies(given, gold.question)
    )


def _same_date(given: str, text: str, gold: Gold) -> bool:
    wanted, found = find_dates(text), find_dates(given)
    if not wanted:
        return exact_match(given, text) == 1.0
    return bool(found) and found[0].value == wanted[0].value


def _same_polarity(given: str, text: str, gold: Gold) -> bool:
    side = said(text)
    return side is not None and verdict(given, gold.question) is side


def _overlaps(given: str, text: str, gold: Gold) -> bool:
    if token_f1(given, text) >= SPAN_F1:
        return True
    return holds_phrase(given, text) and len(words(given)) <= len(words(text)) + SLACK_WORDS


_RULES: dict[str, Callable[[str, str, Gold], bool]] = {
    "number": _same_number,
    "date": _same_date,
    "yes_no": _same_polarity,
    "span": _overlaps,
    "text": lambda given, text, gold: explains(given, text, gold.hint, gold.question),
}
