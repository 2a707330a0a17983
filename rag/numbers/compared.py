"""Whether one figure is greater than another, as a question asks: "was X higher in 2009 than in 2008?".

The ranker of programs says which two figures a difference of both sides would be made of; which of them is
the first side's, the words of the sides say. Every pair counts as far as it is likely, so that readings that
come to the same answer add up. Questions whether one thing *moved* more than another are not read: their
figures would have to be computed first. Leaves the check of the answer to ``checking``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.numbers.asked import Asked
from rag.numbers.checking import GREATER, LESS
from rag.numbers.matching import match
from rag.numbers.mentions import Mention
from rag.numbers.program_features import candidates
from rag.numbers.programs import PAIR
from rag.numbers.ranker import Ranker
from rag.types import Candidate, Derivation, Operand

LEAST = 0.5
"""From which score an answer is given."""
_TRUST = 0.8
"""Of a comparison whose readings all agree: tuning halves, 6 of 6 right, with a grain of salt."""
_PAIRS = 40
_EQUAL = 1e-6
_DIFFERENCES = tuple(PAIR.index(name) for name in ("difference", "points"))

_BEATS = r"exceed(?:ed|s)?|outperform(?:ed|s)?|surpass(?:ed|es)?|outpaced?|beat"
_TRAILS = r"underperform(?:ed|s)?|trail(?:ed|s)?"
_MORE = rf"greater|more|higher|larger|bigger|longer|better|{_BEATS}"
_LESS = rf"less|lower|smaller|shorter|worse|fewer|{_TRAILS}"
_SIDES = re.compile(
    rf"\b(?:(?P<more>{_MORE})|(?:{_LESS}))\b(?P<of>[^?]*?)\b(?:than|compared (?:to|with))\b(?P<second>[^?]+)"
    rf"|\b(?:(?P<beats>{_BEATS})|(?:{_TRAILS}))\b(?P<other>[^?]+)",
    re.IGNORECASE,
)
_POLAR = re.compile(r"(?:^|,)\s*(?:is|are|was|were|do|does|did|has|have|had)\b", re.IGNORECASE)
_ASKING = re.compile(r"\b(?:what|which|who|why|how|whether)\b", re.IGNORECASE)
_MOVED = re.compile(
    r"\b(?:grow|grew|grown|increased?|decreased?|declined?|rise|rose|risen|fall|fell|fallen|drop|dropped|chang"
    r"ed?)\s+(?:by\s+)?(?:\w+\s+)?$",
    re.IGNORECASE,
)
_ALTERNATIVE = re.compile(r"\bor\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The words of both sides, and whether it is asked if the first is ``more`` than the second."""

    first: str
    second: str
    more: bool


def read_comparison(question: str) -> Comparison | None:
    """The comparison that a question asks whether it holds; None where it asks something else.

    >>> read_comparison("For 2008, were principal payments greater than in 2009?")
    Comparison(first='For 2008 principal payments', second='in 2009', more=True)
    >>> read_comparison("Did sales grow faster than costs?"), read_comparison("Is it more or less than 5?")
    (None, None)
    """
    polar, sides = _POLAR.search(question), _SIDES.search(question)
    if polar is None or sides is None or sides.start() < polar.end():
        return None
    before = question[: sides.start()]
    if _ASKING.search(before) or _ALTERNATIVE.search(question) or _MOVED.search(before):
        return None
    first = (question[: polar.start()], question[polar.end() : sides.start()], sides["of"] or "")
    return Comparison(
        first=" ".join(" ".join(first).split()),
        second=" ".join((sides["second"] or sides["other"]).split()),
        more=bool(sides["more"] or sides["beats"]),
    )


def compared(ranker: Ranker, comparison: Comparison, mentions: Sequence[Mention]) -> Candidate | None:
    """Yes or No with the likeliest pair that says so; None where no two figures fit the sides."""
    if not mentions:
        return None
    likely = {True: 0.0, False: 0.0}
    best: dict[bool, tuple[float, int, int]] = {}
    for share, a, b in _pairs(ranker, comparison, mentions):
        first, second = mentions[a].amount, mentions[b].amount
        holds = first > second if comparison.more else first < second
        likely[holds] += share
        best[holds] = max(best.get(holds, (0.0, a, b)), (share, a, b))
    if not best:
        return None
    answer = likely[True] > likely[False]
    _, a, b = best[answer]
    figures = (mentions[a], mentions[b])
    operands = tuple(
        Operand(name=name, label=one.printed, period=one.period, text=one.text, amount=one.amount)
        for name, one in zip("ab", figures, strict=True)
    )
    return Candidate(
        text="Yes" if answer else "No",
        score=_TRUST * likely[answer] / (likely[True] + likely[False]),
        supports=tuple(one.support for one in figures),
        derivation=Derivation(
            name=GREATER if comparison.more else LESS,
            formula="a - b",
            operands=operands,
            value=figures[0].amount - figures[1].amount,
        ),
        least=LEAST,
    )


def _pairs(
    ranker: Ranker, comparison: Comparison, mentions: Sequence[Mention]
) -> Iterator[tuple[float, int, int]]:
    """Share of the ranker's softmax, the first side's figure and the second's, likely pairs first."""
    asked = Asked.of(f"what is the difference between {comparison.first} and {comparison.second}")
    made = candidates(match(asked, mentions))
    shares = ranker.shares(asked, made)["pair"][:, _DIFFERENCES].sum(axis=1)
    summed: dict[tuple[int, int], float] = {}
    for (a, b), share in zip(made.places.pairs, shares.tolist(), strict=True):
        pair = (min(a, b), max(a, b))
        summed[pair] = summed.get(pair, 0.0) + share
    first, second = (match(Asked.of(side), mentions).prior for side in (comparison.first, comparison.second))
    for (a, b), share in sorted(summed.items(), key=lambda one: (-one[1], one[0]))[:_PAIRS]:
        lean = float(first[a] + second[b] - first[b] - second[a])
        if abs(lean) > _EQUAL and (mentions[a].unit == "percent") == (mentions[b].unit == "percent"):
            yield (share, a, b) if lean > 0 else (share, b, a)
