"""Functions on tables and vocabularies: the row and period asked for, other words for the same thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from rag.glossary import Glossary
from rag.numbers.mentions import months_in
from rag.numbers.ontology import LineItem, Ontology, words_of
from rag.structure import Row, Table
from rag.tokens import terms
from rag.types import Chunk, DocumentId
from tuning.items import PassageItem
from tuning.label_model.matrix import ABSTAIN
from tuning.labeling.functions import IRRELEVANT, RELEVANT, LabelingFunction, Vote, labeling_function
from tuning.labeling.library.reading import QuestionReader, Reading, stems
from tuning.labeling.library.relative import Scores, by_question, covered, rarity

Tables = Callable[[DocumentId], Sequence[Table]]
_LETTERS = 3


def make_row_and_period(name: str = "row_and_period", *, least: float = 0.75) -> LabelingFunction:
    """Relevant where a row's label is asked for, and its column, title or label has the period asked for.

    A row's label counts as asked for where ``least`` of its words are, by rarity among the rows at hand, and
    no row of another passage fits better. Irrelevant are tables of which no row is asked for at all.
    """

    @labeling_function(
        on="passage", kind="table", name=name, resources=["questions", "tables"], batch=True, query_wise=True
    )
    def row_and_period(items: Sequence[PassageItem], *, questions: QuestionReader, tables: Tables) -> Scores:
        """The row asked for stands in it, under the period asked for."""
        found = np.full(len(items), np.nan)
        for question, rows in by_question(items):
            reading = questions(question)
            labels = {int(row): _rows_in(items[int(row)].chunk, tables) for row in rows}
            weight = rarity(label for own in labels.values() for label, _, _ in own)
            fits = {row: _fit(own, reading, weight) for row, own in labels.items() if own}
            best = max(fits.values(), default=0.0)
            for row, fit in fits.items():
                if fit >= max(least, best - 0.05):
                    found[row] = RELEVANT
                elif fit == 0.0:
                    found[row] = IRRELEVANT
        return found

    return row_and_period


_Labelled = tuple[frozenset[str], frozenset[str], Row]


def _rows_in(chunk: Chunk, tables: Tables) -> list[_Labelled]:
    """The rows of tables in a chunk: stems of their labels, and of what stands above and beside them."""
    found = []
    for table in tables(chunk.document_id):
        if not (chunk.start < table.end and table.start < chunk.end):
            continue
        above = stems(" ".join((table.title, *(" ".join(column.header) for column in table.columns))))
        for row in table.rows:
            if chunk.start <= row.start < chunk.end and row.path:
                around = above | stems(" ".join(row.path[:-1]))
                found.append((_label(row.path[-1]), around, row))
    return found


def _label(label: str) -> frozenset[str]:
    """The stems of a row's label; one of a letter names a class."""
    name = label.strip().lower()
    return frozenset({f"class {name}"}) if len(name) <= _LETTERS else stems(label)


def _fit(rows: Sequence[_Labelled], reading: Reading, weight: Callable[[str], float]) -> float:
    """How well the best row fits: the share of its label asked for, and of the question it covers."""
    best = 0.0
    for label, around, row in rows:
        if not label & reading.words:
            continue
        precise = covered(label, reading.words, weight)
        asked = covered(reading.words, label | around, weight)
        months = (
            reading.months
            and months_in(" ".join(row.path))
            and not reading.months & months_in(" ".join(row.path))
        )
        best = max(best, 0.0 if months else precise * (0.5 + 0.5 * asked))
    return best


def make_other_words(name: str = "other_words") -> LabelingFunction:
    """Relevant where it has a concept of the question in other words of the glossary only."""

    @labeling_function(on="passage", kind="vocabulary", name=name, resources=["questions", "glossary"])
    def other_words(item: PassageItem, *, questions: QuestionReader, glossary: Glossary) -> Vote:
        """It says the same in other words."""
        mentions = glossary.mentions(questions(item.question).text)
        text = f" {' '.join(terms(item.chunk.text))} " if mentions else ""
        for one in mentions:
            if any(f" {' '.join(wording.terms)} " in text for wording in one.others):
                return RELEVANT
        return ABSTAIN

    return other_words


def make_line_item(name: str = "line_item") -> LabelingFunction:
    """Relevant where the line item asked for is a row of the statement that it belongs to; others not."""

    @labeling_function(
        on="passage", kind="vocabulary", name=name, resources=["questions", "ontology", "tables"]
    )
    def line_item(
        item: PassageItem, *, questions: QuestionReader, ontology: Ontology, tables: Tables
    ) -> Vote:
        """The statement's row of the line item asked for."""
        named = ontology.mentions(words_of(questions(item.question).text))
        asked = [one.found for one in named if isinstance(one.found, LineItem)]
        own = [
            table
            for table in tables(item.chunk.document_id)
            if table.statement and item.chunk.start < table.end and table.start < item.chunk.end
        ]
        if not asked or not own:
            return ABSTAIN
        for one in asked:
            for table in own:
                rows = (row for row in table.rows if item.chunk.start <= row.start < item.chunk.end)
                if table.statement == one.statement and any(_is_row(one, row) for row in rows):
                    return RELEVANT
        return IRRELEVANT

    return line_item


def _is_row(item: LineItem, row: Row) -> bool:
    label = words_of(row.path[-1]) if row.path else ()
    return any(label[: len(wording)] == wording for wording in item.rows)
