"""What changing a live library costs: a filing added, the same one deleted, everything indexed anew.

``python -m benchmarks.updates [--json]``, with COVENANT_DATA and COVENANT_CACHE set. Works on a copy of the
workspace that ``covenant bench cuad`` made (35,231 passages), to which it adds a filing of 213 pages. Best of
several rounds, in seconds: by the clock, and of processor time, worker processes included. Models are loaded
before; what loading them costs is told apart.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from benchmarks.data_folder import data_folder
from ingest.build import ingest
from ingest.indexing import index_library
from ingest.progress import Silent
from ingest.remove import remove
from rag import embedder
from rag.catalog import Catalog
from rag.settings import Settings
from rag.workspace import Workspace

Costs = dict[str, float]
T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, Costs]:
    """What the work gives, and its seconds by the clock and of all processors."""
    start, used = time.perf_counter(), sum(os.times()[:4])
    result = work()
    return result, {"seconds": time.perf_counter() - start, "cpu_seconds": sum(os.times()[:4]) - used}


def best(rounds: list[Costs]) -> Costs:
    """The least of each figure."""
    return {name: round(min(costs[name] for costs in rounds), 3) for name in rounds[0]}


def anew(workspace: Workspace, settings: Settings) -> Costs:
    """Index everything from kept vectors, as after a change of format."""
    shutil.rmtree(workspace.indexes / (workspace.indexes / "current").read_text().strip())
    model = embedder.load(settings.embedder)
    with Catalog(workspace.catalog_file) as catalog:
        return timed(lambda: index_library(catalog, workspace, model, Silent(), settings.index))[1]


def update(workspace: Workspace, file: Path, settings: Settings) -> tuple[dict[str, Costs], dict[str, int]]:
    """Add the file, then delete it; the costs of both, and what the library was with it."""
    report, added = timed(lambda: ingest(workspace, [file], settings))
    with Catalog(workspace.catalog_file) as catalog:
        document = catalog.resolve(str(file))
        own = next(record for record in catalog.documents() if record.id == document)
    _, deleted = timed(lambda: remove(workspace, [document], settings))
    costs = {
        "add": added | {f"{stage}_seconds": value for stage, value in report.seconds.items()},
        "delete": deleted,
    }
    return costs, {"passages": report.chunks, "added_pages": own.pages, "added_passages": own.chunks}


@click.command()
@click.option("--rounds", default=3, help="The best of so many is told.")
@click.option("--json", "as_json", is_flag=True)
def main(rounds: int, as_json: bool) -> None:
    """Print the costs."""
    cache = Path(os.environ.get("COVENANT_CACHE", ""))
    found = sorted(cache.glob("cuad-*/catalog.db")) if cache.name else []
    if not found:
        sys.exit("COVENANT_CACHE holds no workspace of CUAD; run covenant bench cuad with that cache first")
    file = data_folder("financebench") / "docs" / "CVSHEALTH_2022_10K.pdf"
    settings = Settings()
    _, loaded = timed(lambda: embedder.load(settings.embedder).embed_queries([""]))
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(shutil.copytree(found[0].parent, Path(folder) / "library")))
        whole = anew(workspace, settings)
        results = [update(workspace, file, settings) for _ in range(rounds)]
    costs = {name: best([result[0][name] for result in results]) for name in ("add", "delete")}
    told = {**results[0][1], "load_model": best([loaded]), "index_anew": best([whole]), **costs}
    if as_json:
        print(json.dumps(told, indent=1))
        return
    for name, value in told.items():
        print(f"{name:14s} {value}")


if __name__ == "__main__":
    main()
