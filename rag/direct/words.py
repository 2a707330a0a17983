"""Words that requests are made of, as parts of patterns, and what an order or a form wants to know."""

from __future__ import annotations

import re

TELL = (
    r"(?:tell|read|give|show|state|find(?: out)?|provide|confirm|report|specify|indicate|identify|determine"
    r"|look up|look for|pull(?: up| out)?|retrieve|locate|get|check|verify|remind|advise|clarify|share|supply"
    r"|send|say|set out|work out|calculate|compute|let (?:me|us) (?:know|have)|dig (?:out|up)"
    r"|point (?:me|us) to)"
)
GENERIC = (
    r"(?:figure|value|number|level|amount|sum|percentage|rate|date|period|limit|threshold|standard|result"
    r"|size|price|cap|ratio|term|requirement|setting|measure)s?"
)
"""What a figure is called where it is named behind this: "what figure is given for the cap"."""
SAY = (
    r"(?:say|said|states?|stated|provide[sd]?|specify|specified|specifies|show|shows|shown|showed|give|gives"
    r"|given|gave|report|reports|reported|set|sets|set out|stipulate[sd]?|record|records|recorded"
    r"|indicate[sd]?|disclose[sd]?|list|lists|listed|fix|fixes|fixed|quote[sd]?|uses?|used|see|seen|find"
    r"|finds"
    r"|found|agreed?|prescribe[sd]?|contains?|laid down|lay down|lays down|name[sd]?|print(?:ed)?"
    r"|impose[sd]?)"
)
ABOUT = r"(?:about|for|on|as(?: to| regards)?|regarding|concerning|under|to be|of)"
CHANGE = (
    r"(?:change|raise|lower|increase|reduce|amend|set|reset|move|cut|lift|extend|shorten|revise|adjust)d?"
)
IS = r"(?:is|are|was|were)"
SOME = r".{1,110}?"
HOW_MANY = r"how (?:many|much|long|large|far|soon|often|high)"
ITEM = rf"(?P<x>(?:the|its|their|class|{HOW_MANY})\b.+?)"
LAST_ITEM = rf"(?P<x>(?:the|its|their|class|an?|{HOW_MANY})\b.+)"
ASKS = re.compile(r"(?:what|which|who|whom|whose|when|where|why|how)\b", re.I)
MEASURE = re.compile(
    r"\b(?:number|amount|percentage|per ?cent|percent|rate|margin|spread|ratio|levels?|limit|cap|period|date"
    r"|day|days|length|maximum|minimum|price|size|rating|threshold|trigger|fee|share|balance|value|score"
    r"|factor|coupon|par|notice|maturity|total|sum|difference|cushion|headroom|gap|cost|proportion|fraction"
    r"|test|floor|ceiling|concentration|deposit|premium|haircut|deadline|term|life|majority|quorum|component"
    r"|reserve|interest|yield|turnover|revenue|income|expense|capital|recovery|vote|end|calendar|schedule"
    r"|classification|window|time|cut-off|holding|change|return|protection|allowance|many|much|long|large"
    r"|soon"
    r"|often|high)s?\b",
    re.I,
)
"""Of what is measured or dated one of these is said; a clause or a reason has none."""

_SURELY = re.compile(rf"(?:the|its|their|class|{HOW_MANY})\b", re.I)
_NOUN = re.compile(r"(?:an?\b|any\b|each\b|all\b|[“\"])", re.I)
_CLAUSE = re.compile(
    r"(?:the |an? |any |all |each )?(?:\w+[ -]){0,2}?(?:parts|clauses?|provisions?|sections?|language"
    r"|passages?|paragraphs?|wording|text|sentences?|articles?|covenants?|deal|document|agreement|contract"
    r"|company|transaction)\b(?! ?[\d(])",
    re.I,
)
_WHETHER = re.compile(r"(?:if|whether|that)\b", re.I)
_WHAT_X_IS = re.compile(
    r"^(?P<w>what|who|when|where|which)\s+(?P<x>(?:the|its|their|an?|class)\b.+?)\s+"
    rf"(?P<is>{IS})\b(?P<rest>(?! (?:that|to be)\b).*)$",
    re.I | re.S,
)


def asked_for(wanted: str) -> str | None:
    """The question behind what an order wants; None where that is a clause, a list, or a yes or no.

    >>> asked_for("what the cap is for Alder"), asked_for("the fee"), asked_for("the governing law clause")
    ('what is the cap for Alder?', 'what is the fee?', None)
    """
    if _WHETHER.match(wanted):
        return None
    if ASKS.match(wanted):
        within = _WHAT_X_IS.match(wanted)
        if within is None:
            return f"{wanted}?"
        rest = " ".join(within["rest"].split())
        return f"{within['w'].lower()} {within['is']} {within['x']} {rest}".strip() + "?"
    sure = _SURELY.match(wanted) or (_NOUN.match(wanted) and MEASURE.search(wanted))
    if not sure or _CLAUSE.match(wanted):
        return None
    return f"what is {wanted}?"
