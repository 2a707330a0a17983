"""Tuning again after new documents in another style: what it takes, what it brings, what is forgotten.

    covenant bench sample --tuned --json > tuned.json
    python -m benchmarks.retuning tuned.json --cache DIR --out DIR

The workspace that the first command tuned is copied, five deals of firms that it does not know are taken in
(a fifth more documents, in drafting styles of their own), and ``covenant retune`` runs on half of their
questions, without answers; the other half measures, by the deals' own gold, beside the evaluation deals'
questions of before. Leaves tuning to ``tuning.retune``.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import click

from eval.bench import BenchOptions, Prepared, measure
from eval.compare import compare_runs
from eval.questions import QuestionSet, read_questions
from eval.report import Report
from eval.sample import write_further
from eval.sets import SETS
from eval.sets.contract import Documents
from ingest.build import ingest
from ingest.progress import TerminalProgress
from rag.catalog import Catalog
from rag.fingerprints import hash_bytes
from rag.releases import current, load
from rag.settings import Settings
from rag.storage import write_text
from rag.workspace import Workspace
from tuning.gating import WITHOUT_ANSWERS
from tuning.questions import make_questions, read_asked
from tuning.retune import RetuneOptions, retune
from tuning.tune import TuneOptions

DEALS = 5
MADE = 150
"""Questions made of the new documents besides those asked: a quarter of what tuning makes."""
_MEASURES = ("accuracy", "wrong", "citation_right")


def deal_of(document: str) -> str:
    """The deal that a document is of.

    >>> deal_of("lythbeck-clo-2021-1-report-2024-10")
    'lythbeck-clo-2021-1'
    """
    return "-".join(document.split("-")[:4])


def of_deals(lines: Sequence[dict[str, Any]], deals: set[str]) -> list[dict[str, Any]]:
    """The lines that ask about these deals and about no other."""
    return [
        line for line in lines if {deal_of(name) for name in line.get("doc_ids") or [line["doc_id"]]} <= deals
    ]


def halves(lines: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Lines to ask with, and lines that measure, by a hash of their ids.

    >>> asked, measuring = halves([{"id": str(n)} for n in range(100)])
    >>> len(asked) + len(measuring), {one["split"] for one in measuring}
    (100, {'evaluation'})
    """
    asked, measuring = [], []
    for line in lines:
        if int(hash_bytes(str(line["id"]).encode())[:8], 16) % 2:
            asked.append({**line, "split": "tuning"})
        else:
            measuring.append({**line, "split": "evaluation"})
    return asked, measuring


def _written(path: Path, lines: Sequence[dict[str, Any]]) -> Path:
    write_text(path, "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines))
    return path


class _Measured:
    """A set of questions asked of the workspace with one release after the other."""

    def __init__(self, workspace: Workspace, questions: QuestionSet, progress: TerminalProgress) -> None:
        self._prepared = Prepared(
            one=SETS["sample"], folder=workspace.root, documents=Documents(), questions=questions,
            workspace=workspace,
        )  # fmt: skip
        self._progress = progress

    def with_release(self, release_id: str) -> Report:
        workspace = self._prepared.workspace
        options = BenchOptions(release=load(workspace, release_id))
        return measure(self._prepared, workspace, Settings(), options, self._progress).report


def _change(before: Report, after: Report) -> dict[str, Any]:
    found = compare_runs(before.run, after.run, measures=_MEASURES).measures
    return {
        name: {
            "before": before.measures[name].as_dict(),
            "after": after.measures[name].as_dict(),
            "difference": one.result.difference.as_dict(),
            "p": one.result.p_value,
        }
        for name, one in found.items()
    }


@click.command()
@click.argument("report", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--cache", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
def main(report: Path, cache: Path, out: Path) -> None:
    """Tune again what ``covenant bench sample --tuned`` left in CACHE, as its REPORT says."""
    told = json.loads(report.read_text(encoding="utf-8"))
    [tuned] = (cache / "tuned").glob("sample-*")
    workspace = Workspace(out / "library")
    if not workspace.root.exists():
        shutil.copytree(tuned, workspace.root, ignore=shutil.ignore_patterns("runs", "*.lock"))
    if current(workspace) is None:
        raise click.UsageError(f"nothing is in use in {tuned}: the gate let nothing through")
    first = load(workspace, told["tuning"]["release"]).id
    further = write_further(out / "further")
    deals = set(list(dict.fromkeys(deal_of(path.stem) for path in further.documents))[:DEALS])
    documents = [path for path in further.documents if deal_of(path.stem) in deals]
    lines = [json.loads(line) for line in further.questions.read_text(encoding="utf-8").splitlines()]
    asking, measuring = halves(of_deals(lines, deals))
    with TerminalProgress() as progress:
        begin = perf_counter()
        ingest(workspace, documents, Settings(), progress=progress)
        taken_in = perf_counter() - begin
        old = read_questions(cache / "sample-library" / "questions.jsonl", keep=_is_evaluation)
        sets = {
            "new documents": _Measured(workspace, _read(_written(out / "new.jsonl", measuring)), progress),
            "old documents": _Measured(workspace, replace(old, name="sample"), progress),
        }
        before = {name: one.with_release(first) for name, one in sets.items()}
        with Catalog(workspace.catalog_file) as catalog:
            fresh = {catalog.resolve(path.stem) for path in documents}
            asked = [
                *read_asked(_written(out / "asked.jsonl", asking), catalog, documents=fresh),
                *make_questions(catalog, seed=7, count=MADE, documents=fresh),
            ]
        begin = perf_counter()
        options = RetuneOptions(
            tuning=TuneOptions(
                effort=0.3, rate=0.3, note="tuned again", target=WITHOUT_ANSWERS, by="benchmarks.retuning"
            )
        )
        again = retune(workspace, Settings(), asked, options, progress, lambda: datetime.now(UTC))
        seconds = perf_counter() - begin
        release = again.tuned.release.id if again.tuned.release else first
        after = {name: one.with_release(release) for name, one in sets.items()}
    result = {
        "new documents": len(documents),
        "questions": {"asked": len(asked), "measuring": len(measuring)},
        "ingest_seconds": round(taken_in, 1),
        "seconds": round(seconds, 1),
        "share of tuning from scratch": round(seconds / told["label_tune_gate_seconds"], 3),
        "retuning": again.as_dict(),
        "measured": {name: _change(before[name], after[name]) for name in sets},
    }
    click.echo(json.dumps(result, indent=1))


def _is_evaluation(row: Mapping[str, Any]) -> bool:
    return row.get("split") == "evaluation"


def _read(path: Path) -> QuestionSet:
    return replace(read_questions(path), name="sample")


if __name__ == "__main__":
    main()
