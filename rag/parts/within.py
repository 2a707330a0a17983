"""Several values of one document: sums, differences, shares, what is left over a requirement.

Taken off first is how it is asked (``rag.direct``) and of what document; the rest has one of ``forms``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.direct import directly
from rag.parts.forms import FORMS, WHOLE, Made, headroom, share
from rag.parts.loosely import loose_headroom, named_things, where
from rag.parts.plan import NAME, UNSIGNED, Named, Part, Plan, marked

_OPENING = re.compile(
    r"^(?P<lead>.*?)\bwhat (?:is|was|are|were)\s+(?:the )?(?P<x>.+?)[?.]?\s*$",
    re.I | re.S,
)
_PERCENT = re.compile(
    r",? ?\b(?:in|as a|expressed as a|expressed in) (?:per ?cent(?:age)?(?: points)?(?!\w| of\b)|%)", re.I
)
_PAPER = (
    r"(?:indenture|report|pmt|documents?|agreement|contract|filing|trustee['’]s|monthly|quarterly|annual"
    r"|payment date|latest"
    r"|transaction|supplement\w*|terms|deal|payment|dated|delivered|published|governing|by|in respect of|as"
    r" of|of|for|on|off|from|in|under|at|the|[A-Z][a-z]+ \d{1,2}, \d{4}|[A-Z][a-z]+ \d{4})"
)
_TRAIL = re.compile(
    rf",?\s+(?:as (?:set out|provided for|shown|stated|reported|given|published) )?(?:in|of|for|from|off"
    rf"|under|at|on|per|according to)"
    rf" (?:{_PAPER},? )*{NAME}(?:['’]s)?(?: {_PAPER})*$"
    r"|,?\s+according to .+$"
)
"""Where it is asked of, at the end: "… from the May 2, 2025 report of A"."""

_WHEN = re.compile(rf"\bwhen {NAME} \w+ on\b")
"""No part is asked for a date."""


def within(question: str, names: Sequence[Named]) -> Plan | None:
    """The plan of a question about the documents of one name or of none, None where it has none."""
    said = marked(question, names)
    asked = directly(said)
    name = question[names[0].start : names[0].end] if names else ""
    for pattern, make in WHOLE:
        match = pattern.search(asked)
        if match is not None:
            rest = (match.groupdict().get("rest") or "").rstrip(" ?.")
            return _plan(make(match), asked[: match.start()], rest, name, unsigned=_unsigned(asked))
    return _of_item(asked, name) or _loosely(asked, said, name)


def _of_item(asked: str, name: str) -> Plan | None:
    opening = _OPENING.match(asked)
    if opening is None:
        return None
    subject = _PERCENT.sub("", " ".join(opening["x"].split()))
    trail = _TRAIL.search(subject)
    end = trail.start() if trail else len(subject)
    item = re.sub(r"^the ", "", subject[:end])
    for form, make in FORMS:
        match = form.match(item)
        if match is not None:
            return _plan(
                make(match),
                opening["lead"],
                subject[end:],
                name,
                unsigned=_unsigned(asked),
                printed=make is share,
            )
    return None


def _loosely(asked: str, said: str, name: str) -> Plan | None:
    """A form somewhere in a question about documents that it names, or a ratio and what it has to be.

    ``asked`` is the question as it is put directly, ``said`` as it is; mostly they are the same.
    """
    readings = dict.fromkeys((asked, said))
    made = next((made for one in readings for made in _found(one)), None) if name else None
    if made is None and (ratio := loose_headroom(said)) is not None:
        made = headroom(ratio)
    if made is None:
        return None
    trail = f"{where(said)} for {NAME}" if name else where(said)
    return _plan(made, "", trail, name, unsigned=_unsigned(said))


def _found(asked: str) -> Iterator[Made]:
    for item in named_things(asked):
        for form, make in FORMS:
            match = form.match(item) if make is not share else None
            if match is not None:
                yield make(match)


def _unsigned(asked: str) -> bool:
    return UNSIGNED.search(asked) is not None


def _plan(made: Made, lead: str, trail: str, name: str, *, unsigned: bool, printed: bool = False) -> Plan:
    """Each item is asked for where the whole was."""
    operation, items, numbers = made
    what = "what" if lead.strip() else "What"
    trail = _WHEN.sub(f"for {NAME} on", trail)
    questions = (f"{lead}{what} is the {item.strip()}{trail}?" for item in items)
    return Plan(
        operation=operation,
        parts=tuple(Part(question=one.replace(NAME, name)) for one in questions),
        numbers=numbers,
        unsigned=unsigned and operation == "difference",
        printed=printed,
    )
