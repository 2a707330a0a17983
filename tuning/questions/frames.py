"""A sentence of a contract taken apart by plain rules: who must or may do what, and what its values bound.

No grammar: capitalised subjects before a modal verb, a verb phrase cut where conditions, times and values
begin. What does not fit is left out. Leaves wordings to ``tuning.questions.clauses``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tuning.questions.measures import Measure

Bound = Literal["most", "least", ""]

_CAPITAL = r"[A-Z][\w’'&-]*"
_ACT = re.compile(
    rf"(?:^|[.,;:)]\s+|\b(?:and|that|then|but)\s+)"
    rf"(?P<who>(?:(?:[Tt]he|[Ee]ach|[Ee]very|[Ee]ither|[Aa]ny|[Nn]o|[Aa]ll|[Bb]oth)\s)?"
    rf"{_CAPITAL}(?:\s(?:(?:of|and|or|for)\s)?(?:the\s)?{_CAPITAL}){{0,4}}"
    rf"|(?:[Tt]he|[Aa]ny|[Aa]ll|[Ee]ach|[Nn]o|[Aa]n?)\s[a-z][\w’'-]*(?:\s[\w’'-]+){{0,7}}?)\s"
    rf"(?P<modal>shall|must|may|will|agrees to|is required to|is entitled to)\s"
    rf"(?P<never>not\s)?(?:(?:also|then|only|at any time|at all times|from time to time|at its own expense"
    rf"|(?!rely|supply|apply|comply|reply|imply|only)\w+ly(?:\sand\s\w+ly)?),?\s)?"
    rf"(?P<do>(?!the\b|a\b|an\b|any\b|and\b|or\b|no\b)[a-z]+\b(?:[^.;]|\.(?=\d))*)"
)
_CUT = re.compile(
    r"[,;:(]|\s(?:by (?:giving|delivering|providing|written)|up?on\b|within\b|no(?:t)? (?:later|less|more"
    r"|earlier)\b"
    r"|at least\b|if\b|unless\b|provided\b|subject to\b|in accordance\b|pursuant\b|for a period\b"
    r"|prior to\b|before\b"
    r"|after\b|following\b|when\b|where\b|whether\b|except\b|without\b|as (?:set forth|specified|provided"
    r"|described"
    r"|defined|required)|under this\b|to the extent\b|so long\b|until\b|during\b|in the event\b|equal to\b"
    r"|which\b|that\b|hereunder\b|and (?:shall|will|may|must)\b|stating\b|as if\b|under Section"
    r"|for purposes\b|notwithstanding\b|regardless\b|by which\b|on which\b|in which\b|at any time\b"
    r"|from time to time\b|at all times\b|promptly\b|immediately\b|by no later\b|in (?:an amount"
    r"|excess)\b|not to exceed\b|exceeding\b|up to\b)",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:such|thereof|hereof|herein|hereby|therein|thereto|hereto|therefor|thereby|foregoing|same|it"
    r"|they|them|itself"
    r"|so|this|these|those|above|below|following|aforesaid)\b",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"(?:\s+(?:of|to|a|an|the|in|at|on|for|by|with|from|and|or|not|than|be|its|any|all|each|as|under"
    r"|only|agree|and agree|who|whose|determine|ensure|cause|certify|represent|state|is|are|was|were|has"
    r"|have))+$"
)
_NO_OBJECT = re.compile(
    r"(?:deliver|provide|give|send|submit|furnish|make available|pay) to\s\S+(?:\s\S+){0,3}$"
)
_NUMBERS = frozenset(
    "one two three four five six seven eight nine ten twelve fifteen twenty thirty sixty ninety".split()
)
_TOO_LITTLE = frozenset("be have do mean include includes apply constitute remain continue become".split())
_FEWEST_WORDS, _MOST_WORDS = 3, 16
_EVENT = re.compile(
    r"^['’]?s?\s*(?:written\s)?(?P<when>after|of|following|from|before|prior to|preceding)\s"
    r"(?P<event>(?:the\s|any\s|its\s|a\s|receipt|notice)?[^,;.()]{4,70})"
)
_LONGEST_EVENT = 70
_EVENT_CUT = re.compile(
    r"\s(?:if|unless|and|or|shall|may|will|must|provided|which|that|to\b|by\b|as\b|in accordance)\b"
)
_MOST = re.compile(
    r"\b(?:not? (?:to )?exceed(?:ing)?|exceeds?|not more than|no more than|no greater than|maximum of"
    r"|up to|not later than"
    r"|no later than|within|less than|below)\s(?:an? \w+ (?:\w+ )?(?:of|equal to) )?$",
    re.IGNORECASE,
)
_LEAST = re.compile(
    r"\b(?:at least|not less than|no less than|not fewer than|more than|minimum of|in excess of"
    r"|greater than|above"
    r"|or more)\s(?:an? \w+ of )?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who does what: ``who`` as within a sentence, ``do`` an infinitive; ``duty`` or leave; or ``never``.

    ``start`` is where it begins in the sentence.
    """

    who: str
    do: str
    duty: bool
    never: bool
    start: int


def acts(sentence: str) -> list[Act]:
    """What a sentence lets, has or bars its subjects to do, in order.

    >>> [(one.who, one.do) for one in acts("The Trustee may resign its office upon 60 days' notice.")]
    [('the Trustee', 'resign its office')]
    """
    found = []
    for match in _ACT.finditer(sentence):
        who, do = _who(match["who"]), _infinitive(match["do"])
        if who and do:
            duty = match["modal"] not in ("may", "is entitled to")
            never = bool(match["never"]) or who.startswith("no ")
            found.append(Act(who=who, do=do, duty=duty, never=never, start=match.start("who")))
    return found


def _who(words: str) -> str:
    first, _, rest = words.partition(" ")
    if _VAGUE.search(rest) or _CUT.search(words):
        return ""
    if first.lower() in {
        "such",
        "this",
        "that",
        "it",
        "section",
        "article",
        "if",
        "in",
        "for",
        "upon",
        "exhibit",
    }:
        return ""
    return f"{first.lower()} {rest}" if first.lower() in _DETERMINERS else words


_DETERMINERS = frozenset("the each every either any no all both a an".split())


def _infinitive(words: str) -> str:
    """A verb phrase up to where conditions, times and values begin; empty where it says too little."""
    cut = _CUT.search(words)
    phrase = words[: cut.start()] if cut else words
    phrase = re.sub(r"\s(?:\S*\d.*|[A-Z])$", "", " ".join(phrase.split()))
    phrase = _DANGLING.sub("", phrase)
    if _NO_OBJECT.match(phrase) or phrase.partition(" ")[0] in _NUMBERS:
        return ""
    count = len(phrase.split())
    weak = phrase.partition(" ")[0] in _TOO_LITTLE and count < _FEWEST_WORDS + 1
    if not 2 <= count <= _MOST_WORDS or weak or _VAGUE.search(phrase):
        return ""
    return phrase


def bound_of(sentence: str, value: Measure) -> Bound:
    """Whether a value is the most or the least that a sentence allows, as far as the words before it say."""
    before = sentence[max(0, value.start - 50) : value.start]
    if _MOST.search(before):
        return "most"
    return "least" if _LEAST.search(before) else ""


def event_of(sentence: str, value: Measure) -> tuple[str, str]:
    """What a period is counted from: "after" or "before", and the event; empty where it does not say.

    >>> event_of("pay within 30 days after receipt of an invoice.", Measure(kind="period", start=11, end=18))
    ('after', 'receipt of an invoice')
    """
    match = _EVENT.match(sentence[value.end :])
    if match is None:
        return "", ""
    cut = _EVENT_CUT.search(match["event"])
    if cut is None and len(match["event"]) >= _LONGEST_EVENT:
        return "", ""
    event = _DANGLING.sub("", match["event"][: cut.start()] if cut else match["event"]).strip()
    if len(event.split()) < 2 or _VAGUE.search(event) or re.search(r"\d", event):
        return "", ""
    before = match["when"] in ("before", "prior to", "preceding")
    return ("before" if before else "after"), event
