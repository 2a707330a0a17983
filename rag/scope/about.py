"""What a question asks of the names in it: figures that companies report, or what two parties agreed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.scope.mentions import Mention

_RESULT = re.compile(
    r"\b(?:revenues?|(?:net )?sales|earnings|profits?|net (?:interest )?income|operating income|ebitda?|eps"
    r"|margins?|cash flows?|dividends?|capex|capital expenditures?|backlog|inventor(?:y|ies)|order intake"
    r"|deposits|loan book|market share|total assets|balance sheet|employees|headcount|stores"
    r"|capital ratios?|return on (?:equity|assets))\b",
    re.I,
)
_OF_CONTRACT = re.compile(
    r"\b(?:agree|contract|licen[sc]|lease|clause|provision|section|article|schedule|exhibit|deal|merger|acqui"
    r"|purchas|buy|sell|terminat|expir|renew|assign|transfer|liab|indemn|govern|notice|exclusiv|royalt|fees?\b"
    r"|pay|paid\b|owe|owing|supply|deliver|oblig|may\b|must\b|shall\b|duty|duties|entitle|permit|allow|approv"
    r"|restrict|prohibit|warrant|guarant|confiden|insur|covenant|part(?:y|ies)\b|sign|territor|commit|consent"
    r"|compet|solicit|arbitrat|dispute|default|remed|breach|defin|amend|waive|interest|matur|lend|borrow|loan"
    r"|notes?\b|bound|between|audit rights|terms?\b|cap\b)",
    re.I,
)
_NEAR = 40
_OF = re.compile(r"\b(?:of|for|at|by)\s{1,3}(?:the\s{1,3})?$", re.I)
_POSSESSIVE = re.compile(r"[’']s?\s")
_PARTNER = re.compile(r"\s{0,2}(?:and|&|/|–|-|with)\s{0,2}([A-Z][a-z][\w.’-]{1,30})")
_WITH = re.compile(r"\b(?:with|between)\s([A-Z][a-z][\w.’-]{1,30})(?=$|\s(?:and|on|in|about|for|of)\b|[?,.])")
_AND = re.compile(r"\b([A-Z][a-z][\w.’]{1,30})(?:\s(?:and|&)\s{1,2}|\s?[/–-]\s?)$")


def asks_for_results(question: str, names: Sequence[Mention], *, dated: bool) -> bool:
    """Whether a question asks for a figure that companies report: "Corvane's net income", "sales in 2021"."""
    if dated and _RESULT.search(question):
        return True
    return any(_figure_of(question, name) for name in names)


def asks_of_contract(question: str) -> bool:
    """Whether a question has a word of contracts in it: "terminate", "owe", "indemnity", "between".

    >>> asks_of_contract("What must Corvane pay?"), asks_of_contract("Who audited Corvane?")
    (True, False)
    """
    return _OF_CONTRACT.search(question) is not None


def _figure_of(question: str, name: Mention) -> bool:
    if _POSSESSIVE.match(question, name.end):
        return _RESULT.search(question, name.end, name.end + _NEAR) is not None
    before = question[max(0, name.start - _NEAR) : name.start]
    of = _OF.search(before)
    return of is not None and _RESULT.search(before[: of.start()]) is not None


def find_partner(question: str, names: Sequence[Mention]) -> str | None:
    """A capitalised word that is joined to a name as another party and is no name itself, or None."""
    places = [(match.start(1), match[1]) for name in names if (match := _PARTNER.match(question, name.end))]
    places += [(match.start(1), match[1]) for match in _WITH.finditer(question)]
    for name in names:
        match = _AND.search(question, max(0, name.start - _NEAR), name.start)
        places += [(match.start(1), match[1])] if match else []
    free = (word for at, word in sorted(places) if not any(one.start <= at < one.end for one in names))
    return next(free, None)
