"""Functions that speak against a passage: another document, time or kind of value, or no content at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.structure import DocumentLink, Fact, values_by_name
from rag.types import DocumentId
from tuning.items import PassageItem
from tuning.label_model.matrix import ABSTAIN
from tuning.labeling.functions import IRRELEVANT, RELEVANT, LabelingFunction, Vote, labeling_function
from tuning.labeling.library.reading import QuestionReader

Facts = Callable[[DocumentId], Sequence[Fact]]
Links = Callable[[DocumentId], Sequence[DocumentLink]]

_LEADERS = re.compile(r"\.{4,}|(?:\s\.){4,}|(?:[^\n]{4,80}\s\d{1,3}\s*\n){4,}")
_CONTENTS = re.compile(r"\btable of contents\b|^\s*contents\s*$|\bindex of defined terms\b", re.I | re.M)
_BOILERPLATE = re.compile(
    r"forward-looking statements|IN WITNESS WHEREOF|counterparts|synthetic sample document"
    r"|signature page|by:\s*_{3,}|name:\s*\n\s*title:|this page (?:is )?intentionally left blank"
    r"|incorporated (?:herein )?by reference|not an offer to sell|safe harbor",
    re.I,
)
_SHORT = 25
_YEAR = re.compile(r"(?<![\d.,$])((?:19|20)\d\d)(?!\d|,\d|\.\d|%)")
_DIGIT = re.compile(r"\d")
_SAID: dict[str, re.Pattern[str]] = {
    "percent": re.compile(r"\d\s*%|\bper ?cent|basis points|\d\.\d|\bto 1\b|\bmajority\b", re.I),
    "money": re.compile(r"[$€£]\s*\d|\d[\d,]{3,}|\b(?:million|billion|thousand|dollars)\b", re.I),
    "date": re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}(?:st|nd|rd|th)\b|\bDate\b"),
    "duration": re.compile(r"\b(?:days?|months?|years?|weeks?|quarters?|hours?)\b", re.I),
    "place": re.compile(r"\b(?:section|article|clause|schedule|exhibit|annex|appendix)\b", re.I),
}


def speaks_of_nothing(text: str) -> bool:
    """Whether a text is a table of contents, a signature page or a notice.

    >>> speaks_of_nothing("1. Rent ........ 3"), speaks_of_nothing("The rent is $5.")
    (True, False)
    """
    return any(pattern.search(text) for pattern in (_CONTENTS, _LEADERS, _BOILERPLATE))


def make_other_document(name: str = "other_document") -> LabelingFunction:
    """Irrelevant in a document that the question does not name, or was not asked of."""

    @labeling_function(on="passage", kind="counter", name=name, family="document", resources=["questions"])
    def other_document(item: PassageItem, *, questions: QuestionReader) -> Vote:
        """It is of another company or deal."""
        asked_of = item.question.document_ids
        if asked_of is not None:
            return ABSTAIN if item.chunk.document_id in asked_of else IRRELEVANT
        named = questions(item.question).named
        return ABSTAIN if named is None or item.chunk.document_id in named else IRRELEVANT

    return other_document


def make_other_paper(name: str = "other_paper") -> LabelingFunction:
    """By what documents say of themselves: the report of the day asked for, what amends and what does not."""

    @labeling_function(
        on="passage", kind="counter", name=name, family="document", resources=["questions", "facts", "links"]
    )
    def other_paper(item: PassageItem, *, questions: QuestionReader, facts: Facts, links: Links) -> Vote:
        """The question means another kind of paper, or one of another day."""
        reading = questions(item.question)
        document = item.chunk.document_id
        said = values_by_name(facts(document))
        changes = bool(links(document))
        if reading.original:
            return IRRELEVANT if changes else ABSTAIN
        if reading.changed:
            return RELEVANT if changes else ABSTAIN
        if changes:
            return IRRELEVANT
        dated = reading.days & set(said.get("date", []))
        if reading.days and not dated and not reading.kinds.intersection(said.get("kind", [])):
            return IRRELEVANT
        if reading.kinds and not dated and not reading.kinds.intersection(said.get("kind", [])):
            return IRRELEVANT
        return ABSTAIN

    return other_paper


def make_other_year(name: str = "other_year") -> LabelingFunction:
    """Irrelevant where it names years, and none of those that the question asks for."""

    @labeling_function(on="passage", kind="counter", name=name, resources=["questions"])
    def other_year(item: PassageItem, *, questions: QuestionReader) -> Vote:
        """It speaks of other years."""
        asked = questions(item.question).years
        said = {int(year) for year in _YEAR.findall(item.chunk.passage)}
        return IRRELEVANT if asked and said and not asked & said else ABSTAIN

    return other_year


def make_wrong_value(name: str = "wrong_value") -> LabelingFunction:
    """Irrelevant where none of the kinds of value stands in it that an answer could be."""

    @labeling_function(on="passage", kind="counter", name=name, resources=["questions"])
    def wrong_value(item: PassageItem, *, questions: QuestionReader) -> Vote:
        """It has no value of the kind asked for."""
        reading = questions(item.question)
        if reading.wants:
            fits = any(_SAID[kind].search(item.chunk.text) for kind in sorted(reading.wants))
            return ABSTAIN if fits else IRRELEVANT
        return IRRELEVANT if reading.figure and not _DIGIT.search(item.chunk.text) else ABSTAIN

    return wrong_value


def make_no_content(name: str = "no_content") -> LabelingFunction:
    """Irrelevant: tables of contents, signature pages, notices, passages of a few words."""

    @labeling_function(on="passage", kind="counter", name=name)
    def no_content(item: PassageItem) -> Vote:
        """It is a table of contents, a signature page or the like."""
        text = item.chunk.text
        return IRRELEVANT if len(text.strip()) < _SHORT or speaks_of_nothing(text) else ABSTAIN

    return no_content
