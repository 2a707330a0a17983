"""What a stage of tuning gets, over a workspace of the tests."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.progress import Silent
from rag.settings import Settings
from rag.workspace import Workspace
from tuning.items import Labelled
from tuning.soft_lists import Cuts
from tuning.stages import Bench


def bench_of(
    workspace: Workspace, settings: Settings, train: Sequence[Labelled], dev: Sequence[Labelled]
) -> Bench:
    """With the usual effort, and time without end."""
    return Bench(
        workspace=workspace,
        settings=settings,
        train=train,
        dev=dev,
        cuts=Cuts(),
        seed=7,
        effort=1.0,
        rate=1.0,
        state=workspace.root / "state",
        expired=lambda: False,
        progress=Silent(),
    )
