"""Whether an answer's citations carry it: the right page, and every number and quoted phrase in a quote."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from eval.metrics.ranking import PageKey
from eval.metrics.text import holds_phrase, words
from rag.types import Citation

_QUOTED = re.compile(r"“([^”]*)”|(?<![\w\"])\"(?=\S)([^\"]*?)(?<=\S)\"(?!\w)")
_LEFT_OUT = re.compile(r"…|\[?\.\.\.\]?")
_NUMERAL = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def citation_right(citations: Sequence[Citation], evidence: Collection[PageKey]) -> bool:
    """True where some citation touches a page that carries evidence, in the right document."""
    return any(
        (citation.document_id, page) in evidence
        for citation in citations
        for page in range(citation.first_page, citation.last_page + 1)
    )


def faithful(answer: str, quotes: Sequence[str]) -> bool:
    """True where every numeral and every quoted phrase of the answer stands in a quote.

    Numerals: thousands commas and end zeros aside. Phrases in double quotation marks: by their words, each
    inside one quote; where one leaves words out ("the Issuer … shall pay"), its parts are looked up. An
    answer with neither is faithful by this measure; its own words are not compared.

    >>> faithful("1,577 million, or 4.20 %", ["capital expenditure 1577", "margin 4.2 %"])
    True
    >>> faithful("1,577 million", ["capital expenditure 1,373"])
    False
    >>> faithful("It is “due on demand”.", ["The note is due on Demand."])
    True
    >>> faithful('It is "overdue".', ["due"])
    False
    """
    printed = {value for quote in quotes for value in _numerals(quote)}
    if not _numerals(answer) <= printed:
        return False
    return all(any(holds_phrase(quote, phrase) for quote in quotes) for phrase in quoted_phrases(answer))


def quoted_phrases(text: str) -> list[str]:
    """What stands in double quotation marks, cut where words are left out.

    >>> quoted_phrases('the "Issuer" shall “pay … on demand” 5" pipes')
    ['Issuer', 'pay', 'on demand']
    """
    found = [match[1] or match[2] for match in _QUOTED.finditer(text)]
    parts = [part.strip() for phrase in found for part in _LEFT_OUT.split(phrase)]
    return [part for part in parts if words(part)]


def _numerals(text: str) -> set[float]:
    return {float(numeral.replace(",", "")) for numeral in _NUMERAL.findall(text)}
