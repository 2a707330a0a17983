"""Trains an adapter of the embedder on soft labels: of questions alone, or of both sides.

*queries*: only the encoder of questions learns, against vectors of passages that are kept already: a step
costs the questions, nothing is indexed anew, and all labelled passages can be negatives at once.
*both*: passages are encoded too, each question's positives and hard negatives against those of the whole
batch; the library must be embedded anew afterwards.

The loss of a question is the cross-entropy between its soft labels, as shares, and the softmax of cosines at
a temperature, times how sure it is that any passage answers. Ambiguous passages, and near copies of
positives, are left out of the softmax. It stops early by the mean over development questions of the best
probability / rank, and a run that was killed goes on from its state. Leaves lists to ``tuning.soft_lists``.

Source: Karpukhin et al., "Dense Passage Retrieval for Open-Domain Question Answering", EMNLP 2020; hard
negatives that may be positives: Qu et al., "RocketQA", NAACL 2021.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from rag.settings import MiniLMEmbedderSettings
from tuning.adapters import LoraShape, save_adapter
from tuning.artifacts import EXAMPLES, Making, examples_writer
from tuning.items import Labelled
from tuning.passage_pool import Pool
from tuning.sentence_encoder import (
    BaseSettings,
    Precision,
    SentenceEncoder,
    adapter_identity,
    located,
    trainable_encoder,
)
from tuning.soft_lists import Cuts, SoftList, drawn_for, to_learn
from tuning.soft_loss import soft_cross_entropy
from tuning.state import State, run_steps
from tuning.stopping import Stopping

if TYPE_CHECKING:
    import torch

Mode = Literal["queries", "both"]
Report = Callable[[int, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedderTraining:
    """How to train; ``base`` and ``start`` say what: the adapter gone on from, or none.

    ``vectors`` is the folder of kept vectors of passages (an index folder). ``negatives`` are the hard ones
    of a question in mode "both"; in mode "queries" all of its, and ``columns`` passages in all, are.
    ``duplicate`` is the cosine from which on an unlabelled passage counts as a copy of a positive. Of the
    development part ``dev_lists`` questions are measured, with ``dev_passages`` passages each in mode "both".
    """

    base: BaseSettings = field(default_factory=MiniLMEmbedderSettings)
    mode: Mode = "queries"
    start: Path | None = None
    vectors: Path | None = None
    steps: int = 200
    questions: int = 48
    positives: int = 2
    negatives: int = 3
    columns: int = 8192
    temperature: float = 0.05
    learning_rate: float = 5e-4
    warmup: float = 0.1
    duplicate: float = 0.97
    save_every: int = 20
    patience: int = 4
    dev_lists: int = 200
    dev_passages: int = 12
    seed: int = 7
    cuts: Cuts = field(default_factory=Cuts)
    shape: LoraShape = field(default_factory=LoraShape)
    precision: Precision = field(default_factory=Precision)
    expired: Callable[[], bool] = lambda: False

    @property
    def kind(self) -> str:
        """The first part of an artifact's name."""
        return "query-embedder" if self.mode == "queries" else "embedder"


def train(
    labelled: Sequence[Labelled],
    dev: Sequence[Labelled],
    settings: EmbedderTraining,
    out: Path,
    state: Path,
    report: Report = lambda step, loss: None,
) -> Path:
    """The artifact's folder below ``out``; one that is there already is returned at once.

    ``state`` is a folder below which an interrupted run keeps what the next goes on from. ``report`` is
    called after each step, from 1, with its loss.

    Raises:
        NothingToLearnError: there is nothing to learn from or to stop by.
        ModelError: the base's weights or the adapter's are missing, were changed or do not fit.
        StorageError: the disk is full or not writable.
    """
    making = _making(labelled, dev, settings)
    folder = making.folder(out)
    if folder.exists():
        return folder
    lists, held = to_learn(labelled, dev, settings.cuts, settings.dev_lists)
    encoder = trainable_encoder(
        settings.base, settings.shape, settings.start, settings.precision, seed=settings.seed
    )
    losses = (_QuestionLosses if settings.mode == "queries" else _PairLosses)(encoder, settings, lists, held)
    stopping = Stopping(
        encoder.trainable,
        losses.measure,
        state / folder.name,
        every=settings.save_every,
        patience=settings.patience,
        expired=settings.expired,
    )
    run_steps(
        encoder.trainable, losses.of, settings,
        state=State(state / folder.name, making.identity), report=report, stopping=stopping,
    )  # fmt: skip
    used = [one for group in lists for one in group.labels]
    save_adapter(
        encoder.adapted, folder, making.facts(stopping.figures), beside={EXAMPLES: examples_writer(used)}
    )
    return folder


def _making(labelled: Sequence[Labelled], dev: Sequence[Labelled], settings: EmbedderTraining) -> Making:
    plain = asdict(settings)
    for name in ("base", "start", "vectors", "expired"):
        del plain[name]
    return Making(
        kind=settings.kind,
        inputs={"base": located(settings.base).identity, "start": adapter_identity(settings.start)},
        settings={**plain, "base": settings.base.model_dump(mode="json")},
        train=labelled,
        dev=dev,
    )


class _QuestionLosses:
    """Mode "queries": questions against kept vectors."""

    def __init__(
        self,
        encoder: SentenceEncoder,
        settings: EmbedderTraining,
        lists: Sequence[SoftList],
        dev: Sequence[SoftList],
    ) -> None:
        import torch

        self._encoder, self._settings, self._lists, self._dev = encoder, settings, lists, dev
        self._pool = Pool.over([*lists, *dev], settings.base, settings.vectors)
        self._vectors = torch.from_numpy(self._pool.vectors).to(encoder.device)
        self._known = [self._pool.known(one, settings.cuts, settings.duplicate) for one in lists]
        self._train_rows = np.unique(np.concatenate([self._pool.rows(one.labels) for one in lists]))

    def of(self, step: int) -> torch.Tensor:
        """The loss of a step's batch."""
        import torch

        settings, generator = self._settings, drawn_for(step, self._settings.seed)
        chosen = generator.sample(range(len(self._lists)), min(settings.questions, len(self._lists)))
        columns = self._columns(chosen, generator.randrange(2**32))
        targets, masks = zip(*(self._known[i].over(columns) for i in chosen), strict=True)
        weights = torch.tensor([self._lists[i].weight for i in chosen], device=self._encoder.device)
        questions = self._encoder.queries([self._lists[i].question.text for i in chosen])
        cosines = questions @ self._vectors[torch.from_numpy(columns)].T
        return soft_cross_entropy(cosines / settings.temperature, np.stack(targets), np.stack(masks), weights)

    def measure(self) -> float:
        """Mean best probability / rank of development questions among passages of their documents."""
        vectors = self._encoder.query_vectors([one.question.text for one in self._dev])
        return float(
            np.mean([self._pool.reciprocal(one, row) for one, row in zip(self._dev, vectors, strict=True)])
        )

    def _columns(self, chosen: Sequence[int], seed: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Rows of the pool that the batch is compared with: its own labelled ones, others up to a number."""
        if len(self._train_rows) <= self._settings.columns:
            return self._train_rows
        own = np.unique(np.concatenate([self._pool.rows(self._lists[i].labels) for i in chosen]))
        others = np.setdiff1d(self._train_rows, own)
        count = max(0, self._settings.columns - len(own))
        drawn = np.random.default_rng(seed).choice(others, min(count, len(others)), replace=False)
        return np.concatenate([own, np.sort(drawn)])


class _PairLosses:
    """Mode "both": questions against the positives and hard negatives of the whole batch."""

    def __init__(
        self,
        encoder: SentenceEncoder,
        settings: EmbedderTraining,
        lists: Sequence[SoftList],
        dev: Sequence[SoftList],
    ) -> None:
        self._encoder, self._settings, self._lists = encoder, settings, lists
        self._dev = [one.shortened(settings.cuts, settings.positives, settings.dev_passages) for one in dev]
        self._pool = Pool.over(lists, settings.base, settings.vectors)
        self._known = [self._pool.known(one, settings.cuts, settings.duplicate) for one in lists]

    def of(self, step: int) -> torch.Tensor:
        """The loss of a step's batch."""
        import torch

        settings, generator = self._settings, drawn_for(step, self._settings.seed)
        chosen = generator.sample(range(len(self._lists)), min(settings.questions, len(self._lists)))
        shown: dict[int, str] = {}
        for i in chosen:
            labels = self._lists[i].drawn(settings.cuts, settings.positives, settings.negatives, generator)
            shown |= {
                int(row): label.passage for row, label in zip(self._pool.rows(labels), labels, strict=True)
            }
        columns = np.array(sorted(shown), dtype=np.int64)
        targets, masks = zip(*(self._known[i].over(columns) for i in chosen), strict=True)
        weights = torch.tensor([self._lists[i].weight for i in chosen], device=self._encoder.device)
        questions = self._encoder.queries([self._lists[i].question.text for i in chosen])
        passages = self._encoder.passages([shown[int(row)] for row in columns])
        cosines = questions @ passages.T
        return soft_cross_entropy(cosines / settings.temperature, np.stack(targets), np.stack(masks), weights)

    def measure(self) -> float:
        """Mean best probability / rank of development questions among some of their labelled passages."""
        texts = sorted({label.passage for one in self._dev for label in one.labels})
        rows = {text: row for row, text in enumerate(texts)}
        passages = self._encoder.passage_vectors(texts)
        questions = self._encoder.query_vectors([one.question.text for one in self._dev])
        found = []
        for one, vector in zip(self._dev, questions, strict=True):
            found.append(one.reciprocal(passages[[rows[label.passage] for label in one.labels]] @ vector))
        return float(np.mean(found))
