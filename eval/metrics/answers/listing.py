"""Lists as sets: an answer's items are gold's, in any order."""

from __future__ import annotations

import re

from eval.metrics.answers.figures import same_number
from eval.metrics.answers.gold import Gold, Grade, infer_kind
from eval.metrics.dates import find_dates
from eval.metrics.text import exact_match, holds_phrase, words

SLACK_WORDS = 12

_LIST_BREAKS = re.compile(r"\s*(?:;|\n|•|,(?!\d{3})|\band\b)\s*", re.IGNORECASE)


def grade_list(given: str, gold: Gold) -> Grade:
    """Right where the items are gold's as a set, or hold them all with no further item and few other words.

    ``em`` is 1 for the same set, ``f1`` the harmonic mean of precision and recall over items.

    >>> grade_list("Class B; Class A", Gold(kind="list", texts=("Class A", "Class B"))).f1
    1.0
    """
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
        return same_number(given, gold, hint)
    wanted, found = find_dates(gold), find_dates(given)
    return infer_kind([gold]) == "date" and bool(found) and found[0].value == wanted[0].value
