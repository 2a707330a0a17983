"""Add, replace, prune, delete: what is retrieved, what is kept, and what is gone."""

from __future__ import annotations

import itertools
import json
import sqlite3
import zlib
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from ingest.build import Placement, ingest
from ingest.commands import delete, documents
from ingest.progress import Silent
from ingest.remove import older_versions, remove
from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.command import Context
from rag.errors import EmptyIndexError, UnknownDocumentError, WorkspaceError
from rag.index.store import Index, current_version
from rag.settings import HashingEmbedderSettings, IngestSettings, Settings
from rag.types import Abstention, DocumentId, Query
from rag.workspace import Workspace
from tests.ingest.test_build import NOON, SETTINGS, dump, rankings, run

QUOKKA = "The quokka clause obliges Zanzibar Holdings to deliver 7,531 marmalade jars to Ottoline."
"""Stands in one document; its rare words are looked for in every byte that is left."""
RARE = ("quokka", "zanzibar", "marmalade", "ottoline", "7,531")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "credit.txt").write_text("CREDIT AGREEMENT\n\nSection 1.1 Fees. The fee is $4,000.\n")
    (folder / "jars.txt").write_text(f"SUPPLY AGREEMENT\n\nSection 1.1 Supply. {QUOKKA}\n" * 3)
    (folder / "notes.md").write_text("# Notes\n\nThe maturity date is May 1, 2030.\n")
    return folder


@pytest.fixture
def workspace(tmp_path: Path, source: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "workspace")
    run(workspace, source)
    return workspace


def id_of(workspace: Workspace, name: str) -> DocumentId:
    with Catalog(workspace.catalog_file) as catalog:
        return catalog.resolve(name)


def found(workspace: Workspace, question: str) -> set[DocumentId]:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        return {hit.document_id for hit in pipeline.retrieve(Query(text=question))}


def everything(root: Path) -> bytes:
    """All bytes of all files below a folder, and what is packed in their databases, in lower case."""
    parts = [path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()]
    for path in sorted(root.rglob("*.db")):
        with closing(sqlite3.connect(path)) as db:
            tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = itertools.chain.from_iterable(db.execute(f'SELECT * FROM "{name}"') for name in tables)  # noqa: S608
            values = itertools.chain.from_iterable(rows)
            parts += [unpacked(value) for value in values if isinstance(value, bytes)]
    return b"\n".join(parts).lower()


def unpacked(value: bytes) -> bytes:
    try:
        return zlib.decompress(value)
    except zlib.error:
        return value


def test_a_replaced_version_is_kept_but_not_retrieved(workspace: Workspace, source: Path) -> None:
    old = id_of(workspace, "jars")
    (source / "jars.txt").write_text("SUPPLY AGREEMENT\n\nSection 1.1 Supply. Nothing is delivered.\n")
    report = run(workspace, source)
    assert (report.count("added"), report.documents) == (1, 3)
    new = id_of(workspace, "jars")
    assert old not in found(workspace, QUOKKA)
    with Catalog(workspace.catalog_file) as catalog:
        assert QUOKKA in catalog.text(old)
        assert [v.document_id for v in catalog.versions() if v.path.endswith("jars.txt")] == [old, new]
        assert old not in catalog.active_ids()


def test_questions_are_answered_from_what_was_there_until_the_switch(
    workspace: Workspace, source: Path
) -> None:
    old = id_of(workspace, "jars")
    seen: dict[str, set[DocumentId]] = {}

    class Asking(Silent):
        def start(self, stage: str, total: int, unit: str, *, weight: int = 0) -> None:
            seen[stage] = found(workspace, QUOKKA)

    (source / "jars.txt").write_text("SUPPLY AGREEMENT\n\nSection 1.1 Supply. Nothing is delivered.\n")
    ingest(workspace, [source], SETTINGS, progress=Asking(), clock=lambda: NOON)
    assert old in seen["read"] & seen["embed"]
    assert old not in seen["index"] | seen["compare"]
    assert id_of(workspace, "jars") in seen["compare"]


def test_documents_read_anew_are_found_in_the_end(workspace: Workspace, source: Path) -> None:
    finer = SETTINGS.model_copy(update={"ingest": IngestSettings(workers=1, chunk_tokens=32)})
    with open_pipeline(workspace, SETTINGS) as opened:
        hits = opened.retrieve(Query(text=QUOKKA))
        report = run(workspace, source, settings=finer)
        left = opened.catalog.active_chunks(hit.chunk_id for hit in hits)
    assert report.count("added") == 3
    assert len(left) < len(hits)
    assert id_of(workspace, "jars") in found(workspace, QUOKKA)


def test_old_bytes_make_the_old_version_current_without_reading(workspace: Workspace, source: Path) -> None:
    before, index, old = (
        (source / "jars.txt").read_text(),
        current_version(workspace.indexes),
        id_of(workspace, "jars"),
    )
    (source / "jars.txt").write_text("SUPPLY AGREEMENT\n\nSection 1.1 Supply. Nothing is delivered.\n")
    run(workspace, source)
    (source / "jars.txt").write_text(before)
    report = run(workspace, source)
    assert (report.count("added"), report.count("known"), report.count("unchanged")) == (0, 1, 2)
    assert report.index == index
    assert old in found(workspace, QUOKKA)


def test_a_copy_is_read_once(tmp_path: Path, source: Path) -> None:
    (source / "copy.txt").write_bytes((source / "jars.txt").read_bytes())
    report = run(Workspace.create(tmp_path / "other"), source)
    assert (report.count("added"), report.count("known"), report.documents) == (3, 1, 3)


def test_what_is_gone_is_pruned_on_request_only(workspace: Workspace, source: Path) -> None:
    gone = id_of(workspace, "jars")
    (source / "jars.txt").unlink()
    (source / "broken.pdf").write_bytes(b"%PDF-1.7\n garbage")
    assert run(workspace, source).documents == 3
    (source / "broken.pdf").unlink()
    elsewhere = source.parent / "elsewhere"
    elsewhere.mkdir()
    assert ingest(workspace, [elsewhere], SETTINGS, placement=Placement(prune=True)).pruned == ()
    report = ingest(workspace, [source], SETTINGS, placement=Placement(prune=True), clock=lambda: NOON)
    assert report.pruned == (str(source / "broken.pdf"), str(source / "jars.txt"))
    assert report.documents == 2
    assert gone not in found(workspace, QUOKKA)
    with Catalog(workspace.catalog_file) as catalog:
        assert catalog.failures() == []
        assert QUOKKA in catalog.text(gone)


def test_nothing_of_a_deleted_document_is_left_anywhere(workspace: Workspace, source: Path) -> None:
    gone, rest = id_of(workspace, "jars"), id_of(workspace, "credit")
    other = Settings(embedder=HashingEmbedderSettings(dim=32), ingest=SETTINGS.ingest)
    run(workspace, source, settings=other)
    run(workspace, source)
    for name in (f"ocr/{gone}/1.tsv", "pages/12/by-content.tsv"):
        path = workspace.cache / name
        path.parent.mkdir(parents=True)
        path.write_text(QUOKKA)
    kept = workspace.cache / "ocr" / rest / "1.tsv"
    kept.parent.mkdir()
    kept.write_text("The fee is $4,000.")
    labels = sqlite3.connect(workspace.labels_file, isolation_level=None)
    labels.execute("CREATE TABLE questions (content TEXT)")
    labels.execute("INSERT INTO questions VALUES (?)", (QUOKKA,))
    labels.close()
    workspace.runs.mkdir()
    citation = {"document_id": gone, "document_name": "jars", "quote": QUOKKA}
    (workspace.runs / "run.jsonl").write_text(json.dumps({"citations": [citation], "text": QUOKKA}) + "\n")
    assert all(word.encode() in everything(workspace.root) for word in RARE)
    assert len(list(workspace.indexes.glob("vectors-*.db"))) == 2
    with open_pipeline(workspace, SETTINGS) as opened:
        assert gone in {hit.document_id for hit in opened.retrieve(Query(text=QUOKKA))}
        report = remove(workspace, [gone], SETTINGS)
        hits = opened.retrieve(Query(text=QUOKKA))
        assert gone not in opened.catalog.active_ids()
        assert opened.catalog.active_chunks(h.chunk_id for h in hits if h.document_id == gone) == []
    assert (report.documents, report.files, report.redacted_runs, report.scrubbed) == ((gone,), 4, 1, True)
    assert kept.exists()
    assert report.vectors >= 2
    left = everything(workspace.root)
    assert [word for word in RARE if word.encode() in left] == []
    assert gone.encode() not in (workspace.indexes / "current").read_bytes()
    assert gone not in Index.open(workspace.indexes).documents
    assert gone not in found(workspace, QUOKKA)
    assert rest in found(workspace, "the fee")
    with Catalog(workspace.catalog_file) as catalog:
        assert gone not in {record.id for record in catalog.stored()}
        assert catalog.deleting() == []


def test_an_open_pipeline_returns_nothing_of_what_was_deleted(workspace: Workspace) -> None:
    gone = id_of(workspace, "jars")
    query = Query(text="What does the quokka clause oblige Zanzibar Holdings to deliver?")
    with open_pipeline(workspace, SETTINGS) as pipeline:
        assert pipeline.ask(query).hits[0].document_id == gone
        remove(workspace, [gone], SETTINGS, versions=True, progress=Silent())
        for scope in (None, (gone,)):
            response = pipeline.ask(replace(query, document_ids=scope))
            assert gone not in {hit.document_id for hit in response.hits}
            assert gone not in response.searched
            assert isinstance(response.outcome, Abstention) or gone not in {
                citation.document_id for citation in response.outcome.citations
            }
        assert pipeline.retrieve(Query(text="Which fee is paid?"))


def test_an_open_pipeline_returns_nothing_of_what_was_replaced(workspace: Workspace, source: Path) -> None:
    old = id_of(workspace, "credit")
    with open_pipeline(workspace, SETTINGS) as pipeline:
        (source / "credit.txt").write_text("CREDIT AGREEMENT\n\nSection 1.1 Fees. The fee is $9,000.\n")
        run(workspace, source)
        response = pipeline.ask(Query(text="What is the fee?"))
        assert old not in {hit.document_id for hit in response.hits}
    with open_pipeline(workspace, SETTINGS) as pipeline:
        hits = pipeline.retrieve(Query(text="What is the fee?"))
        assert id_of(workspace, "credit") in {hit.document_id for hit in hits}


def test_an_open_pipeline_does_without_chunks_that_were_cut_anew(workspace: Workspace, source: Path) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        finer = SETTINGS.model_copy(update={"ingest": IngestSettings(chunk_tokens=32, workers=1)})
        ingest(workspace, [source], finer)
        response = pipeline.ask(Query(text="What must Zanzibar Holdings deliver?"))
        known = {chunk.id for chunk in pipeline.catalog.iter_chunks()}
        assert known.issuperset(hit.chunk_id for hit in response.hits)


def test_after_a_delete_all_is_as_if_it_had_never_been_there(
    tmp_path: Path, workspace: Workspace, source: Path
) -> None:
    remove(workspace, [id_of(workspace, "jars")], SETTINGS, clock=lambda: NOON)
    (source / "jars.txt").unlink()
    never = Workspace.create(tmp_path / "never")
    run(never, source)
    assert dump(workspace.catalog_file) == dump(never.catalog_file)
    assert current_version(workspace.indexes) == current_version(never.indexes)
    assert rankings(workspace) == rankings(never)


def test_passages_that_another_document_has_keep_their_vectors(workspace: Workspace, source: Path) -> None:
    run(workspace, source)
    with closing(sqlite3.connect(next(workspace.indexes.glob("vectors-*.db")))) as db:
        before = db.execute("SELECT count(*) FROM vectors").fetchone()[0]
    report = remove(workspace, [id_of(workspace, "notes")], SETTINGS)
    with closing(sqlite3.connect(next(workspace.indexes.glob("vectors-*.db")))) as db:
        assert db.execute("SELECT count(*) FROM vectors").fetchone()[0] == before - report.vectors
    with Catalog(workspace.catalog_file) as catalog:
        assert len({chunk.passage for chunk in catalog.iter_chunks()}) == before - report.vectors


def test_older_versions_go_too_unless_they_are_current_elsewhere(workspace: Workspace, source: Path) -> None:
    first, shared = id_of(workspace, "jars"), id_of(workspace, "credit")
    (source / "jars.txt").write_bytes((source / "credit.txt").read_bytes())
    run(workspace, source)
    (source / "jars.txt").write_text("SUPPLY AGREEMENT\n\nSection 1.1 Supply. Nothing is delivered.\n")
    run(workspace, source)
    last = id_of(workspace, "jars.txt")
    with Catalog(workspace.catalog_file) as catalog:
        assert older_versions(catalog, [last]) == {first}
    assert remove(workspace, [last], SETTINGS).documents == tuple(sorted([first, last]))
    assert shared in found(workspace, "the fee")


def test_an_older_version_can_be_deleted_alone(workspace: Workspace, source: Path) -> None:
    old = id_of(workspace, "jars")
    (source / "jars.txt").write_text("SUPPLY AGREEMENT\n\nSection 1.1 Supply. Nothing is delivered.\n")
    run(workspace, source)
    index = current_version(workspace.indexes)
    assert remove(workspace, [old], SETTINGS).index == index
    assert [word for word in RARE if word.encode() in everything(workspace.root)] == []


def test_deleting_the_last_documents_leaves_an_empty_library(workspace: Workspace) -> None:
    report = remove(workspace, [id_of(workspace, name) for name in ("jars", "credit", "notes")], SETTINGS)
    assert report.index == ""
    with pytest.raises(EmptyIndexError):
        Index.open(workspace.indexes)


def test_deleted_files_come_back_when_they_are_ingested_again(workspace: Workspace, source: Path) -> None:
    gone, index = id_of(workspace, "jars"), current_version(workspace.indexes)
    remove(workspace, [gone], SETTINGS)
    report = run(workspace, source)
    assert (report.count("added"), report.index) == (1, index)
    assert gone in found(workspace, QUOKKA)


def test_unknown_documents_and_second_writers_are_refused(workspace: Workspace) -> None:
    before = dump(workspace.catalog_file)
    with pytest.raises(UnknownDocumentError):
        remove(workspace, [id_of(workspace, "jars"), DocumentId("nothing")], SETTINGS)
    with workspace.writing(), pytest.raises(WorkspaceError, match="another process"):
        remove(workspace, [id_of(workspace, "jars")], SETTINGS)
    assert dump(workspace.catalog_file) == before


@pytest.mark.slow
def test_a_reader_in_the_way_is_told_and_the_next_run_scrubs(workspace: Workspace, source: Path) -> None:
    (source / "jars.txt").unlink()
    gone = id_of(workspace, "jars")
    with Catalog(workspace.catalog_file) as reader:
        with reader.snapshot():
            reader.documents()
            report = remove(workspace, [gone], SETTINGS)
            assert gone in reader.active_ids()
        assert not report.scrubbed
        assert gone not in reader.active_ids()
        assert reader.deleting() == [gone]
    run(workspace, source)
    assert [word for word in RARE if word.encode() in everything(workspace.root)] == []


def invoke(workspace: Workspace, command: object, *arguments: str, typed: str = "") -> tuple[int, str, str]:
    overrides = (
        "embedder.kind=hashing", "reranker.kind=none", "embedder.dim=64", "ingest.workers=1",
        "generator.kind=best_sentence",
    )  # fmt: skip
    context = Context(workspace_path=workspace.root, overrides=overrides)
    result = CliRunner().invoke(command, arguments, obj=context, input=typed)  # type: ignore[arg-type]
    return result.exit_code, result.stdout, result.stderr


def test_the_command_asks_first(workspace: Workspace) -> None:
    code, _, asked = invoke(workspace, delete, "jars", typed="n\n")
    assert (code, "Delete 1 for good?" in asked) == (1, True)
    assert id_of(workspace, "jars")
    code, printed, _ = invoke(workspace, delete, "jars.txt", "--yes", "--json")
    assert (code, json.loads(printed)["scrubbed"]) == (0, True)
    with pytest.raises(UnknownDocumentError):
        id_of(workspace, "jars")


def test_documents_lists_versions_and_duplicates(workspace: Workspace, source: Path) -> None:
    text = " ".join(f"word{i}" for i in range(200))
    (source / "first.txt").write_text(text)
    (source / "second.txt").write_text(text.replace("word7 ", "other "))
    (source / "jars.txt").write_text("SUPPLY AGREEMENT\n\nSection 1.1 Supply. Nothing is delivered.\n")
    report = run(workspace, source)
    assert (report.similar_documents, report.similar_pages) == (1, 1)
    _, printed, _ = invoke(workspace, documents, "--versions", "--json")
    assert [row["until"] for row in json.loads(printed) if row["path"].endswith("jars.txt")] == [
        NOON.isoformat(), None,
    ]  # fmt: skip
    _, printed, _ = invoke(workspace, documents, "--duplicates", "--json")
    [pair] = json.loads(printed)
    assert pair["near_duplicates"] is True
    assert {id_of(workspace, "first"), id_of(workspace, "second")} == set(pair["documents"])
    _, printed, _ = invoke(workspace, documents, "--duplicates")
    assert "page 1 as page 1" in printed


def test_no_one_to_ask_deletes_nothing(workspace: Workspace) -> None:
    code, _, said = invoke(workspace, delete, "jars")
    assert code == 1
    assert "nothing was deleted" in said
    assert id_of(workspace, "jars")


def test_a_name_with_control_characters_is_shown_without(workspace: Workspace, source: Path) -> None:
    (source / "red\x1b[31m\nname.txt").write_text("A fee is due.")
    run(workspace, source)
    _, shown, _ = invoke(workspace, documents)
    assert "red?[31m?name" in shown
    assert "\x1b" not in shown


def test_documents_are_put_into_collections_and_stay_there(workspace: Workspace, source: Path) -> None:
    def collections() -> dict[str, str]:
        with Catalog(workspace.catalog_file) as catalog:
            return {record.name: record.collection for record in catalog.documents()}

    assert set(collections().values()) == {"default"}
    ingest(workspace, [source / "jars.txt"], SETTINGS, placement=Placement(collection="deal"))
    assert collections() == {"credit": "default", "jars": "deal", "notes": "default"}
    ingest(workspace, [source], SETTINGS)
    assert collections()["jars"] == "deal"


def test_what_is_put_in_place_of_another_takes_it_out(
    workspace: Workspace, source: Path, tmp_path: Path
) -> None:
    newer, broken = tmp_path / "newer.txt", tmp_path / "broken.pdf"
    newer.write_text("CREDIT AGREEMENT\n\nSection 1.1 Fees. The fee is $5,000.\n")
    broken.write_text("no PDF")
    old = (str(source / "credit.txt"),)
    before = id_of(workspace, "credit")
    ingest(workspace, [broken], SETTINGS, placement=Placement(instead_of=old))
    assert id_of(workspace, "credit") == before
    ingest(workspace, [newer], SETTINGS, placement=Placement(instead_of=old))
    with Catalog(workspace.catalog_file) as catalog:
        assert {record.name for record in catalog.documents()} == {"jars", "notes", "newer"}
        assert before in {record.id for record in catalog.stored()}
