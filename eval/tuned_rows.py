"""``covenant bench sample --tuned``: the usual recipe, Covenant untuned, and Covenant tuned on other deals.

All rows answer the same questions about the evaluation deals, over the same library. What tunes is handed in:
this package does not know the one that trains. A candidate that its gate did not let through is not in use:
then the last row is the one before it. Leaves the usual recipe to ``eval.plain``, what each tuned part adds
to ``eval.ablation``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from eval.ablation import ablated
from eval.bench import BenchOptions, measure, prepare
from eval.compare import compare_runs
from eval.plain import plain_settings, plain_workspace
from eval.report import Report, as_dict
from eval.sets.sample import SAMPLE
from ingest.progress import Progress
from rag.releases import current
from rag.settings import Settings
from rag.workspace import Workspace

Tuner = Callable[
    [Workspace, Path, Settings, Progress, Callable[[], datetime]],
    Mapping[str, Any],
]
"""Tunes a workspace on the training questions of a file; says what it came to, with ``promoted``."""
_TOLD = ("accuracy", "wrong", "hit@5")


@dataclass(frozen=True, slots=True, kw_only=True)
class TunedBench:
    """The library's folder, where indexes are kept, and whether to ask with each tuned part added too."""

    folder: Path
    cache: Path
    ablation: bool = False


def tuned_rows(
    tuner: Tuner,
    bench: TunedBench,
    settings: Settings,
    progress: Progress,
    clock: Callable[[], datetime],
) -> dict[str, Any]:
    """The rows as JSON: ``plain``, ``before``, ``after``; what tuning came to, and its seconds.

    With ablation also what each part adds, of the candidate, whether or not its gate let it through.

    Raises:
        SourceError: the folder is not the sample library.
        UsageError: nothing can be learned from it.
        StorageError: the cache cannot be written.
    """
    options, folder, cache = BenchOptions(), bench.folder, bench.cache
    prepared = prepare(SAMPLE, folder, cache / "tuned", settings, options, progress)
    usual = plain_workspace(prepared.workspace, cache / "tuned" / "plain", settings, progress)
    plain = measure(prepared, usual, plain_settings(settings), options, progress).report
    before = measure(prepared, prepared.workspace, settings, options, progress).report
    begin = perf_counter()
    told = tuner(prepared.workspace, folder / "questions.jsonl", settings, progress, clock)
    seconds = perf_counter() - begin
    after = before
    if told["promoted"]:
        chosen = replace(options, release=current(prepared.workspace))
        after = measure(prepared, prepared.workspace, settings, chosen, progress).report
    parts = {}
    if bench.ablation:
        parts["ablation"] = ablated(prepared, told["stages"], before, settings, progress, clock)
    return {
        "plain": as_dict(plain),
        "before": as_dict(before),
        "after": as_dict(after),
        "label_tune_gate_seconds": round(seconds, 1),
        "tuning": dict(told),
        "after against before": _compared(before, after),
        "after against plain": _compared(plain, after),
        **parts,
    }


def as_lines(rows: Mapping[str, Any]) -> str:
    """Accuracy, wrong answers and hits of the three rows, the gain, and how long tuning took."""
    lines = []
    for name in ("plain", "before", "after"):
        own = rows[name]["measures"]
        told = (f"{m} {own[m]['value']:.3f} ({own[m]['low']:.3f}-{own[m]['high']:.3f})" for m in _TOLD)
        lines.append(f"{name:<7} {', '.join(told)}, n = {rows[name]['n']}")
    gain = rows["after against before"]
    lines.append(
        f"after against before: {gain['difference']:+.3f} ({gain['low']:+.3f} to {gain['high']:+.3f}), "
        f"p = {gain['p']:.3f}"
    )
    lines.append(f"{rows['tuning']['reason']}; {rows['label_tune_gate_seconds']:.0f} s")
    for row in rows.get("ablation", ()):
        adds, came_to = row["adds"], row["measures"]["accuracy"]["value"]
        lines.append(
            f"with {row['with']}: accuracy {came_to:.3f}, {adds['value']:+.3f} "
            f"({adds['low']:+.3f} to {adds['high']:+.3f}), p = {adds['p']:.3f}"
        )
    return "\n".join(lines)


def _compared(before: Report, after: Report) -> dict[str, float]:
    """The difference in accuracy, its interval and p-value over all questions; by document, paired."""
    found = compare_runs(before.run, after.run, measures=("accuracy",)).measures["accuracy"].result
    change = found.difference
    return {"difference": change.value, "low": change.low, "high": change.high, "p": found.p_value}
