"""Whether a tuned reranker reads reports: where reports taught it, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.build import ingest
from rag.catalog import Catalog
from rag.settings import IngestSettings, LateInteractionSettings, Settings
from rag.types import ChunkId, DocumentId
from rag.workspace import Workspace
from tests.library import SETTINGS as LIBRARY
from tests.tuning.benches import bench_of
from tuning import reranker_labels
from tuning.items import Asked, Labelled
from tuning.stages import NO_HELP, RerankerStage

REPORT = """<html><body><h1>ACME INDUSTRIES, INC.</h1>
<p>FORM 10-K. Annual report pursuant to Section 13 of the Securities Exchange Act of 1934.
For the fiscal year ended December 31, 2020.</p><h2>Item 1. Business</h2><p>We make anvils.</p>
</body></html>"""
CONTRACT = (
    "SUPPLY AGREEMENT\n\nThis Agreement is made by and between Alder Inc. and Birch LLC.\n\n1. Anvils.\n"
)
SETTINGS = LIBRARY.model_copy(
    update={"reranker": LateInteractionSettings(), "ingest": IngestSettings(workers=1)}
)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A report and a contract; training is a folder that says it helped at its twentieth step."""
    workspace = Workspace.create(tmp_path / "workspace")
    (tmp_path / "report.html").write_text(REPORT, encoding="utf-8")
    (tmp_path / "contract.txt").write_text(CONTRACT, encoding="utf-8")
    ingest(workspace, [tmp_path / "report.html", tmp_path / "contract.txt"], LIBRARY)
    trains(workspace, monkeypatch, step=20)
    return workspace


def trains(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, *, step: int) -> None:
    folder = workspace.artifacts / f"reranker-{step}"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"dev": {"step": step}}), encoding="utf-8")

    def train(*_: object) -> Path:
        return folder

    monkeypatch.setattr(reranker_labels, "train", train)


def about(workspace: Workspace, *names: str) -> list[Labelled]:
    with Catalog(workspace.catalog_file) as catalog:
        documents = {record.name: record.id for record in catalog.documents()}
    return [_labelled(number, documents[name]) for number, name in enumerate(names)]


def _labelled(number: int, document: DocumentId) -> Labelled:
    asked = Asked(text=f"What of anvil {number}?", kind="log", origin="log", document_ids=(document,))
    return Labelled(
        item=str(number), question=asked, chunk_id=ChunkId(str(number)), document=document, passage="",
        probability=0.9, label_model="m",
    )  # fmt: skip


def tuned(workspace: Workspace, settings: Settings, *names: str) -> Any:  # noqa: ANN401 - values of settings
    labelled = about(workspace, *names)
    return RerankerStage().run(bench_of(workspace, settings, labelled, labelled)).settings.get("reranker")


def test_a_reranker_that_reports_taught_reads_reports(workspace: Workspace) -> None:
    adapter = {"adapter": "artifacts/reranker-20"}
    assert tuned(workspace, SETTINGS, "report", "report", "contract") == {**adapter, "reports": True}
    assert tuned(workspace, SETTINGS, "report", "contract") == adapter
    reading = SETTINGS.model_copy(update={"reranker": LateInteractionSettings(reports=True)})
    assert tuned(workspace, reading, "contract") == adapter, "what people set stays"


def test_training_that_did_not_help_changes_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    trains(workspace, monkeypatch, step=0)
    labelled = about(workspace, "report")
    change = RerankerStage().run(bench_of(workspace, SETTINGS, labelled, labelled))
    assert (change.settings, change.note) == ({}, NO_HELP)
