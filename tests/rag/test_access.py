"""What is of other collections is as if it were not there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rag.access import Views
from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.catalog_schema import SCHEMA_VERSION
from rag.collection import DEFAULT_COLLECTION, checked_collection
from rag.errors import UnknownDocumentError, UsageError
from rag.filters import Filters
from rag.structure import DocumentLink, Fact, Structure
from rag.types import Abstention, Answer, DocumentId, Query
from rag.workspace import Workspace
from tests.library import ALDER, SETTINGS, make_document, reindex

HIDDEN = (
    "Section 1.1 Definitions. The Trustee is Zyzzogeton Trust.\f"
    "Section 2.4 Interest. The Class B Notes bear interest at 9.99% per annum.\n"
)
OPEN, CLOSED = frozenset({"open"}), frozenset({"closed"})
INTEREST = "What interest rate do the Class B Notes bear?"


def put(catalog: Catalog, name: str, text: str, collection: str, changes: str = "") -> DocumentId:
    """Store a document that bears a title and, if told so, amends the one of another title."""
    document, sections, chunks = make_document(name, text)
    facts = [("title", f"{name} indenture"), ("date", "2019-03-01"), ("party", "Alder Issuer LLC")]
    structure = Structure(
        facts=tuple(Fact(document_id=document.id, name=n, value=v, start=0, end=1) for n, v in facts),  # type: ignore[arg-type]
        links=(
            DocumentLink(
                document_id=document.id, kind="amends", title=changes, date="2019-03-01", start=0, end=1
            ),
        )
        if changes
        else (),
    )
    catalog.put_document(document, sections, chunks, structure=structure, fingerprint="t", added_at="")
    catalog.put_source(f"/library/{name}.txt", document.id)
    catalog.put_collection([document.id], collection)
    return document.id


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace.create(tmp_path_factory.mktemp("access"))
    with Catalog(workspace.catalog_file) as catalog:
        put(catalog, "alder", ALDER, "open")
        put(catalog, "zyzzogeton", HIDDEN, "closed", changes="alder indenture")
    reindex(workspace)
    return workspace


@pytest.fixture
def views(workspace: Workspace) -> Iterator[Views]:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        yield Views(pipeline)


def test_a_question_reaches_only_what_its_caller_sees(views: Views) -> None:
    seen, other = (views.of(one).ask(Query(text=INTEREST)) for one in (OPEN, CLOSED))
    assert isinstance(seen.outcome, Answer)
    assert isinstance(other.outcome, Answer)
    assert (seen.outcome.text, other.outcome.text) == ("4.25%", "9.99%")
    assert (len(seen.searched), len(other.searched)) == (1, 1)
    assert set(views.of(None).ask(Query(text=INTEREST)).searched) == {*seen.searched, *other.searched}
    nothing = views.of(frozenset()).ask(Query(text=INTEREST))
    assert isinstance(nothing.outcome, Abstention)
    assert nothing.searched == ()


def test_an_id_from_elsewhere_opens_nothing(views: Views) -> None:
    hidden = views.of(CLOSED).scope(["zyzzogeton"])
    response = views.of(OPEN).ask(Query(text=INTEREST, document_ids=hidden))
    assert response.searched == ()
    assert "9.99" not in repr(response)


def test_names_and_filters_know_only_what_is_seen(views: Views) -> None:
    seen = views.of(OPEN)
    for reference in (
        "zyzzogeton",
        "zyzzogeton.txt",
        "/library/zyzzogeton.txt",
        *views.of(CLOSED).catalog.active_ids(CLOSED),
    ):
        with pytest.raises(UnknownDocumentError):
            seen.scope([reference])
    assert len(seen.scope([], Filters(company="Alder Issuer")) or ()) == 1
    # A name that only a hidden document bears names nothing: the question is asked of all that is seen.
    asked = seen.ask(Query(text="What interest rate do the Class B Notes of the Zyzzogeton indenture bear?"))
    assert len(asked.searched) == 1


def test_what_amends_is_told_only_to_who_sees_it(views: Views) -> None:
    def amended_by(collections: frozenset[str] | None) -> tuple[str, ...]:
        outcome = views.of(collections).ask(Query(text="Who is the Trustee?", document_ids=alder)).outcome
        assert isinstance(outcome, Answer)
        return outcome.citations[0].amended_by

    alder = views.of(None).scope(["alder"])
    assert amended_by(None) == ("zyzzogeton",)
    assert amended_by(OPEN | CLOSED) == ("zyzzogeton",)
    assert amended_by(OPEN) == ()


def test_what_is_moved_is_out_of_reach_at_once(workspace: Workspace, views: Views) -> None:
    alder = views.of(OPEN).scope(["alder"])
    with Catalog(workspace.catalog_file) as catalog:
        catalog.put_collection(alder or (), "closed")
        assert views.of(OPEN).ask(Query(text=INTEREST)).searched == ()
        assert len(views.of(CLOSED).ask(Query(text=INTEREST)).searched) == 2
        catalog.put_collection(alder or (), "open")
    assert views.of(OPEN).ask(Query(text=INTEREST)).searched == alder


def test_a_catalog_of_the_release_before_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with Catalog(path) as catalog:
        put(catalog, "alder", ALDER, "open")
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE documents DROP COLUMN collection")
        db.execute("PRAGMA user_version = 2")
        db.commit()
    for _ in range(2):
        with Catalog(path) as catalog:
            assert [(one.name, one.collection) for one in catalog.documents()] == [
                ("alder", DEFAULT_COLLECTION)
            ]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


@pytest.mark.parametrize("name", ["", "-a", "../a", "a/b", "a\n", "x" * 65, "ä"])
def test_collections_have_plain_names(name: str) -> None:
    with pytest.raises(UsageError, match="cannot name a collection"):
        checked_collection(name)
