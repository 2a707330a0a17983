"""What tuning does one after the other: each stage trains a part, on settings that have the parts before.

A stage gets a ``Bench`` and gives back a ``Change`` of settings with its artifact, or a note why the part
stays as it is. Leaves training to the trainers, which stages there are to ``tuning.stage_list``, the gate to
``tuning.tune``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from ingest.indexing import index_aside
from ingest.progress import Progress
from rag.catalog import Catalog
from rag.embedder import load as load_embedder
from rag.scope import ScopeIndex
from rag.settings import HashingEmbedderSettings, LateInteractionSettings, NoRerankerSettings, Settings
from rag.workspace import Workspace
from tuning import combiner_labels, embedder, reranker_labels
from tuning.artifacts import read_manifest
from tuning.combiner_labels import WEIGHTS, CombinerTuning
from tuning.distilled import beside, student_standing, teacher_standing
from tuning.distilling import Distilling, distil, teacher_of
from tuning.embedder import EmbedderTraining, Mode
from tuning.items import Asked, Labelled
from tuning.reranker_labels import RerankerTuning
from tuning.soft_lists import Cuts, soft_lists

Teacher = Literal["labels", "reranker"]
_COMPARED = 40
"""Questions on which teacher and student are compared, at most."""
NO_HELP = "training did not help on the development part"

T = TypeVar("T", EmbedderTraining, RerankerTuning)
Overrides = Mapping[str, Mapping[str, Any]]
"""Values of settings by section; artifacts as paths below the workspace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a stage works with; ``settings`` have the changes of the stages before.

    ``effort`` is the share of a trainer's usual steps that is taken, ``rate`` that of its learning rate: what
    goes on from a tuned part would be thrown off by the usual one. ``refused`` are questions that the
    documents do not answer, to train on and held apart: they teach a generator only.
    """

    workspace: Workspace
    settings: Settings
    train: Sequence[Labelled]
    dev: Sequence[Labelled]
    cuts: Cuts
    seed: int
    effort: float
    rate: float
    state: Path
    expired: Callable[[], bool]
    progress: Progress
    refused: tuple[Sequence[Asked], Sequence[Asked]] = ((), ())

    def fitted(self, training: T) -> T:
        """A trainer's settings as this run has them; steps are whole rounds between evaluations."""
        every = training.save_every
        return replace(
            training,
            steps=every * max(1, round(training.steps * self.effort / every)),
            learning_rate=training.learning_rate * self.rate,
            cuts=self.cuts,
            seed=self.seed,
            expired=self.expired,
        )

    def named(self, folder: Path, file: str = "") -> str:
        """An artifact as settings name it."""
        return (folder / file).relative_to(self.workspace.root).as_posix()

    def stepped(self, name: str, steps: int) -> Callable[[int, float], None]:
        """Begin a stage of the progress; what a trainer reports its steps to."""
        self.progress.start(name, steps, "steps")
        done = 0

        def report(step: int, loss: float) -> None:
            nonlocal done
            self.progress.advance(step - done)
            done = step

        return report


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a stage came to: overrides and the artifact's folder; or none of them, and ``note`` says why."""

    settings: Overrides
    artifact: Path | None = None
    figures: Mapping[str, Any]
    note: str = ""


class Stage(Protocol):
    """A part that is tuned."""

    @property
    def name(self) -> str:
        """As in settings: embedder, reranker, combiner, …."""
        ...

    @property
    def share(self) -> float:
        """Its share of a budget of time, beside those of the others."""
        ...

    def run(self, bench: Bench) -> Change:
        """Train, or find what was trained of the same before."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedderStage:
    """The embedder: an adapter of questions, or of both sides with an index of its own beside.

    What it learns is what ``teacher`` knows: the labels, or the reranker in use.
    """

    mode: Mode = "queries"
    teacher: Teacher = "labels"
    training: EmbedderTraining = field(default_factory=EmbedderTraining)
    name: str = "embedder"
    share: float = 0.3

    def run(self, bench: Bench) -> Change:
        """Go on from the adapter in use."""
        own = bench.settings.embedder
        if isinstance(own, HashingEmbedderSettings):
            return Change(settings={}, figures={}, note="the hashing embedder has nothing to train")
        start = (own.query_adapter or own.adapter) if self.mode == "queries" else own.adapter
        settings = replace(
            bench.fitted(self.training),
            base=own.model_copy(update={"query_adapter": None}),
            mode=self.mode,
            start=start,
            vectors=bench.workspace.indexes,
        )
        if self.teacher == "reranker" and isinstance(bench.settings.reranker, NoRerankerSettings):
            return Change(settings={}, figures={}, note="there is no reranker to learn from")
        report = bench.stepped(self.name, settings.steps)
        out, state = bench.workspace.artifacts, bench.state
        if self.teacher == "labels":
            folder = embedder.train(bench.train, bench.dev, settings, out, state, report)
        else:
            distilling = Distilling(teacher=bench.settings.reranker, training=settings)
            folder = distil(bench.train, bench.dev, distilling, out, state, report)
        figures = read_manifest(folder)["dev"]
        if figures["step"] == 0:
            return Change(settings={}, figures=figures, note=NO_HELP)
        if self.teacher == "reranker":
            figures = {**figures, "beside": self._beside(bench, folder)}
        if self.mode == "queries":
            return Change(
                settings={"embedder": {"query_adapter": bench.named(folder)}},
                artifact=folder,
                figures=figures,
            )
        tuned = own.model_copy(update={"adapter": folder, "query_adapter": None})
        index_aside(bench.workspace, bench.settings.model_copy(update={"embedder": tuned}), bench.progress)
        return Change(
            settings={"embedder": {"adapter": bench.named(folder), "query_adapter": None}},
            artifact=folder,
            figures=figures,
        )

    def _beside(self, bench: Bench, folder: Path) -> dict[str, Any]:
        """The teacher and the tuned embedder on questions held apart."""
        name = "query_adapter" if self.mode == "queries" else "adapter"
        tuned = bench.settings.embedder.model_copy(update={"query_adapter": None, name: folder})
        lists = soft_lists(bench.dev)[:_COMPARED]
        teacher = teacher_standing(teacher_of(bench.settings.reranker), lists)
        return beside(teacher, student_standing(load_embedder(tuned), lists))


@dataclass(frozen=True, slots=True, kw_only=True)
class RerankerStage:
    """The late-interaction reranker.

    The generic adapter learned from contracts, so it does not read reports; one that mostly reports taught
    does from then on.
    """

    training: RerankerTuning = field(default_factory=RerankerTuning)
    name: str = "reranker"
    share: float = 0.35

    def run(self, bench: Bench) -> Change:
        """Go on from the adapter in use."""
        own = bench.settings.reranker
        if not isinstance(own, LateInteractionSettings):
            return Change(settings={}, figures={}, note=f"a reranker of kind {own.kind} is not trained")
        settings = replace(bench.fitted(self.training), start=own.adapter)
        report = bench.stepped(self.name, settings.steps)
        folder = reranker_labels.train(
            bench.train, bench.dev, settings, bench.workspace.artifacts, bench.state, report
        )
        figures = read_manifest(folder)["dev"]
        if figures["step"] == 0:
            return Change(settings={}, figures=figures, note=NO_HELP)
        tuned: dict[str, Any] = {"adapter": bench.named(folder)}
        if not own.reports and _of_reports(bench):
            tuned["reports"] = True
        return Change(settings={"reranker": tuned}, artifact=folder, figures=figures)


def _of_reports(bench: Bench) -> bool:
    """Whether most questions to learn from are about reports."""
    with Catalog(bench.workspace.catalog_file) as catalog:
        scopes = ScopeIndex.build(catalog.all_facts(), {})
    about = [all(map(scopes.is_report, one.documents)) for one in soft_lists(bench.train)]
    return 2 * sum(about) > len(about)


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinerStage:
    """The fusion, and how far it believes the reranker."""

    prior: float = 0.003
    name: str = "combiner"
    share: float = 0.15

    def run(self, bench: Bench) -> Change:
        """Learn on questions asked with the parts tuned before."""
        if bench.settings.retrieval.fusion != "learned":
            return Change(settings={}, figures={}, note="fusion by rank alone has nothing to learn")
        settings = CombinerTuning(
            workspace=bench.workspace, settings=bench.settings, prior=self.prior, cuts=bench.cuts
        )
        count = settings.asked(bench.train, bench.dev)
        report = bench.stepped(self.name, count)
        folder = combiner_labels.train(
            bench.train, bench.dev, settings, bench.workspace.artifacts, bench.state, report
        )
        figures = read_manifest(folder)["dev"]
        if figures["after"] <= figures["before"]:
            return Change(settings={}, figures=figures, note=NO_HELP)
        return Change(
            settings={"retrieval": {"combiner": bench.named(folder, WEIGHTS)}},
            artifact=folder,
            figures=figures,
        )
