"""Before and after tuning on documents apart, over invented sets and a tuner that only pretends."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from eval.apart_rows import ApartBench, apart_rows, as_lines
from eval.bench_commands import bench
from eval.near_copies import Excluded
from eval.sets import SETS
from eval.sets.apart import documents_apart
from ingest.progress import Progress, Silent
from rag.catalog import Catalog
from rag.command import Context
from rag.errors import SourceError
from rag.releases import NONE, create, current_id
from rag.settings import HashingEmbedderSettings, IngestSettings, NoRerankerSettings, Settings
from rag.types import DocumentId
from rag.workspace import Workspace

SETTINGS = Settings(
    embedder=HashingEmbedderSettings(dim=128), reranker=NoRerankerSettings(), ingest=IngestSettings(workers=1)
)
MEASURED = (
    "MILL LEASE\n\nThe tenant of the Lutton mill pays a rent of $500 a month.\n\nThe mill has two looms.\n\n"
    "The tenant keeps the wheel of the mill in order and greases it before the first day of each quarter.\n"
)
OTHER = (
    "FERRY CONTRACT\n\nThe ferry sails to Brae every Monday.\n\nNo dogs are carried on the ferry.\n\n"
    "The skipper signals twice before he casts off, and waits for late farmers while the tide allows it.\n"
)
RENT = "The tenant of the Lutton mill pays a rent of $500 a month."


def now() -> datetime:
    return datetime(2026, 3, 4, tzinfo=UTC)


def line(folder: Path, *rows: dict[str, Any], **docs: str) -> None:
    (folder / "docs").mkdir(parents=True)
    for name, text in docs.items():
        (folder / "docs" / f"{name}.txt").write_text(text, encoding="utf-8")
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def row(name: str, document: str, split: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields
    return {"id": name, "doc_id": document, "question": "What rent does the tenant of the mill pay?",
            "answers": [], "answer_type": "none", "split": split, **more}  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A measured set of one lease; two training documents, one a copy of it; one that is not for training."""
    start = MEASURED.index(RENT)
    span = {"text": RENT, "start": start, "end": start + len(RENT)}
    line(
        tmp_path / "legalbenchrag",
        row("rent", "mill", "dev", answers=[span], answer_type="span", dataset="leases"),
        mill=MEASURED,
    )
    line(
        tmp_path / "cuad",
        row("a", "ferry", "train"), row("b", "copy", "train"), row("c", "later", "dev"),
        ferry=OTHER, copy=MEASURED.replace("$500", "$510"), later="A LATER DEED\n\nOf nothing much.\n",
    )  # fmt: skip
    line(tmp_path / "contractnli", row("d", "nda", "train"), nda="A SECRET DEED\n\nNobody tells of it.\n")
    return tmp_path


Seen = list[tuple[set[str], str]]


def tuner(seen: Seen, settings: Mapping[str, Any]) -> Callable[..., Mapping[str, Any]]:
    def tune(
        workspace: Workspace,
        documents: Collection[DocumentId],
        kinds: str,
        _: Settings,
        __: Progress,
        clock: Callable[[], datetime],
    ) -> dict[str, Any]:
        with Catalog(workspace.catalog_file) as catalog:
            seen.append(({catalog.name(one) for one in documents}, kinds))
        release = None
        if settings:
            release = create(
                workspace, settings=settings, artifacts=[], parent=None, note="", clock=clock(), facts={}
            ).id
        return {"release": release, "reason": "as told", "promoted": False}

    return tune


def asked(data: Path) -> ApartBench:
    return ApartBench(
        one=SETS["legalbenchrag"], folder=data / "legalbenchrag", data=data, cache=data / "cache"
    )


def test_training_documents_are_learned_from_but_no_copy_of_what_is_measured(data: Path) -> None:
    seen: Seen = []
    found = apart_rows(tuner(seen, {}), asked(data), SETTINGS, Silent(), now)
    assert seen == [({"ferry", "nda"}, "contracts")]
    assert found["learned from"] == {"documents": 2}
    assert found["after"] == found["before"], "no part changed"
    assert found["after against before"]["measures"]["char_precision@1"]["value"] == 0.0


def test_the_row_after_is_the_candidates_and_nothing_is_in_use(data: Path) -> None:
    # A candidate that searches with nothing finds nothing.
    worse = {"retrieval": {"lexical_hits": 0, "dense_hits": 0}}
    found = apart_rows(tuner([], worse), asked(data), SETTINGS, Silent(), now)
    change = found["after against before"]["measures"]["char_recall@64"]
    assert found["before"]["measures"]["char_recall@64"]["value"] == 1.0
    assert (change["value"], change["won"], change["lost"]) == (-1.0, 0, 1)
    workspace = next((data / "cache").glob("legalbenchrag-apart-*"))
    assert current_id(Workspace(workspace)) == NONE
    assert "char_recall@64: 1.000 -> 0.000, -1.000" in as_lines(found)


def test_documents_apart_need_the_folder_of_all_sets(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="--data"):
        documents_apart("legalbenchrag", None)
    with pytest.raises(SourceError):
        documents_apart("financebench", tmp_path)


def test_other_sets_are_not_tuned(data: Path) -> None:
    context = Context(workspace_path=data / "none", overrides=())
    result = CliRunner().invoke(bench, ["cuad", "--data", str(data), "--tuned"], obj=context)
    assert result.exit_code == 2
    assert "--tuned goes with sample, financebench, legalbenchrag" in result.output


def test_near_copies_are_known_by_their_words_alone() -> None:
    copies = Excluded.of_texts([MEASURED])
    assert copies.has(MEASURED.upper().replace("$500", "$510"))
    assert not copies.has(OTHER)
