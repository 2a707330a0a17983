"""Trains the adapter of the late-interaction reranker on graded groups.

Listwise: a question's relevant passage against its own hard negatives and all other passages of the batch,
softmax over MaxSim scores at a temperature. A passage known to be relevant to a question's topic is no
negative for it. Learning rate: linear warm-up, then linear to zero. State is saved at intervals, so that an
interrupted run goes on and ends as if it had not been. Leaves data to ``tuning.recipes``.

Source: Cao et al., "Learning to Rank: From Pairwise Approach to Listwise Approach", ICML 2007; hard
negatives: Karpukhin et al., "Dense Passage Retrieval for Open-Domain Question Answering", EMNLP 2020.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import UsageError
from rag.fingerprints import fingerprint, hash_bytes
from tuning.adapters import LoraShape, add_adapter, minilm_base
from tuning.ranking import Group, Passage
from tuning.state import State, run_steps
from tuning.token_model import TokenModel, max_sim

if TYPE_CHECKING:
    import torch
    from peft import PeftModel


@dataclass(frozen=True, slots=True, kw_only=True)
class RerankerTraining:
    """How to train; ``weights`` is the share of batches of each source; one without is left out."""

    steps: int = 300
    questions: int = 10
    negatives: int = 3
    hardest: int = 12
    temperature: float = 0.03
    learning_rate: float = 7e-4
    warmup: float = 0.1
    limit: int = 192
    seed: int = 7
    save_every: int = 20
    bfloat16: bool = True
    weights: Mapping[str, float] = field(default_factory=dict)
    shape: LoraShape = field(default_factory=lambda: LoraShape(layers=(3, 4, 5)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Questions, all their passages, and each pair's label: relevant (1), not (0) or unknown (-1)."""

    questions: tuple[str, ...]
    passages: tuple[str, ...]
    labels: tuple[tuple[int, ...], ...]


def train(
    groups: Sequence[Group],
    settings: RerankerTraining,
    state: Path,
    report: Callable[[int, float], None] = lambda step, loss: None,
) -> PeftModel:
    """The adapted encoder after all steps; ``state`` is a folder for what an interrupted run goes on from.

    ``report`` is called after each step, from 1, with its loss.

    Raises:
        UsageError: there is nothing to learn from, or the state is of another run.
    """
    model, tokens = fresh_model(settings)
    trainable = [(name, one) for name, one in model.named_parameters() if one.requires_grad]
    by_source = _by_source(groups, settings)
    identity = fingerprint(
        {"settings": asdict(settings), "groups": hash_bytes(repr(sorted(map(repr, groups))).encode())}
    )

    def loss_of(step: int) -> torch.Tensor:
        return _loss(tokens, draw_batch(by_source, settings, step), settings)

    run_steps(trainable, loss_of, settings, state=State(state, identity), report=report)
    return model.eval()


def fresh_model(settings: RerankerTraining) -> tuple[PeftModel, TokenModel]:
    """MiniLM with an untouched adapter, and the token vectors it makes."""
    base, tokenizer = minilm_base(setting="reranker")
    model = add_adapter(base, settings.shape, seed=settings.seed)
    return model, TokenModel(model, tokenizer, limit=settings.limit)


def draw_batch(by_source: Mapping[str, Sequence[Group]], settings: RerankerTraining, step: int) -> Batch:
    """The batch of a step: a function of data, settings and step alone.

    All questions are of one source, whose passages look alike: that makes each a negative worth having.
    """
    generator = random.Random(settings.seed * 1_000_003 + step)  # noqa: S311
    names = sorted(by_source)
    source = generator.choices(names, weights=[settings.weights[name] for name in names])[0]
    groups = by_source[source]
    chosen = generator.sample(groups, min(settings.questions, len(groups)))
    shown: list[Passage] = []
    own: list[set[int]] = []
    for group in chosen:
        relevant = [i for i, grade in enumerate(group.grades) if grade > 0]
        others = [i for i, grade in enumerate(group.grades) if grade == 0][: settings.hardest]
        picked = generator.choices(relevant, weights=[group.grades[i] for i in relevant])
        own.append({len(shown)})
        shown += [group.passages[i] for i in picked]
        shown += [group.passages[i] for i in generator.sample(others, min(settings.negatives, len(others)))]
    labels = tuple(
        tuple(
            1 if index in mine else -1 if group.topic in passage.topics else 0
            for index, passage in enumerate(shown)
        )
        for group, mine in zip(chosen, own, strict=True)
    )
    return Batch(
        questions=tuple(group.question for group in chosen),
        passages=tuple(passage.text for passage in shown),
        labels=labels,
    )


def _by_source(groups: Sequence[Group], settings: RerankerTraining) -> dict[str, list[Group]]:
    found: dict[str, list[Group]] = {}
    for group in groups:
        if settings.weights.get(group.source, 0.0) > 0.0 and any(group.grades) and not all(group.grades):
            found.setdefault(group.source, []).append(group)
    if not found:
        raise UsageError("no group to learn from", "give weights to sources that the data have")
    return found


def _loss(tokens: TokenModel, batch: Batch, settings: RerankerTraining) -> torch.Tensor:
    """Mean cross-entropy of the relevant passage among all that are not unknown."""
    import torch

    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=settings.bfloat16):
        questions = tokens.tokens(batch.questions)
        passages = tokens.tokens(batch.passages)
        scores = max_sim(questions, passages).float() / settings.temperature
    labels = torch.tensor(batch.labels)
    known = scores.masked_fill(labels < 0, float("-inf"))
    return torch.nn.functional.cross_entropy(known, labels.eq(1).int().argmax(dim=1))
