"""A process that tunes is killed outright: the next one goes on, and what answers is untouched meanwhile."""

from __future__ import annotations

import os
import signal
from multiprocessing import get_context
from pathlib import Path

import pytest

from ingest.progress import Silent
from rag.assembly import open_pipeline
from rag.releases import current_id
from rag.settings import MiniLMEmbedderSettings
from rag.types import Query
from rag.workspace import Workspace
from tests.library import reindex
from tests.tuning.tuned_library import NAMES, SETTINGS, make_library, now, questions
from tuning.adapters import LoraShape
from tuning.embedder import EmbedderTraining, Mode
from tuning.sentence_encoder import Precision
from tuning.soft_lists import Cuts
from tuning.stages import EmbedderStage
from tuning.tune import TuneOptions, tune
from tuning.tune_report import TuneReport

LIBRARY = NAMES[:4]
TUNED = SETTINGS.model_copy(update={"embedder": MiniLMEmbedderSettings(dtype="float32")})
TRAINING = EmbedderTraining(
    steps=4, questions=4, save_every=2, learning_rate=3e-3, shape=LoraShape(rank=2), dev_passages=3,
    precision=Precision(rows=8, bfloat16=False),
)  # fmt: skip


class Killing(Silent):
    """Kills the process after so much of a stage."""

    def __init__(self, stage: str, after: int) -> None:
        self._wanted, self._left, self._stage = stage, after, ""

    def start(self, stage: str, total: int, unit: str, *, weight: int = 0) -> None:
        self._stage = stage

    def advance(self, amount: int = 1, *, pages: int = 0, weight: int = 0) -> None:
        if self._stage == self._wanted:
            self._left -= amount
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


class Counting(Silent):
    """Takes down how much of each stage was done."""

    def __init__(self) -> None:
        self.done: dict[str, int] = {}
        self._stage = ""

    def start(self, stage: str, total: int, unit: str, *, weight: int = 0) -> None:
        self._stage = stage

    def advance(self, amount: int = 1, *, pages: int = 0, weight: int = 0) -> None:
        self.done[self._stage] = self.done.get(self._stage, 0) + amount


def run(root: Path, progress: Silent, mode: Mode = "queries") -> TuneReport:
    import torch

    torch.set_num_threads(1)
    workspace = Workspace.open(root)
    options = TuneOptions(
        stages=(EmbedderStage(mode=mode, training=TRAINING),), target="hit@1", dev_share=0.4,
        cuts=Cuts(least=0.1, near=0.9, far=0.85),
    )  # fmt: skip
    return tune(workspace, TUNED, questions(workspace, LIBRARY), options, progress, now)


def die(root: str, stage: str, after: int) -> None:
    run(Path(root), Killing(stage, after))


def prepared(root: Path) -> Workspace:
    workspace = make_library(root, LIBRARY)
    reindex(workspace, TUNED)
    return workspace


@pytest.mark.slow
@pytest.mark.parametrize(("stage", "after"), [("label", 1), ("embedder", 3), ("gate none", 2)])
def test_the_next_run_goes_on_and_the_old_release_answers(tmp_path: Path, stage: str, after: int) -> None:
    workspace = prepared(tmp_path / "work")
    process = get_context("spawn").Process(target=die, args=(str(workspace.root), stage, after))
    process.start()
    process.join(100)
    assert process.exitcode == -signal.SIGKILL
    assert current_id(workspace) == "none"
    with open_pipeline(workspace, TUNED) as pipeline:
        assert pipeline.retrieve(Query(text="Who is the trustee of cedar?"))
    progress = Counting()
    (embedder,) = run(workspace.root, progress).stages
    assert embedder.change.artifact is not None
    # Votes and steps that were kept are not made again; a step in the midst of two is.
    assert progress.done.get("embedder", 0) == (0 if stage == "gate none" else 4)
    again = Counting()
    assert run(workspace.root, again).stages[0].change == embedder.change
    assert "embedder" not in again.done
    assert "label" not in again.done


@pytest.mark.slow
def test_both_sides_get_an_index_of_their_own_beside_the_one_in_use(tmp_path: Path) -> None:
    workspace = prepared(tmp_path / "work")
    report = run(workspace.root, Silent(), "both")
    assert report.release is not None
    with (
        open_pipeline(workspace, TUNED, report.release.id) as tuned,
        open_pipeline(workspace, TUNED) as pipeline,
    ):
        indexes = {one.retriever.index.manifest.id for one in (tuned, pipeline)}
        assert len(indexes) == 2
        for one in (tuned, pipeline):
            assert one.retrieve(Query(text="Who is the trustee of cedar?"))
