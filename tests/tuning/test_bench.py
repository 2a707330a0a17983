"""What tunes for benchmarks on documents apart: only they are learned from, and nothing is put in use."""

from __future__ import annotations

import json
from pathlib import Path

from ingest.progress import Silent
from rag.catalog import Catalog
from rag.releases import NONE, current_id
from tests.library import fill, reindex
from tests.tuning.tuned_library import NAMES, SETTINGS, make_library, now
from tuning.asked_store import kept_asked
from tuning.bench import tune_apart
from tuning.labeling import load_functions

LAW = "Section 1.1 Law. This deed of {} is governed by the laws of the State of Ohio."


def test_only_the_documents_given_are_learned_from_and_kinds_vote(tmp_path: Path) -> None:
    workspace = make_library(tmp_path / "work")
    with Catalog(workspace.catalog_file) as catalog:
        fill(catalog, [(name, LAW.format(name)) for name in ("quince", "rowan")])
    reindex(workspace, SETTINGS)
    with Catalog(workspace.catalog_file) as catalog:
        apart = {catalog.resolve(name) for name in (*NAMES[:9], "quince")}
    told = tune_apart(workspace, apart, "contracts", SETTINGS, Silent(), now)
    json.dumps(told)
    assert "clause_kinds" in {one.name for one in load_functions(workspace.root / "labels.py")}
    asked, _ = kept_asked(workspace)
    assert {one for each in asked for one in each.document_ids or ()} <= apart
    assert {one.origin for one in asked} == {"file", "documents"}
    assert current_id(workspace) == NONE
    assert [one["name"] for one in told["stages"]] == ["embedder", "reranker", "combiner"]
