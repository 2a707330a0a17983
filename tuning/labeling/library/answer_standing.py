"""Functions on where an answer stands: under which heading, in which row, in which passage, how whole.

Each compares the place with the words of the question; none knows a generator's score. Leaves the answer's
kind and quotes to ``answers``, answers beside each other to ``answers_beside``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from rag.generator.focus import focus
from rag.generator.manner import manner
from rag.generator.values import asked_kind
from rag.numbers.cues import cues
from rag.sentences import sentences_around
from rag.structure import Definition
from rag.types import DocumentId
from tuning.items import AnswerItem
from tuning.label_model.matrix import ABSTAIN
from tuning.labeling.functions import BAD, GOOD, LabelingFunction, Vote, labeling_function
from tuning.labeling.library.answer_parts import (
    Tables,
    cells_of,
    questions_of,
    supports_of,
    wanted_of,
)
from tuning.labeling.library.reading import QuestionReader, stems
from tuning.labeling.library.relative import Scores, covered, rarity

Definitions = Callable[[DocumentId], Sequence[Definition]]

_ALL, _MOST, _PART = 0.9, 0.75, 0.4
"""Shares of a sentence that an answer has."""
_REPEATS = 0.8
_BEHIND = (-0.5, -0.3, -0.15, -0.02)
_OPERATIONS = frozenset(
    {":growth", ":moved plainly", ":share", ":average", ":ratio", ":sum", ":difference", ":product", ":count"}
)
"""What is computed, and printed nowhere."""
_WHOSE = re.compile(r"^(?:who|whom|whose|which (?:party|bank|company|entity|person))\b", re.I)
_NAME = re.compile(r"\b[A-Z][\w&.'-]+")


def make_heading_names_it(name: str = "heading_names_it") -> LabelingFunction:
    """The share of asked words in the headings around it, behind the best answer's, in bins."""

    @labeling_function(
        on="answer", kind="section", name=name, resources=["questions"], batch=True, query_wise=True,
        scored=True, edges=_BEHIND,
    )  # fmt: skip
    def heading_names_it(items: Sequence[AnswerItem], *, questions: QuestionReader) -> Scores:
        """The headings around it say what is asked."""
        found = np.full(len(items), np.nan)
        for rows in questions_of(items):
            asked = wanted_of(items[rows[0]], questions)
            headings = [stems(items[row].headings) for row in rows]
            weight = rarity(one for one in headings if one)
            own = np.array([covered(asked, one, weight) if one else np.nan for one in headings])
            if not np.isnan(own).all() and np.nanmax(own) > 0:
                found[rows] = own - np.nanmax(own)
        return found

    return heading_names_it


def make_defined_there(name: str = "defined_there") -> LabelingFunction:
    """Good inside the definition of a term that the question asks about, bad in that of another term."""

    @labeling_function(on="answer", kind="definition", name=name, resources=["questions", "definitions"])
    def defined_there(item: AnswerItem, *, questions: QuestionReader, definitions: Definitions) -> Vote:
        """It stands in the definition of what is asked about."""
        asked = wanted_of(item, questions)
        around = []
        for support, chunk in supports_of(item):
            start, end = chunk.start + support.start, chunk.start + support.end
            around += [one for one in definitions(chunk.document_id) if one.start < end and start < one.end]
        named = [stems(one.term) for one in around]
        if any(own and own <= asked for own in named):
            return GOOD
        return BAD if named and not any(own & asked for own in named) else ABSTAIN

    return defined_there


def make_row_and_column(name: str = "row_and_column") -> LabelingFunction:
    """The share of asked words in its row's label and its column's header, behind the best, in bins."""

    @labeling_function(
        on="answer", kind="table", name=name, resources=["questions", "tables"], batch=True,
        query_wise=True, scored=True, edges=_BEHIND,
    )  # fmt: skip
    def row_and_column(items: Sequence[AnswerItem], *, questions: QuestionReader, tables: Tables) -> Scores:
        """Its row and column say what is asked."""
        found = np.full(len(items), np.nan)
        for rows in questions_of(items):
            asked = questions(items[rows[0]].question).words
            said = [_labels(items[row], tables) for row in rows]
            weight = rarity(one for one in said if one)
            own = np.array([covered(asked, one, weight) if one else np.nan for one in said])
            if not np.isnan(own).all() and np.nanmax(own) > 0:
                found[rows] = own - np.nanmax(own)
        return found

    return row_and_column


def make_row_alone(name: str = "row_alone") -> LabelingFunction:
    """Bad where its row's label has words of its own that nobody asked for, good where all were asked for."""

    @labeling_function(on="answer", kind="table", name=name, resources=["questions", "tables"])
    def row_alone(item: AnswerItem, *, questions: QuestionReader, tables: Tables) -> Vote:
        """Its row is that of what is asked, and of nothing else."""
        asked = questions(item.question).words
        labels = [stems(path[-1]) for path in _paths(item, tables)]
        labels = [one for one in labels if one]
        if not labels or not asked:
            return ABSTAIN
        if any(one <= asked for one in labels):
            return GOOD
        return BAD if not any(one & asked for one in labels) else ABSTAIN

    return row_alone


def make_first_passages(name: str = "first_passages") -> LabelingFunction:
    """One over the place of its passage in the evidence, in bins."""

    @labeling_function(on="answer", kind="rank", name=name, scored=True, edges=(0.07, 0.12, 0.24, 0.45, 0.9))
    def first_passages(item: AnswerItem) -> Vote:
        """Search has its passage among the first."""
        places = {one.chunk.id: place for place, one in enumerate(item.evidence, 1)}
        known = [places[one.chunk_id] for one in item.candidate.supports if one.chunk_id in places]
        return 1.0 / min(known) if known else None

    return first_passages


def make_whole_statement(name: str = "whole_statement") -> LabelingFunction:
    """Where a clause is asked for: good is a whole sentence, bad is a piece of one."""

    @labeling_function(on="answer", kind="pattern", name=name)
    def whole_statement(item: AnswerItem) -> Vote:
        """It says a whole sentence, where one is asked for."""
        if manner(item.question.text) == "open" or not item.candidate.supports or item.candidate.judged:
            return ABSTAIN
        share = _share(item)
        return ABSTAIN if share is None or _PART < share < _ALL else GOOD if share >= _ALL else BAD

    return whole_statement


def make_part_of_sentence(name: str = "part_of_sentence") -> LabelingFunction:
    """Where something is asked for, not a clause: bad is a whole long sentence."""

    @labeling_function(on="answer", kind="pattern", name=name)
    def part_of_sentence(item: AnswerItem) -> Vote:
        """It is no longer than what is asked for."""
        if manner(item.question.text) != "open" or not item.candidate.supports:
            return ABSTAIN
        if _EXPLAINS.match(focus(item.question.text)):
            return ABSTAIN
        share = _share(item)
        if share is None:
            return ABSTAIN
        return BAD if share >= _MOST and len(item.candidate.text.split()) > _WORDS else ABSTAIN

    return part_of_sentence


_WORDS = 12
_EXPLAINS = re.compile(
    r"(?:why|how (?:does|do|did|is|are|was|were)|what (?:does|do|did|caused|led|drove))\b", re.I
)


def make_explains(name: str = "explains") -> LabelingFunction:
    """Where a reason or a manner is asked for: good is a phrase of some length, bad a word or a figure."""

    @labeling_function(on="answer", kind="pattern", name=name)
    def explains(item: AnswerItem) -> Vote:
        """It is long enough to explain something."""
        if not item.candidate.supports or not _EXPLAINS.match(focus(item.question.text)):
            return ABSTAIN
        words = len(item.candidate.text.split())
        return BAD if words <= _FEW else GOOD if words >= _SOME else ABSTAIN

    return explains


_FEW, _SOME = 2, 6


def make_repeats_question(name: str = "repeats_question") -> LabelingFunction:
    """Bad where what it says was said by the question."""

    @labeling_function(on="answer", kind="counter", name=name, resources=["questions"])
    def repeats_question(item: AnswerItem, *, questions: QuestionReader) -> Vote:
        """It says what the question says, and nothing else."""
        said = stems(item.candidate.text)
        if not item.candidate.supports or not said or manner(item.question.text) != "open":
            return ABSTAIN
        if re.search(r"\bor\b", item.question.text):
            return ABSTAIN
        return BAD if len(said & stems(item.question.text)) >= _REPEATS * len(said) else ABSTAIN

    return repeats_question


def make_names_somebody(name: str = "names_somebody") -> LabelingFunction:
    """Where a party is asked for: bad is an answer without a capitalised word."""

    @labeling_function(on="answer", kind="pattern", name=name)
    def names_somebody(item: AnswerItem) -> Vote:
        """It is a name, where one is asked for."""
        if not item.candidate.supports or not _WHOSE.match(focus(item.question.text)):
            return ABSTAIN
        return ABSTAIN if _NAME.search(item.candidate.text) else BAD

    return names_somebody


def make_printed_not_computed(name: str = "printed_not_computed") -> LabelingFunction:
    """Bad where a change, a sum, a share or an average is asked for and it is a single printed figure."""

    @labeling_function(on="answer", kind="number", name=name)
    def printed_not_computed(item: AnswerItem) -> Vote:
        """What is asked is to be computed, and it is printed."""
        if not item.candidate.supports or item.candidate.derivation is not None:
            return ABSTAIN
        if asked_kind(focus(item.question.text)) == "section":
            return ABSTAIN
        return BAD if _OPERATIONS & set(cues(item.question.text)) else ABSTAIN

    return printed_not_computed


def standing_functions() -> list[LabelingFunction]:
    """All of these."""
    return [
        make_defined_there(),
        make_explains(),
        make_first_passages(),
        make_heading_names_it(),
        make_names_somebody(),
        make_part_of_sentence(),
        make_printed_not_computed(),
        make_repeats_question(),
        make_row_alone(),
        make_row_and_column(),
        make_whole_statement(),
    ]


def _paths(item: AnswerItem, tables: Tables) -> list[tuple[str, ...]]:
    """The paths of the rows whose cells it is."""
    found = []
    wanted = {(cell.start, cell.end) for cell in cells_of(item, tables)}
    for _, chunk in supports_of(item):
        for table in tables(chunk.document_id):
            for cell in table.cells:
                if (cell.start, cell.end) in wanted and cell.row < len(table.rows):
                    path = table.rows[cell.row].path
                    if path:
                        found.append(path)
    return found


def _labels(item: AnswerItem, tables: Tables) -> frozenset[str]:
    """The stems of labels and headers of the cells it is; empty where it is none."""
    found: frozenset[str] = frozenset()
    wanted = {(cell.start, cell.end) for cell in cells_of(item, tables)}
    for _, chunk in supports_of(item):
        for table in tables(chunk.document_id):
            for cell in table.cells:
                if (cell.start, cell.end) not in wanted:
                    continue
                row = table.rows[cell.row].path if cell.row < len(table.rows) else ()
                header = table.columns[cell.column].header if cell.column < len(table.columns) else ()
                found |= stems(" ".join((table.title, *row, *header)))
    return found


def _share(item: AnswerItem) -> float | None:
    """The share of the sentences it touches that it has, by words; None where it is not found."""
    words = len(item.candidate.text.replace("; ", " ").split())
    whole = 0
    for support, chunk in supports_of(item):
        start, end = sentences_around(chunk.text, support.start, support.end)
        whole += len(chunk.text[start:end].split())
    return min(1.0, words / whole) if whole else None
