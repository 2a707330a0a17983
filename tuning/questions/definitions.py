"""Questions from defined terms: what a term means, the value it stands for, who it is.

A definition that points elsewhere is ``tuning.questions.references``'s.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from rag.structure import Definition
from tuning.items import Place
from tuning.questions.measures import Measure, MeasureKind, measures
from tuning.questions.readings import Kind, Reading
from tuning.questions.source import Source

MAKER = "definitions"
_SHORT, _LONGEST, _SAYS_SOMETHING = 420, 1600, 25
"""Characters of a definition that sets one value, of one that is looked at; of a meaning worth asking for."""
_LONGEST_TERM = 60
_FAR, _SOON, _AT_ONCE = 40, 160, 25
"""Characters between a term and "means", between that and a value of the kind the term tells, or of any."""
_MEANS = re.compile(r"\b(?:shall mean|means?|refers? to|shall have the meaning|is defined as)\b:?,?\s+")
POINTS = re.compile(
    r"\b(?:has|have|having|with)\s+the\s+(?:respective\s+)?meanings?\s+(?:\w+\s+){0,3}?"
    r"(?:specified|assigned|given|set forth|ascribed|provided|described|set out)"
)
_NAMES = re.compile(r"\s*(?:the\s)?([A-Z][\w.&'’-]*(?:,? (?:(?:of|and|&|de|the) )?[A-Z][\w.&'’-]*){1,8})")
_ROLE = re.compile(
    r"(?:trustee|agent|manager|administrator|bank|issuer|borrower|lender|servicer|sponsor|guarantor|custodian"
    r"|intermediary|purchaser|company|seller|buyer|licensor|licensee|landlord|tenant|distributor|supplier"
    r"|contractor|franchisor|franchisee|consultant|owner|operator|parent|adviser|advisor|registrar"
    r"|arranger)$",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\b(?:Ltd|LLC|L\.L\.C|Inc|Corp|Corporation|Company|Bank|N\.A|plc|L\.P|LLP|Limited|GmbH|Trust|Association"
    r"|Partners|Services|Advisors|Advisers|Management|Capital)\b"
)
_MEANING = (
    "what does “{x}” mean", "how is “{x}” defined", "what is meant by {x}", "what is the definition of {x}",
    "what counts as {a}", "what is {a}", "what falls under {x}",
)  # fmt: skip
_WHO = (
    "who is the {x}",
    "who acts as {x}",
    "which entity is the {x}",
    "name the {x}",
    "which firm serves as {x}",
)
_OF_SEVERAL = re.compile(
    r"\b(?:earlie[rs]\w*|later|latest|greater|lesser|lower|higher|product|sum|aggregate) (?:to occur )?of\b"
)
_SAID: dict[MeasureKind, re.Pattern[str]] = {
    "date": re.compile(r"\bDate$"),
    "period": re.compile(r"\b(?:Period|Term|Duration)$"),
    "share": re.compile(r"\b(?:Share|Percentage|Rate|Ratio|Threshold|Spread|Margin|Level|Majority|Trigger)$"),
    "sum": re.compile(r"\b(?:Amount|Denomination|Cap|Par|Fee|Price|Value)$"),
}
_VALUE: dict[MeasureKind, tuple[str, ...]] = {
    "period": (
        "how long is the {x}",
        "what is the length of the {x}",
        "how many {u} is the {x}",
        "what is the {x}",
    ),
    "share": (
        "what is the {x}",
        "what percentage is the {x}",
        "at what level is the {x} set",
        "how high is the {x}",
    ),
    "sum": ("what is the {x}", "how much is the {x}", "what amount is the {x}", "how large is the {x}"),
    "date": ("when is the {x}", "what date is the {x}", "on what date does the {x} fall", "what is the {x}"),
}


def from_definitions(source: Source, draw: random.Random) -> Iterator[Reading]:
    """Of each defined term its value, its party or its meaning."""
    seen: set[str] = set()
    for definition in source.definitions:
        term = definition.term
        words = source.text[definition.start : definition.end]
        if term in seen or not is_term(term) or not 0 < len(words) <= _LONGEST or POINTS.search(words):
            continue
        seen.add(term)
        said = _MEANS.search(words, definition.term_end - definition.start, len(words))
        if said is None or said.start() - (definition.term_end - definition.start) > _FAR:
            continue
        for wordings, kind, (start, end) in _readings(term, words, said.end()):
            at = definition.start
            place = Place(document_id=source.id, start=at, end=min(definition.end, at + max(end, _SHORT)))
            yield Reading(
                question=draw.choice(wordings).format(x=term, a=with_article(term)),
                kind=kind,
                maker=MAKER,
                answer=source.said(at + start, at + end),
                places=(place,),
            )


def value_of(source: Source, definition: Definition) -> Measure | None:
    """The only value that a short definition sets, as a span of the document; None where there is none."""
    words = source.text[definition.start : definition.end]
    said = _MEANS.search(words, definition.term_end - definition.start)
    found = _only_value(definition.term, words, said.end()) if said and len(words) <= _SHORT else None
    if found is None:
        return None
    at = definition.start
    return Measure(kind=found.kind, start=at + found.start, end=at + found.end, unit=found.unit)


def is_term(term: str) -> bool:
    """Whether a defined term reads well in a question: capitals, and words rather than marks.

    >>> is_term("Senior Fee Rate"), is_term("control"), is_term("Ha"), is_term("3M")
    (True, False, False, False)
    """
    return (
        3 <= len(term) <= _LONGEST_TERM
        and term[0].isupper()
        and re.search("[a-z]{3}|[A-Z]{3}", term) is not None
    )


def with_article(term: str) -> str:
    """A term with "a" or "an" where it is one of many, as it is where it is plural or a mass.

    >>> with_article("Business Day"), with_article("Eligible Investments")
    ('a Business Day', 'Eligible Investments')
    """
    if term.endswith("s") or term.isupper():
        return term
    return f"{'an' if term[0] in 'AEIO' else 'a'} {term}"


_Read = tuple[tuple[str, ...], Kind, tuple[int, int]]


def _readings(term: str, words: str, first: int) -> Iterator[_Read]:
    """What is asked of a definition whose meaning begins at ``first``: wordings, kind, the answer's span."""
    person = _NAMES.match(words, first)
    if _ROLE.search(term):
        if person is not None and _PERSON.search(person[1]):
            end = person.end(1) - (len(person[1]) - len(person[1].rstrip(" ,")))
            yield _WHO, "fact", (person.start(1), end)
        return
    value = _only_value(term, words, first) if len(words) <= _SHORT else None
    if value is not None:
        yield (
            tuple(one.replace("{u}", value.unit) for one in _VALUE[value.kind]),
            "value",
            (value.start, value.end),
        )
    elif len(words) - first > _SAYS_SOMETHING:
        yield _MEANING, "definition", (first, len(words.rstrip()))


def _only_value(term: str, words: str, first: int) -> Measure | None:
    """The value that follows ``first`` soon, if it is the only one of its kind and no other comes before.

    A term that says of which kind it is ("… Share", "… Period") has a value of that kind only.
    """
    found = measures(words[first:])
    if found and _OF_SEVERAL.search(words, first, first + found[0].start):
        return None
    kind = next((kind for kind, said in _SAID.items() if said.search(term)), None)
    if kind is not None:
        found = [one for one in found if one.kind == kind]
    if (
        not found
        or found[0].start > (_AT_ONCE if kind is None else _SOON)
        or sum(one.kind == found[0].kind for one in found) > 1
    ):
        return None
    one = found[0]
    return Measure(kind=one.kind, start=first + one.start, end=first + one.end, unit=one.unit)
