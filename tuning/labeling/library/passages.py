"""Whether a passage bears on a question: general functions for legal and financial documents.

Ranks and scores are compared within a question only. Functions that say what everybody says share a family,
so that together they have one voice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.combiner.signals import defines_asked, is_table, sections_asked, stands_in_section
from rag.generator.focus import focus
from rag.generator.values import asked_kind, values
from rag.tokens import terms
from tuning.items import PassageItem, Place
from tuning.labeling.functions import ABSTAIN, IRRELEVANT, RELEVANT, LabelingFunction, labeling_function
from tuning.labeling.resources import Resources

Votes = NDArray[np.float64]

_DEEP = 10
"""Beyond this rank of a search a passage is unlikely to bear on the question."""
_CONTENTS = re.compile(r"(?:\.\s?){4,}\s*\d+|^\s*(?:section|article)\s[\d.IVX]+.{3,60}\s\d+\s*$", re.I | re.M)
_YEARS = re.compile(r"\b(?:fy\s?)?((?:19|20)\d\d)\b", re.IGNORECASE)
_SMALL = frozenset(
    terms("what which who when where how is are was were the a an of in on for to and or by does do")
)


def general() -> list[LabelingFunction]:
    """All functions of this module that need no parameters."""
    return [
        first_by_words, first_by_meaning, shares_rare_words, similar, heading_shares_words, defines_the_term,
        in_the_named_section, holds_such_a_value, table_for_figures, contents_page, made_from_it, other_year,
    ]  # fmt: skip


@labeling_function(on="passage", kind="model_score", family="search")
def first_by_words(item: PassageItem, _: Resources) -> int:
    """First in the lexical search; or far behind, or not found by it."""
    return _by_rank(item.lexical)


@labeling_function(on="passage", kind="model_score", family="search")
def first_by_meaning(item: PassageItem, _: Resources) -> int:
    """The same of the dense search."""
    return _by_rank(item.dense)


def _by_rank(rank: int | None) -> int:
    if rank is None or rank > _DEEP:
        return IRRELEVANT
    return RELEVANT if rank == 1 else ABSTAIN


@labeling_function(on="passage", kind="text_pattern", together=True, edges=(0.35, 0.6, 0.85, 0.999))
def shares_rare_words(items: Sequence[PassageItem], _: Resources) -> Votes:
    """What the passage has of the question's words, rare ones of these passages weighing more.

    As a share of the best passage's.
    """
    asked = set(terms(focus(items[0].question.text))) - _SMALL
    held = [asked & set(terms(item.chunk.text)) for item in items]
    weights = {
        term: np.log(1 + len(items) / (1 + sum(term in one for one in held))) for term in sorted(asked)
    }
    sums = np.array([sum(weights[term] for term in sorted(one)) for one in held], dtype=np.float64)
    return sums / sums.max() if sums.max() > 0 else np.full(len(items), np.nan)


@labeling_function(
    on="passage", kind="neighbourhood", needs=("embedder",), together=True, edges=(-1.0, 0.0, 1.0, 2.0),
    family="meaning",
)  # fmt: skip
def similar(items: Sequence[PassageItem], resources: Resources) -> Votes:
    """How far above the other passages of the question its vector is similar, in standard deviations."""
    found = resources.similarities(items[0].question.text, [item.chunk.text for item in items])
    spread = float(found.std())
    return (found - found.mean()) / spread if spread > 0 else np.full(len(items), np.nan)


@labeling_function(on="passage", kind="heading", together=True, edges=(0.2, 0.5, 0.999))
def heading_shares_words(items: Sequence[PassageItem], _: Resources) -> Votes:
    """What its headings have of the question's words, as a share of the best heading's; the title aside."""
    asked = set(terms(focus(items[0].question.text))) - _SMALL
    held = [len(asked & set(terms(item.chunk.headings.partition(" > ")[2]))) for item in items]
    return np.array(held) / max(held) if max(held) else np.full(len(items), np.nan)


@labeling_function(on="passage", kind="defined_term")
def defines_the_term(item: PassageItem, _: Resources) -> int:
    """It defines a term that the question names."""
    return RELEVANT if defines_asked(tuple(terms(item.question.text)), item.chunk.text) > 0 else ABSTAIN


@labeling_function(on="passage", kind="heading")
def in_the_named_section(item: PassageItem, _: Resources) -> int:
    """The question names a section, and it is of that section; or of another."""
    asked = sections_asked(item.question.text)
    if not asked:
        return ABSTAIN
    return RELEVANT if stands_in_section(asked, item.chunk.context, item.chunk.text) else IRRELEVANT


@labeling_function(on="passage", kind="numbers")
def holds_such_a_value(item: PassageItem, _: Resources) -> int:
    """A date, a percentage, an amount is asked for, and none stands in it."""
    kind = asked_kind(focus(item.question.text))
    if kind == "text" or values(item.chunk.text, kind):
        return ABSTAIN
    return IRRELEVANT


@labeling_function(on="passage", kind="table")
def table_for_figures(item: PassageItem, _: Resources) -> int:
    """A figure of a table is asked for by the names of its row and column, and both stand in it."""
    line = item.chunk.table_line
    if not line or not is_table(item.chunk.context, item.chunk.text.split()):
        return ABSTAIN
    asked = set(terms(focus(item.question.text))) - _SMALL
    rows = [set(terms(row)) - _SMALL for row in item.chunk.text.split("\n")]
    row = max((len(asked & words) for words in rows), default=0)
    column = len(asked & set(terms(line)))
    return RELEVANT if row >= 2 and column >= 1 else ABSTAIN


@labeling_function(on="passage", kind="structure")
def contents_page(item: PassageItem, _: Resources) -> int:
    """It is of a table of contents."""
    lines = item.chunk.text.count("\n") + 1
    return IRRELEVANT if len(_CONTENTS.findall(item.chunk.text)) > max(2, lines // 2) else ABSTAIN


@labeling_function(on="passage", kind="origin")
def made_from_it(item: PassageItem, _: Resources) -> int:
    """The question was made from this place of the document; or from another."""
    places = item.question.places
    if not places:
        return ABSTAIN
    return RELEVANT if any(_covers(item, place) for place in places) else IRRELEVANT


def _covers(item: PassageItem, place: Place) -> bool:
    chunk = item.chunk
    return chunk.document_id == place.document_id and chunk.start < place.end and place.start < chunk.end


@labeling_function(on="passage", kind="numbers")
def other_year(item: PassageItem, _: Resources) -> int:
    """The question names a year, and the passage names others only."""
    asked, said = (set(_YEARS.findall(text)) for text in (item.question.text, item.chunk.passage))
    return IRRELEVANT if asked and said and not asked & said else ABSTAIN
