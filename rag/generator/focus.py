"""What a question asks about, directly, without the manner in which it wants to be answered.

"Assume that you are an analyst. … what is the year-end FY2018 net PPNE for 3M? Answer in USD billions." asks
about PPNE; the rest tells a model how to behave, and no document contains it. Rules, no model. Retrieval
sees the whole question: "shown in the cash flow statement" says where to look.
"""

from __future__ import annotations

import re

from rag.direct import directly

_ASKS = re.compile(
    r"(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|has|have|can)\b",
    re.IGNORECASE,
)
_MANNER = re.compile(r"\(\s*(?:in|as|to|rounded)\b[^)]*\)", re.IGNORECASE)


def focus(question: str) -> str:
    """The sentences that end in a question mark, from their question word on; all of a text without one.

    Requests in other manners are put as direct questions: see ``rag.direct``.

    >>> focus("Be brief. What is the FY2018 capex (in USD millions) for 3M? Rely on the cash flow statement.")
    'What is the FY2018 capex (in USD millions) for 3M?'
    >>> focus("Answer from the balance sheet: how much inventory does Acme Inc. hold?")
    'how much inventory does Acme Inc. hold?'
    >>> focus("Highlight the governing law.")
    'Highlight the governing law.'
    """
    asked = []
    direct = directly(question)
    for sentence in _sentences(direct):
        if sentence.endswith("?"):
            _, colon, tail = sentence.rpartition(": ")
            asked.append(tail if colon and _ASKS.match(tail) else sentence)
    return " ".join(asked) if asked else direct.strip()


def subject(question: str) -> str:
    """The focus without the unit or rounding that it asks for.

    >>> subject("Be brief. What is the FY2018 capex (in USD millions) for 3M?")
    'What is the FY2018 capex  for 3M?'
    """
    return _MANNER.sub("", focus(question))


def _sentences(text: str) -> list[str]:
    """Rough sentences: a full stop ends one only before white space and a capital letter."""
    return [part.strip() for part in re.split(r"(?<=[.?!])\s+(?=[A-Z])", text) if part.strip()]
