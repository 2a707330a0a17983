"""What a question seeks, apart from the words in front that only say where: "Consider the lease; who pays?".

A name in front tells which documents to search. Within them it tells nothing, and draws whatever compares
words to covers and preambles, where the names stand. Leaves what documents a name means to ``rag.scope``.
"""

from __future__ import annotations

import re

_OPENS = re.compile(
    r"\s*(?:consider(?:ing)?|regarding|concerning|about|as (?:regards|to)|(?:with|in) (?:regard|respect"
    r"|reference|relation) (?:to|of)|referring to|according to|based on|under|in|for|from|per|of)\s",
    re.I,
)
_WHEN = re.compile(r"\b(?:fiscal|quarter|q[1-4])\b|(?<![\w-])(?:fy\s?)?(?:19|20)\d\d(?![\w-])", re.I)
"""A time, which passages tell too; the number of a deal ("2021-1") is none."""
_BREAK = re.compile(r"[;:]\s+")
_LONGEST = 500
"""Characters of the words in front."""
_WORDS = 3
"""A question has so many, at least."""


def sought(question: str) -> str:
    """A question without a part in front that ends in a colon or semicolon and only says where to look.

    >>> sought("Consider the lease of Acme Inc.; who pays the taxes?")
    'who pays the taxes?'
    >>> sought("Who pays: the lessor or the lessee?"), sought("In Acme: taxes?")
    ('Who pays: the lessor or the lessee?', 'In Acme: taxes?')
    """
    end = _BREAK.search(question, 0, _LONGEST)
    lead = question[: end.start()] if end else ""
    if end is None or not _OPENS.match(lead) or "?" in lead or _WHEN.search(lead):
        return question
    rest = question[end.end() :].strip()
    return rest if len(rest.split()) >= _WORDS else question
