"""Questions that a document does not answer: what others of its kind have, and it has nowhere.

What is asked for is looked for in the whole text first, word by word. Who learns from
these learns to refuse; no passage of the document bears an answer.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rag.tokens import terms
from tuning.questions.definitions import is_term
from tuning.questions.headings import is_topic, lowered
from tuning.questions.readings import NOT_ANSWERABLE, Reading
from tuning.questions.source import Source
from tuning.questions.table_cells import verb_for

MAKER = "missing"
_A_DOCUMENT, _OFFERED = 12, 80
_TERM = ("what is the {x}", "what does “{x}” mean", "how is {x} defined", "what does it say about the {x}")
_TOPIC = ("what does the section on {x} say", "what is agreed on {x}", "what are the terms on {x}")
_ROW = ("what {were} {x} in {y}", "how much {were} {x} in {y}", "by how much did {x} change in {y}")


@dataclass(frozen=True, slots=True)
class Offer:
    """What a document has that others may lack, said in small letters where it is no term."""

    kind: str
    what: str
    said: str


def offers_of(source: Source, draw: random.Random) -> list[Offer]:
    """Terms, topics and rows of a document, a few of them."""
    terms_ = [one.term for one in source.definitions if is_term(one.term) and " " in one.term]
    topics = [one.title for one in source.sections if one.level and is_topic(one.title)]
    rows = [one.label for own in source.figures for one in own if one.table.statement]
    return [
        Offer(f"{name} {source.kind}", what, what if name == "term" else lowered(what, source))
        for name, own in (("term", terms_), ("topic", topics), ("row", rows))
        for what in draw.sample(own, min(_OFFERED, len(own)))
    ]


def from_missing(source: Source, offers: Iterable[Offer], draw: random.Random) -> Iterator[Reading]:
    """Questions for what others of the document's kind have and it lacks, and for years it does not reach."""
    fitting = sorted(
        {one for one in offers if one.kind.endswith(f" {source.kind}")}, key=lambda one: (one.kind, one.what)
    )
    lacked = [one for one in draw.sample(fitting, min(len(fitting), _OFFERED)) if lacks(source, one.what)]
    for offer in lacked[:_A_DOCUMENT]:
        name = offer.kind.partition(" ")[0]
        if name == "row" and not source.year:
            continue
        wordings: Sequence[str] = {"term": _TERM, "topic": _TOPIC, "row": _ROW}[name]
        question = draw.choice(wordings).format(x=offer.said, y=source.year, were=verb_for(offer.said))
        yield _reading(question)
    yield from _other_years(source, draw)


def _other_years(source: Source, draw: random.Random) -> Iterator[Reading]:
    """A row of the document, in a year that it does not speak of anywhere."""
    if not source.year.isdigit():
        return
    labels = sorted({one.label for own in source.figures for one in own if one.table.statement})
    year = next(
        (y for y in range(int(source.year) - 6, int(source.year) - 30, -1) if str(y) not in source.text), None
    )
    if year is None:
        return
    for label in draw.sample(labels, min(3, len(labels))):
        said = lowered(label, source)
        yield _reading(draw.choice(_ROW).format(x=said, y=year, were=verb_for(said)))


def lacks(source: Source, what: str) -> bool:
    """Whether a document does not speak of something: most of its words stand nowhere in the text.

    The same thing in words of which one is other ("Issue Date" for "Closing Date") is not lacked.
    """
    words = {word for word in terms(what) if "-" not in word}
    absent = sum(word not in source.folded for word in words)
    return len(words) > 1 and absent > len(words) / 2


def _reading(question: str) -> Reading:
    return Reading(question=question, kind=NOT_ANSWERABLE, maker=MAKER, answer="", places=())
