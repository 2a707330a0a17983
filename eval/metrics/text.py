"""Agreement of two texts by their words, with the normalisation of SQuAD (Rajpurkar et al., 2016, §6.1)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_ARTICLES = {"a", "an", "the"}
# What separates words on the page separates them here; other punctuation is dropped inside a word.
_BREAKS = re.compile(r"[\s\-‐‑‒–—/]+")
_DROPPED = re.compile(r"[^\w]|_")


def words(text: str) -> list[str]:
    """Lower-case words without punctuation and articles.

    >>> words("The U.S. Borrower’s 'Fixed-Charge' ratio")
    ['us', 'borrowers', 'fixed', 'charge', 'ratio']
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    found = (_DROPPED.sub("", word) for word in _BREAKS.split(folded))
    return [word for word in found if word and word not in _ARTICLES]


def exact_match(given: str, gold: str) -> float:
    """1 where both have the same words in the same order.

    >>> exact_match("the Trustee.", "Trustee")
    1.0
    """
    return float(words(given) == words(gold))


def token_f1(given: str, gold: str) -> float:
    """Harmonic mean of precision and recall over words, counted with multiplicity.

    >>> round(token_f1("Bank of New York", "New York bank"), 4)  # 3 shared of 4 and of 3
    0.8571
    """
    a, b = words(given), words(gold)
    if not a or not b:
        return float(a == b)
    shared = sum((Counter(a) & Counter(b)).values())
    return 2 * shared / (len(a) + len(b))


def holds_phrase(text: str, phrase: str) -> bool:
    """True where the words of ``phrase`` stand in ``text`` next to each other.

    >>> holds_phrase("as Trustee, Bank of New York acts", "bank of new york")
    True
    >>> holds_phrase("as Trustee, Bank of Newark", "bank of new")
    False
    """
    wanted = words(phrase)
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(words(text))} "
