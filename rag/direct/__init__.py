r"""Requests as direct questions: "Could you give me the cap?" asks "what is the cap?".

People ask in many manners for the same: they beg, order, wonder, name the document first, or say "which
figure applies to". Rules over those manners, so that what reads questions knows one of them. What is asked of
a document in other ways ("Highlight the …", "May the Issuer …?", "Why did …?", a statement) stays as it is.
Leaves what the question is about to its readers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.direct.forms import ordered, straightened
from rag.direct.words import HOW_MANY, MEASURE, TELL, asked_for

__all__ = ["directly"]

_DEPTH = 3
_LONGEST = 1_000
"""Characters of a request; patterns are not tried on longer texts, which tell stories or attack."""
_REMEMBERED = 1_024
"""Texts: a question is read by a dozen rules, and beside each of the answers that are labelled."""
_END = re.compile(r"[\s?.!]+$")
_CONTRACTED = re.compile(r"\b(what|where|who|when|how)['’]s\b", re.I)
_SENTENCE = re.compile(r"(?<=[\w)”\"\x00][.!?])\s+(?=[A-Z\x00“\"(])")
_COURTESY = re.compile(
    r"^(?:(?:hi|hello|hey|thanks|thank you|ok|okay|well|so|also|now|next|and|sorry|good (?:morning"
    r"|afternoon|day))"
    r"(?: there| all| team)?\s*[,.!–—-]*\s+)+(?=\w)",
    re.I,
)
_PLEASE = re.compile(
    r"(?:^|(?<=[,;:–-] )|(?<=you )|(?<=and )|(?<=now ))(?:please|kindly)\b,?\s*|,?\s*\b(?:pls|plz|thx|tks"
    r"|asap)\b"
    r"|,?\s*(?<!they )(?<!you )(?<!it )\b(?:please|kindly)(?=[\s?.!,]*$)|,?\s*(?:thanks|thank you)(?: in"
    r" advance)?(?=[\s?.!]*$)",
    re.I,
)
_HELP = re.compile(
    r"(?:(?:can|could|would|will) (?:you|someone|anyone) (?:\w+ ){0,2}?(?:look (?:it|that|this) up|tell me"
    r"|say"
    r"|help(?: me| us)?(?: with (?:it|that|this))?|check(?: (?:it|that|this))?|find (?:it|that|this))"
    r"|do you (?:have|know|see) (?:it|that|this)|any (?:idea|clue|thought)s?(?: (?:for|on|about) [^?]+)?"
    r"|what (?:should|shall|do|can) (?:i|we) (?:tell|say|write|answer)[^?]*|(?:please )?(?:help|advise)(?:"
    r" me| us)?"
    r"|(?:many )?thanks[^?]*|is (?:it|that|this) (?:right|correct))[\s?.!]*$",
    re.I,
)
"""Sentences that ask for help with another one."""
_LEAD = re.compile(
    r"^(?P<lead>(?:[^?]{1,160}?)(?:[,:;]|\s[-–—]))\s+(?P<rest>(?:please\b|what\b|which\b|who\b|when\b|where\b"
    r"|how\b|to what\b|at what\b|the\b|its\b|can\b|could\b|would\b|do (?:you|we)\b|class\b|i\b|i['’]|we\b"
    rf"|{TELL}\b).+)$",
    re.I | re.S,
)
_ITEM = re.compile(r"(?:the|its|class)\b", re.I)
_ASKED = re.compile(r"\b(?:what|which|who|whom|how|where|when|why)\b", re.I)
_SAYS = re.compile(
    r"\b(?:what|which one|who|whom|how|or)\b"
    r"|^(?:(?!\b(?:that|which|whose|who|where|if|when|before)\b).)*\b(?:is|are|was|were|means?)\b",
    re.I,
)
"""A sentence, and not the name of a thing."""
_REQUESTS = re.compile(
    r"\b(?:please|pls|plz|thx|kindly|asap|i(?!-)|i['’]m|i['’]d|we|me|us|my|our|you|your|need|want"
    r"|quick)\b",
    re.I,
)
_PAPER = r"(?:\w+ )?(?:documents?|indenture|agreement|contract|report|filing)s?"
_SEEKS = re.compile(
    rf"\b(?:{TELL}|needs?|needed|know|learn|see|furnish(?:ing)?|inform|update|note|name|enquire|inquire"
    r"|ask(?:s|ed|ing)?|look(?:s|ing)? for|looked for|want(?:s|ed)?|working out|recall|remember)\b"
    rf"(?:\s+(?:me|us|you|them|out|up|of|on|about|for|as to|in the {_PAPER}))*"
    rf"\s+(?P<x>(?:the|its|{HOW_MANY}|what|which|whose|in which)\b.+)$",
    re.I | re.S,
)
_NAMED_LAST = re.compile(rf":\s+(?P<x>(?:the|its|{HOW_MANY})\b.+)$", re.I | re.S)
_NAMED_FIRST = re.compile(r"(?:current(?:ly)? |latest |original )?(?P<x>the\b.+)$", re.I | re.S)


@lru_cache(maxsize=_REMEMBERED)
def directly(text: str) -> str:
    """The text as a direct question if it is a request in another manner, else as it is.

    >>> directly("Could you give me the dealer's fee in the 2021 agreement, please?")
    "What is the dealer's fee in the 2021 agreement?"
    >>> directly("For Alder 2021-2: tell me how long a breach may last.")
    'For Alder 2021-2: how long a breach may last?'
    >>> directly("Which figure does the Alder indenture give for the cap on fees?")
    'In the Alder indenture, what is the cap on fees?'
    >>> directly("I am lost in Alder and need the cap on fees. Could you look it up?")
    'I am lost in Alder and: what is the cap on fees?'
    >>> directly("Highlight the governing law."), directly("May the Issuer prepay?")
    ('Highlight the governing law.', 'May the Issuer prepay?')
    """
    if len(text) > _LONGEST:
        return text
    whole = _CONTRACTED.sub(r"\1 is", text.strip())
    every = _SENTENCE.split(whole)
    sentences = [one for one in every if not _HELP.match(one)] or [whole]
    asked = max((place for place, one in enumerate(sentences) if one.endswith("?")), default=None)
    if asked is None:
        direct = _sentence(sentences[0], _DEPTH) if len(sentences) == 1 else None
        if direct is None and (len(sentences) < len(every) or any(map(_REQUESTS.search, sentences))):
            direct = _sought(sentences)
        return text if direct is None else _capital(direct)
    direct = _sentence(sentences[asked], _DEPTH)
    if direct is None:
        return text
    return " ".join([*sentences[:asked], _capital(direct), *sentences[asked + 1 :]])


def _sentence(sentence: str, depth: int) -> str | None:
    """The direct question of a sentence; None where it is none in another manner."""
    asks = sentence.rstrip().endswith("?")
    bare = _END.sub("", _PLEASE.sub("", _COURTESY.sub("", sentence.strip())).strip())
    orders, direct = ordered(bare)
    if orders:
        return (direct and depth and _sentence(direct, depth - 1)) or direct
    direct = straightened(bare)
    if direct is not None:
        return direct
    if asks and _ITEM.match(bare) and MEASURE.search(bare) and not _SAYS.search(bare):
        return f"what is {bare}?"
    led = _LEAD.match(bare) if depth else None
    if (
        led is not None
        and not _ASKED.search(led["lead"])
        and (rest := _sentence(led["rest"] + ("?" if asks else "."), depth - 1))
    ):
        return f"{led['lead']} {rest}"
    return f"{bare}?" if asks and bare != _END.sub("", sentence.strip()) else None


def _sought(sentences: Sequence[str]) -> str | None:
    """What a request without a question seeks: the first thing that is measured, behind a verb of asking.

    What is said around it, of which document and as of when, stays in front of it.
    """
    for place, one in enumerate(sentences):
        bare = _END.sub("", _PLEASE.sub("", one))
        named = None if _SAYS.search(bare) else _NAMED_FIRST.match(bare)
        for found in filter(None, (_NAMED_LAST.search(bare), _SEEKS.search(bare), named)):
            asked = asked_for(found["x"]) if MEASURE.search(found["x"]) else None
            if asked is not None:
                said = [*sentences[:place], bare[: found.start()].rstrip(" :,"), *sentences[place + 1 :]]
                lead = " ".join(filter(None, (_END.sub("", part) for part in said)))
                return f"{lead}: {asked}" if lead else asked
    return None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
