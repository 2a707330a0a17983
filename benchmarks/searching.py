"""How long a search takes over a library of 36,000 passages of contracts: retrieving, and reranking.

``python -m benchmarks.searching [--json]``, with COVENANT_DATA and COVENANT_CACHE set. Works on a copy of the
workspace that ``covenant bench cuad`` made (35,231 passages of 408 contracts), to which it adds a filing of
213 pages. Asked of the whole library, one question at a time, are the first questions of CUAD's development
part by the hashes of their ids, once each: passages that are reranked were mostly not seen before.
Milliseconds by the clock, with the reranker and without. What is found is not looked at.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import click

from benchmarks.data_folder import data_folder
from eval.questions import read_questions
from eval.splits import is_training
from eval.stats import quantile
from ingest.build import ingest
from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.fingerprints import hash_bytes
from rag.releases import NONE
from rag.settings import NoRerankerSettings, Settings
from rag.types import Query
from rag.workspace import Workspace

WARM_UP = 5


def milliseconds(workspace: Workspace, settings: Settings, texts: list[str]) -> list[float]:
    """How long each search took, after some that load what is loaded once."""
    with open_pipeline(workspace, settings, NONE) as pipeline:
        for text in texts[:WARM_UP]:
            pipeline.retrieve(Query(text=text))
        found = []
        for text in texts[WARM_UP:]:
            begin = perf_counter()
            pipeline.retrieve(Query(text=text))
            found.append((perf_counter() - begin) * 1000)
    return found


@click.command()
@click.option("--questions", "count", type=click.IntRange(min=1), default=300, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(count: int, as_json: bool) -> None:
    """Print medians and 95th percentiles."""
    cache = Path(os.environ.get("COVENANT_CACHE", ""))
    found = sorted(cache.glob("cuad-*/catalog.db")) if cache.name else []
    if not found:
        sys.exit("COVENANT_CACHE holds no workspace of CUAD; run covenant bench cuad with that cache first")
    file = data_folder("financebench") / "docs" / "CVSHEALTH_2022_10K.pdf"
    asked = read_questions(
        data_folder("cuad") / "questions.jsonl", keep=lambda row: not is_training(str(row.get("split")))
    )
    ordered = sorted(asked.questions, key=lambda one: hash_bytes(one.id.encode()))
    texts = [one.text for one in ordered[: count + WARM_UP]]
    whole = Settings()
    without = whole.model_copy(update={"reranker": NoRerankerSettings()})
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(shutil.copytree(found[0].parent, Path(folder) / "library")))
        ingest(workspace, [file], whole)
        with Catalog(workspace.catalog_file) as catalog:
            passages = sum(record.chunks for record in catalog.documents())
        took = {
            "retrieve": milliseconds(workspace, without, texts),
            "retrieve and rerank": milliseconds(workspace, whole, texts),
        }
    told = {
        "passages": passages,
        "questions": count,
        **{
            name: {"p50_ms": quantile(own, 0.5).as_dict(), "p95_ms": quantile(own, 0.95).as_dict()}
            for name, own in took.items()
        },
    }
    print(
        json.dumps(told, indent=1)
        if as_json
        else "\n".join(f"{name:20s} {own}" for name, own in told.items())
    )


if __name__ == "__main__":
    main()
