"""The rows of a tuned benchmark, over a folder like the sample library and a tuner that only pretends."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from eval.tuned_rows import TunedBench, as_lines, tuned_rows
from ingest.progress import Progress, Silent
from rag.releases import create, listed, promote
from rag.settings import Settings
from rag.workspace import Workspace
from tests.library import ALDER, BIRCH, SETTINGS

pytestmark = pytest.mark.slow  # plain reads with the span reader

SILENT = {"answer": {"min_confidence": 1.0}}
STAGES = [
    {"name": "first", "settings": {"retrieval": {"hits": 5}}},
    {"name": "idle", "settings": {}},
    {"name": "second", "settings": SILENT},
]


def now() -> datetime:
    return datetime(2026, 3, 4, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two agreements and a question about each, of the split that is measured."""
    docs = tmp_path / "sample" / "docs"
    docs.mkdir(parents=True)
    rows = []
    for name, text, rate in (("alder", ALDER, "4.25%"), ("birch", BIRCH, "5.10%")):
        with pymupdf.open() as pdf:  # type: ignore[no-untyped-call]
            for page in text.split("\f"):
                pdf.new_page().insert_text((72, 72), page)
            pdf.save(docs / f"{name}.pdf")
        rows.append(
            {
                "id": name, "question": f"What interest do the Class B Notes of {name} bear?", "doc_id": name,
                "answer": rate, "answer_type": "percent", "category": "lookup", "split": "evaluation",
                "evidence": [
                    {"doc_id": name, "page": 1, "text": f"The Class B Notes bear interest at {rate}"}
                ],
            }
        )  # fmt: skip
    (tmp_path / "sample" / "questions.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return tmp_path / "sample"


def tuner(*, lets_through: bool) -> Callable[..., Mapping[str, Any]]:
    def tune(
        workspace: Workspace, _: Path, __: Settings, ___: Progress, clock: Callable[[], datetime]
    ) -> dict[str, Any]:
        release = create(
            workspace,
            settings={**STAGES[0]["settings"], **SILENT},  # type: ignore[dict-item]
            artifacts=[],
            parent=None,
            note="",
            clock=clock(),
            facts={},
        )
        if lets_through:
            promote(workspace, release.id, by="test", clock=clock(), reason="")
        return {"promoted": lets_through, "reason": "as told", "stages": STAGES, "release": release.id}

    return tune


def test_a_candidate_that_is_not_let_through_changes_no_row_but_the_ablation(
    folder: Path, tmp_path: Path
) -> None:
    bench = TunedBench(folder=folder, cache=tmp_path / "cache", ablation=True)
    rows = tuned_rows(tuner(lets_through=False), bench, SETTINGS, Silent(), now)
    assert rows["before"]["measures"]["accuracy"]["value"] == 1.0
    assert rows["after"] == rows["before"]
    assert rows["after against before"]["difference"] == 0.0
    assert [row["with"] for row in rows["ablation"]] == ["first", "second"], (
        "what changed nothing adds nothing"
    )
    first, second = rows["ablation"]
    assert (first["measures"]["accuracy"]["value"], first["adds"]["value"]) == (1.0, 0.0)
    assert (second["measures"]["accuracy"]["value"], second["adds"]["value"]) == (0.0, -1.0)
    told = as_lines(rows)
    assert "with second: accuracy 0.000, -1.000" in told
    workspace = next(path for path in (tmp_path / "cache" / "tuned").glob("sample-*"))
    assert rows["tuning"]["release"] in {one.id for one in listed(Workspace.create(workspace))}


def test_the_last_row_is_of_the_release_that_was_promoted(folder: Path, tmp_path: Path) -> None:
    bench = TunedBench(folder=folder, cache=tmp_path / "cache")
    rows = tuned_rows(tuner(lets_through=True), bench, SETTINGS, Silent(), now)
    assert rows["before"]["fingerprints"]["release"] == "none"
    assert rows["after"]["fingerprints"]["release"] == rows["tuning"]["release"]
    assert rows["after against before"]["difference"] == -1.0
    assert "ablation" not in rows
    assert "with" not in as_lines(rows).split("as told")[1]
