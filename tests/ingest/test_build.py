from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.build import IngestReport, ingest
from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.errors import SourceError, StorageError, WorkspaceError
from rag.index.store import current_version
from rag.settings import BestSentenceSettings, HashingEmbedderSettings, IngestSettings, Settings
from rag.types import Answer, Query
from rag.workspace import Workspace

SETTINGS = Settings(
    embedder=HashingEmbedderSettings(dim=64),
    generator=BestSentenceSettings(),
    ingest=IngestSettings(workers=1),
)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
CLAUSES = "\n\n".join(
    f"Section {n}.1 Matter {n}. The Borrower shall pay fee number {n} of ${n},000 to the Agent."
    for n in range(1, 9)
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "credit.txt").write_text(f"CREDIT AGREEMENT\n\n{CLAUSES}\n")
    (folder / "notes.md").write_text("# Notes\n\nThe maturity date is May 1, 2030.\n")
    (folder / "page.html").write_text("<html><body><h1>Fees</h1><p>The fee is 0.25%.</p></body></html>")
    return folder


def run(workspace: Workspace, *sources: Path, settings: Settings = SETTINGS) -> IngestReport:
    return ingest(workspace, sources, settings, clock=lambda: NOON)


def dump(path: Path) -> str:
    with sqlite3.connect(path) as db:
        text = "\n".join(db.iterdump())
    db.close()
    return text


def rankings(workspace: Workspace) -> list[tuple[str, float]]:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        return [(hit.chunk_id, hit.score) for hit in pipeline.retrieve(Query(text="fee number 4"))]


def test_from_a_folder_to_a_cited_answer(tmp_path: Path, source: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    report = run(workspace, source)
    assert report.count("added") == report.documents == 3
    with open_pipeline(workspace, SETTINGS) as pipeline:
        outcome = pipeline.ask(Query(text="How much is fee number 4?")).outcome
    assert isinstance(outcome, Answer)
    assert outcome.text == "$4,000"
    assert outcome.citations[0].document_name == "credit"


def test_the_second_run_does_nothing(tmp_path: Path, source: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    first = run(workspace, source)
    before = dump(workspace.catalog_file)
    second = run(workspace, source)
    assert second.count("unchanged") == 3
    assert second.index == first.index
    assert dump(workspace.catalog_file) == before


def test_two_ingests_are_byte_identical_and_rank_alike(tmp_path: Path, source: Path) -> None:
    twins = [Workspace.create(tmp_path / name) for name in ("one", "two")]
    for workspace in twins:
        run(workspace, source)
        with sqlite3.connect(workspace.catalog_file) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
    assert twins[0].catalog_file.read_bytes() == twins[1].catalog_file.read_bytes()
    assert rankings(twins[0]) == rankings(twins[1])


@pytest.mark.slow
def test_worker_processes_change_nothing(tmp_path: Path, source: Path) -> None:
    inline, pooled = (Workspace.create(tmp_path / name) for name in ("inline", "pooled"))
    run(inline, source)
    run(pooled, source, settings=SETTINGS.model_copy(update={"ingest": IngestSettings(workers=2)}))
    assert dump(inline.catalog_file) == dump(pooled.catalog_file)


def test_bad_files_are_named_and_the_rest_goes_on(tmp_path: Path, source: Path) -> None:
    (source / "empty.pdf").write_bytes(b"")
    (source / "broken.pdf").write_bytes(b"%PDF-1.7\n garbage")
    (source / "binary.txt").write_bytes(bytes(range(256)) * 8)
    workspace = Workspace.create(tmp_path / "workspace")
    report = run(workspace, source)
    failed = {outcome.path.name: outcome for outcome in report.files if outcome.status == "failed"}
    assert set(failed) == {"empty.pdf", "broken.pdf", "binary.txt"}
    assert failed["empty.pdf"].reason == "empty"
    assert all(name in outcome.message for name, outcome in failed.items())
    assert report.documents == 3
    again = run(workspace, source)
    assert {o.path.name for o in again.files if o.status == "failed"} == set(failed)
    assert again.count("unchanged") == 3


def test_pipes_and_names_that_are_not_unicode_are_reported(tmp_path: Path, source: Path) -> None:
    os.mkfifo(source / "pipe.txt")
    (source / os.fsdecode(b"caf\xe9.txt")).write_text("A clause about coffee.")
    workspace = Workspace.create(tmp_path / "workspace")
    report = run(workspace, source)
    failed = {outcome.reason: outcome.message for outcome in report.files if outcome.status == "failed"}
    assert set(failed) == {"unreadable", "name"}
    assert "pipe" in failed["unreadable"]
    assert "caf" in failed["name"]
    assert report.documents == 3


def test_a_changed_file_replaces_its_document(tmp_path: Path, source: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    run(workspace, source)
    (source / "notes.md").write_text("# Notes\n\nThe maturity date is June 2, 2031.\n")
    report = run(workspace, source)
    assert (report.count("added"), report.documents) == (1, 3)
    with open_pipeline(workspace, SETTINGS) as pipeline:
        outcome = pipeline.ask(Query(text="What is the maturity date?")).outcome
    assert isinstance(outcome, Answer)
    assert outcome.text == "June 2, 2031"


def test_originals_are_kept_by_hash(tmp_path: Path, source: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    run(workspace, source)
    with Catalog(workspace.catalog_file) as catalog:
        document_id = catalog.resolve("credit")
    kept = workspace.original(document_id, ".txt")
    assert kept.read_bytes() == (source / "credit.txt").read_bytes()


def test_another_parser_reads_again(tmp_path: Path, source: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    run(workspace, source)
    coarse = IngestSettings(workers=1, chunk_tokens=400)
    report = run(workspace, source, settings=SETTINGS.model_copy(update={"ingest": coarse}))
    assert report.count("added") == 3


@pytest.mark.slow
def test_files_beyond_a_limit_are_read_once_it_is_raised(tmp_path: Path, source: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    (source / "long.txt").write_text("A clause of no great interest. " * 50_000)
    small = SETTINGS.model_copy(update={"ingest": IngestSettings(workers=1, max_file_mb=1)})
    assert [o.reason for o in run(workspace, source, settings=small).files if o.reason] == ["too-large"]
    assert run(workspace, source).count("failed") == 0


def test_missing_sources_and_second_writers_are_refused(tmp_path: Path, source: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    with pytest.raises(SourceError, match="does not exist"):
        run(workspace, tmp_path / "nowhere")
    with workspace.writing(), pytest.raises(WorkspaceError, match="another process"):
        run(workspace, source)


FULL = """
import resource, sys
from pathlib import Path
from rag.command import run
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
sys.exit(run(["--workspace", sys.argv[1], "--set", "embedder.kind=hashing", "--set", "embedder.dim=64",
              "--set", "ingest.workers=1", "ingest", sys.argv[2]]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("limit", [1_000, 30_000, 120_000])
def test_a_full_disk_is_one_line_and_the_next_run_goes_on(tmp_path: Path, source: Path, limit: int) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    (source / "long.txt").write_text(CLAUSES * 40)
    arguments = [sys.executable, "-c", FULL, str(workspace.root), str(source), str(limit)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "no room left" in done.stderr
    assert done.stderr.count("\n") == 1
    assert run(workspace, source).documents == 4
    shutil.rmtree(workspace.root)


def test_storage_errors_keep_the_old_index(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    version = run(workspace, source).index
    (source / "more.txt").write_text("Section 9.1 More. Another clause about insurance.")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("rag.index.flat.write_dense", full)
        with pytest.raises(StorageError, match="no room left"):
            run(workspace, source)
    assert current_version(workspace.indexes) == version
    assert run(workspace, source).index != version
