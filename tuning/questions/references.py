"""Questions that lead elsewhere: which section says it; a value behind a term that a clause uses.

Leaves terms defined in place to ``tuning.questions.definitions``, clauses to ``tuning.questions.clauses``.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from rag.structure import Definition
from rag.types import Section
from tuning.items import Place
from tuning.questions.definitions import POINTS, is_term, value_of
from tuning.questions.headings import is_topic, spoken
from tuning.questions.measures import MeasureKind
from tuning.questions.readings import Reading
from tuning.questions.source import Source

MAKER = "references"
_TARGET = re.compile(
    r"\b((?:Section|Article|Clause|Schedule|Exhibit|Annex|Appendix|Recital|paragraph)s?\s"
    r"[\w.]*\w(?:\(\w+\))*)"
)
_POINTED = (
    "which section defines “{x}”", "where is the meaning of “{x}” found", "in which section is {x} defined",
    "where is {x} defined", "which provision sets out what {x} means",
)  # fmt: skip
_GOVERNS = (
    "which section governs {t}", "which section deals with {t}", "where are the rules on {t}",
    "what section covers {t}", "in which section are the terms on {t}", "where do I find the provisions "
    "on {t}",
    "which clause addresses {t}",
)  # fmt: skip
_COVERS = (
    "which item or note covers {t}", "where does the report deal with {t}", "in which part is {t} discussed",
    "where do I find information on {t}",
)  # fmt: skip
_HOPS: dict[MeasureKind, tuple[str, ...]] = {
    "period": ("{t}: how long is the {x} that applies", "how long is the {x} used in the provision on {t}"),
    "share": ("what level does the {x} have that applies to {t}", "on {t}: what is the {x} set at"),
    "sum": (
        "what amount is the {x} that the provision on {t} uses",
        "{t}: how much is the {x} referred to there",
    ),
    "date": ("when is the {x} that the provision on {t} refers to", "{t}: which date is the {x}"),
}
_FEW_USES = 12
_HEAD_CHARS = 400
_SHORTEST_SECTION = 120


def from_references(source: Source, draw: random.Random) -> Iterator[Reading]:
    """Where terms are defined that are defined elsewhere; which section a topic has; values behind terms."""
    yield from _pointed(source, draw)
    yield from _governs(source, draw)
    yield from _hops(source, draw)


def _pointed(source: Source, draw: random.Random) -> Iterator[Reading]:
    for definition in source.definitions:
        words = source.text[definition.start : definition.end]
        points = POINTS.search(words)
        target = _TARGET.search(words, points.end(), points.end() + 80) if points else None
        if target is None or not is_term(definition.term):
            continue
        start, end = definition.start + target.start(1), definition.start + target.end(1)
        yield Reading(
            question=draw.choice(_POINTED).format(x=definition.term),
            kind="cross_reference",
            maker=MAKER,
            answer=source.said(start, end),
            places=(Place(document_id=source.id, start=definition.start, end=end),),
        )


def _governs(source: Source, draw: random.Random) -> Iterator[Reading]:
    for section in numbered(source):
        number = section.number if re.match("[A-Za-z§]", section.number) else f"Section {section.number}"
        printed = section.number in source.text[section.start : section.start + len(number) + 2]
        if section.end - section.start < _SHORTEST_SECTION or not printed:
            continue
        place = Place(
            document_id=source.id, start=section.start, end=min(section.end, section.start + _HEAD_CHARS)
        )
        yield Reading(
            question=draw.choice(_COVERS if source.is_report else _GOVERNS).format(
                t=spoken(section.title, source, draw)
            ),
            kind="cross_reference",
            maker=MAKER,
            answer=number if number in source.said(place.start, place.end) else section.number,
            places=(place,),
        )


def numbered(source: Source) -> Iterator[Section]:
    """Sections with a number and a title that names a topic which no other section has."""
    titles = [one.title.lower() for one in source.sections]
    for section in source.sections:
        own = (
            section.number
            and is_topic(section.title)
            and section.title.lower() not in source.terms
            and titles.count(section.title.lower()) == 1
        )
        if own and re.search(r"\d.*\.|[A-Za-z].*\d|§", section.number):
            yield section


def _hops(source: Source, draw: random.Random) -> Iterator[Reading]:
    """Of a topic that uses a rarely used term: the value that the term's definition sets."""
    for definition in source.definitions:
        value = value_of(source, definition) if 0 < len(definition.uses) <= _FEW_USES else None
        used = _topic_using(source, definition) if value and is_term(definition.term) else None
        if value is None or used is None:
            continue
        section, use = used
        sentence = next(
            ((a, b) for a, b in source.sentences(section.start, section.end) if a <= use < b),
            (use, use + len(definition.term)),
        )
        defined = Place(document_id=source.id, start=definition.start, end=definition.end)
        question = draw.choice(_HOPS[value.kind]).format(
            x=definition.term, t=spoken(section.title, source, draw)
        )
        yield Reading(
            question=question,
            kind="hop",
            maker=MAKER,
            answer=source.said(value.start, value.end),
            places=(defined, Place(document_id=source.id, start=sentence[0], end=sentence[1])),
        )


def _topic_using(source: Source, definition: Definition) -> tuple[Section, int] | None:
    """The first section with a topic, outside of the definitions, that uses a term."""
    defining = source.section_at(definition.start)
    for use in definition.uses:
        section = source.section_at(use)
        if (
            section is not None
            and section is not defining
            and is_topic(section.title)
            and not _defines(section)
        ):
            return section, use
    return None


def _defines(section: Section) -> bool:
    return "definition" in section.title.lower() or "defined terms" in section.title.lower()
