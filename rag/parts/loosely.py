"""What is compared in words that no form has: a sign of comparing, and the longest thing that is named.

"I believe A has the larger cure period compared with B. Please quantify the excess." has no form of
``compared``, but says what is done (the excess) and of what (the cure period): whatever is left when names,
words of comparing and words that requests are made of are taken out, and longest at that. The same for a
ratio and what it has to be: "The Class C ratio passed. Passed by how much?". Tried after all forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.parts.plan import NAME, Operation

MORE = (
    r"most (?:high|large|late|long)"
    r"|higher|larger|greater|bigger|longer|later|wider|heavier|further|farther|more|highest|largest|greatest"
    r"|biggest|longest|latest|widest|furthest|most|further (?:in the future|away|out)|more distant"
    r"|more recent|beats?|tops?|on top"
)
LESS = (
    r"most (?:low|small|early|short)"
    r"|lower|smaller|lesser|shorter|earlier|narrower|nearer|sooner|less|fewer|lowest|smallest|shortest"
    r"|earliest|narrowest|nearest|soonest|least|fewest"
)
_APART = re.compile(
    r"\b(?:excess|gap|differ\w*|apart|subtract\w*|deduct\w*|minus|spread between|delta|shortfall|quantify"
    r"|by how (?:much|many)|how (?:much|many|far)|by what|exceeds?|outstrips?|ahead of"
    r"|to (?:match|equal|reach|draw level))\b",
    re.I,
)
_CUSHION = re.compile(r"\b(?:buffer|cushion|headroom|leeway|slack|how comfortably)\b", re.I)
_BEYOND = re.compile(
    r"\b(?:margin|excess|surplus|clearance|gap|differ\w*|subtract\w*|deduct\w*|minus|by how much"
    r"|amount by which|how far)\b",
    re.I,
)
_BAR = re.compile(
    r"\b(?:required|requirement|threshold|trigger|minimum|hurdle|level|limit|floor|pass\w*|fail\w*|clear\w*"
    r"|satisf\w*)\b",
    re.I,
)
_RATIO = re.compile(
    r"(?:\b(?!The )[A-Z][\w/&-]* )+(?:Ratio|Test)\b"
    r"(?: (?:test )?(?:for|on|of) (?:the )?Class(?:es)? [A-Z][\w/]*(?:-\d)?)?"
)
_DATE = re.compile(r"\b[A-Z][a-z]+ \d{1,2}, \d{4}\b|\b\d{1,2} [A-Z][a-z]+ \d{4}\b")
_CUT = re.compile(rf"[{NAME},.;:?!()\[\]–—]|\s-\s|\b(?:{MORE}|{LESS})\b", re.I)
_OF_REQUESTS = frozenset(
    """
    a about above accounts according against agreement ahead all also amount an and any are as ask asked at
    audit back based be bears been believe below better between both but by calculate can client come comes
    compare compared comparing comparison compute confirm contract could deal deals deduct did differ
    difference differs do documents does each either else equal exact exceed exceeds excess explain far
    figure figures first for from gap get give given gives going has have having help here how i identify if
    in indenture indentures information is it its just know least left let level like look looking many match
    matter may me measured minus more much must my name need needs not note number numbers of off on one or
    other our out over own pair part please provide put quantify query question quick rank reach read
    regarding rise say see set shall she should show since so state stated states subtract take tell terms
    than thanks that the their them then there these they thing think this those thx to told transaction
    transactions two under up us using value values versus vs want was we were what when where whether which
    while who whose why will with work would you your figure's apart among appears assume basis
    according answer check determine draw even fall fell find grateful hear kindly last order way
    """.split()
)
_PIECES = re.compile(
    rf"[{NAME},;:?!]|\.(?!\d)|\b(?:when {NAME}|reported when|reported by|and got|is for"
    r"|as (?:published|reported|shown|given|stated)"
    r"|(?:in|from|off|by|on) the (?:\w+ ){0,3}(?:report|statement)s?)\b",
    re.I,
)
_STARTS = re.compile(r"^(?!(?:what|how|which)\b)|\bthe (?=\w)", re.I)
_WORD = re.compile(r"[^\W_]+(?:[/'’-][^\W_]+)*")


def loosely_compared(marked: str) -> tuple[Operation, str] | None:
    """What is done with what of each name; None where nothing is compared or nothing is named.

    ``marked`` is the question with ``NAME`` for each name.

    >>> loosely_compared(f"{NAME} has a larger cure period than {NAME}. Please quantify the excess.")
    ('difference', 'cure period')
    """
    operation = _operation(marked)
    named = [] if operation is None else [_bare(piece) for piece in _CUT.split(marked)]
    best = max(named, key=len, default=[])
    return None if operation is None or not best else (operation, " ".join(best))


def loose_headroom(marked: str) -> str | None:
    """A ratio that is held against what it has to be; None where a question has no such."""
    ratio = _RATIO.search(marked)
    held = _CUSHION.search(marked) or (_BEYOND.search(marked) and _BAR.search(marked))
    return ratio[0] if ratio is not None and held else None


def direction(marked: str, *, more: str = MORE, less: str = LESS) -> Operation | None:
    """Whether the most is asked for or the least, by words of comparing; None where there are none."""
    if re.search(rf"\b(?:{more})\b", marked, re.I):
        return "most"
    return "least" if re.search(rf"\b(?:{less})\b", marked, re.I) else None


def where(marked: str) -> str:
    """The only date of a question, as " on May 2, 2025"; "" where there is none or more."""
    dates = {one[0] for one in _DATE.finditer(marked)}
    return f" on {dates.pop()}" if len(dates) == 1 else ""


def named_things(marked: str) -> Iterator[str]:
    """What a question may ask for: its pieces from each "the" on, and from their beginning."""
    for piece in _PIECES.split(marked):
        text = " ".join(piece.split())
        yield from (text[one.end() :] for one in _STARTS.finditer(text))


def _operation(marked: str) -> Operation | None:
    if _APART.search(marked):
        return "difference"
    return direction(marked, more=f"{MORE}|last", less=f"{LESS}|first")


def _bare(piece: str) -> list[str]:
    """The words of a piece without those at its ends that any request may have."""
    words = _WORD.findall(piece)
    while words and _of_request(words[0]):
        words.pop(0)
    while words and _of_request(words[-1]):
        words.pop()
    return words


def _of_request(word: str) -> bool:
    return word.lower() in _OF_REQUESTS
