from __future__ import annotations

from dataclasses import replace

import pytest

from rag.related import (
    LIMIT,
    SPAN_CHARS,
    asked_definitions,
    asked_places,
    related_spans,
)
from rag.structure import Definition, Reference
from rag.types import Chunk, ChunkId, DocumentId, Section, SectionId

ALDER, BIRCH, CEDAR = DocumentId("alder"), DocumentId("birch"), DocumentId("cedar")


def defined(term: str, start: int, *uses: int, length: int = 300, document: DocumentId = ALDER) -> Definition:
    return Definition(
        document_id=document, term=term, start=start, end=start + length, term_start=start + 1,
        term_end=start + 1 + len(term), uses=uses,
    )  # fmt: skip


def reference(start: int, target: int | None, length: int = 200, document: DocumentId = ALDER) -> Reference:
    return Reference(
        document_id=document, kind="section", label=f"at {start}", start=start, end=start + 11,
        section_id=None if target is None else SectionId("s"), target_start=target,
        target_end=None if target is None else target + length,
    )  # fmt: skip


def chunk(start: int, end: int, document: DocumentId = ALDER) -> Chunk:
    return Chunk(
        id=ChunkId(f"{document} {start}"), document_id=document, section_id=SectionId("s"), ordinal=0,
        start=start, end=end, first_page=0, last_page=0, text="x" * (end - start), context="",
    )  # fmt: skip


def labels(*args: object, **settings: int) -> list[str]:
    return [span.label for span in related_spans(*args, **settings)]  # type: ignore[arg-type]


LIEN = defined("Lien", 1000, 50, 60, 5000)
PERMITTED = defined("Permitted Liens", 2000, 70)
PERSON = defined("Person", 3000, 51, 52, 53, 5001, 5002)


def test_question_then_references_then_rare_terms() -> None:
    found = related_spans(
        [chunk(0, 100)], [LIEN, PERMITTED, PERSON], [reference(80, 8000)], "What is a person?"
    )
    assert [(span.label, span.why) for span in found] == [
        ("Person", "asked"), ("at 80", "referred"), ("Permitted Liens", "used"), ("Lien", "used"),
    ]  # fmt: skip


def test_the_limit_holds_and_cuts_the_least() -> None:
    many = [defined(f"Term {number}", 10_000 + 400 * number, *range(number + 1)) for number in range(20)]
    assert len(related_spans([chunk(0, 100)], many, [], "")) == LIMIT
    assert labels([chunk(0, 100)], many, [], "", limit=2) == ["Term 0", "Term 1"]
    assert labels([chunk(0, 100)], many, [], "", limit=0) == []


def test_the_longest_term_of_a_question_wins() -> None:
    terms = [LIEN, PERMITTED]
    assert [one.term for one in asked_definitions(terms, "Which permitted liens are there?")] == [
        "Permitted Liens"
    ]
    assert [one.term for one in asked_definitions(terms, "Which liens are permitted?")] == ["Lien"]
    assert asked_definitions(terms, "") == []


def test_of_two_definitions_of_a_term_the_fuller_comes() -> None:
    passing = defined("Lien", 9000, length=40)
    assert related_spans([chunk(0, 10)], [passing, LIEN], [], "lien?")[0].start == LIEN.start


def test_nothing_comes_twice_nor_what_is_there() -> None:
    assert (
        labels([chunk(0, 100), chunk(990, 1400)], [LIEN], [reference(80, 1000), reference(90, 1010)], "lien")
        == []
    )
    twice = related_spans([chunk(0, 100)], [LIEN], [reference(80, 1000), reference(90, 8000)], "lien")
    assert [span.start for span in twice] == [1000, 8000]


def test_a_definition_by_reference_brings_what_it_names() -> None:
    loan = defined("Loan", 1500, length=60)
    found = related_spans([chunk(0, 10)], [loan], [reference(1530, 8000)], "loan")
    assert [(span.start, span.why) for span in found] == [(1500, "asked"), (8000, "referred")]


def test_every_definition_of_a_term_in_the_question_comes() -> None:
    passing, entry = defined("Report", 9000, length=400), defined("Report", 1000, length=60)
    found = related_spans([chunk(0, 10)], [entry, passing], [], "Which Section defines “Report”?")
    assert [span.start for span in found] == [passing.start, entry.start]


def test_a_definition_brings_the_rare_terms_it_uses() -> None:
    cap, part = defined("Expense Cap", 1000), defined("Variable Component", 5000, 1100)
    common = defined("Issuer", 6000, *range(1000, 1250, 5))
    assert labels([chunk(0, 10)], [cap, part, common], [], "the Expense Cap") == [
        "Expense Cap",
        "Variable Component",
    ]


def test_a_word_that_stands_everywhere_waits_unless_it_is_printed_so() -> None:
    indenture = defined("Indenture", 7000, *range(2000, 2500, 10))
    question = "Under the indenture, what is a Lien?"
    assert labels([chunk(0, 10)], [indenture, LIEN], [], question) == ["Lien", "Indenture"]
    assert labels([chunk(0, 10)], [indenture], [], "What does Indenture mean?") == ["Indenture"]


def test_what_the_chunks_use_is_weighed() -> None:
    used = [defined("Payment Date", 1000, *range(20)), defined("Obligor", 2000, *range(20))]
    assert labels([chunk(0, 100)], used, [], "On which date is payment due?") == ["Payment Date", "Obligor"]
    late = replace(PERMITTED, uses=(570,))
    assert labels([chunk(0, 100), chunk(500, 600)], [late, replace(LIEN, uses=(50,))], [], "") == [
        "Lien",
        "Permitted Liens",
    ]


def section(number: str, start: int, end: int, parent: str | None = None) -> Section:
    return Section(
        id=SectionId(number), document_id=ALDER, parent_id=None if parent is None else SectionId(parent),
        number=number, title="", path=(), level=1, start=start, end=end,
    )  # fmt: skip


SECTIONS = [
    section("Section 9.02", 4000, 6000),
    section("(b)", 4500, 5000, parent="Section 9.02"),
    section("Section 15.2", 8000, 9000),
]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What notice does Section 9.2(b) require?", [("9.2(b)", 4500)]),
        ("What do clause 15.2(c) and Section 9.02 say?", [("15.2(c)", 8000), ("9.2", 4000)]),
        ("What does Section 1.1 say?", []),
        ("Which 9.2 items are there?", []),
    ],
)
def test_places_named_in_a_question(question: str, expected: list[tuple[str, int]]) -> None:
    assert [(span.label, span.start) for span in asked_places([], SECTIONS, question)] == expected


def test_a_reference_knows_a_place_better_than_the_tree() -> None:
    printed = replace(reference(100, 8700), label="15.2(c)")
    (span,) = asked_places([printed], SECTIONS, "Section 15.2(c)?")
    assert (span.start, span.why) == (8700, "asked")
    other = replace(printed, document="Indenture")
    (span,) = asked_places([other], SECTIONS, "Section 15.2(c)?")
    assert span.start == 8000
    assert [one.start for one in related_spans([chunk(0, 10)], [], [printed], "Section 15.2(c)?")] == [8700]


def test_what_cannot_be_found_or_is_a_whole_article_stays_away() -> None:
    references = [reference(10, None), reference(20, 8000, length=50_000), reference(500, 8000)]
    assert labels([chunk(0, 100)], [], references, "") == []


def test_long_spans_are_cut_and_other_documents_left_alone() -> None:
    other = defined("Lien", 100, 5, document=BIRCH)
    (span,) = related_spans([chunk(0, 10)], [replace(LIEN, end=9000), other], [], "lien")
    assert (span.document_id, span.end - span.start) == (ALDER, SPAN_CHARS)
