"""Words for lexical matching: legal and financial text to index terms.

Numbers, section numbers and class names are single terms: ``7.2``, ``1,577`` (as ``1577``), ``a-1``,
``10b-5``; compounds count as a whole and in parts (``year-end``, ``year``, ``end``). Words are lower-cased
and lose a plural or possessive "s", nothing more: a stemmer that turned "securities" into "secur" would
merge "secured" with "security". Leaves weighting to the index.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TERM = re.compile(
    r"\d+[a-z]+\d*(?:-\d+)?"  # 3m, 10b-5, 2q23
    r"|\d[\d,]*(?:\.\d+)*%?"  # numbers, section numbers, percentages
    r"|[a-z]+\d*(?:[&'-][a-z0-9]+)*"  # words, fy2018, a-1, at&t
)
_REMEMBERED = 32_768
_SHORT = 40
"""So many words, of at most so many characters, whose terms are kept at hand: most of a text."""
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "‐": "-", "–": "-"})

STOPWORDS = frozenset(
    """
    a an and any are as at be been but by did do does each for from had has have how if in into is it its me
    may of on or our please shall should such than that the their them then there these they this those to
    was we were what when where which who whom whose why will with would you your
    answer answering based basing details following give information outlined primarily question respond
    response shown state using within
    """.split()
)
"""Words that say nothing about where an answer stands, the phrases of asking included."""


def terms(text: str) -> list[str]:
    """The index terms of a text, in order, stopwords left out.

    >>> terms("What is the FY2018 capital expenditure (in USD millions) for 3M?")
    ['2018', 'capital', 'expenditure', 'usd', 'million', '3m']
    >>> terms("The Class A-1 Notes' coupon, $1,577.00, under Rule 10b-5")
    ['class', 'a-1', 'note', 'coupon', '1577.00', 'under', 'rule', '10b-5', '10b']
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
    found: list[str] = []
    for word in _TERM.findall(text.lower()):
        found += _known(word) if len(word) <= _SHORT else _terms_of(word)
    return found


def _terms_of(word: str) -> tuple[str, ...]:
    """The terms of one match of ``_TERM``: itself without its plural, and the parts of a compound."""
    term = _fold(word)
    if term in STOPWORDS:
        return ()
    if "-" not in term:
        return (term,)
    parts = (_fold(part) for part in term.split("-") if len(part) > 2 and part not in STOPWORDS)
    return (term, *parts)


_known = lru_cache(_REMEMBERED)(_terms_of)


def _fold(term: str) -> str:
    if term[0].isdigit():
        return term.replace(",", "")
    if term.startswith("fy") and term[2:].isdigit():
        return term[2:]
    term = term.removesuffix("'s").removesuffix("'")
    if len(term) > 4 and term.endswith("ies"):
        return term[:-3] + "y"
    if len(term) > 3 and term.endswith("s") and not term.endswith(("ss", "us", "is")):
        return term[:-1]
    return term
