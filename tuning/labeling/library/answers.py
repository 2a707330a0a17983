"""Functions on an answer and the evidence it rests on: is it of the kind asked for, does it stand there.

A generator's own confidence has no vote: what a model was sure of must not teach it to be surer. A candidate
without supports is the refusal; it is right where nothing at hand speaks of what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from rag.generator.focus import focus
from rag.generator.values import asked_kind, values
from rag.standing import stands
from tuning.items import AnswerItem
from tuning.label_model.matrix import ABSTAIN
from tuning.labeling.functions import BAD, GOOD, LabelingFunction, Vote, labeling_function
from tuning.labeling.library.answer_parts import (
    Tables,
    cells_of,
    listed,
    plain,
    questions_of,
    said_around,
    supports_of,
    wanted_of,
)
from tuning.labeling.library.counters import speaks_of_nothing
from tuning.labeling.library.reading import QuestionReader, heading_words, parts_of, stems
from tuning.labeling.library.relative import Scores, covered, rarity

_LONG = 25
"""Words beyond which an answer to a question after a value is none."""
_LISTS = re.compile(r"\b(?:list|which \w+s\b|what are|name the|set of|each of|all (?:the|of))", re.I)
_SPOKEN_OF, _UNSPOKEN = 0.75, 0.35
"""Shares of asked words in one sentence of the evidence: from here on it is spoken of, up to here not."""


def make_fits_question(name: str = "fits_question") -> LabelingFunction:
    """Bad where a figure, date or section is asked for and the answer holds none; good where it is one."""

    @labeling_function(on="answer", kind="answer", name=name)
    def fits_question(item: AnswerItem) -> Vote:
        """It is of the kind that is asked for."""
        kind = asked_kind(focus(item.question.text))
        if not item.candidate.supports or kind == "text":
            return ABSTAIN
        found = values(item.candidate.text, kind)
        if not found:
            return BAD
        start, end = found[0]
        return GOOD if end - start >= len(item.candidate.text.strip()) - 2 else ABSTAIN

    return fits_question


def make_quote_supports(name: str = "quote_supports") -> LabelingFunction:
    """Bad where the answer's words or figures do not stand in what it rests on; computed ones aside."""

    @labeling_function(on="answer", kind="answer", name=name)
    def quote_supports(item: AnswerItem) -> Vote:
        """What it rests on says it."""
        candidate = item.candidate
        quotes = [chunk.text[one.start : one.end] for one, chunk in supports_of(item)]
        if not quotes or candidate.derivation is not None or candidate.judged:
            return ABSTAIN
        return ABSTAIN if stands(candidate.text, quotes) else BAD

    return quote_supports


def make_words_around(name: str = "words_around") -> LabelingFunction:
    """The share of asked words in the sentence or row around it, behind the best answer's, in bins."""

    @labeling_function(
        on="answer", kind="answer", name=name, resources=["questions"], batch=True, query_wise=True,
        scored=True, edges=(-0.5, -0.3, -0.15, -0.02),
    )  # fmt: skip
    def words_around(items: Sequence[AnswerItem], *, questions: QuestionReader) -> Scores:
        """The words around it are those of the question."""
        found = np.full(len(items), np.nan)
        for rows in questions_of(items):
            asked = wanted_of(items[rows[0]], questions)
            said = [said_around(items[row]) for row in rows]
            weight = rarity(one for one in said if one)
            own = [covered(asked, one, weight) if one else np.nan for one in said]
            if not np.isnan(own).all():
                found[rows] = np.array(own) - np.nanmax(own)
        return found

    return words_around


def make_cell_of_period(name: str = "cell_of_period") -> LabelingFunction:
    """Good where it is a table's figure under an asked year or date, bad where under another, same row."""

    @labeling_function(on="answer", kind="number", name=name, resources=["questions", "tables"])
    def cell_of_period(item: AnswerItem, *, questions: QuestionReader, tables: Tables) -> Vote:
        """Its figure stands under the period asked for."""
        years = questions(item.question).years
        cells = list(cells_of(item, tables))
        ended = {cell.period.year for cell in cells if cell.period is not None}
        if not years or not ended:
            return ABSTAIN
        return GOOD if ended & years else BAD

    return cell_of_period


def make_complete_list(name: str = "complete_list") -> LabelingFunction:
    """Where several are asked for: bad is what another answer holds with more beside it."""

    @labeling_function(on="answer", kind="answer", name=name, batch=True, query_wise=True)
    def complete_list(items: Sequence[AnswerItem]) -> Scores:
        """It lists all that are asked for."""
        found = np.full(len(items), np.nan)
        for rows in questions_of(items):
            if not _LISTS.search(items[rows[0]].question.text):
                continue
            named = [listed(items[row].candidate.text) for row in rows]
            for row, own in zip(rows, named, strict=True):
                if items[row].candidate.supports and any(own < other for other in named):
                    found[row] = BAD
                elif len(own) > 1:
                    found[row] = GOOD
        return found

    return complete_list


def make_no_statement(name: str = "no_statement") -> LabelingFunction:
    """Bad where it stands in a heading, a table of contents, or a notice."""

    @labeling_function(on="answer", kind="answer", name=name)
    def no_statement(item: AnswerItem) -> Vote:
        """It stands where nothing is stated."""
        for support, chunk in supports_of(item):
            quote = chunk.text[support.start : support.end]
            if speaks_of_nothing(quote) or (stems(quote) and stems(quote) <= heading_words(chunk)):
                return BAD
        return ABSTAIN

    return no_statement


def make_refusal(name: str = "right_refusal") -> LabelingFunction:
    """A refusal is good where no sentence speaks of what is asked, bad where one does."""

    @labeling_function(on="answer", kind="answer", name=name, resources=["questions"])
    def right_refusal(item: AnswerItem, *, questions: QuestionReader) -> Vote:
        """What is asked is, or is not, spoken of at all."""
        asked = wanted_of(item, questions)
        if not asked or not item.evidence:
            return ABSTAIN
        chunks = [one.chunk for one in item.evidence]
        weight = rarity(part for chunk in chunks for part in parts_of(chunk))
        most = max(covered(asked, part, weight) for chunk in chunks for part in parts_of(chunk))
        if _UNSPOKEN < most < _SPOKEN_OF:
            return ABSTAIN
        refuses = not item.candidate.supports
        if most <= _UNSPOKEN:
            return GOOD if refuses else BAD
        return BAD if refuses else ABSTAIN

    return right_refusal


def make_length(name: str = "length", *, words: int = _LONG) -> LabelingFunction:
    """Bad where a value is asked for and it has more than so many words."""

    @labeling_function(on="answer", kind="answer", name=name)
    def length(item: AnswerItem) -> Vote:
        """It is no longer than what is asked for."""
        short = asked_kind(focus(item.question.text)) != "text"
        return BAD if short and len(item.candidate.text.split()) > words else ABSTAIN

    return length


def make_as_made(name: str = "as_made") -> LabelingFunction:
    """Whether it is what the question's maker read."""

    @labeling_function(on="answer", kind="place", name=name)
    def as_made(item: AnswerItem) -> Vote:
        """The question's maker read the same."""
        if not item.question.answer:
            return ABSTAIN
        if not item.candidate.supports:
            return BAD
        return GOOD if plain(item.candidate.text) == plain(item.question.answer) else BAD

    return as_made


def answer_functions() -> list[LabelingFunction]:
    """All of these."""
    return [
        make_as_made(),
        make_cell_of_period(),
        make_complete_list(),
        make_fits_question(),
        make_length(),
        make_no_statement(),
        make_quote_supports(),
        make_refusal(),
        make_words_around(),
    ]
