"""In what manner a text asks: for something that stands in the documents, or whether they say so.

Rules over opening words, no model. Leaves the kind of value that is asked for to ``values``.
"""

from __future__ import annotations

import re
from typing import Literal

from rag.generator.focus import focus

Manner = Literal["open", "clause", "statement", "yes_no"]

_POLAR = re.compile(
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|may|might|will|would|shall|should|must)\b", re.I
)
_ALTERNATIVE = re.compile(r"\b(?:or|which|how (?:much|many)|by what)\b", re.I)
_DEMAND = re.compile(
    r"(?:please\s+)?(?:highlight|find|list|show|quote|extract|identify|name|give|state|tell|describe|explain"
    r"|summari[sz]e|provide|calculate|compute|compare|determine|locate)\b",
    re.I,
)
_QUOTES = re.compile(r"(?:please\s+)?(?:highlight|quote|extract)\b", re.I)
"""What opens like this wants a clause, whatever it goes on to ask of it."""
_ASIDE_THEN_DEMAND = re.compile(
    r"(?:for|in|on|from|of|under|within|looking at|according to|as of|per)\b[^:?]{1,120}[,:]\s*(?:please\s+)?"
    r"(?:tell me|give|state|name|show|list|find|report)\b",
    re.I,
)
"""Where it is asked of is said first: "For Alder 2021-2, tell me the cure period." """
_ASKING = re.compile(r"(?:what|which|who|whom|whose|when|where|why|how)\b", re.I)
_PREDICATE = re.compile(
    r"\b(?:shall|may|will|must|can|could|would|should|is|are|was|were|be|has|have|had|does|do|did|\w{3,}ed)\b"
)
_LEAST_WORDS = 5


def manner(question: str) -> Manner:
    """``statement``: to be found true or not; ``yes_no``: the same, asked; ``clause``: "Highlight the …".

    >>> manner("Receiving Party shall not reverse engineer any objects."), manner("May the Issuer prepay?")
    ('statement', 'yes_no')
    >>> manner("For Alder 2021-2, tell me the period in which a breach must be cured.")
    'open'
    >>> manner("Highlight the governing law."), manner("Who is the trustee?"), manner("Is it 5 % or 6 %?")
    ('clause', 'open', 'open')
    """
    if _QUOTES.match(question.strip()):
        return "clause"
    asked = focus(question)
    if asked.endswith("?"):
        return "yes_no" if _POLAR.match(asked) and not _ALTERNATIVE.search(asked) else "open"
    if _DEMAND.match(asked):
        return "clause"
    if _ASIDE_THEN_DEMAND.match(asked):
        return "open"
    predicate = _PREDICATE.search(asked)
    if _ASKING.match(asked) or predicate is None or len(asked.split()) < _LEAST_WORDS:
        return "open"
    return "statement"
