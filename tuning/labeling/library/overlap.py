"""Functions on the words that question and passage share: in one sentence or row, and in the headings.

A word counts by its rarity among the question's passages. What a whole passage shares says little, the more
the longer it is; what one sentence or row shares says where an answer stands.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tuning.items import PassageItem
from tuning.labeling.functions import LabelingFunction, labeling_function
from tuning.labeling.library.ranks import PLACES
from tuning.labeling.library.reading import QuestionReader, heading_words, parts_of, stems
from tuning.labeling.library.relative import (
    Scores,
    behind_best,
    by_question,
    covered,
    first_by_margin,
    places,
    rarity,
)

_HEADING = 0.5
"""What a word counts that only the headings around a sentence have."""


def sentence_cover(items: Sequence[PassageItem], questions: QuestionReader) -> Scores:
    """``[n]``: the largest share of asked words in one sentence or row of each passage, 0 to 1."""
    found = np.full(len(items), np.nan)
    for question, rows in by_question(items):
        asked = questions(question).words
        if not asked:
            continue
        chunks = [items[int(row)].chunk for row in rows]
        weight = rarity(stems(chunk.text) for chunk in chunks)
        for row, chunk in zip(rows, chunks, strict=True):
            around = heading_words(chunk) & asked
            best = 0.0
            for part in parts_of(chunk):
                own = covered(asked, part, weight)
                best = max(best, own + _HEADING * covered(asked, around - part, weight))
            found[row] = best
    return found


def make_sentence_overlap(
    name: str = "sentence_overlap", *, first: int = 1, margin: float = 0.1
) -> LabelingFunction:
    """The ``first`` whose best sentence stands clear by ``margin`` bear it, the worse half does not."""

    @labeling_function(
        on="passage",
        kind="rank",
        name=name,
        family="words",
        resources=["questions"],
        batch=True,
        query_wise=True,
    )
    def overlap(items: Sequence[PassageItem], *, questions: QuestionReader) -> Scores:
        """The sentence that shares most with the question stands in it."""
        return first_by_margin(sentence_cover(items, questions), items, first=first, margin=margin)

    return overlap


def make_sentence_cover(name: str = "sentence_cover", *, bins: int = 6) -> LabelingFunction:
    """The share of asked words in one sentence, behind the question's best, in bins."""

    @labeling_function(
        on="passage", kind="rank", name=name, family="words", resources=["questions"], batch=True,
        query_wise=True, scored=True, bins=bins, edges=(-0.5, -0.35, -0.2, -0.1, -0.02),
    )  # fmt: skip
    def cover(items: Sequence[PassageItem], *, questions: QuestionReader) -> Scores:
        """How much of the question one sentence of it has, behind the best passage."""
        return behind_best(sentence_cover(items, questions), items)

    return cover


def make_best_of_document(name: str = "best_of_document") -> LabelingFunction:
    """At which place its best sentence is among the passages of its own document."""

    @labeling_function(
        on="passage", kind="rank", name=name, family="words", resources=["questions"], batch=True,
        query_wise=True, scored=True, edges=PLACES,
    )  # fmt: skip
    def best(items: Sequence[PassageItem], *, questions: QuestionReader) -> Scores:
        """No passage of its document has a sentence nearer to the question."""
        return places(sentence_cover(items, questions), items, by_document=True)

    return best


def make_heading_match(name: str = "heading_match", *, least: float = 0.6) -> LabelingFunction:
    """Relevant where ``least`` of the words of the innermost heading are asked for, by rarity."""

    @labeling_function(
        on="passage", kind="section", name=name, resources=["questions"], batch=True, query_wise=True
    )
    def heading(items: Sequence[PassageItem], *, questions: QuestionReader) -> Scores:
        """Its heading is what the question speaks of."""
        found = np.full(len(items), np.nan)
        for question, rows in by_question(items):
            asked = questions(question).words
            heads = [heading_words(items[int(row)].chunk) for row in rows]
            weight = rarity(heads)
            for row, words in zip(rows, heads, strict=True):
                if len(words) > 1 and covered(words, asked, weight) >= least:
                    found[row] = 1
        return found

    return heading
