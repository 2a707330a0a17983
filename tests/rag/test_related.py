from __future__ import annotations

from dataclasses import replace

import pytest

from rag.related import (
    LIMIT,
    SPAN_CHARS,
    amended_document,
    amending_documents,
    asked_definitions,
    related_spans,
)
from rag.structure import Definition, DocumentLink, Fact, FactName, LinkKind, Reference
from rag.types import Chunk, ChunkId, DocumentId, SectionId

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


def test_what_cannot_be_found_or_is_a_whole_article_stays_away() -> None:
    references = [reference(10, None), reference(20, 8000, length=50_000), reference(500, 8000)]
    assert labels([chunk(0, 100)], [], references, "") == []


def test_long_spans_are_cut_and_other_documents_left_alone() -> None:
    other = defined("Lien", 100, 5, document=BIRCH)
    (span,) = related_spans([chunk(0, 10)], [replace(LIEN, end=9000), other], [], "lien")
    assert (span.document_id, span.end - span.start) == (ALDER, SPAN_CHARS)


def facts(document: DocumentId, *values: tuple[FactName, str]) -> tuple[Fact, ...]:
    return tuple(Fact(document_id=document, name=name, value=value, start=0, end=1) for name, value in values)


def link(title: str = "Indenture", date: str = "2020-09-27", kind: LinkKind = "supplements") -> DocumentLink:
    return DocumentLink(document_id=CEDAR, kind=kind, title=title, date=date, start=0, end=1)


LIBRARY = {
    ALDER: facts(
        ALDER, ("title", "Alder Indenture"), ("kind", "indenture"), ("date", "2020-09-27"),
        ("party", "Alder CLO, Ltd."),
    ),
    BIRCH: facts(
        BIRCH, ("title", "Indenture"), ("kind", "indenture"), ("date", "2021-01-31"),
        ("party", "Birch CLO, Ltd."),
    ),
    CEDAR: facts(
        CEDAR, ("title", "First Supplemental Indenture"), ("date", "2022-04-16"), ("party", "ALDER CLO Ltd")
    ),
}  # fmt: skip


def test_a_link_names_the_document_of_its_title_date_and_party() -> None:
    assert amended_document(link(), LIBRARY) == ALDER
    assert amended_document(link(date=""), LIBRARY) == ALDER
    assert amending_documents(ALDER, [link()], LIBRARY) == (CEDAR,)
    assert amending_documents(BIRCH, [link()], LIBRARY) == ()


@pytest.mark.parametrize(
    "named",
    [
        link(title="Credit Agreement"),
        link(date="2020-09-28"),
        link(title=""),
        link(title="Supplemental Indenture"),
    ],
)
def test_what_does_not_fit_is_not_named(named: DocumentLink) -> None:
    assert amended_document(named, LIBRARY) is None


def test_ambiguous_and_unsupported_links_name_nothing() -> None:
    twin = {**LIBRARY, DocumentId("twin"): LIBRARY[ALDER]}
    assert amended_document(link(), twin) is None
    bare = {ALDER: facts(ALDER, ("kind", "indenture")), CEDAR: ()}
    assert amended_document(link(), bare) is None
    assert amended_document(link(), {}) is None
