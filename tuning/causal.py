"""Trains the adapter of a causal language model: on replies, then by preferences between replies.

*supervised*: the cross-entropy of the reply's tokens alone, the mean over them; what is asked is read, not
learned. *preferences*: direct preference optimisation. The reference is the model that this phase starts
from, whose log-probabilities are taken once, before the first step, so that no second model is held. Each
duel's loss is the conservative one with its own probability to be the wrong way round; the better reply's
cross-entropy is added as an anchor, without which both replies may become unlikely together.

Both stop early by questions about documents held apart, and a run that was killed goes on from its state.
Written on transformers and peft: why not on a library of trainers, ``docs/experiments.md`` says.

Source: Rafailov et al., "Direct Preference Optimization", 2023; anchor: Pang et al., "Iterative Reasoning
Preference Optimization", 2024. Leaves examples to ``tuning.replies``, the model to ``tuning.causal_model``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import UsageError
from rag.fingerprints import fingerprint, hash_bytes
from rag.generator.llm.opening import memory
from tuning.causal_model import LESS, Encoded, ReplyModel
from tuning.replies import Lesson, ReplyDuel
from tuning.soft_lists import drawn_for
from tuning.state import State, run_steps
from tuning.stopping import Stopping

if TYPE_CHECKING:
    import torch

Report = Callable[[int, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTraining:
    """How to train on replies: ``lessons`` a step, the best of every ``save_every`` steps by what is held."""

    steps: int = 200
    lessons: int = 8
    learning_rate: float = 2e-4
    warmup: float = 0.1
    save_every: int = 20
    patience: int = 2
    seed: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class DuelTraining:
    """How to train by preferences: ``duels`` a step; ``beta`` and ``anchor`` weigh gap and anchor."""

    steps: int = 100
    duels: int = 4
    beta: float = 0.1
    anchor: float = 0.3
    learning_rate: float = 5e-5
    warmup: float = 0.1
    save_every: int = 20
    patience: int = 2
    seed: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Where an interrupted run goes on from, which weights it starts from, and whether its time is up."""

    state: Path
    start: str
    expired: Callable[[], bool] = lambda: False
    report: Report = lambda step, loss: None

    def identity(self, settings: object, *data: Sequence[object]) -> str:
        """A hash of all that decides the steps."""
        rows = "\n".join(repr(one) for part in data for one in part)
        return fingerprint(
            {"start": self.start, "settings": repr(settings), "data": hash_bytes(rows.encode())}
        )


def train_on_replies(
    model: ReplyModel, lessons: Sequence[Lesson], held: Sequence[Lesson], settings: ReplyTraining, run: Run
) -> dict[str, Any]:
    """Train on lessons; figures say how likely a token of a held reply became, as the mean of logarithms.

    Without ``held`` lessons all steps are taken, and there are no figures.

    Raises:
        UsageError: there is no lesson, or the state is of another run.
        ModelError: memory is exhausted.
    """
    if not lessons:
        raise UsageError("no answer is likely right", "label more answers")
    taught = [model.encode(one.conversation, one.reply) for one in lessons]
    measured = [model.encode(one.conversation, one.reply) for one in held]

    def loss_of(step: int) -> torch.Tensor:
        drawn = drawn_for(step, settings.seed).sample(range(len(taught)), min(settings.lessons, len(taught)))
        return -_per_token(model, [taught[i] for i in drawn]).mean()

    def measure() -> float:
        return float(without_gradients(lambda: _per_token(model, measured)).mean())

    state = State(run.state, run.identity(settings, lessons, held))
    return _run(model, loss_of, settings, state, run, measure if held else None)


def train_on_duels(
    model: ReplyModel, duels: Sequence[ReplyDuel], held: Sequence[ReplyDuel], settings: DuelTraining, run: Run
) -> dict[str, Any]:
    """Train by preferences; figures say what the loss of held duels became, its sign turned.

    With them the share of held duels that the trained model decides rightly (``preferred``) and the mean gap
    (``margin``, in units of log-probability), both beside the reference. Without ``held`` duels all steps are
    taken, and there are no figures.

    Raises:
        UsageError: there is no duel, or the state is of another run.
        ModelError: memory is exhausted.
    """
    import torch

    if not duels:
        raise UsageError("no answer is surely better than another", "label more answers")
    pairs, measured = (Pairs.of(model, part) for part in (duels, held))

    def loss_of(step: int) -> torch.Tensor:
        drawn = drawn_for(step, settings.seed).sample(range(len(duels)), min(settings.duels, len(duels)))
        return pairs.loss(model, drawn, settings).mean()

    def measure() -> float:
        return -float(without_gradients(lambda: measured.loss(model, range(len(held)), settings)).mean())

    state = State(run.state, run.identity(settings, duels, held))
    figures = _run(model, loss_of, settings, state, run, measure if held else None)
    if held:
        gaps = without_gradients(lambda: measured.gaps(model, range(len(held))))
        figures |= {
            "preferred": round(float((gaps > 0).to(torch.float32).mean()), 4),
            "margin": round(float(gaps.mean()), 4),
        }
    return figures


@dataclass(frozen=True, slots=True)
class Pairs:
    """Duels as tokens, with the reference's log-probabilities ``[n, 2]`` of better and worse replies."""

    better: tuple[Encoded, ...]
    worse: tuple[Encoded, ...]
    reference: torch.Tensor
    flipped: torch.Tensor

    @classmethod
    def of(cls, model: ReplyModel, duels: Sequence[ReplyDuel]) -> Pairs:
        """``model`` as it is now is the reference."""
        import torch

        better = tuple(model.encode(one.conversation, one.better) for one in duels)
        worse = tuple(model.encode(one.conversation, one.worse) for one in duels)
        known = [
            without_gradients(partial(model.log_probabilities, pair))
            for pair in zip(better, worse, strict=True)
        ]
        reference = torch.stack(known) if known else torch.zeros(0, 2)
        flipped = torch.tensor([one.flipped for one in duels], device=reference.device)
        return cls(better, worse, reference, flipped)

    def now(self, model: ReplyModel, chosen: Sequence[int]) -> torch.Tensor:
        """Log-probabilities ``[len(chosen), 2]`` by the model as it is."""
        found = model.log_probabilities([one for i in chosen for one in (self.better[i], self.worse[i])])
        return found.reshape(-1, 2)

    def gaps(self, model: ReplyModel, chosen: Sequence[int]) -> torch.Tensor:
        """``[len(chosen)]``: how much likelier the better reply became than the worse one."""
        return _gaps(self.now(model, chosen), self.reference[list(chosen)])

    def loss(self, model: ReplyModel, chosen: Sequence[int], settings: DuelTraining) -> torch.Tensor:
        """``[len(chosen)]``, the anchor among it."""
        import torch

        from tuning.duel_loss import conservative_loss

        now, rows = self.now(model, chosen), list(chosen)
        gaps = settings.beta * _gaps(now, self.reference[rows])
        lengths = torch.tensor([len(self.better[i].reply) for i in rows], device=now.device)
        return conservative_loss(gaps, self.flipped[rows]) - settings.anchor * now[:, 0] / lengths


def liked(model: ReplyModel, encoded: Sequence[Encoded]) -> int:
    """Which of the replies to one question the model is likeliest to give."""
    return int(without_gradients(lambda: model.log_probabilities(encoded)).argmax())


def without_gradients(compute: Callable[[], torch.Tensor]) -> torch.Tensor:
    """What is computed, with nothing kept for the way back."""
    import torch

    with torch.no_grad():
        return compute()


def _gaps(now: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    moved = now - reference
    return moved[:, 0] - moved[:, 1]


def _per_token(model: ReplyModel, encoded: Sequence[Encoded]) -> torch.Tensor:
    import torch

    found = model.log_probabilities(encoded)
    return found / torch.tensor([len(one.reply) for one in encoded], device=found.device)


def _run(
    model: ReplyModel,
    loss_of: Callable[[int], torch.Tensor],
    settings: ReplyTraining | DuelTraining,
    state: State,
    run: Run,
    measure: Callable[[], float] | None,
) -> dict[str, Any]:
    stopping = None
    if measure is not None:
        stopping = Stopping(
            model.trainable,
            measure,
            state.folder,
            every=settings.save_every,
            patience=settings.patience,
            expired=run.expired,
        )
    with memory(LESS):
        run_steps(model.trainable, loss_of, settings, state=state, report=run.report, stopping=stopping)
    return {} if stopping is None else stopping.figures
