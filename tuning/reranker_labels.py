"""Tunes the late-interaction reranker on soft labels, going on from the adapter that it has.

Listwise: a question's own passages have their probabilities, as shares, for targets; the passages of the
other questions of the batch are negatives, unless they are labelled as more, or have the same words. All
questions of a batch are of one document where it has enough: its passages are those that are hard to tell
apart. It stops early by the mean over development questions of the best probability / rank among their
labelled passages, and a run that was killed goes on from its state.

Leaves lists to ``tuning.soft_lists``, the generic adapter to ``tuning.reranker``.

Source: Cao et al., "Learning to Rank: From Pairwise Approach to Listwise Approach", ICML 2007.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from rag.reranker.late_interaction import GENERIC_ADAPTER
from rag.types import ChunkId, DocumentId
from rag.weights import MINILM_WEIGHTS_SHA256
from tuning.adapters import LoraShape, minilm_base, save_adapter, with_adapter
from tuning.artifacts import EXAMPLES, Making, examples_writer
from tuning.items import Labelled
from tuning.sentence_encoder import adapter_identity
from tuning.soft_lists import Cuts, SoftList, drawn_for, to_learn
from tuning.soft_loss import Masks, Targets, soft_cross_entropy
from tuning.state import State, run_steps
from tuning.stopping import Stopping
from tuning.token_model import TokenModel, max_sim

if TYPE_CHECKING:
    import torch

KIND = "reranker"


@dataclass(frozen=True, slots=True, kw_only=True)
class RerankerTuning:
    """How to train; ``start`` is the adapter gone on from, None for a fresh one of ``shape``.

    Of a question ``positives`` likely and ``negatives`` unlikely passages are shown in a batch. ``limit`` is
    the longest passage in word pieces. Of the development part ``dev_lists`` questions are measured, with
    ``dev_passages`` passages each.
    """

    start: Literal["generic"] | Path | None = "generic"
    steps: int = 80
    questions: int = 8
    positives: int = 1
    negatives: int = 4
    temperature: float = 0.03
    learning_rate: float = 4e-4
    warmup: float = 0.1
    limit: int = 192
    save_every: int = 20
    patience: int = 2
    dev_lists: int = 60
    dev_passages: int = 8
    seed: int = 7
    bfloat16: bool = True
    cuts: Cuts = field(default_factory=Cuts)
    shape: LoraShape = field(default_factory=lambda: LoraShape(layers=(3, 4, 5)))
    expired: Callable[[], bool] = lambda: False

    @property
    def begins_with(self) -> Path | None:
        """The folder of the adapter gone on from."""
        return GENERIC_ADAPTER if self.start == "generic" else self.start


def train(
    labelled: Sequence[Labelled],
    dev: Sequence[Labelled],
    settings: RerankerTuning,
    out: Path,
    state: Path,
    report: Callable[[int, float], None] = lambda step, loss: None,
) -> Path:
    """The artifact's folder below ``out``; one that is there already is returned at once.

    ``state`` is a folder below which an interrupted run keeps what the next goes on from. ``report`` is
    called after each step, from 1, with its loss.

    Raises:
        NothingToLearnError: there is nothing to learn from or to stop by.
        ModelError: weights are missing, were changed or do not fit.
        StorageError: the disk is full or not writable.
    """
    making = _making(labelled, dev, settings)
    folder = making.folder(out)
    if folder.exists():
        return folder
    lists, held = to_learn(labelled, dev, settings.cuts, settings.dev_lists)
    base, tokenizer = minilm_base(setting="reranker")
    model = with_adapter(base, settings.shape, settings.begins_with, seed=settings.seed)
    tokens = TokenModel(model, tokenizer, limit=settings.limit)
    trainable = [(name, one) for name, one in model.named_parameters() if one.requires_grad]
    batches = Batches(lists, settings)
    stopping = Stopping(
        trainable,
        lambda: _measure(tokens, held, settings),
        state / folder.name,
        every=settings.save_every,
        patience=settings.patience,
        expired=settings.expired,
    )
    run_steps(
        trainable, lambda step: _loss(tokens, batches.of(step), settings), settings,
        state=State(state / folder.name, making.identity), report=report, stopping=stopping,
    )  # fmt: skip
    used = [one for group in lists for one in group.labels]
    save_adapter(model, folder, making.facts(stopping.figures), beside={EXAMPLES: examples_writer(used)})
    return folder


def _making(labelled: Sequence[Labelled], dev: Sequence[Labelled], settings: RerankerTuning) -> Making:
    plain = asdict(settings)
    del plain["start"], plain["expired"]
    return Making(
        kind=KIND,
        inputs={"base": MINILM_WEIGHTS_SHA256, "start": adapter_identity(settings.begins_with)},
        settings=plain,
        train=labelled,
        dev=dev,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Questions and all their passages; targets and masks ``[questions, passages]``, weights of questions."""

    questions: tuple[str, ...]
    passages: tuple[str, ...]
    targets: Targets
    masks: Masks
    weights: tuple[float, ...]


class Batches:
    """The batch of each step: a function of lists, settings and step alone."""

    def __init__(self, lists: Sequence[SoftList], settings: RerankerTuning) -> None:
        self._settings = settings
        self._lists = list(lists)
        own: dict[DocumentId, list[int]] = {}
        for i, one in enumerate(lists):
            own.setdefault(one.labels[0].document, []).append(i)
        self._by_document = [indices for _, indices in sorted(own.items())]

    def of(self, step: int) -> Batch:
        """Questions of a document drawn by how many it has, filled up with others."""
        settings, generator = self._settings, drawn_for(step, self._settings.seed)
        groups = self._by_document
        (group,) = generator.choices(groups, weights=[len(one) for one in groups])
        chosen = generator.sample(group, min(settings.questions, len(group)))
        others = sorted(set(range(len(self._lists))) - set(chosen))
        missing = min(settings.questions - len(chosen), len(others))
        lists = [self._lists[i] for i in (*chosen, *generator.sample(others, missing))]
        shown: dict[ChunkId, str] = {}
        for one in lists:
            labels = one.drawn(settings.cuts, settings.positives, settings.negatives, generator)
            shown |= {label.chunk_id: label.passage for label in labels}
        rows = [_known(one, shown, settings.cuts) for one in lists]
        return Batch(
            questions=tuple(one.question.text for one in lists),
            passages=tuple(shown.values()),
            targets=np.stack([target for target, _ in rows]),
            masks=np.stack([mask for _, mask in rows]),
            weights=tuple(one.weight for one in lists),
        )


def _known(one: SoftList, shown: Mapping[ChunkId, str], cuts: Cuts) -> tuple[Targets, Masks]:
    """What a list says of the passages shown, ``[len(shown)]`` each; copies of positives are hidden."""
    likely = {label.chunk_id: label.probability for label in one.positives(cuts)}
    unsure = {label.chunk_id for label in one.unsure(cuts)}
    unlikely = {label.chunk_id for label in one.negatives(cuts)}
    words = {label.passage for label in one.positives(cuts)}
    target = np.array([likely.get(chunk, 0.0) for chunk in shown], dtype=np.float32)
    mask = [
        chunk in unsure or (text in words and chunk not in likely and chunk not in unlikely)
        for chunk, text in shown.items()
    ]
    return target / target.sum(), np.array(mask)


def _loss(tokens: TokenModel, batch: Batch, settings: RerankerTuning) -> torch.Tensor:
    import torch

    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=settings.bfloat16):
        scores = max_sim(tokens.tokens(batch.questions), tokens.tokens(batch.passages)).float()
    return soft_cross_entropy(
        scores / settings.temperature, batch.targets, batch.masks, torch.tensor(batch.weights)
    )


def _measure(tokens: TokenModel, held: Sequence[SoftList], settings: RerankerTuning) -> float:
    """Mean best probability / rank of development questions among some of their labelled passages."""
    import torch

    found = []
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=settings.bfloat16):
        for one in held:
            short = one.shortened(settings.cuts, settings.positives, settings.dev_passages)
            passages = tokens.tokens([label.passage for label in short.labels])
            scores = max_sim(tokens.tokens([one.question.text]), passages)[0]
            found.append(short.reciprocal(scores.float().numpy()))
    return float(np.mean(found))
