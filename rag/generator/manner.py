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
_ENDS_ASKING = re.compile(r"\?[^\w?]*$")
"""With a question mark, whatever strays behind it."""
_ASKED_LATER = re.compile(
    r"\bwhat\s+(?:(?:is|are|was|were)\s+(?:the|its|their|our|an?|percent(?:age)?|average|total)\b"
    r"|(?:do|does|did|would|percent(?:age)?|portion|amount)\b)"
    r"|\bhow (?:much|many)(?: more| less| higher| lower)?\s+"
    r"(?:is|are|was|were|do|does|did|has|have|had|will|would)\b",
    re.I,
)
"""A question word and a verb in a question's order, as in "in 2012 what was the change in net revenue".

"Which", "who", "when" and "where" open clauses of statements as well, and "what was due" is one.
"""
_LEADS = re.compile(
    r"(?:in|at|as|on|for|from|during|by|under|of|over|within|between|among|based|compared|considering|given"
    r"|according|relative|excluding|including|without|with)\b",
    re.I,
)
"""What may stand before such a question, without a verb of its own; a condition has one."""
_CONDITION = re.compile(r"(?:if|assuming|suppose|supposing|since|when)\b", re.I)
_FINITE = re.compile(
    r"\b(?:shall|may(?!\s*\d)|will|must|can|could|would|should|is|are|was|were|has|have|had|does|do|did)\b",
    re.I,
)
_IN_PLACE = re.compile(
    r"\b(?:is|are|was|were) what (?:percent(?:age)?|portion|share|fraction|multiple)\b", re.I
)
"""As in "goodwill was what share of total assets"."""
_LEAST_WORDS = 5


def manner(question: str) -> Manner:
    """``statement``: to be found true or not; ``yes_no``: the same, asked; ``clause``: "Highlight the …".

    >>> manner("Receiving Party shall not reverse engineer any objects."), manner("May the Issuer prepay?")
    ('statement', 'yes_no')
    >>> manner("For Alder 2021-2, tell me the period in which a breach must be cured.")
    'open'
    >>> manner("in 2012 what was the change in net revenue"), manner("In 2012 revenue was what it had been.")
    ('open', 'statement')
    >>> manner("Highlight the governing law."), manner("Who is the trustee?"), manner("Is it 5 % or 6 %?")
    ('clause', 'open', 'open')
    """
    if _QUOTES.match(question.strip()):
        return "clause"
    asked = focus(question)
    if _ENDS_ASKING.search(asked):
        return "yes_no" if _POLAR.match(asked) and not _ALTERNATIVE.search(asked) else "open"
    if _DEMAND.match(asked):
        return "clause"
    if _ASIDE_THEN_DEMAND.match(asked) or _asks_without_a_mark(asked):
        return "open"
    predicate = _PREDICATE.search(asked)
    if _ASKING.match(asked) or predicate is None or len(asked.split()) < _LEAST_WORDS:
        return "open"
    return "statement"


def _asks_without_a_mark(text: str) -> bool:
    """Whether a text without a question mark asks all the same, further back than its first word."""
    if _IN_PLACE.search(text):
        return True
    later = _ASKED_LATER.search(text)
    if later is None:
        return False
    before = text[: later.start()]
    return bool(_CONDITION.match(text) or (_LEADS.match(text) and not _FINITE.search(before)))
