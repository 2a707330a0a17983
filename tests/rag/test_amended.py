"""Links resolved to documents of the library: by title, date and party, or not at all."""

from __future__ import annotations

import pytest

from rag.amended import find_amended
from rag.structure import DocumentLink, Fact, FactName, LinkKind
from rag.types import DocumentId

ALDER, BIRCH, CEDAR = map(DocumentId, ("alder", "birch", "cedar"))


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
    assert find_amended([link()], LIBRARY) == {ALDER: (CEDAR,)}
    assert find_amended([link(date="")], LIBRARY) == {ALDER: (CEDAR,)}


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
    assert find_amended([named], LIBRARY) == {}


def test_ambiguous_and_unsupported_links_name_nothing() -> None:
    twin = {**LIBRARY, DocumentId("twin"): LIBRARY[ALDER]}
    assert find_amended([link()], twin) == {}
    bare = {ALDER: facts(ALDER, ("kind", "indenture")), CEDAR: ()}
    assert find_amended([link()], bare) == {}
    assert find_amended([link()], {}) == {}


def test_several_amendments_come_by_date() -> None:
    later = DocumentId("beech")
    library = {
        **LIBRARY,
        later: facts(later, ("title", "Second Supplemental Indenture"), ("date", "2023-01-01")),
    }
    links = [
        DocumentLink(
            document_id=later, kind="supplements", title="Indenture", date="2020-09-27", start=0, end=1
        ),
        link(),
    ]
    assert find_amended(links, library) == {ALDER: (CEDAR, later)}
