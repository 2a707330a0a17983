"""Which kinds of value a question may be answered by, and how surely: from its words, by rules.

"… in business days" and "how long" ask for a count, "the deposit" for a sum, "the vote" for a share, "the
limit" for either. Leaves which value it is to ``features`` and ``model``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rag.generator.focus import focus
from rag.generator.valued.found import Kind

_OPENING = re.compile(
    r"^.*?\b(?:what|which|how|when)\b(?:\s+(?:is|was|are|were|did|does|do|has"
    r"|had))?\s+|^.*?\b(?:tell me|give|show|state|find)s?\s+(?:as\s+)?",
    re.IGNORECASE | re.DOTALL,
)
_STOPS = re.compile(
    r"\b(?:of|in|for|to|at|that|which|under|from|on|by|with|after|before|below|above"
    r"|whose|when|if|needed|required|set|named"
    r"|payable|paid|stated|given|between|shown|reported|over)\b|[,:;?]"
)
_SURE: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(
        r"\b(?:which|what|in what) (?:section|article|clause|schedule|exhibit)s?\b"
        r"|\bwhere (?:is|are)\b.*\bdefined\b"), "section"),
    (re.compile(
        r"\b(?:in|as a|of) (?:per ?cent|percentage)s?\b|\bpercentage points?\b"
        r"|\bpercentage\b|\bpercent\b|%\s*\?|\bshare of\b|\bproportion\b|\bwhat"
        r" fraction\b"), "percent"),
    (re.compile(
        r"\bhow (?:long|many (?:business |calendar |consecutive )?(?:days|months|years"
        r"|weeks|hours))\b|\bhow (?:far|much) (?:ahead|in advance|earlier)\b|\b(?:number"
        r"|amount) of (?:business |calendar |consecutive )?(?:days|months|years|weeks"
        r"|hours)\b|\bin (?:business |calendar )?(?:days|months|years|weeks)\b"
        r"|\b(?:business )?days['’]"), "count"),
    (re.compile(r"\bwhen\b|\bwhat (?:date|day)\b|\bwhich (?:date|day)\b|\bon what (?:date|day)\b"), "date"),
    (re.compile(
        r"\bhow much\b|\bdollars?\b|\bin (?:usd|u\.s\.|eur)\b|\bhow many (?:dollars"
        r"|euros)\b"), "amount"),
    (re.compile(r"\bhow many\b"), "number"),
)  # fmt: skip
_WORDS: dict[Kind, tuple[str, str]] = {
    # What asks for it surely, and what may.
    "percent": (
        "percentage percent rate spread margin coupon yield share ratio proportion"
        " fraction vote holding coverage hurdle portion part"
        " quorum majority",
        "price threshold limit cap level trigger test maximum minimum cushion headroom"
        " room cut-off return recovery requirement floor"
        " ceiling cost concentration excess size large high",
    ),
    "amount": (
        "amount deposit balance dollar capital sum fund proceeds payment revenue income"
        " salary compensation consideration purchase",
        "size threshold limit cap minimum maximum price fee cost par value principal"
        " component part interest reserve total requirement"
        " commitment penalty level target portfolio debt expense large high",
    ),
    "date": (
        "date maturity when expiry expiration",
        "end start beginning day deadline termination commencement closing calendar schedule first last"
        " protection",
    ),
    "count": (
        "notice period time window length deadline long duration life age term",
        "number days months years weeks grace cure ahead delay requirement",
    ),
    "number": ("number factor score count", "level rating life threshold minimum maximum test how many"),
    "section": ("", ""),
    "rating": ("rating ratings", "grade"),
}
_COMPOUND = re.compile(r"\bevents? of default\b")
_EXPLAINS = re.compile(
    r"\b(?:why|drove|drives?|driven|drivers?|what (?:\w+ )?caus(?:e|es|ed)|causes of|reasons?|explain\w*"
    r"|describe"
    r"|how (?:did|do|does|has|have|is|are|was|were|can|may|might))\b"
)
"""Who asks like this wants reasons or ways."""
_FAINT = 0.3
"""How surely a kind is asked for by a word that stands anywhere in a question."""
_UNITS = re.compile(
    r"\b(business |calendar |consecutive )?(days?|months?|years?|weeks?|hours?)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How surely each kind is asked for, in (0, 1], kinds that are not left out; and the unit of a count."""

    kinds: Mapping[Kind, float]
    unit: str = ""


def wanted(question: str) -> Wanted:
    """What a question asks for.

    >>> wanted("What is the minimum number of days before the redemption date?").kinds["count"]
    1.0
    >>> sorted(wanted("What is the deposit to the interest reserve?").kinds)
    ['amount']
    """
    asked = focus(question)
    folded = _COMPOUND.sub("default", asked.lower())
    if _EXPLAINS.search(folded):
        return Wanted(kinds={})
    head = _head(folded)
    kinds: dict[Kind, float] = {}
    for pattern, kind in _SURE:
        if pattern.search(folded):
            kinds.setdefault(kind, 1.0)
            break
    words = set(re.findall(r"[a-z][a-z-]*", head))
    for kind, (sure, perhaps) in _WORDS.items():
        if words & set(sure.split()):
            kinds[kind] = max(kinds.get(kind, 0.0), 0.75)
        elif words & set(perhaps.split()):
            kinds[kind] = max(kinds.get(kind, 0.0), 0.5)
    if not kinds:
        words = set(re.findall(r"[a-z][a-z-]*", folded))
        kinds = {kind: _FAINT for kind, (sure, _) in _WORDS.items() if words & set(sure.split())}
    unit = _UNITS.search(folded)
    named = ""
    if unit is not None:
        part = unit[2].lower().removesuffix("s") + "s"
        named = f"business {part}" if (unit[1] or "").lower().startswith("business") else part
    return Wanted(kinds=kinds, unit=named)


def _head(folded: str) -> str:
    """The words that say what is asked for: behind the question word, up to the first that says of what."""
    opening = _OPENING.match(folded)
    rest = folded[opening.end() :] if opening else folded
    rest = re.sub(r"^(?:the|a|an|its)\s+", "", rest.strip())
    stop = _STOPS.search(rest, 3)
    return rest[: stop.start()] if stop else rest[:60]
