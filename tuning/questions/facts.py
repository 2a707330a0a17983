"""Questions for what a document says of itself: its parties, its date, its year, the law that governs it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from tuning.items import Place
from tuning.questions.readings import Reading
from tuning.questions.source import Source

MAKER = "facts"
_LAW = re.compile(
    r"govern\w*\s+by\b[^.;]{0,80}?\blaws?\s+of\s+(?:the\s+)?(?P<law>(?:State\s+of\s+|Commonwealth\s+of\s+)?"
    r"[A-Z][A-Za-z]+(?:\s+[A-Z][A-Za-z]+){0,3})"
)
_DATE = ("what is the date of {n}", "when was {n} signed", "as of what date was {n} made", "how is {n} dated")
_PARTIES = (
    "who are the parties to {n}",
    "between whom was {n} made",
    "which parties signed {n}",
    "who signed {n}",
)
_LAWS = (
    "which law governs {n}",
    "what is the governing law of {n}",
    "the law of which state applies to {n}",
    "under which law does {n} fall",
)
_YEAR_END = (
    "when did the fiscal year of {n} end",
    "on what date does the period of {n} end",
    "up to what date does {n} report",
)
_AROUND = 300
_NAMED = 0.7


def from_facts(source: Source, draw: random.Random) -> Iterator[Reading]:
    """Of each document its date and parties, or its period; the law that governs it."""
    noun = draw.choice(source.called) if source.called and draw.random() < _NAMED else "this document"
    if source.is_report:
        yield from _printed(source, "period_end", draw.choice(_YEAR_END).format(n=noun))
    else:
        yield from _printed(source, "date", draw.choice(_DATE).format(n=noun))
        yield from _parties(source, draw.choice(_PARTIES).format(n=noun))
    law = _LAW.search(source.text)
    if law is not None and not source.is_report:
        start = max(source.text.rfind(".", 0, law.start()) + 1, law.start() - _AROUND)
        yield Reading(
            question=draw.choice(_LAWS).format(n=noun),
            kind="fact",
            maker=MAKER,
            names=True,
            answer=source.said(*law.span("law")),
            places=(Place(document_id=source.id, start=start, end=law.end()),),
        )


def _printed(source: Source, name: str, question: str) -> Iterator[Reading]:
    spans = source.spans.get(name, ())
    if spans:
        start, end = spans[0]
        yield Reading(
            question=question,
            kind="fact",
            maker=MAKER,
            names=True,
            answer=source.said(start, end),
            places=(Place(document_id=source.id, start=start, end=end),),
        )


def _parties(source: Source, question: str) -> Iterator[Reading]:
    spans = source.spans.get("party", ())
    if len(spans) > 1:
        start, end = min(span[0] for span in spans[:2]), max(span[1] for span in spans[:2])
        if end - start <= 2 * _AROUND:
            yield Reading(
                question=question,
                kind="fact",
                maker=MAKER,
                names=True,
                answer="; ".join(source.said(*span) for span in spans[:2]),
                places=(Place(document_id=source.id, start=start, end=end),),
                computed=True,
            )
