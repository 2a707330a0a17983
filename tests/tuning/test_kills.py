"""A process that tunes is killed outright: the next one goes on, and what answers is untouched meanwhile."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from ingest.progress import Silent
from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.house_words import HouseWords
from rag.releases import current_id
from rag.settings import MiniLMEmbedderSettings, RetrievalSettings
from rag.types import Query
from rag.workspace import Workspace
from tests.library import fill, reindex
from tests.tuning.questions.library import make_library as make_papers
from tests.tuning.test_value_stage import bench, silent
from tests.tuning.tuned_library import NAMES, SETTINGS, make_library, now, questions
from tuning.adapters import LoraShape
from tuning.embedder import EmbedderTraining, Mode
from tuning.house_words_stage import FILE as HOUSE_WORDS
from tuning.house_words_stage import HouseWordsStage
from tuning.items import Asked
from tuning.labeling.loading import FILE
from tuning.sentence_encoder import Precision
from tuning.soft_lists import Cuts
from tuning.stages import Change, EmbedderStage
from tuning.tune import TuneOptions, tune
from tuning.tune_report import TuneReport
from tuning.value_stage import ValueStage
from tuning.value_training import ValueTuning

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


def killed(target: Callable[..., None], *arguments: object) -> None:
    """Run in a process that ends by its own hand."""
    process = get_context("spawn").Process(target=target, args=arguments)
    process.start()
    process.join(200)
    assert process.exitcode == -signal.SIGKILL


def files_of(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def prepared(root: Path) -> Workspace:
    workspace = make_library(root, LIBRARY)
    reindex(workspace, TUNED)
    return workspace


@pytest.mark.slow
@pytest.mark.parametrize(("stage", "after"), [("label", 1), ("embedder", 3), ("gate none", 2)])
def test_the_next_run_goes_on_and_the_old_release_answers(tmp_path: Path, stage: str, after: int) -> None:
    workspace = prepared(tmp_path / "work")
    killed(die, str(workspace.root), stage, after)
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


WORDED = SETTINGS.model_copy(
    update={"retrieval": RetrievalSettings(lexical_hits=100, fusion="reciprocal_rank")}
)
SAID = {"bogey": "hurdle rate", "doghouse": "cure period"}
"""What people call what the agreements call something else."""
LABELS = f"""
from tuning.labeling import IRRELEVANT, RELEVANT, labeling_function

@labeling_function(on="passage", kind="pattern")
def known(item):
    return next(
        (RELEVANT if meant in item.chunk.text else IRRELEVANT
         for said, meant in {SAID!r}.items() if said in item.question.text),
        IRRELEVANT,
    )
"""


def worded(root: Path) -> Workspace:
    """Agreements of six deals, and a desk's function that knows what its words mean."""
    workspace = Workspace.create(root)
    told = ("Parties", "Liens", "Taxes", "Notices", "Meetings")
    with Catalog(workspace.catalog_file) as catalog:
        texts = [
            "\f".join(f"Section {i}.1 {title}. Tell {name} of them." for i, title in enumerate(told, 1))
            + "\fSection 7.2 Fee. Above the hurdle rate of 9%.\fSection 8.1 Default. A cure period of 9 days."
            for name in NAMES[:6]
        ]
        fill(catalog, list(zip(NAMES[:6], texts, strict=True)))
    reindex(workspace, WORDED)
    (workspace.root / FILE).write_text(LABELS, encoding="utf-8")
    return workspace


def run_words(root: Path, progress: Silent) -> TuneReport:
    workspace = Workspace.open(root)
    with Catalog(workspace.catalog_file) as catalog:
        asked = [
            Asked(
                text=f"Tell {name} the {said} of {name}.", kind="log", origin="log",
                document_ids=(catalog.resolve(name),),
            )
            for name in NAMES[:6] for said in SAID
        ]  # fmt: skip
    options = TuneOptions(stages=(HouseWordsStage(),), target="citation_right", dev_share=0.3)
    return tune(workspace, WORDED, asked, options, progress, now)


def die_of_words(root: str, after: int) -> None:
    run_words(Path(root), Killing("house_words", after))


def looks(root: Path) -> list[str]:
    """The phrases looked at, by their keys, in the order in which they were."""
    paths = list((root / "tuning" / "state").glob("house-words-*/phrases-*.jsonl"))
    return [json.loads(line)["key"] for path in paths for line in path.read_text().split("\n") if line]


@pytest.mark.slow
def test_house_words_go_on_behind_the_phrases_that_were_looked_at(tmp_path: Path) -> None:
    workspace = worded(tmp_path / "work")
    seen: list[list[str]] = []
    for after in (1, 2):
        killed(die_of_words, str(workspace.root), after)
        assert current_id(workspace) == "none"
        assert not list(workspace.artifacts.glob("*"))
        seen.append(looks(workspace.root))
    assert seen[1][:1] == seen[0]
    assert len(set(seen[1])) == len(seen[1]) == len(SAID), "none is looked at twice"
    (stage,) = run_words(workspace.root, Silent()).stages
    assert stage.change.artifact is not None, stage
    learned = HouseWords.load(stage.change.artifact / HOUSE_WORDS).words
    assert {one.said for one in learned} <= set(SAID)
    assert learned
    assert not looks(workspace.root), "what is whole needs no state"
    undisturbed = run_words(worded(tmp_path / "other").root, Silent()).stages[0].change.artifact
    assert undisturbed is not None
    assert undisturbed.name == stage.change.artifact.name
    assert files_of(undisturbed) == files_of(stage.change.artifact)


def run_values(root: Path, progress: Silent) -> Change:
    workspace = Workspace.open(root / "work")
    given = bench(workspace, silent(root / "silent.json"))
    return ValueStage(made=40, asked=2, tuning=ValueTuning(made_l2=0.05)).run(
        replace(given, progress=progress)
    )


def die_of_values(root: str, after: int) -> None:
    run_values(Path(root), Killing("values", after))


@pytest.mark.slow
def test_values_begin_anew_and_leave_nothing_half_written(tmp_path: Path) -> None:
    roots = [tmp_path / name for name in ("work", "other")]
    for root in roots:
        root.mkdir()
        make_papers(root)
    killed(die_of_values, str(roots[0]), 5)
    assert not list(Workspace.open(roots[0] / "work").artifacts.glob("*"))
    again, undisturbed = (run_values(root, Silent()).artifact for root in roots)
    assert again is not None
    assert undisturbed is not None
    assert again.name == undisturbed.name
    assert files_of(again) == files_of(undisturbed)
