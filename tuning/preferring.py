"""Tunes the span reader by preferences among its own answers: direct preference optimisation, exactly.

A reader's answer is one of all spans of all windows of the evidence, or the refusal: with a span's margin m
(start plus end less "no answer here", as in ``rag.generator.span.decode``), its probability is
exp(m) / (1 + sum of exp(m) over all spans). So log-ratios need no sampling. The reference is the reader that
training starts from, frozen. The loss of a duel is that of conservative DPO, with the label model's own
probability that the pair is the wrong way round; the better answer's cross-entropy is added as an anchor,
without which both probabilities may fall together. ``listwise`` instead matches the distribution over the
answers proposed to the reference's times exp(probability / temperature).

Source: Rafailov et al., "Direct Preference Optimization", 2023; Mitchell, "A note on DPO with noisy
preferences", 2023; anchor: Pang et al., "Iterative Reasoning Preference Optimization", 2024. Leaves where
duels come from to ``tuning.choices``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch.nn.utils import parametrize

from rag.adapters import adapter_fingerprint
from rag.errors import UsageError
from rag.fingerprints import fingerprint, hash_bytes
from rag.generator.manner import manner
from rag.generator.span.reader import LONGEST
from rag.generator.span.windows import Encoded, encode, pieces_of
from tuning.adapters import LoraShape, minilm_base
from tuning.choices import REFUSAL, Choice, Choices, Duel
from tuning.duel_loss import conservative_loss
from tuning.low_rank import as_peft
from tuning.reader import Reader, ReaderTraining, fresh_reader
from tuning.state import State, run_steps

if TYPE_CHECKING:
    from peft import PeftModel

    from rag.generator.span.heads import ReaderHeads


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceTraining:
    """How to train; of a question so many ``windows`` are read: those of its duel, then the first ones."""

    steps: int = 120
    duels: int = 8
    windows: int = 4
    beta: float = 0.3
    anchor: float = 0.3
    listwise: bool = False
    temperature: float = 0.3
    learning_rate: float = 2e-4
    warmup: float = 0.1
    seed: int = 7
    save_every: int = 20
    bfloat16: bool = True
    shape: LoraShape = field(default_factory=lambda: ReaderTraining().shape)


def train_preferences(
    duels: Sequence[Duel],
    settings: PreferenceTraining,
    start: Path,
    state: Path,
    report: Callable[[int, float], None] = lambda step, loss: None,
) -> tuple[PeftModel, ReaderHeads]:
    """The reader of ``start``, a folder, after all steps; ``state`` is what an interrupted run goes on from.

    Raises:
        UsageError: there is no duel, or the state is of another run.
        ModelError: the reader's files are missing or were changed.
    """
    if not duels:
        raise UsageError("no answer is surely better than another", "label more answers")
    shaped = ReaderTraining(shape=settings.shape, seed=settings.seed, bfloat16=settings.bfloat16)
    reader, trainable = fresh_reader(shaped, start=start)
    cut = [_cut(duel, settings.windows) for duel in duels]
    identity = fingerprint(
        {
            "settings": asdict(settings),
            "start": adapter_fingerprint(start),
            "duels": hash_bytes("\n".join(map(repr, cut)).encode()),
        }
    )
    reference = Reference(start, shaped, settings)

    def loss_of(step: int) -> torch.Tensor:
        generator = random.Random(settings.seed * 1_000_003 + step)  # noqa: S311
        drawn = generator.sample(range(len(cut)), min(settings.duels, len(cut)))
        losses = []
        with parametrize.cached():
            for index in drawn:
                now = log_probabilities(reader, cut[index].among, settings)
                losses.append(_loss(cut[index], now, reference.of(index, cut[index].among), settings))
        return torch.stack(losses).mean()

    run_steps(trainable, loss_of, settings, state=State(state, identity), report=report)
    base = minilm_base(setting="generator")[0]
    return as_peft(reader.encoder, base, settings.shape, seed=settings.seed).eval(), reader.heads


class Reference:
    """What the reader that training starts from says, computed once for each duel."""

    def __init__(self, start: Path, shaped: ReaderTraining, settings: PreferenceTraining) -> None:
        self._reader, _ = fresh_reader(shaped, start=start)
        self._settings = settings
        self._known: dict[int, torch.Tensor] = {}

    def of(self, index: int, among: Choices) -> torch.Tensor:
        """Log-probabilities ``[n]`` of the answers of a duel, by its index."""
        if index not in self._known:
            with torch.no_grad(), parametrize.cached():
                self._known[index] = log_probabilities(self._reader, among, self._settings)
        return self._known[index]


def log_probabilities(reader: Reader, among: Choices, settings: PreferenceTraining) -> torch.Tensor:
    """``[n]``: of each answer among all spans of all windows and the refusal; -inf where it was cut off."""
    encoded = encode(reader.tokenizer, among.windows)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=settings.bfloat16):
        starts, ends, _ = reader.logits(encoded)
    refusal = torch.zeros(())
    longest = LONGEST[manner(among.question)]
    margins = [_margins(starts[i], ends[i], one, longest) for i, one in enumerate(encoded)]
    everything = torch.logsumexp(torch.stack([refusal, *(one.logsumexp((0, 1)) for one in margins)]), dim=0)
    return torch.stack([_margin(one, encoded, margins) - everything for one in among.answers])


def _margins(start: torch.Tensor, end: torch.Tensor, one: Encoded, longest: int) -> torch.Tensor:
    """``[l, l]``: of each span of up to ``longest`` pieces, from one to another; -inf where there is none."""
    n = len(one.ids)
    table = (start[:n, None] - start[0]) + (end[None, :n] - end[0])
    places = torch.arange(n)
    length = places[None, :] - places[:, None]
    own = torch.from_numpy(one.starts >= 0)
    allowed = (length >= 0) & (length < longest) & own[:, None] & own[None, :]
    return table.masked_fill(~allowed, float("-inf"))


def _margin(choice: Choice, encoded: Sequence[Encoded], margins: Sequence[torch.Tensor]) -> torch.Tensor:
    if choice.window == REFUSAL:
        return torch.zeros(())
    pieces = pieces_of(encoded[choice.window], choice.start, choice.end)
    if pieces is None:
        return torch.tensor(float("-inf"))
    return margins[choice.window][pieces]


def expected_right(groups: Sequence[Choices], reader: Path, settings: PreferenceTraining) -> list[float]:
    """Of each question how likely the answer is right that a reader likes best among those proposed.

    ``settings.windows`` pieces are read of each: those of its likeliest answers, then the first ones.

    Raises:
        ModelError: the reader's files are missing or were changed.
    """
    shaped = ReaderTraining(shape=settings.shape, seed=settings.seed, bfloat16=settings.bfloat16)
    opened, _ = fresh_reader(shaped, start=reader)
    found = []
    with torch.no_grad(), parametrize.cached():
        for group in groups:
            best = sorted(group.answers, key=lambda one: -one.probability)
            short, _ = _narrowed(
                group, [one.window for one in best[: settings.windows // 2]], settings.windows
            )
            liked = int(log_probabilities(opened, short, settings).argmax())
            found.append(short.answers[liked].probability)
    return found


def _loss(duel: Duel, now: torch.Tensor, before: torch.Tensor, settings: PreferenceTraining) -> torch.Tensor:
    better, worse = (duel.among.answers.index(one) for one in (duel.better, duel.worse))
    if not bool(torch.isfinite(now[[better, worse]]).all()):
        return now.new_zeros((), requires_grad=True)
    anchor = -settings.anchor * now[better]
    if settings.listwise:
        finite = torch.isfinite(now) & torch.isfinite(before)
        reward = torch.tensor([one.probability for one in duel.among.answers])[finite]
        target = torch.softmax(before[finite] + reward / settings.temperature, dim=0)
        return anchor - (target * torch.log_softmax(now[finite], dim=0)).sum()
    gap = settings.beta * ((now[better] - before[better]) - (now[worse] - before[worse]))
    return anchor + conservative_loss(gap, torch.tensor(duel.flipped))


def _cut(duel: Duel, windows: int) -> Duel:
    """A duel among fewer windows: those of the two answers, then the first ones, in their order."""
    among, moved = _narrowed(duel.among, [duel.better.window, duel.worse.window], windows)
    return replace(duel, among=among, better=moved[duel.better], worse=moved[duel.worse])


def _narrowed(group: Choices, first: Sequence[int], windows: int) -> tuple[Choices, dict[Choice, Choice]]:
    """A question with fewer windows: those named ``first``, then from the front; and where answers went."""
    wanted = list(dict.fromkeys([*first, *range(len(group.windows))]))
    kept = sorted([i for i in wanted if i != REFUSAL][:windows])
    places = {old: new for new, old in enumerate(kept)} | {REFUSAL: REFUSAL}
    moved = {one: replace(one, window=places[one.window]) for one in group.answers if one.window in places}
    narrow = replace(group, windows=tuple(group.windows[i] for i in kept), answers=tuple(moved.values()))
    return narrow, moved
