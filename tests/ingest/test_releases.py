"""Releases with an embedder of their own: the index each needs, ingest and delete under them, going back."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest

from ingest.build import IngestReport, ingest
from ingest.indexing import index_aside
from ingest.progress import Silent
from ingest.remove import remove
from rag import embedder, releases
from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.errors import ReleaseError, UsageError
from rag.index.store import Index, current_version, version_for
from rag.releases import Release
from rag.settings import HashingEmbedderSettings, NoRerankerSettings, Settings
from rag.types import Query
from rag.workspace import Workspace
from tests.ingest import test_build
from tests.ingest.test_build import NOON
from tests.rag.releases.made import release_of
from tests.rag.releases.test_switching import work

SETTINGS = test_build.SETTINGS.model_copy(update={"reranker": NoRerankerSettings()})
OTHER = {"embedder": HashingEmbedderSettings(dim=32).model_dump()}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "credit.txt").write_text("CREDIT AGREEMENT\n\nSection 1.1 Fees. The fee is $4,000.\n")
    (folder / "notes.md").write_text("# Notes\n\nThe maturity date is May 1, 2030.\n")
    return folder


@pytest.fixture
def workspace(tmp_path: Path, source: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "workspace")
    workspace.settings_file.write_text(
        '[embedder]\nkind = "hashing"\ndim = 64\n[generator]\nkind = "best_sentence"\n'
    )
    run(workspace, source)
    return workspace


@pytest.fixture
def other(workspace: Workspace) -> Release:
    """A candidate with another embedder, its index built aside."""
    manifest = index_aside(workspace, SETTINGS.overridden(OTHER), Silent())
    assert manifest is not None
    return release_of(workspace, "x", settings=OTHER, artifacts=[], facts={"index": manifest.id})


def run(workspace: Workspace, source: Path, settings: Settings = SETTINGS) -> IngestReport:
    return ingest(workspace, [source], settings, clock=lambda: NOON)


def promote(workspace: Workspace, release: Release) -> None:
    releases.promote(workspace, release.id, by="tester", clock=NOON)


def rollback(workspace: Workspace) -> Release | None:
    return releases.rollback(workspace, by="tester", clock=NOON)


def answers(workspace: Workspace, release: str | None = None) -> dict[str, str]:
    with open_pipeline(workspace, SETTINGS, release) as pipeline:
        return dict(pipeline.ask(Query(text="What is the fee?")).fingerprints)


def found(workspace: Workspace, question: str) -> set[str]:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        hits = pipeline.retrieve(Query(text=question))
        return {pipeline.catalog.name(hit.document_id) for hit in hits}


def print_of(settings: Settings) -> str:
    return embedder.load(settings.embedder).passage_fingerprint


def test_an_index_aside_leaves_the_one_in_use(workspace: Workspace, other: Release) -> None:
    before = answers(workspace)

    assert other.index is not None
    assert other.index.version != current_version(workspace.indexes)
    assert before["release"] == "none"
    candidate = answers(workspace, other.id)
    assert (candidate["index"], candidate["release"]) == (other.index.version, other.id)
    assert answers(workspace) == before


class _Interrupted(Silent):
    """Takes down what was done; interrupts the work once so much was."""

    def __init__(self, after: int) -> None:
        self._after = after
        self.done: list[int] = []

    def advance(self, amount: int = 1, *, pages: int = 0, weight: int = 0) -> None:
        self.done.append(amount)
        if sum(self.done) >= self._after:
            raise KeyboardInterrupt


def test_an_index_aside_goes_on_where_it_was_interrupted(workspace: Workspace, source: Path) -> None:
    text = "\n\n".join(
        f"Section {n}.1 Fee {n}. The fee of class {n} is ${n},000 a year, and nothing else is owed by it."
        for n in range(1, 1_300)
    )
    (source / "long.txt").write_text(text)
    run(workspace, source)
    settings = SETTINGS.overridden(OTHER)
    broken_off = _Interrupted(after=1_025)  # in the second block; the first is kept
    with pytest.raises(KeyboardInterrupt):
        index_aside(workspace, settings, broken_off)
    assert version_for(workspace.indexes, print_of(settings)) is None

    again = _Interrupted(after=10**9)
    manifest = index_aside(workspace, settings, again)
    assert manifest is not None
    kept, *rest = again.done
    assert 0 < kept < sum(broken_off.done) <= manifest.passages
    assert kept + sum(rest) == manifest.passages
    assert version_for(workspace.indexes, print_of(settings)) == manifest.id


def test_promotion_and_rollback_change_the_embedder(workspace: Workspace, other: Release) -> None:
    before = answers(workspace)
    promote(workspace, other)
    after = answers(workspace)

    assert (after["embedder"], after["release"]) == (print_of(SETTINGS.overridden(OTHER)), other.id)
    assert current_version(workspace.indexes) == after["index"] != before["index"]
    assert rollback(workspace) is None
    assert answers(workspace) == before
    assert current_version(workspace.indexes) == before["index"]


def test_documents_that_come_after_are_embedded_as_the_release_says(
    workspace: Workspace, source: Path, other: Release
) -> None:
    promote(workspace, other)
    (source / "deed.txt").write_text("DEED\n\nSection 1.1 Quokka. The quokka fee is $9.\n")
    report = run(workspace, source)

    assert report.count("added") == 1
    opened = Index.open(workspace.indexes)
    assert opened.manifest.embedder == print_of(SETTINGS.overridden(OTHER))
    assert len(opened.documents) == 3
    assert "deed" in found(workspace, "quokka fee")
    # An index made anew with these settings is the same.
    anew = Workspace.create(workspace.root.with_name("anew"))
    run(anew, source, settings=SETTINGS.overridden(OTHER))
    assert current_version(anew.indexes) == opened.manifest.id


def test_going_back_after_new_documents_needs_an_index_first(
    workspace: Workspace, source: Path, other: Release
) -> None:
    before = answers(workspace)
    promote(workspace, other)
    (source / "deed.txt").write_text("DEED\n\nSection 1.1 Quokka. The quokka fee is $9.\n")
    run(workspace, source)

    with pytest.raises(ReleaseError, match="no index over the documents as they are"):
        rollback(workspace)
    assert answers(workspace)["release"] == other.id
    with pytest.raises(UsageError, match="another embedder"):
        answers(workspace, releases.NONE)
    # The library of that day is still there to be asked.
    with open_pipeline(workspace, SETTINGS, releases.NONE, index_version=before["index"]) as pipeline:
        assert pipeline.fingerprints == before
    index_aside(workspace, SETTINGS, Silent())
    assert rollback(workspace) is None
    assert answers(workspace)["embedder"] == before["embedder"]
    assert "deed" in found(workspace, "quokka fee")


def test_a_release_without_an_index_over_this_library_is_not_promoted(
    workspace: Workspace, source: Path, other: Release
) -> None:
    (source / "deed.txt").write_text("DEED\n\nSection 1.1 Quokka. The quokka fee is $9.\n")
    run(workspace, source)

    with pytest.raises(ReleaseError, match="no index over the documents as they are"):
        promote(workspace, other)
    with pytest.raises(ReleaseError, match=f"release {other.id} has no index"):
        answers(workspace, other.id)
    assert releases.current(workspace) is None


def test_versions_that_releases_need_outlive_many_ingests(
    workspace: Workspace, source: Path, other: Release
) -> None:
    before = answers(workspace)
    promote(workspace, other)
    first = answers(workspace)
    for number in range(4):
        (source / f"more{number}.txt").write_text(
            f"Section 1.1 More. The fee number {number} is ${number}.\n"
        )
        run(workspace, source)

    kept = {path.name for path in workspace.indexes.iterdir() if path.is_dir()}
    assert {before["index"], first["index"], current_version(workspace.indexes)} <= kept
    assert len(kept) == 4  # and the one before the last
    with open_pipeline(workspace, SETTINGS, other.id, index_version=first["index"]) as pipeline:
        assert pipeline.fingerprints == first


def test_a_delete_under_a_release_keeps_it_answering(workspace: Workspace, other: Release) -> None:
    promote(workspace, other)
    with Catalog(workspace.catalog_file) as catalog:
        gone = catalog.resolve("notes")
    remove(workspace, [gone], SETTINGS, clock=lambda: NOON)

    after = answers(workspace)
    assert (after["release"], after["embedder"]) == (other.id, print_of(SETTINGS.overridden(OTHER)))
    assert [path.name for path in workspace.indexes.iterdir() if path.is_dir()] == [after["index"]]


def test_documents_can_be_deleted_whatever_became_of_the_release(
    workspace: Workspace, other: Release
) -> None:
    promote(workspace, other)
    (workspace.releases / other.id / "release.json").write_text("{}")
    with Catalog(workspace.catalog_file) as catalog:
        gone = catalog.resolve("notes")
    remove(workspace, [gone], SETTINGS, clock=lambda: NOON)

    with Catalog(workspace.catalog_file) as catalog:
        assert [record.name for record in catalog.stored()] == ["credit"]
    with pytest.raises(ReleaseError):
        ingest(workspace, [workspace.root.with_name("source")], SETTINGS, clock=lambda: NOON)


@pytest.mark.slow
def test_a_promotion_of_another_embedder_killed_at_any_step(workspace: Workspace, other: Release) -> None:
    before = answers(workspace)
    undisturbed = workspace.root.with_name("undisturbed")
    shutil.copytree(workspace.root, undisturbed)
    steps, code = work("promote", other.id, [undisturbed])
    assert (code, steps > 6) == (0, True)
    after = answers(Workspace(undisturbed))

    roots = [workspace.root.with_name(f"step {step}") for step in range(steps + 1)]
    for root in roots:
        shutil.copytree(workspace.root, root)
    assert work("promote", other.id, roots)[2:] == [-signal.SIGKILL] * steps
    ended = [answers(Workspace(root)) for root in roots[1:]]
    assert [one for one in ended if one not in (before, after)] == []
    # Killed behind the switch, before the index in use is the release's: it answers with its own.
    assert (before in ended, after in ended) == (True, True)
    killed = [Workspace(root) for root, one in zip(roots[1:], ended, strict=True) if one == after]
    assert version_for(killed[0].indexes, after["embedder"]) == after["index"]
    assert current_version(killed[0].indexes) == before["index"]
    # What builds on it then means the release's embedder.
    run(killed[0], workspace.root.with_name("source"))
    assert current_version(killed[0].indexes) == after["index"]
