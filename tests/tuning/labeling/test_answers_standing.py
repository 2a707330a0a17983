"""The ready functions on where an answer stands, and on answers beside each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np

from rag.structure import Cell, Column, Definition, Row, Table
from rag.types import Candidate, Chunk, DocumentId, Evidence, Support
from tests.tuning.labeling.cases import DEED, answer, asked, chunk
from tuning.items import AnswerItem, Asked, PreferenceItem
from tuning.label_model.matrix import ABSTAIN
from tuning.labeling import BAD, GOOD, LabelingFunction
from tuning.labeling.functions import FIRST, SECOND
from tuning.labeling.library.answer_standing import (
    make_defined_there,
    make_explains,
    make_first_passages,
    make_heading_names_it,
    make_names_somebody,
    make_part_of_sentence,
    make_printed_not_computed,
    make_repeats_question,
    make_row_alone,
    make_row_and_column,
    make_whole_statement,
)
from tuning.labeling.library.answers_beside import (
    make_near_in_meaning,
    make_ranked_value,
    make_reader_doubts,
    make_said_by_others,
    make_tighter,
)
from tuning.labeling.library.reading import QuestionReader
from tuning.labeling.library.standard import ready_answer_functions

LAW = chunk("This deed is governed by the laws of Ohio. Ann may assign it.", context="Deed > 9 Governing law")
RENT = chunk("The rent is $900 because the flat is near the lake and the station.", context="Deed > 2 Rent")


def values(function: LabelingFunction, items: Sequence[Any], **resources: Any) -> list[float]:  # noqa: ANN401
    given = {name: {"questions": QuestionReader(), **resources}[name] for name in function.resources}
    return [float(one) for one in function.values(items, given)]


def votes(function: LabelingFunction, items: Sequence[Any], **resources: Any) -> list[int]:  # noqa: ANN401
    return [ABSTAIN if math.isnan(one) else int(one) for one in values(function, items, **resources)]


def said(question: str, passage: Chunk, *texts: str) -> list[AnswerItem]:
    return [answer(asked(question), passage, text) for text in texts]


def both(question: str, *pairs: tuple[Chunk, str]) -> list[AnswerItem]:
    evidence = tuple(Evidence(chunk=one) for one in dict.fromkeys(passage for passage, _ in pairs))
    items = [answer(asked(question), passage, text) for passage, text in pairs]
    return [replace(one, evidence=evidence) for one in items]


def test_the_heading_and_the_place_of_the_passage() -> None:
    items = both("What is the governing law?", (LAW, "Ohio"), (RENT, "$900"))
    assert values(make_heading_names_it(), items) == [0.0, -1.0]
    assert values(make_first_passages(), items) == [1.0, 0.5]


def test_whole_sentences_where_a_clause_is_asked_for() -> None:
    sentence = "This deed is governed by the laws of Ohio."
    assert votes(make_whole_statement(), said("Highlight the governing law.", LAW, sentence)) == [GOOD]
    (piece,) = said("Highlight the governing law.", LAW, "Ohio")
    around = Support(chunk_id=LAW.id, start=0, end=len(sentence))
    piece = replace(piece, candidate=replace(piece.candidate, supports=(around,)))
    assert votes(make_whole_statement(), [piece, *said("Which law?", LAW, sentence)]) == [BAD, ABSTAIN]
    long = chunk("The rent, which the tenant pays in advance on the first day of a month, is $900.")
    assert votes(make_part_of_sentence(), said("What is the rent?", long, long.text, "$900")) == [
        BAD,
        ABSTAIN,
    ]
    why = said("Why is the rent $900?", RENT, "$900", "because the flat is near the lake and the station")
    assert votes(make_explains(), why) == [BAD, GOOD]


def test_what_repeats_or_names_nobody() -> None:
    items = said("What is the rent of the flat?", RENT, "rent", "$900")
    assert votes(make_repeats_question(), items) == [BAD, ABSTAIN]
    assert votes(make_names_somebody(), said("Who may assign it?", LAW, "may assign it", "Ann")) == [
        BAD,
        ABSTAIN,
    ]


def test_what_is_to_be_computed_is_not_printed() -> None:
    items = said("What is the change in rent from 2018 to 2019?", RENT, "$900", "")
    assert votes(make_printed_not_computed(), items) == [BAD, ABSTAIN]
    assert votes(make_printed_not_computed(), said("What is the rent?", RENT, "$900")) == [ABSTAIN]


def test_inside_a_definition() -> None:
    passage = chunk('"Rent Day" means the 5th. "Lien Cap" means $7.')
    found = [
        Definition(document_id=DEED, term="Rent Day", start=0, end=25, term_start=1, term_end=9),
        Definition(document_id=DEED, term="Lien Cap", start=26, end=46, term_start=27, term_end=35),
    ]
    items = said("When is the rent day?", passage, "5th", "$7")
    assert votes(make_defined_there(), items, definitions=lambda _: found) == [GOOD, BAD]


def test_rows_and_columns() -> None:
    passage = chunk("        2018  2019\nRent  900  800\nLight  70  60")
    cells = tuple(
        Cell(row=row, column=column, start=at, end=at + len(text), page=0, text=text, value=Decimal(text))
        for row, column, text in ((0, 0, "900"), (0, 1, "800"), (1, 0, "70"), (1, 1, "60"))
        for at in (passage.text.index(f" {text}") + 1,)
    )
    table = Table(
        document_id=DEED, ordinal=0, start=0, end=len(passage.text), first_page=0, last_page=0, cells=cells,
        columns=(Column(header=("2018",)), Column(header=("2019",))),
        rows=(Row(start=19, end=33, path=("Rent",)), Row(start=34, end=47, path=("Light",))),
    )  # fmt: skip

    def tables(_: DocumentId) -> list[Table]:
        return [table]

    items = said("What was the rent in 2018?", passage, "900", "800", "60")
    best, second, third = values(make_row_and_column(), items, tables=tables)
    assert best == 0.0 > second > third
    assert votes(make_row_alone(), items, tables=tables) == [GOOD, GOOD, BAD]


def signalled(question: Asked, text: str, **signals: float) -> AnswerItem:
    plain = answer(question, RENT, text)
    candidate: Candidate = replace(plain.candidate, signals=signals)
    return replace(plain, candidate=candidate)


def test_sources_beside_each_other() -> None:
    question = asked("What is the rent?")
    items = [
        signalled(question, "$900", margin=9.0, value=0.6, words=0.5),
        signalled(question, "lake", margin=2.0),
        signalled(question, "station", value=0.15),
    ]
    assert votes(make_said_by_others(), items) == [GOOD, BAD, ABSTAIN]
    assert values(make_ranked_value(), items)[::2] == [1.0, 0.25]
    assert votes(make_reader_doubts(), items) == [ABSTAIN, BAD, ABSTAIN]
    sure = [signalled(question, "$900", margin=30.0)]
    assert votes(make_reader_doubts(), sure) == [ABSTAIN]


class Letters:
    """Vectors by whether a text speaks of rent."""

    fingerprint = "letters"

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([[1.0, 0.0] for _ in texts], dtype=np.float32)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([[1.0, 0.0] if "rent" in text else [0.0, 1.0] for text in texts], dtype=np.float32)


def test_what_is_near_in_meaning() -> None:
    items = both("What is the rent?", (RENT, RENT.text), (LAW, "Ohio"))
    assert values(make_near_in_meaning(), items, embedder=Letters()) == [0.0, -1.0]


def test_the_tighter_of_two() -> None:
    whole, short = said("What is the rent?", RENT, RENT.text, "$900")
    function = make_tighter(words=5)
    pairs = [PreferenceItem(first=whole, second=short), PreferenceItem(first=short, second=whole)]
    assert votes(function, pairs) == [SECOND, FIRST]


def test_ready_functions_are_one_of_a_name() -> None:
    functions = ready_answer_functions()
    assert len({one.name for one in functions}) == len(functions)
    assert all(one.source and one.about for one in functions)
