"""``covenant bench financebench|legalbenchrag --tuned``: before and after tuning on documents apart.

The library holds the documents that are measured and those that are learned from, so that both rows search
the same one. What tunes is handed in, with the documents it may read and the kinds to ask for; near copies
of measured documents are left out. The row after is the candidate's, whether or not its own gate let it
through: what that gate saw is told beside. Leaves which documents those are to ``eval.sets.apart``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from eval.bench import BenchOptions, Prepared, measure, prepare
from eval.compare import RunComparison, compare_runs
from eval.near_copies import Excluded
from eval.report import as_dict
from eval.runs import Scope
from eval.sets.apart import APART, documents_apart
from eval.sets.contract import BenchSet, Documents
from ingest.progress import Progress
from rag.catalog import Catalog
from rag.releases import load
from rag.settings import Settings
from rag.types import DocumentId
from rag.workspace import Workspace

Tuner = Callable[
    [Workspace, Collection[DocumentId], str, Settings, Progress, Callable[[], datetime]], Mapping[str, Any]
]
"""Tunes a workspace on those of its documents, by the kinds of that name; says what it came to."""
_MEASURES = {
    "legalbenchrag": ("char_precision@1", "char_recall@64", "snippet_precision@1", "hit@5"),
    "financebench": ("page_hit@5", "page_hit@1", "accuracy", "wrong"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApartBench:
    """A set with its folder and the one that holds all sets, where indexes are kept, what is asked."""

    one: BenchSet
    folder: Path
    data: Path | None
    cache: Path
    scope: Scope | None = None
    slices: Sequence[str] = ()


def apart_rows(
    tuner: Tuner,
    bench: ApartBench,
    settings: Settings,
    progress: Progress,
    clock: Callable[[], datetime],
) -> dict[str, Any]:
    """The rows as JSON: ``before``, ``after``, their differences by measure, and what tuning came to.

    Raises:
        SourceError: documents or questions are not there, or do not fit.
        UsageError: nothing can be learned.
        StorageError: the cache cannot be written.
    """
    others = documents_apart(bench.one.name, bench.data)
    options = BenchOptions(scope=bench.scope, slices=bench.slices, beside=others)
    prepared = prepare(bench.one, bench.folder, bench.cache, settings, options, progress)
    apart = _learned_from(prepared, others)
    before = measure(prepared, prepared.workspace, settings, options, progress).report
    begin = perf_counter()
    told = tuner(prepared.workspace, apart, APART[bench.one.name][0], settings, progress, clock)
    seconds = perf_counter() - begin
    after = before
    if told["release"]:
        chosen = replace(options, release=load(prepared.workspace, told["release"]))
        after = measure(prepared, prepared.workspace, settings, chosen, progress).report
    found = compare_runs(before.run, after.run, bench.slices, _MEASURES[bench.one.name])
    return {
        "learned from": {"documents": len(apart)},
        "before": as_dict(before),
        "after": as_dict(after),
        "label_tune_gate_seconds": round(seconds, 1),
        "tuning": dict(told),
        "after against before": _told(found),
    }


def _learned_from(prepared: Prepared, others: Documents) -> list[DocumentId]:
    """Those of the other documents that copy nothing measured."""
    with Catalog(prepared.workspace.catalog_file) as catalog:
        measured = {catalog.resolve(name) for name in _names(prepared.documents)}
        copies = Excluded.of_texts(catalog.text(one) for one in sorted(measured))
        apart = {catalog.resolve(name) for name in _names(others)} - measured
        return sorted(one for one in apart if not copies.has(catalog.text(one)))


def _names(documents: Documents) -> list[str]:
    return [*(path.stem for path in documents.files), *(paper.name for paper in documents.papers)]


def _told(found: RunComparison) -> dict[str, Any]:
    """Each measure's change, its interval and p-value by document; slices that change significantly."""
    measures = {
        name: {
            **one.result.difference.as_dict(),
            "p": one.result.p_value,
            "won": one.better,
            "lost": one.worse,
        }
        for name, one in found.measures.items()
    }
    slices = {
        f"{name}, {measure_name}": {"difference": one.result.difference.value, "p": one.p_adjusted}
        for name, own in found.slices.items()
        for measure_name, one in own.items()
        if one.verdict in ("better", "worse")
    }
    return {"measures": measures, "slices that change significantly": slices}


def as_lines(rows: Mapping[str, Any]) -> str:
    """Each measure before and after, what the difference is worth, and what tuning came to."""
    lines = []
    for name, change in rows["after against before"]["measures"].items():
        values = (rows[row]["measures"][name]["value"] for row in ("before", "after"))
        lines.append(
            f"{name}: {' -> '.join(f'{value:.3f}' for value in values)}, {change['value']:+.3f} "
            f"({change['low']:+.3f} to {change['high']:+.3f}), p = {change['p']:.3f}, "
            f"{change['won']} won, {change['lost']} lost"
        )
    lines += [
        f"{name}: {one['difference']:+.3f}, p = {one['p']:.3f}"
        for name, one in rows["after against before"]["slices that change significantly"].items()
    ]
    lines.append(
        f"learned from {rows['learned from']['documents']} documents apart; {rows['tuning']['reason']}; "
        f"{rows['label_tune_gate_seconds']:.0f} s"
    )
    return "\n".join(lines)
