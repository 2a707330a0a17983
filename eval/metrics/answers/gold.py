"""What counts as right, the marks of an answer, and which rule an answer's form calls for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from eval.metrics.dates import find_dates
from eval.metrics.text import words

Kind = Literal["number", "date", "yes_no", "list", "span", "text", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """What counts as right: for ``list`` the items of one set, else wordings of one answer; none for none.

    ``hint`` is the scale a question asks for ("in USD millions" → 1e6), for gold numbers printed bare.
    ``question`` lets the rules see what was asked: a word that the question has says nothing about an
    answer, and "it did not improve" answers a question about improving. Empty where there is none.
    """

    kind: Kind
    texts: tuple[str, ...] = ()
    hint: float | None = None
    question: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """One answer's marks; ``em`` and ``f1`` in [0, 1]. ``abstained`` says what was done, not if rightly."""

    correct: bool
    abstained: bool
    em: float
    f1: float


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
