"""What kind of value is wanted by whoever asks with a house word: the kind that stands beside its meaning.

"The biscuit tin" says neither that a sum of money is meant nor of what. Where what labels point at has, for
most questions, a value of one kind nearest to the words that were learned, the meaning says so too ("amount
of …"), in words that ``rag.generator.valued.wanted`` understands. Leaves the words to ``tuning.house_words``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rag.generator.valued.found import Kind, Value, values_in

LEAST_SHARE = 0.6
"""Of the questions that have a value, so many must have the same kind nearest."""
_ASKING: Mapping[Kind, str] = {
    "amount": "amount of", "percent": "percentage of", "date": "date of", "number": "number of",
}  # fmt: skip

Pointed = Sequence[tuple[str, float]]
"""Texts that a question's labels point at, and how likely each is to bear the answer."""


def asking_for(questions: Iterable[Pointed], meant: str) -> str:
    """The words that ask for the kind of value beside ``meant``; empty where no kind is usual.

    >>> asking_for([[("The hurdle rate of the Incentive Fee is 9%.", 0.9)]], "hurdle rate")
    'percentage of'
    >>> asking_for([[("The Trustee may resign upon 40 days' notice.", 0.9)]], "may resign")
    'number of days of'
    """
    shares: defaultdict[str, float] = defaultdict(float)
    counted = 0
    for pointed in questions:
        found = [(_nearest(text, meant), probability) for text, probability in pointed]
        said = [(_asking(value), probability) for value, probability in found if value is not None]
        total = sum(probability for _, probability in said)
        counted += bool(total)
        for asking, probability in said:
            shares[asking] += probability / total if total else 0.0
    best = max(shares, key=lambda one: (shares[one], one), default="")
    return best if counted and shares[best] >= LEAST_SHARE * counted else ""


def _nearest(text: str, meant: str) -> Value | None:
    """The value nearest to a word of the meaning; of a text without one of its words, the first value."""
    values = [one for one in values_in(text) if one.kind == "count" or one.kind in _ASKING]
    words = [match.span() for word in set(meant.split()) for match in _whole(word).finditer(text)]
    places = words or [(0, 0)]
    return min(
        values,
        key=lambda one: min(max(one.start - end, start - one.end, 0) for start, end in places),
        default=None,
    )


def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)


def _asking(value: Value) -> str:
    return f"number of {value.unit} of" if value.kind == "count" else _ASKING[value.kind]
