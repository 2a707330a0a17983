"""Questions for what holds as amended, from papers that replace words of another (X deleted, Y put in)."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from tuning.items import Place
from tuning.questions.measures import measures
from tuning.questions.readings import Reading
from tuning.questions.source import Source

MAKER = "amendments"
_REPLACED = re.compile(
    r"(?P<what>.{5,260}?)\b(?:(?:is|are)\s+(?:hereby\s+)?(?:amended|modified|deleted|replaced|changed)"
    r"|amended)\b"
    r".{0,120}?(?:(?:deleting|striking|replacing|removing)[^“\"]{0,60}[“\"](?P<old>[^”\"]{1,120})[”\"])?"
    r"[^“\"]{0,120}?(?:substitut\w+|insert\w+|replac\w+|read\w*)[^“\"]{0,70}[“\"](?P<new>[^”\"]{1,200})[”\"]"
)
_TERM = re.compile(
    r"(?:definition of|term"
    r"|under)\s+(?:the term\s+)?[“\"](?P<term>[^”\"]{3,60})[”\"]"
    r"(?P<more>\s+opposite\s+[A-Z][\w-]*(?:\s+[A-Z][\w/-]*)?)?"
)
_SECTION = re.compile(r"\b(?:Section|Clause|Article|Paragraph)\s[\d.]+\d(?:\(\w+\))*")
_NOW = (
    "what is {x} as amended", "what is {x} now", "after the amendment, what is {x}",
    "what was {x} changed to", "taking the amendments into account, what is {x}", "what is the current {y}",
)  # fmt: skip
_BEFORE = (
    "what was {x} before it was amended",
    "what did the amendment replace as {x}",
    "what was the original {y}",
)
_IN_SECTION = ("what did the amendment put in the place of “{o}” in {s}", "to what was “{o}” in {s} changed")


def from_amendments(source: Source, draw: random.Random) -> Iterator[Reading]:
    """Of each replaced value what it is now, and what it was."""
    if not source.links and not re.search(
        r"\b(?:amend|supplement)", source.name + source.text[:600], re.IGNORECASE
    ):
        return
    for start, end in source.sentences(0, len(source.text)):
        match = _REPLACED.match(source.said(start, end))
        if match is None:
            continue
        place = Place(document_id=source.id, start=start, end=end)
        new, old = match["new"].rstrip(".,;"), match["old"]
        subject = _subject(source, match["what"])
        section = _SECTION.search(match["what"])
        if not measures(new) and len(new.split()) > 12:
            continue
        if subject:
            yield _reading(draw.choice(_NOW).format(x=f"the {subject}", y=subject), new, place)
            if old:
                question = draw.choice(_BEFORE).format(x=f"the {subject}", y=subject)
                yield _reading(question, " ".join(old.split()), place)
        elif section and old:
            question = draw.choice(_IN_SECTION).format(o=" ".join(old.split()), s=section[0])
            yield _reading(question, new, place)


def _subject(source: Source, words: str) -> str:
    """What is amended: a term, with its row where it is a column of a table."""
    term = _TERM.search(words)
    if term is None:
        return ""
    more = " ".join((term["more"] or "").split()).replace("opposite", "for")
    return f"{term['term']} {more}".strip() if more else " ".join(term["term"].split())


def _reading(question: str, answer: str, place: Place) -> Reading:
    return Reading(question=question, kind="amendment", maker=MAKER, answer=answer, places=(place,))
