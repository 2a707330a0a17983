"""Records: what an id depends on, what is refused, and that nothing tampered with is ever used."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from rag import releases
from rag.assembly import open_pipeline
from rag.errors import ReleaseError, SettingsError
from rag.fingerprints import hash_file
from rag.index.store import current_version, read_manifest
from rag.releases.record import RECORD
from rag.settings import LateInteractionSettings
from rag.types import Query
from rag.workspace import Workspace
from tests.library import SETTINGS
from tests.rag.releases.made import INTEREST, NOON, promoted, release_of, weights, workspace_at


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_at(tmp_path / "workspace")


def test_a_record_is_read_as_it_was_written(workspace: Workspace) -> None:
    version = current_version(workspace.indexes)
    facts = {"fingerprints": {"index": version}, "provenance": {"questions": 12}}
    parent = release_of(workspace, "first")
    made = release_of(workspace, "second", parent=parent.id, facts=facts)

    assert releases.load(workspace, made.id) == made
    assert made.artifacts == {
        "artifacts/second/weights.json": hash_file(workspace.artifacts / "second/weights.json")
    }
    assert (made.parent, made.note, made.created) == (
        parent.id,
        "made of second",
        "2026-01-01T12:00:00+00:00",
    )
    assert made.index is not None
    embedder = read_manifest(workspace.indexes / made.index.version).embedder
    assert (made.index.version, made.index.embedder) == (version, embedder)
    assert made.facts == facts
    assert {one.id for one in releases.listed(workspace)} == {parent.id, made.id}


def test_the_id_is_that_of_settings_and_artifacts(workspace: Workspace) -> None:
    made = release_of(workspace, "first")
    again = release_of(workspace, "first", note="later", clock=NOON + timedelta(days=1))
    other = release_of(workspace, "first", settings={**made.settings, "answer": {"min_confidence": 0.5}})

    assert again == made
    assert other.id != made.id
    assert release_of(workspace, "second").id not in (made.id, other.id)


def test_the_newest_is_listed_first(workspace: Workspace) -> None:
    old = release_of(workspace, "old")
    new = release_of(workspace, "new", clock=NOON + timedelta(days=1))

    assert [one.id for one in releases.listed(workspace)] == [new.id, old.id]


def test_a_component_without_a_kind_is_of_the_kind_that_the_workspace_has(workspace: Workspace) -> None:
    made = release_of(workspace, "x", settings={"generator": {"candidates": 3}}, artifacts=[])

    assert made.settings == {"generator": {"kind": "best_sentence", "candidates": 3}}


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"service": {"port": 1}}, "cannot set 'service'"),
        ({"retrieval": 3}, "cannot set 'retrieval'"),
        (
            {"retrieval": {"combiner": "artifacts/other/weights.json"}},
            "artifacts/other/weights.json, which is not",
        ),
    ],
)
def test_what_a_release_cannot_say(workspace: Workspace, settings: dict[str, object], says: str) -> None:
    with pytest.raises(ReleaseError, match=says):
        release_of(workspace, "x", settings=settings)


def test_settings_that_do_not_fit_are_refused(workspace: Workspace) -> None:
    with pytest.raises(SettingsError, match=r"retrieval\.combinator"):
        release_of(workspace, "x", settings={"retrieval": {"combinator": 1}})
    assert releases.listed(workspace) == []


def test_artifacts_lie_in_the_workspace(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.json").write_text("{}")

    with pytest.raises(ReleaseError, match="not below"):
        release_of(workspace, "x", artifacts=[tmp_path / "elsewhere.json"])
    with pytest.raises(ReleaseError, match="not below"):
        release_of(workspace, "x", artifacts=[Path("artifacts/../covenant.toml")])
    with pytest.raises(ReleaseError, match="missing"):
        release_of(workspace, "x", artifacts=[Path("artifacts/nothing")])


def test_a_folder_stands_for_its_files(workspace: Workspace) -> None:
    weights(workspace, "x")
    (workspace.artifacts / "x" / "more").mkdir()
    (workspace.artifacts / "x" / "more" / "head.json").write_text("{}")
    made = release_of(workspace, "x", artifacts=[Path("artifacts/x")])

    assert set(made.artifacts) == {"artifacts/x/weights.json", "artifacts/x/more/head.json"}


@pytest.mark.parametrize("harm", ["change", "remove"])
def test_a_tampered_artifact_is_not_used(workspace: Workspace, harm: str) -> None:
    made = promoted(workspace, "x")
    file = workspace.artifacts / "x" / "weights.json"
    if harm == "change":
        file.write_text(file.read_text().replace('"x"', '"y"'))
    else:
        file.unlink()

    says = "has changed" if harm == "change" else "missing"
    with pytest.raises(ReleaseError, match=f"{made.id} needs artifacts/x/weights.json, which .*{says}"):
        releases.verify(made)
    with pytest.raises(ReleaseError, match=says), open_pipeline(workspace, SETTINGS):
        pass
    with pytest.raises(ReleaseError, match=says):
        releases.promote(workspace, made.id, by="tester", clock=NOON)
    # The settings as they are do not hang on it.
    with open_pipeline(workspace, SETTINGS, releases.NONE) as pipeline:
        assert pipeline.fingerprints["release"] == "none"


def test_a_tampered_record_is_not_used(workspace: Workspace) -> None:
    made, other = release_of(workspace, "x"), release_of(workspace, "y")
    record = workspace.releases / made.id / RECORD
    written = json.loads(record.read_text())
    written["settings"]["answer"] = {"min_confidence": 0.0}
    record.write_text(json.dumps(written))

    with pytest.raises(ReleaseError, match="was changed"):
        releases.promote(workspace, made.id, by="tester", clock=NOON)
    record.write_text("{")
    with pytest.raises(ReleaseError, match="cannot be read"):
        releases.load(workspace, made.id)
    assert [one.id for one in releases.listed(workspace)] == [other.id]
    assert list(releases.damaged(workspace)) == [made.id]
    assert releases.current(workspace) is None


def test_a_release_is_found_by_its_first_digits(workspace: Workspace) -> None:
    made = release_of(workspace, "x")

    assert releases.find(workspace, made.id[:6]) == made
    for reference in ("", "zz", "../" + made.id):
        with pytest.raises(ReleaseError, match="no release"):
            releases.find(workspace, reference)
    (workspace.releases / (made.id[:-1] + ("0" if made.id[-1] != "0" else "1"))).mkdir()
    with pytest.raises(ReleaseError, match="2 releases begin"):
        releases.find(workspace, made.id[:6])


def test_the_gate_s_report_is_kept_beside_the_record(workspace: Workspace) -> None:
    made = release_of(workspace, "x")
    measured = releases.record_gate(workspace, made.id, {"promoted": False})

    assert (made.gate, measured.gate, measured.id) == (None, {"promoted": False}, made.id)
    assert releases.record_gate(workspace, made.id, {"promoted": True}).gate == {"promoted": True}


def test_a_pipeline_answers_with_the_release(workspace: Workspace) -> None:
    path = weights(workspace, "x")
    said = {"retrieval": {"combiner": path.as_posix(), "hits": 7}, "answer": {"min_confidence": 0.9}}
    made = promoted(workspace, "x", settings=said)
    with open_pipeline(workspace, SETTINGS) as pipeline:
        assert pipeline.fingerprints["release"] == made.id
        assert (pipeline.retrieval.hits, pipeline.least_confidence) == (7, 0.9)
        assert pipeline.ask(Query(text=INTEREST)).fingerprints["release"] == made.id
        tuned = pipeline.fingerprints["combiner"]
    with open_pipeline(workspace, SETTINGS, releases.NONE) as pipeline:
        assert pipeline.retrieval.hits == SETTINGS.retrieval.hits
        assert pipeline.fingerprints["combiner"] != tuned


def test_another_kind_of_component_replaces_the_section(workspace: Workspace) -> None:
    said = {"reranker": {"kind": "late_interaction", "adapter": None, "reports": True}}
    made = release_of(workspace, "x", settings=said, artifacts=[])
    applied = releases.apply(SETTINGS, made)

    assert applied.reranker == LateInteractionSettings(adapter=None, reports=True)
    assert applied.embedder == SETTINGS.embedder
    assert releases.apply(applied, made) == applied
    assert releases.apply(SETTINGS, None) is SETTINGS
