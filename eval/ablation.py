"""What each tuned part adds: the parts of a candidate release switched on one after the other.

Every row asks the same questions, with the changes of all parts up to its own; the last is the candidate.
A release is written down for each, and none is ever in use. Leaves asking to ``eval.bench``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from eval.bench import BenchOptions, Prepared, measure
from eval.compare import compare_runs
from eval.report import Report
from ingest.progress import Progress
from rag.releases import Release, artifact_folders, create, merged
from rag.settings import Settings
from rag.workspace import Workspace

_TOLD = ("accuracy", "wrong", "hit@5")


def ablated(
    prepared: Prepared,
    stages: Sequence[Mapping[str, Any]],
    before: Report,
    settings: Settings,
    progress: Progress,
    clock: Callable[[], datetime],
) -> list[dict[str, Any]]:
    """A row for each stage that changed something, in order; ``stages`` as ``covenant tune`` tells them.

    A row has the part's name, measures with all parts up to it, and the change in accuracy that it brings,
    by document, paired, against the row above it (the first against ``before``).

    Raises:
        ReleaseError: an artifact is missing.
        StorageError: a run or a release cannot be saved.
    """
    rows = []
    for name, release in _releases(prepared.workspace, stages, clock):
        options = BenchOptions(release=release)
        after = measure(prepared, prepared.workspace, settings, options, progress).report
        found = compare_runs(before.run, after.run, measures=("accuracy",)).measures["accuracy"].result
        rows.append(
            {
                "with": name,
                "measures": {one: after.measures[one].as_dict() for one in _TOLD},
                "adds": {**found.difference.as_dict(), "p": found.p_value},
            }
        )
        before = after
    return rows


def _releases(
    workspace: Workspace, stages: Sequence[Mapping[str, Any]], clock: Callable[[], datetime]
) -> Iterator[tuple[str, Release]]:
    """For each stage that changed something, the release of all changes so far."""
    so_far: dict[str, dict[str, Any]] = {}
    for stage in stages:
        if not stage["settings"]:
            continue
        so_far = merged(so_far, stage["settings"])
        yield (
            stage["name"],
            create(
                workspace,
                settings=so_far,
                artifacts=artifact_folders(so_far),
                parent=None,
                note=f"ablation, up to {stage['name']}",
                clock=clock(),
                facts={},
            ),
        )
