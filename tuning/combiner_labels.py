"""Learns the fusion of a workspace from soft labels: weights of features, the reranker's, the calibration.

Each question is asked of the library as it would be with the tuned embedder; the gains of its candidates are
their probabilities, nothing for those that are unlikely or that nobody labelled, and the ambiguous ones are
left out. Weights learn from the questions of both parts; how far the reranker is believed from those of the
development part alone, which it was not trained on. Questions go to their own documents, and to the whole
library too where their words name a document.

Leaves the loss to ``tuning.combiner``, asking to ``rag.pipeline``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from rag.assembly import open_pipeline
from rag.combiner.features import features
from rag.combiner.model import BUILT_IN, Combiner
from rag.pipeline import Pipeline
from rag.settings import Settings
from rag.types import Chunk, DocumentId, Query, Rankings
from rag.workspace import Workspace
from tuning.artifacts import EXAMPLES, Making, examples_writer, write_artifact
from tuning.combiner import Group, Reread, learn, learn_reranker
from tuning.items import Labelled
from tuning.soft_lists import Cuts, NothingToLearnError, SoftList, soft_lists, teaching

KIND = "combiner"
WEIGHTS = "weights.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinerTuning:
    """What to learn on: a workspace, and the settings it is asked with, tuned embedder and reranker in them.

    ``prior`` is how strongly weights are held to those in use, ``train_questions`` and ``dev_questions`` how
    many questions of each part are asked, drawn by the hashes that they are named by.
    """

    workspace: Workspace
    settings: Settings
    prior: float = 0.003
    train_questions: int = 240
    dev_questions: int = 160
    cuts: Cuts = field(default_factory=Cuts)

    def asked(self, labelled: Sequence[Labelled], dev: Sequence[Labelled]) -> int:
        """How many questions will be asked."""
        return len(_chosen(labelled, self.cuts, self.train_questions)) + len(
            _chosen(dev, self.cuts, self.dev_questions)
        )

    @property
    def current(self) -> Combiner:
        """The combiner in use."""
        return Combiner.load(self.settings.retrieval.combiner or BUILT_IN)


def train(
    labelled: Sequence[Labelled],
    dev: Sequence[Labelled],
    settings: CombinerTuning,
    out: Path,
    state: Path,
    report: Callable[[int, float], None] = lambda step, loss: None,
) -> Path:
    """The artifact's folder below ``out``; one that is there already is returned at once.

    ``report`` is called after each question asked, from 1. What a killed run asked is asked again: it takes
    about a minute. ``state`` is not needed.

    Raises:
        NothingToLearnError: no question of the development part has its evidence among the candidates.
        ModelError: weights are missing or were changed.
        StorageError: the disk is full or not writable.
    """
    with open_pipeline(settings.workspace, settings.settings, "none") as pipeline:
        making = _making(labelled, dev, settings, pipeline)
        folder = making.folder(out)
        if folder.exists():
            return folder
        asking = _Asking(pipeline, settings, report)
        trained = asking.all_of(_chosen(labelled, settings.cuts, settings.train_questions))
        held = asking.all_of(_chosen(dev, settings.cuts, settings.dev_questions))
        combiner, figures = _learned(trained, held, settings, asking)
    files = {
        WEIGHTS: lambda path: path.write_text(combiner.to_json(), encoding="utf-8"),
        EXAMPLES: examples_writer([*labelled, *dev]),
    }
    return write_artifact(folder, making.facts(figures), files)


def _making(
    labelled: Sequence[Labelled], dev: Sequence[Labelled], settings: CombinerTuning, pipeline: Pipeline
) -> Making:
    retrieval = settings.settings.retrieval.model_dump(mode="json")
    del retrieval["combiner"]
    return Making(
        kind=KIND,
        inputs={**pipeline.fingerprints, "generator": "none"},
        settings={
            "prior": settings.prior,
            "questions": [settings.train_questions, settings.dev_questions],
            "cuts": asdict(settings.cuts),
            "retrieval": retrieval,
            "reports": pipeline.rerank_reports,
        },
        train=labelled,
        dev=dev,
    )


def _chosen(labelled: Iterable[Labelled], cuts: Cuts, count: int) -> list[SoftList]:
    return teaching(soft_lists(labelled), cuts)[:count]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidates:
    """A question's candidates that labels say something of, or nothing: features and gains ``[n]``."""

    question: str
    chunks: tuple[Chunk, ...]
    group: Group


class _Asking:
    """Questions asked of a pipeline for their candidates."""

    def __init__(
        self, pipeline: Pipeline, settings: CombinerTuning, report: Callable[[int, float], None]
    ) -> None:
        self._pipeline, self._settings, self._report = pipeline, settings, report
        self._done = 0

    def all_of(self, lists: Sequence[SoftList]) -> list[_Candidates]:
        """Candidates of each question, in each scope that it is asked in."""
        found = []
        for one in lists:
            found += [self._kept(one, *asked) for asked in self._asked(one)]
            self._done += 1
            self._report(self._done, 0.0)
        return found

    def reread(self, one: _Candidates, combiner: Combiner) -> Reread | None:
        """The first candidates as the reranker scores them; None where it would not be asked."""
        sums = combiner.sums(one.group.rows)
        first = np.argsort(-sums, kind="stable")[: self._pipeline.retrieval.reranked]
        model = self._pipeline.reranker
        reports = self._pipeline.rerank_reports
        if model is None or not len(first):
            return None
        if not reports and self._pipeline.scopes.is_report(one.chunks[first[0]].document_id):
            return None
        scores = model.score(one.question, [one.chunks[i].passage for i in first])
        return Reread(source=one.group.source, sums=sums[first], scores=scores, gains=one.group.gains[first])

    def _asked(self, one: SoftList) -> Iterator[tuple[str, Rankings, list[Chunk]]]:
        text, own = one.question.text, one.question.document_ids
        scopes: dict[str, tuple[DocumentId, ...] | None] = {"all": None} if own is None else {"own": own}
        if own is not None and self._pipeline.scopes.resolve(text).named:
            scopes["all"] = None
        for source, documents in scopes.items():
            rankings, chunks = self._pipeline.candidates(Query(text=text, document_ids=documents))
            if chunks:
                yield source, rankings, chunks

    def _kept(self, one: SoftList, source: str, rankings: Rankings, chunks: list[Chunk]) -> _Candidates:
        cuts = self._settings.cuts
        gains = {label.chunk_id: label.probability for label in one.positives(cuts)}
        unsure = {label.chunk_id for label in one.unsure(cuts)}
        rows = features(rankings, chunks)
        kept = [i for i, chunk in enumerate(chunks) if chunk.id not in unsure]
        worth = np.array([gains.get(chunks[i].id, 0.0) for i in kept], dtype=np.float32)
        group = Group(source=source, rows=rows[kept], gains=worth)
        return _Candidates(question=one.question.text, chunks=tuple(chunks[i] for i in kept), group=group)


def _learned(
    trained: Sequence[_Candidates],
    held: Sequence[_Candidates],
    settings: CombinerTuning,
    asking: _Asking,
) -> tuple[Combiner, dict[str, float]]:
    """The combiner, and how well one that learned from the training part alone ranks the development part."""
    if not any(one.group.teaches for one in held):
        raise NothingToLearnError.of("of the development part")
    facts = {"learned_from": "soft labels"}
    current = settings.current
    apart = _from(trained or held, facts, settings)
    combiner = _from([*trained, *held], facts, settings)
    lists = [found for one in held if (found := asking.reread(one, combiner)) is not None]
    rerankers = dict(current.rerankers)
    if any(0 < np.count_nonzero(one.gains) < len(one.gains) for one in lists):
        rerankers[settings.settings.reranker.kind] = learn_reranker(lists)
    figures = {"before": _measure(current, held), "after": _measure(apart, held)}
    return replace(combiner, rerankers=rerankers), figures


def _from(asked: Sequence[_Candidates], facts: Mapping[str, Any], settings: CombinerTuning) -> Combiner:
    return learn([one.group for one in asked], facts, l2=settings.prior, prior=settings.current.weights)


def _measure(combiner: Combiner, asked: Sequence[_Candidates]) -> float:
    """Mean best gain / rank of the candidates as a combiner orders them."""
    found = []
    for one in asked:
        sums = combiner.sums(one.group.rows)
        ranks = 1 + (sums[None, :] > sums[:, None]).sum(axis=1)
        found.append(float((one.group.gains / ranks).max()))
    return round(float(np.mean(found)), 5)
