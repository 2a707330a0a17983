"""Search words: a text that names what is looked for and asks nothing, as typed into a search field.

Leaves texts that ask or order to ``rag.direct``.
"""

from __future__ import annotations

import re

_ASKS = re.compile(
    r"(?:(?:and|so|please|also|now)[,\s]+)*(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does"
    r"|did|has|have|had|can|could|may|might|will|would|shall|should|must|am|tell|give|name|find|list|show"
    r"|state|describe|explain|summari[sz]e|provide|calculate|compute|compare|determine|locate|highlight"
    r"|quote|extract|identify|consider|need|i|we|you|let|in|under|for|according)\b",
    re.I,
)
_ENDS = re.compile(r"[.?!][\s)\"”’]*$")
_MOST_WORDS = 20


def is_search(text: str) -> bool:
    """Whether a text is search words: short, no sentence, nothing that asks, orders or says where.

    >>> is_search("IP infringement exception to cap on liability"), is_search("governing law?")
    (True, False)
    >>> is_search("what is the cap"), is_search("The Receiving Party shall return all copies.")
    (False, False)
    """
    said = text.strip()
    return 0 < len(said.split()) <= _MOST_WORDS and not _ENDS.search(said) and not _ASKS.match(said)
