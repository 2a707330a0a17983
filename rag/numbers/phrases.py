"""Questions about figures of any table: what is looked up by its own words, in years that the question names.

"What was the percentage change in unrecognized tax benefits between 2016 and 2017?" is read to a formula over
items that no ontology knows; their words are matched with rows and columns of the tables at hand. Only
questions of a few plain forms are read. Leaves line items of statements to ``reading``, the match of words to
``cells``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from rag.numbers.formula import Binary, Item, Node, Number
from rag.numbers.ontology import ResultUnit
from rag.numbers.reading import Request, decimals_asked, dollars_asked, scale_asked, years_in

_HUNDRED = Number(Decimal(100))
_LONGEST_SPAN = 6
_MOST_WORDS = 14
_LONGEST_QUESTION = 300
"""In characters; the patterns take time by the square of it."""
_OPENING = r"^(?:[^?]{0,80}?\b)??"
_YEAR_PART = (
    r"\s*,?\s+(?P<when>(?:from|between|during|in|for|over|as of|as at|at|on)\b[^?]*\b(?:19|20)\d\d[^?]*)"
)
_MOVED = (
    r"(?:change|increase|decrease|growth|decline|reduction|rise|drop|fall|variation|difference)(?: ?/)?"
    r"(?: (?:increase|decrease))?"
)
_NO_YEAR = r"(?:(?!\b(?:19|20)\d\d\b)[^?])+"
_X, _Y = rf"(?P<x>{_NO_YEAR})", rf"(?P<y>{_NO_YEAR})"
_SHARE = r"(?:percent(?:age)?|%)"
_WHAT = r"\bwhat (?:is|was|were|are) (?:the )?"


_Made = tuple[Node, tuple[int, ...], ResultUnit] | None
"""A formula, the years it is computed in, and what it gives; None where the years do not fit the form."""


class _Form(NamedTuple):
    """A way of asking: its pattern with ``x``, ``when`` and perhaps ``y``, and what is made of them."""

    pattern: re.Pattern[str]
    make: Callable[[str, str, tuple[int, ...]], _Made]


def _growth(x: str, _: str, years: tuple[int, ...]) -> _Made:
    old, new = _ends(years)
    change = Binary("-", Item(x, new), Item(x, old))
    return Binary("*", _HUNDRED, Binary("/", change, Item(x, old))), (new,), "percent"


def _difference(x: str, _: str, years: tuple[int, ...]) -> _Made:
    old, new = _ends(years)
    return Binary("-", Item(x, new), Item(x, old)), (new,), "amount"


def _average(x: str, _: str, years: tuple[int, ...]) -> _Made:
    if not 0 < years[-1] - years[0] < _LONGEST_SPAN:
        return None
    return Item(x), tuple(range(years[0], years[-1] + 1)), "amount"


def _apart(x: str, y: str, years: tuple[int, ...]) -> _Made:
    if len(set(years)) != 1:
        return None
    return Binary("-", Item(x), Item(y)), years[-1:], "amount"


def _sum(x: str, _: str, years: tuple[int, ...]) -> _Made:
    if years[-1] - years[0] != 1:
        return None
    return Binary("+", Item(x, years[0]), Item(x, years[-1])), years[-1:], "amount"


def _total(x: str, _: str, years: tuple[int, ...]) -> _Made:
    return _lookup(f"total {x}", "", years) or _sum(x, "", years)


def _lookup(x: str, _: str, years: tuple[int, ...]) -> _Made:
    return (Item(x), years[-1:], "amount") if len(set(years)) == 1 else None


def _form(pattern: str, make: Callable[..., _Made]) -> _Form:
    return _Form(re.compile(_OPENING + pattern + _YEAR_PART + r"\??\s*$", re.I | re.S), make)


_FORMS = (
    _form(rf"{_SHARE} (?:of )?(?:the )?{_MOVED}(?: rate)? (?:in|of|for) (?:the )?{_X}", _growth),
    _form(rf"\b{_MOVED} rate (?:in|of|for) (?:the )?{_X}", _growth),
    _form(rf"\bgrowth (?:in|of|for) (?:the )?{_X}", _growth),
    _form(rf"\bby (?:what|how many) {_SHARE}\w* did (?:the )?{_X} (?:{_MOVED}|grow)\w*", _growth),
    _form(rf"\bdifference between (?:the )?{_X} and (?:the )?{_Y}", _apart),
    _form(rf"\b{_MOVED} (?:in|of) (?:the )?{_X}", _difference),
    _form(rf"\bsum of (?:the )?{_X}", _sum),
    _form(rf"{_WHAT}total {_X}", _total),
    _form(rf"\baverage (?:of )?(?:the )?{_X}", _average),
    _form(rf"{_WHAT}(?:reported )?{_X}", _lookup),
    _form(rf"\bhow (?:much|many) (?:was|were|is|are) (?:the )?{_X}", _lookup),
)  # fmt: skip
_UNSIGNED = re.compile(r"\bdifference\b", re.I)
_UNFIT = re.compile(
    r"\b(?:why|which|who|if|assuming|excluding|respectively|main|reason|due to|percentage points?"
    r"|basis points|highest|lowest|maximum|minimum|each|and what|how (?:did|does|is|are)|cumulative|ratio"
    r"|invest\w*|roi|q[1-4]|quarter\w*)\b",
    re.I,
)
_COMPUTED = re.compile(r"\b(?:average|proportion|percentage|percent|sum|ratio|difference|change)\b", re.I)
"""What is computed is no item of a table."""
_ASIDE = re.compile(
    r"\([^)]*\)|,? ?\bin (?:thousands|millions|billions)\b|,? ?\bin (?:u\.?s\.? )?dollars\b", re.I
)


def read_phrases(question: str) -> Request | None:
    """What is asked for, items by their own words; None where the question has none of the forms."""
    plain = " ".join(_ASIDE.sub(" ", question).split())
    if len(plain) > _LONGEST_QUESTION or _UNFIT.search(plain):
        return None
    for form in _FORMS:
        match = form.pattern.search(plain)
        if match is None:
            continue
        when = match["when"]
        years = tuple(years_in(when))
        words = (match["x"], match.groupdict().get("y") or "")
        if not years or not all(map(_names_item, words)):
            return None
        made = form.make(*words, years)
        if made is None:
            return None
        formula, of, unit = made
        return Request(
            name=words[0],
            formula=formula,
            years=of,
            unit=unit,
            scale=scale_asked(question),
            decimals=decimals_asked(question),
            dollars=dollars_asked(question),
            unsigned=_UNSIGNED.search(plain) is not None,
        )
    return None


def _ends(years: tuple[int, ...]) -> tuple[int, int]:
    """The first and last year, or the only one and the year before."""
    return (years[0], years[-1]) if years[0] < years[-1] else (years[-1] - 1, years[-1])


def _names_item(words: str) -> bool:
    return len(words.split()) <= _MOST_WORDS and not _COMPUTED.search(words)
