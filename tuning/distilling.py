"""Trains the embedder to order passages as a reranker does: listwise distillation.

The teacher reads question and passage together and is slow; the student embeds the question alone and is what
searches the library. Of each question the passages of its labelled list are scored by the teacher, once; the
loss is the cross-entropy between the softmax of these scores and that of the student's cosines. Scores are
taken as deviations from the list's mean in units of its standard deviation, so that any reranker can teach.
Labels count for nothing here but the choice of passages. It stops early by agreement with the teacher on
questions about documents held apart, and a run that was killed goes on from its state, scores included.

Source: Hinton et al., "Distilling the Knowledge in a Neural Network", 2015; Ren et al., "RocketQAv2", EMNLP
2021 (listwise, from cross-encoder to embedder). Leaves the encoder to ``tuning.sentence_encoder``, ratios to
``tuning.distilled``.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag import reranker
from rag.errors import UsageError
from rag.protocols import Reranker, Scores
from rag.settings import RerankerSettings
from rag.storage import write_text
from tuning.adapters import save_adapter
from tuning.artifacts import EXAMPLES, Making, examples_writer
from tuning.distilled import agreement
from tuning.embedder import EmbedderTraining, Report
from tuning.items import Labelled
from tuning.passage_pool import Pool
from tuning.sentence_encoder import SentenceEncoder, adapter_identity, located, trainable_encoder
from tuning.soft_lists import NothingToLearnError, SoftList, drawn_for, soft_lists
from tuning.soft_loss import soft_cross_entropy
from tuning.state import State, run_steps
from tuning.stopping import Stopping

if TYPE_CHECKING:
    import torch

_SCORES = "teacher.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Distilling:
    """How to distil: ``training`` says which embedder, from where and with what steps; ``teacher`` from whom.

    In mode "queries" all passages of a question are compared, in mode "both" the ``training.positives`` that
    the teacher likes best and ``training.negatives`` of the others, drawn. ``sharpness`` is what a standard
    deviation of the teacher's scores counts.
    """

    teacher: RerankerSettings
    training: EmbedderTraining = field(default_factory=EmbedderTraining)
    sharpness: float = 2.0

    @property
    def kind(self) -> str:
        """The first part of an artifact's name."""
        return f"distilled-{self.training.kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaughtList:
    """A question's passages, and the teacher's scores of them ``[n]``."""

    soft: SoftList
    scores: Scores

    def logits(self, sharpness: float) -> NDArray[np.float32]:
        """``[n]``: scores without unit; zeros where the teacher tells nothing apart."""
        spread = float(self.scores.std())
        logits: NDArray[np.float32] = (self.scores - self.scores.mean()) / max(spread, 1e-9) * sharpness
        return logits

    def drawn(self, likely: int, others: int, generator: random.Random) -> list[int]:
        """The places of the passages liked best, and of so many others."""
        order = np.argsort(-self.scores, kind="stable").tolist()
        rest = order[likely:]
        return [*order[:likely], *generator.sample(rest, min(others, len(rest)))]


def distil(
    labelled: Sequence[Labelled],
    dev: Sequence[Labelled],
    settings: Distilling,
    out: Path,
    state: Path,
    report: Report = lambda step, loss: None,
) -> Path:
    """The artifact's folder below ``out``; one that is there already is returned at once.

    ``state`` is a folder below which an interrupted run keeps what the next goes on from. ``report`` is
    called after each step, from 1, with its loss.

    Raises:
        UsageError: the settings name no reranker.
        NothingToLearnError: no question has two passages, in either part.
        ModelError: weights are missing, were changed or do not fit.
        StorageError: the disk is full or not writable.
    """
    teacher = teacher_of(settings.teacher)
    making = _making(labelled, dev, settings, teacher)
    folder = making.folder(out)
    if folder.exists():
        return folder
    training, own = settings.training, state / folder.name
    lists, held = _lists(labelled), _lists(dev)[: training.dev_lists]
    if not lists or not held:
        raise NothingToLearnError.of("to learn from" if not lists else "of the development part")
    scored = _scored(teacher, [*lists, *held], own / _SCORES, making.identity)
    encoder = trainable_encoder(
        training.base, training.shape, training.start, training.precision, seed=training.seed
    )
    losses = _Losses(encoder, settings, scored[: len(lists)], scored[len(lists) :])
    stopping = Stopping(
        encoder.trainable,
        losses.measure,
        own,
        every=training.save_every,
        patience=training.patience,
        expired=training.expired,
    )
    run_steps(
        encoder.trainable, losses.of, training,
        state=State(own, making.identity), report=report, stopping=stopping,
    )  # fmt: skip
    used = [label for one in lists for label in one.labels]
    figures = {**stopping.figures, "measure": "agreement with the teacher"}
    save_adapter(encoder.adapted, folder, making.facts(figures), beside={EXAMPLES: examples_writer(used)})
    return folder


def teacher_of(settings: RerankerSettings) -> Reranker:
    """The reranker to learn from.

    Raises:
        UsageError: the settings name none.
        ModelError: its weights are missing, were changed or do not fit.
    """
    teacher = reranker.load(settings)
    if teacher is None:
        raise UsageError("there is no reranker to learn from", "set reranker.kind = late_interaction")
    return teacher


def _lists(labelled: Sequence[Labelled]) -> list[SoftList]:
    """Those with something to order."""
    return [one for one in soft_lists(labelled) if len(one.labels) > 1]


def _making(
    labelled: Sequence[Labelled], dev: Sequence[Labelled], settings: Distilling, teacher: Reranker
) -> Making:
    training = settings.training
    plain = asdict(training)
    for name in ("base", "start", "vectors", "expired"):
        del plain[name]
    return Making(
        kind=settings.kind,
        inputs={
            "base": located(training.base).identity,
            "start": adapter_identity(training.start),
            "teacher": teacher.fingerprint,
        },
        settings={
            **plain,
            "base": training.base.model_dump(mode="json"),
            "sharpness": settings.sharpness,
        },
        train=labelled,
        dev=dev,
    )


def _scored(teacher: Reranker, lists: Sequence[SoftList], kept: Path, identity: str) -> list[TaughtList]:
    """The teacher's scores of all lists; taken from ``kept`` where an interrupted run left them there."""
    if kept.is_file():
        found = json.loads(kept.read_text(encoding="utf-8"))
        if found["identity"] == identity:
            return [_taught(one, own) for one, own in zip(lists, found["scores"], strict=True)]
    scores = [
        teacher.score(one.question.text, [label.passage for label in one.labels]).tolist() for one in lists
    ]
    write_text(kept, json.dumps({"identity": identity, "scores": scores}))
    return [_taught(one, own) for one, own in zip(lists, scores, strict=True)]


def _taught(soft: SoftList, scores: Sequence[float]) -> TaughtList:
    return TaughtList(soft=soft, scores=np.array(scores, dtype=np.float32))


class _Losses:
    """Batches of lists, and the agreement on those held apart."""

    def __init__(
        self,
        encoder: SentenceEncoder,
        settings: Distilling,
        lists: Sequence[TaughtList],
        held: Sequence[TaughtList],
    ) -> None:
        self._encoder, self._settings, self._training = encoder, settings, settings.training
        self._lists, self._held = lists, held
        self._moves = settings.training.mode == "both"
        everything = [one.soft for one in (*lists, *held)]
        self._pool = Pool.over(everything, settings.training.base, settings.training.vectors)
        self._texts = {
            self._pool.places[label.chunk_id]: label.passage for one in everything for label in one.labels
        }

    def of(self, step: int) -> torch.Tensor:
        """The loss of a step's batch."""
        import torch

        training, generator = self._training, drawn_for(step, self._training.seed)
        chosen = generator.sample(range(len(self._lists)), min(training.questions, len(self._lists)))
        shown = {i: self._shown(self._lists[i], generator) for i in chosen}
        rows = {i: self._rows(self._lists[i])[shown[i]] for i in chosen}
        columns = np.unique(np.concatenate(list(rows.values())))
        targets = np.zeros((len(chosen), len(columns)), dtype=np.float32)
        masks = np.ones(targets.shape, dtype=np.bool_)
        for place, i in enumerate(chosen):
            logits = self._lists[i].logits(self._settings.sharpness)[shown[i]]
            own = np.searchsorted(columns, rows[i])
            targets[place, own] = np.exp(logits) / np.exp(logits).sum()
            masks[place, own] = False
        questions = self._encoder.queries([self._lists[i].soft.question.text for i in chosen])
        cosines = questions @ self._vectors(columns).T
        weights = torch.ones(len(chosen), device=self._encoder.device)
        return soft_cross_entropy(cosines / training.temperature, targets, masks, weights)

    def measure(self) -> float:
        """Mean agreement of held lists; in mode "both" of some of their passages."""
        questions = self._encoder.query_vectors([one.soft.question.text for one in self._held])
        found = []
        for one, question in zip(self._held, questions, strict=True):
            places = list(range(len(one.scores)))
            if not self._moves:
                vectors = self._pool.vectors[self._rows(one)]
            else:
                drawn = random.Random(one.soft.question.id)  # noqa: S311 - the same at each measuring
                places = one.drawn(1, self._training.dev_passages - 1, drawn)
                vectors = self._encoder.passage_vectors([one.soft.labels[i].passage for i in places])
            found.append(agreement(one.scores[places], vectors @ question))
        return float(np.mean(found))

    def _shown(self, one: TaughtList, generator: random.Random) -> list[int]:
        if not self._moves:
            return list(range(len(one.scores)))
        return one.drawn(self._training.positives, self._training.negatives, generator)

    def _rows(self, one: TaughtList) -> NDArray[np.int64]:
        return self._pool.rows(one.soft.labels)

    def _vectors(self, rows: NDArray[np.int64]) -> torch.Tensor:
        import torch

        if not self._moves:
            return torch.from_numpy(self._pool.vectors[rows]).to(self._encoder.device)
        return self._encoder.passages([self._texts[int(row)] for row in rows])
