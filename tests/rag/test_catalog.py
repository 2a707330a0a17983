from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from rag.catalog import Catalog, FailureRecord
from rag.errors import StorageError, UnknownDocumentError, WorkspaceError
from rag.types import DocumentId
from tests.library import ALDER, BIRCH, fill, make_document


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    document, sections, chunks = make_document("alder", ALDER)
    with Catalog(tmp_path / "catalog.db") as catalog:
        fill(catalog)
    with Catalog(tmp_path / "catalog.db") as catalog:
        assert catalog.text(document.id) == ALDER
        assert catalog.sections(document.id) == sorted(sections, key=lambda s: (s.start, s.level))
        assert tuple(catalog.iter_chunks(document.id)) == chunks
        assert catalog.chunks([chunks[1].id, chunks[0].id]) == [chunks[1], chunks[0]]
        assert [(p.number, p.start, p.end) for p in catalog.pages(document.id)] == [
            (p.number, p.start, p.end) for p in document.pages
        ]


def test_boxes_of_a_span_are_those_of_its_lines(tmp_path: Path) -> None:
    document, _, _ = make_document("alder", ALDER)
    start = ALDER.index("Class B  $310")
    with Catalog(tmp_path / "catalog.db") as catalog:
        fill(catalog)
        boxes = catalog.boxes(document.id, start, start + 4)
        both = catalog.boxes(document.id, start - 2, start + 4)
        nothing = catalog.boxes(document.id, 10**6, 10**6 + 1)
    assert [(box.page, box.y0) for box in boxes] == [(1, 84.0)]
    assert len(both) == 2
    assert nothing == ()


def test_storing_twice_changes_nothing(tmp_path: Path) -> None:
    dumps = []
    for rounds in (1, 2):
        path = tmp_path / f"{rounds}.db"
        with Catalog(path) as catalog:
            for _ in range(rounds):
                fill(catalog)
        with sqlite3.connect(path) as db:
            dumps.append("\n".join(db.iterdump()))
        db.close()
    assert dumps[0] == dumps[1]


def test_references_that_people_use(tmp_path: Path) -> None:
    alder = make_document("alder", ALDER)[0].id
    with Catalog(tmp_path / "catalog.db") as catalog:
        fill(catalog)
        for reference in ("alder", "ALDER", "alder.txt", "/library/alder.txt", alder, alder[:8]):
            assert catalog.resolve(reference) == alder
        with pytest.raises(UnknownDocumentError, match="'oak'"):
            catalog.resolve("oak")


def test_an_ambiguous_name_lists_the_ids(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.db") as catalog:
        fill(catalog, [("alder", ALDER)])
        document, sections, chunks = make_document("alder", BIRCH)
        catalog.put_document(document, sections, chunks, fingerprint="test", added_at="")
        catalog.put_source("/elsewhere/alder.txt", document.id)
        with pytest.raises(UnknownDocumentError, match=document.id):
            catalog.resolve("alder")


def test_a_changed_file_takes_the_old_document_out(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.db") as catalog:
        fill(catalog, [("alder", ALDER), ("alder", BIRCH)])
        assert [record.id for record in catalog.documents()] == [make_document("alder", BIRCH)[0].id]
        assert {chunk.document_id for chunk in catalog.iter_chunks()} == {catalog.documents()[0].id}


def test_a_failure_takes_its_source_out_and_success_takes_the_failure_out(tmp_path: Path) -> None:
    failure = FailureRecord(
        path="/library/alder.txt", content_id="x", fingerprint="f", reason="broken", message="m", remedy="r"
    )
    with Catalog(tmp_path / "catalog.db") as catalog:
        fill(catalog)
        catalog.put_failure(failure)
        assert [record.name for record in catalog.documents()] == ["birch"]
        assert catalog.failures() == [failure]
        fill(catalog)
        assert catalog.failures() == []


def test_a_full_disk_keeps_nothing_of_a_document(tmp_path: Path) -> None:
    document, sections, chunks = make_document("long", ALDER + "x" * 200_000)
    with Catalog(tmp_path / "catalog.db") as catalog:
        fill(catalog, [("birch", BIRCH)])
        catalog._db.execute("PRAGMA max_page_count = 40")
        with pytest.raises(StorageError, match="no room left"):
            catalog.put_document(document, sections, chunks, fingerprint="test", added_at="")
        assert [record.name for record in catalog.documents()] == ["birch"]
        assert catalog.fingerprint_of(document.id) is None
        assert list(catalog.iter_chunks(document.id)) == []


def test_other_files_and_other_versions_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database, but long enough to be looked at" * 10)
    with pytest.raises(WorkspaceError, match="not a catalog"):
        Catalog(tmp_path / "text.db")
    with sqlite3.connect(tmp_path / "new.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(WorkspaceError, match="newer release: it has schema version 99"):
        Catalog(tmp_path / "new.db")
    with sqlite3.connect(tmp_path / "old.db") as db:
        db.execute("PRAGMA user_version = 1")
    db.close()
    with pytest.raises(WorkspaceError, match=r"older release.*ingest the same files into a new workspace"):
        Catalog(tmp_path / "old.db")


def test_unknown_ids(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.db") as catalog:
        with pytest.raises(UnknownDocumentError):
            catalog.text(DocumentId("nothing"))
        assert catalog.fingerprint_of(DocumentId("nothing")) is None
        assert catalog.source_of("/nowhere") is None
