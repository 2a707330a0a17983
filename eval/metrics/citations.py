"""Whether an answer's citations carry it: the right page, and every number printed in a quote."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from eval.metrics.ranking import PageKey
from rag.types import Citation

_NUMERAL = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def citation_right(citations: Sequence[Citation], evidence: Collection[PageKey]) -> bool:
    """True where some citation touches a page that carries evidence, in the right document."""
    return any(
        (citation.document_id, page) in evidence
        for citation in citations
        for page in range(citation.first_page, citation.last_page + 1)
    )


def faithful(answer: str, quotes: Sequence[str]) -> bool:
    """True where every numeral of the answer stands in a quote, thousands commas and end zeros aside.

    An answer without a numeral is faithful by this measure; words are not compared.

    >>> faithful("1,577 million, or 4.20 %", ["capital expenditure 1577", "margin 4.2 %"])
    True
    >>> faithful("1,577 million", ["capital expenditure 1,373"])
    False
    """
    printed = {value for quote in quotes for value in _numerals(quote)}
    return _numerals(answer) <= printed


def _numerals(text: str) -> set[float]:
    return {float(numeral.replace(",", "")) for numeral in _NUMERAL.findall(text)}
