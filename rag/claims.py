"""A long statement cut into the clauses it is made of, so that each finds its own evidence.

"Revenue rose by 3 % while the company bought Acme for $14 million": what says the one says nothing of the
other, and a search for the whole finds the passages that speak a little of everything. Questions stay whole.
Rules over English; leaves searching to ``rag.pipeline``.
"""

from __future__ import annotations

import re
from itertools import pairwise

_LONGEST = 2_000
"""Characters of a statement; longer texts are searched for whole."""
_WORDS = 16
"""A statement of fewer says one thing."""
_LEAST = 5
"""Words of a clause; shorter parts stay with a neighbour."""
_MOST = 4
_ASKS = re.compile(
    r"\?|\b(?:what|how (?:much|many|far|long|high))\b"
    r"|^\s*(?:which|who|whom|whose|how|where|when|why|is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall"
    r"|should|may|might|please|give|tell|list|find|show|name|highlight|consider)\b",
    re.I,
)
"""A question or a request, also without its mark."""
_CUT = re.compile(
    r";\s+"
    r"|,\s+(?!(?:(?:19|20)\d\d|inc|llc|ltd|l\.?p|corp|n\.?a|co|plc)\b|\S+ (?:and|or)\s)"
    r"|\s+(?=(?:while|whereas|although|though|because|despite|resulting|leading|due to|driven by"
    r"|compared (?:to|with)|simultaneously|rather than)\b)"
    r"|\s+and\s+(?=(?:the|its|it|they|that|a|an|has|have|had|is|are|was|were|will|would)\b)",
    re.I,
)


def clauses_of(statement: str) -> tuple[str, ...]:
    """The clauses of a long statement, two to four, in order; none of a question or a short statement.

    >>> clauses_of(
    ...     "Revenue rose by 3% in the year to May 31, 2023, while the company bought Acme, Inc. in cash."
    ... )
    ('Revenue rose by 3% in the year to May 31, 2023', 'while the company bought Acme, Inc. in cash.')
    >>> clauses_of("Sales rose, and costs fell."), clauses_of("What is revenue, and what are costs?")
    ((), ())
    """
    if len(statement) > _LONGEST or len(statement.split()) < _WORDS or _ASKS.search(statement):
        return ()
    parts = [part for part in (one.strip(" ,;") for one in _CUT.split(statement)) if part]
    while len(parts) > 1 and (len(parts) > _MOST or min(map(_width, parts)) < _LEAST):
        _join_shortest(parts)
    return tuple(parts) if len(parts) > 1 else ()


def _join_shortest(parts: list[str]) -> None:
    """Put the two neighbours together that are shortest together, one of them the shortest of all."""
    least = min(map(_width, parts))
    places = [
        place for place, (one, other) in enumerate(pairwise(parts)) if least in (_width(one), _width(other))
    ]
    place = min(places, key=lambda at: _width(parts[at]) + _width(parts[at + 1]))
    parts[place : place + 2] = [f"{parts[place]}, {parts[place + 1]}"]


def _width(part: str) -> int:
    return len(part.split())
