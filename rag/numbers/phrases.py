"""Questions about figures of any table: what is looked up by its own words, in years that the question names.

"What was the percentage change in unrecognized tax benefits between 2016 and 2017?" is read to a formula over
items that no ontology knows; their words are matched with rows and columns of the tables at hand. Only
questions of a few plain forms are read. Leaves line items of statements to ``reading``, the match of words to
``cells``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import pairwise
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
_TIMELESS = re.compile(
    rf"(?:{_WHAT}|\bhow (?:much|many) (?:is|are|was|were) (?:the )?|\btell me (?:the )?"
    rf"|\b(?:give|show|state|set|report)s? as (?:the )?){_X}[?.]?\s*$",
    re.I | re.S,
)
"""A figure of a table without years, as of a contract's schedule."""
_POSSESSIVE = re.compile(r"['’]s?$")
_UNSIGNED = re.compile(r"\bdifference\b", re.I)
_UNFIT = re.compile(
    r"\b(?:why|which|who|if|assuming|excluding|respectively|main|reason|due to|percentage points?"
    r"|basis points|highest|lowest|maximum|minimum|each|and what|how (?:did|does|is|are)|cumulative"
    r"|ratio (?:of|between)|invest\w*|roi|q[1-4]|quarter\w*|amended|amendments?|supplement\w*)\b",
    re.I,
)
_COMPUTED = re.compile(r"\b(?:average|proportion|percentage|percent|sum|difference|change)\b", re.I)
"""What is computed is no item of a table."""
_ASIDE = re.compile(
    r"\([^)]*\)|,? ?\bin (?:thousands|millions|billions)\b|,? ?\bin (?:u\.?s\.? )?dollars\b", re.I
)


def read_phrases(question: str, names: Sequence[str] = ()) -> Request | None:
    """What is asked for, items by their own words; None where the question has none of the forms.

    ``names`` are those of the documents in question: "CLO 2021-2" is no year, and "Acme" no item. A request
    without years asks for a figure of a table without them.
    """
    plain = _without(" ".join(_ASIDE.sub(" ", question).split()), names)
    if len(plain) > _LONGEST_QUESTION or _UNFIT.search(plain):
        return None
    for form in _FORMS:
        match = form.pattern.search(plain)
        if match is None:
            continue
        years = tuple(years_in(match["when"]))
        words = (match["x"], match.groupdict().get("y") or "")
        if not years or not all(map(_names_item, words)):
            return None
        made = form.make(*words, years)
        return None if made is None else _request(words[0], made, question)
    timeless = _TIMELESS.search(plain)
    if timeless is None or not _names_item(timeless["x"]) or years_in(timeless["x"]):
        return None
    return _request(timeless["x"], (Item(timeless["x"]), (), "amount"), question)


def _request(name: str, made: tuple[Node, tuple[int, ...], ResultUnit], question: str) -> Request:
    formula, years, unit = made
    return Request(
        name=name,
        formula=formula,
        years=years,
        unit=unit,
        scale=scale_asked(question),
        decimals=decimals_asked(question),
        dollars=dollars_asked(question),
        unsigned=_UNSIGNED.search(question) is not None,
    )


def _without(text: str, names: Sequence[str]) -> str:
    """A text without what it says of names: runs of two words or more that stand in one, in its order.

    >>> _without("What is the price of Class C in Alder CLO 2021-2?", ["alder-1 Alder CLO 2021-2 indenture"])
    'What is the price of Class C in ?'
    """
    pairs = {pair for name in names for pair in pairwise(map(_plain, name.split()))}
    words = text.split()
    within = [pair in pairs for pair in pairwise(map(_plain, words))]
    kept = [
        re.sub(r".*?([?.:,;]*)$", r"\1", word) if before or after else word
        for word, before, after in zip(words, (False, *within), (*within, False), strict=False)
    ]
    return " ".join(filter(None, kept))


def _plain(word: str) -> str:
    return _POSSESSIVE.sub("", word.casefold().strip('?.:,;()"“”'))


def _ends(years: tuple[int, ...]) -> tuple[int, int]:
    """The first and last year, or the only one and the year before."""
    return (years[0], years[-1]) if years[0] < years[-1] else (years[-1] - 1, years[-1])


def _names_item(words: str) -> bool:
    return len(words.split()) <= _MOST_WORDS and not _COMPUTED.search(words)
