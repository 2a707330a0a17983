"""The ready functions on passages, each on a case that a reader can judge."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from rag.glossary import Glossary, Wording
from rag.structure import Column, Definition, DocumentLink, Fact, Period, Row, Table
from rag.types import DocumentId
from tests.tuning.labeling.cases import DEED, REPORT, asked, chunk, passages
from tuning.items import Asked, PassageItem, Place
from tuning.label_model.matrix import ABSTAIN
from tuning.labeling import IRRELEVANT, RELEVANT, LabelingFunction
from tuning.labeling.library.counters import (
    make_no_content,
    make_other_document,
    make_other_paper,
    make_other_year,
    make_wrong_value,
)
from tuning.labeling.library.overlap import make_heading_match, make_sentence_overlap
from tuning.labeling.library.patterns import make_external, make_pattern
from tuning.labeling.library.places import (
    make_answer_in_context,
    make_clause_asked,
    make_defines_asked,
    make_definition_points_to,
    make_holds_answer,
    make_made_from,
    make_quoted_elsewhere,
    make_says_the_same,
)
from tuning.labeling.library.ranks import make_model_score, make_search_agreement, make_top_by_margin
from tuning.labeling.library.reading import QuestionReader
from tuning.labeling.library.standard import passage_functions
from tuning.labeling.library.tables import make_other_words, make_row_and_period

RENT = "The monthly rent of the flat is $900."
DOOR = "The door of the flat is painted green every spring."
PETS = "Pets are allowed in the garden only."


def votes(function: LabelingFunction, items: Sequence[PassageItem], **resources: Any) -> list[int]:  # noqa: ANN401
    """The votes, abstaining as -1."""
    needed = {"questions": QuestionReader(), **resources}
    given = {name: needed[name] for name in function.resources}
    return [ABSTAIN if math.isnan(one) else int(one) for one in function.values(items, given)]


def about(question: str, *texts: str, **more: Any) -> list[PassageItem]:  # noqa: ANN401
    return passages(asked(question, **more), texts)


def test_the_sentence_that_shares_most_stands_clear() -> None:
    items = about("What is the monthly rent?", DOOR, RENT, PETS)
    assert votes(make_sentence_overlap(), items) == [ABSTAIN, RELEVANT, ABSTAIN]


def test_a_heading_of_asked_words() -> None:
    question = asked("Is there a late payment charge?")
    headings = (
        "Deed > 4 Late Payment",
        "Deed > 5 Use of the Garden",
        "Deed > 6 Payment",
    )  # one word: too little
    items = [PassageItem(question=question, chunk=chunk(RENT, context=one)) for one in headings]
    assert votes(make_heading_match(), items) == [RELEVANT, ABSTAIN, ABSTAIN]


def test_searches_that_agree() -> None:
    items = about("q?", *(f"passage {n}" for n in range(20)))
    found = votes(make_search_agreement(), items)
    assert (found[0], found[5], found[19]) == (RELEVANT, ABSTAIN, IRRELEVANT)


def test_the_first_by_a_margin() -> None:
    items = about("q?", "a", "b", "c", "d")  # scores 1, 1/2, 1/3, 1/4
    assert votes(make_top_by_margin(margin=0.4), items) == [RELEVANT, ABSTAIN, IRRELEVANT, IRRELEVANT]
    assert votes(make_top_by_margin(margin=0.6), items)[0] == ABSTAIN


class Lengths:
    """A reranker that prefers short passages."""

    fingerprint = "lengths"

    def score(self, query: str, passages: Sequence[str]) -> np.ndarray:
        return np.array([-len(passage) for passage in passages], dtype=np.float32)


def test_a_models_places_are_of_the_first_alone() -> None:
    items = about("q?", "a long passage", "short", "tiny")
    values = make_model_score(head=2).values(items, {"reranker": Lengths()})
    assert np.allclose(values, [1 / 2, 1, 1 / 3])


def test_made_from_here_or_elsewhere() -> None:
    place = Place(document_id=DEED, start=0, end=len(RENT))
    items = about("What is the rent?", RENT, DOOR, places=(place,))
    assert votes(make_made_from(), items) == [RELEVANT, IRRELEVANT]
    assert votes(make_made_from(), about("What is the rent?", RENT)) == [ABSTAIN]


def test_what_says_the_same_elsewhere_in_the_document() -> None:
    place = Place(document_id=DEED, start=0, end=len(RENT))
    other = RENT.replace("$900", "$950")
    items = about("What is the rent?", RENT, f"As agreed: {RENT}", other, places=(place,))
    assert votes(make_says_the_same(), items, text=lambda _: RENT) == [ABSTAIN, RELEVANT, ABSTAIN]


def test_holds_the_makers_answer() -> None:
    assert votes(make_holds_answer(), about("q?", RENT, DOOR, answer="$900")) == [RELEVANT, IRRELEVANT]
    assert votes(make_holds_answer(), about("q?", RENT)) == [ABSTAIN]
    assert votes(make_holds_answer(), about("q?", RENT, DOOR, answer="$1,800")) == [ABSTAIN, ABSTAIN]


def test_the_answer_among_words_of_the_question() -> None:
    items = about("What is the monthly rent?", "The deposit is $900.", RENT, DOOR, answer="$900")
    values = make_answer_in_context().values(items, {"questions": QuestionReader()})
    assert values[:2].tolist() == [0.5, 1.0]
    assert np.isnan(values[2])


DEFINED = "“Rent” means the sum named in Section 4. "
DEFINITION = Definition(document_id=DEED, term="Rent", start=0, end=len(DEFINED), term_start=1, term_end=5)


def test_the_definition_of_an_asked_term() -> None:
    items = about("What does “Rent” mean?", DEFINED, "Pets are allowed.")
    known = {"definitions": lambda _: [DEFINITION]}
    assert votes(make_defines_asked(), items, **known) == [RELEVANT, ABSTAIN]
    assert votes(make_quoted_elsewhere(), items) == [ABSTAIN, IRRELEVANT]


def test_where_a_definition_points() -> None:
    from rag.structure import Reference

    items = about("What does “Rent” mean?", DEFINED, "Section 4. The sum is $900.", PETS)
    target = items[1].chunk
    points = Reference(
        document_id=DEED, kind="section", label="4", start=31, end=40,
        target_start=target.start, target_end=target.end,
    )  # fmt: skip
    known = {"definitions": lambda _: [DEFINITION], "references": lambda _: [points]}
    assert votes(make_definition_points_to(), items, **known) == [ABSTAIN, RELEVANT, ABSTAIN]


def test_a_section_named_by_number() -> None:
    from rag.structure import Reference

    items = about("What does Section 4.2 require?", "Section 4.2 Notice.", PETS)
    named = Reference(
        document_id=DEED, kind="section", label="4.2", start=99, end=110,
        target_start=0, target_end=items[0].chunk.end,
    )  # fmt: skip
    known = {"references": lambda _: [named], "sections": lambda _: []}
    assert votes(make_clause_asked(), items, **known) == [RELEVANT, IRRELEVANT]
    assert votes(make_clause_asked(), about("What is the rent?", RENT), **known) == [ABSTAIN]


def test_documents_that_were_not_asked_of() -> None:
    question = Asked(text="q?", kind="clause", origin="file", document_ids=(DEED,))
    items = [*passages(question, [RENT]), *passages(question, [RENT], document=REPORT)]
    assert votes(make_other_document(), items) == [ABSTAIN, IRRELEVANT]


def test_what_amends_and_what_does_not() -> None:
    link = DocumentLink(document_id=REPORT, kind="amends", title="Deed", date="", start=0, end=1)

    def links(document: DocumentId) -> list[DocumentLink]:
        return [link] if document == REPORT else []

    def of_both(question: str) -> list[int]:
        one = asked(question)
        items = [*passages(one, [RENT]), *passages(one, [RENT], document=REPORT)]
        facts: list[Fact] = []
        return votes(make_other_paper(), items, links=links, facts=lambda _: facts)

    assert of_both("What is the rent as amended?") == [ABSTAIN, RELEVANT]
    assert of_both("What was the rent originally?") == [ABSTAIN, IRRELEVANT]
    assert of_both("What is the rent?") == [ABSTAIN, IRRELEVANT]


@pytest.mark.parametrize(
    ("make", "question", "speaks", "against"),
    [
        (make_other_year, "What was the rent in 2019?", "In 2019 the rent rose.", "In 2017 the rent fell."),
        (make_wrong_value, "What is the interest rate?", "The rate is 5%.", "The rate is set by the board."),
        (make_wrong_value, "How long is the notice period?", "Thirty days' notice.", "Notice is in writing."),
        (make_no_content, "What is the rent?", RENT, "Contents\nRent ......... 4\nPets ........ 5"),
    ],
)
def test_counters(make: Any, question: str, speaks: str, against: str) -> None:  # noqa: ANN401
    assert votes(make(), about(question, speaks, against)) == [ABSTAIN, IRRELEVANT]


def test_the_row_and_column_asked_for() -> None:
    text = "Class A 5.00\nClass B 6.00"
    items = about("What is the rate of Class B in the table?", text, PETS)
    table = Table(
        document_id=DEED, ordinal=0, start=0, end=len(text), first_page=0, last_page=0,
        columns=(Column(header=("Rate",), period=Period("2019")),),
        rows=(Row(path=("Class A",), start=0, end=12), Row(path=("Class B",), start=13, end=25)),
    )  # fmt: skip
    assert votes(make_row_and_period(), items, tables=lambda _: [table]) == [RELEVANT, ABSTAIN]
    other = about("How are pets kept?", text, PETS)
    assert votes(make_row_and_period(), other, tables=lambda _: [table]) == [IRRELEVANT, ABSTAIN]


def test_the_same_in_other_words() -> None:
    wordings = Wording("capex", ("capex",)), Wording("capital spending", ("capital", "spending"))
    items = about("What was capex?", "Capital spending was $5.", "Capex was $5.")
    assert votes(make_other_words(), items, glossary=Glossary((wordings,))) == [RELEVANT, ABSTAIN]


def test_patterns_of_ones_own() -> None:
    items = about("Which law governs?", "governed by the laws of Ohio", PETS)
    assert votes(make_pattern("law", r"laws? of", question="law"), items) == [RELEVANT, ABSTAIN]
    assert votes(make_pattern("law", r"laws? of", question="rent"), items) == [ABSTAIN, ABSTAIN]
    assert votes(make_pattern("law", r"laws? of", otherwise=IRRELEVANT), items) == [RELEVANT, IRRELEVANT]


def test_a_function_that_stands_elsewhere_says_its_version() -> None:
    def call(item: PassageItem) -> int:
        return RELEVANT if item.chunk.text == RENT else ABSTAIN

    first, second = (make_external("theirs", call, version=version) for version in ("1", "2"))
    assert votes(first, about("q?", RENT, PETS)) == [RELEVANT, ABSTAIN]
    assert first.source != second.source


def test_all_ready_functions_have_names_and_sources() -> None:
    functions = passage_functions()
    assert len({one.name for one in functions}) == len(functions)
    assert all(one.source and one.about for one in functions)
