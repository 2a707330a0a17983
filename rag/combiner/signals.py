"""What a question asks for by form, and what a chunk offers by form: section numbers, defined terms, figures.

Pure functions over texts. Leaves weighing to ``rag.combiner.features``.
"""

from __future__ import annotations

import re

from rag.tokens import terms
from rag.types import TABLE_MARK

_SECTION = re.compile(
    r"\b(?:section|clause|article|item|paragraph|schedule|exhibit|annex|note)s?\s+"
    r"(\d+[a-z]?(?:\.\d+)*|[ivxl]+\b|[a-z](?:-\d+)?\b)",
    re.IGNORECASE,
)
_QUOTED = r"[“\"]([^”\"\n]{2,80})[”\"]"
_MEANS = r"\s*(?:\([^)]{0,80}\)\s*)?(?:,\s*)?(?:shall mean|means|has the meaning|have the meaning|:)"
_DEFINED = re.compile(rf"{_QUOTED}{_MEANS}|(?:^|[.;:\n]\s*)([A-Z][^.;:\n“\"]{{1,60}}?)\s+shall mean\b")
_FIGURE = re.compile(
    r"\b(?:how (?:much|many)|amounts?|totals?|ratios?|percent(?:age)?|averages?|increas\w+|decreas\w+"
    r"|changes?|growth|margins?|number of|rates?|million|billion|usd)\b",
    re.IGNORECASE,
)
_NUMERAL_SHARE = 0.35


def sections_asked(question: str) -> frozenset[str]:
    """The numbers of sections, clauses, items that a question names, lower-cased, without subparagraphs.

    >>> sorted(sections_asked("What does Section 15.02(b) of Article IV require?"))
    ['15.02', 'iv']
    """
    return frozenset(match[1].lower() for match in _SECTION.finditer(question))


def stands_in_section(asked: frozenset[str], context: str, text: str) -> bool:
    """Whether a chunk is of an asked section: its context names it last, or its text begins with it.

    >>> stands_in_section(frozenset({"7.2"}), "Deal > ARTICLE VII > Section 7.2 Liens", "(a) No Lien")
    True
    >>> stands_in_section(frozenset({"7.2"}), "Deal > Section 7.1 Debt", "as Section 7.2 allows")
    False
    """
    innermost = context.split(TABLE_MARK, 1)[0].rsplit(" > ", 1)[-1]
    opening = _SECTION.match(text.lstrip())
    return bool(asked & sections_asked(innermost)) or (opening is not None and opening[1].lower() in asked)


def terms_defined(text: str) -> list[tuple[str, ...]]:
    """The terms that a text defines, each as index terms, in order.

    >>> terms_defined("“Register” means a list. Payment Date shall mean each Quarterly Date.")
    [('register',), ('payment', 'date')]
    """
    found = (tuple(terms(match[1] or match[2])) for match in _DEFINED.finditer(text))
    return [one for one in found if one]


def defines_asked(asked: tuple[str, ...], text: str) -> float:
    """The longest asked sequence of terms that a text defines: 0 for none, 1 for three terms or more."""
    longest = 0
    for defined in terms_defined(text):
        width = len(defined)
        if width > longest and any(asked[i : i + width] == defined for i in range(len(asked) - width + 1)):
            longest = width
    return min(longest, 3) / 3


def asks_for_figure(question: str) -> bool:
    """Whether a question is after a figure: "how much", "ratio", "in USD millions"."""
    return _FIGURE.search(question) is not None


def is_table(context: str, spoken: list[str]) -> bool:
    """Whether a chunk is rows of a table: its context says so, or its terms are numerals to a third."""
    if TABLE_MARK in context:
        return True
    numerals = sum(term[0].isdigit() for term in spoken)
    return numerals > _NUMERAL_SHARE * max(1, len(spoken))
