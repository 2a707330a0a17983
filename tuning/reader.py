"""Trains the adapter and the heads of the span reader.

Per window: the cross-entropy of where an answer starts and where it ends, the window's first piece standing
for "no answer here"; of several answers any is right (marginal likelihood, Clark and Gardner, "Simple and
Effective Multi-Paragraph Reading Comprehension", ACL 2018, §3.3). For statements the cross-entropy of the
verdict is added. Learning rate: linear warm-up, then linear to zero. State is saved at intervals, so that an
interrupted run goes on and ends as if it had not been. Leaves data to ``tuning.recipes``.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn.utils import parametrize

from rag.adapters import adapter_fingerprint, check_files
from rag.errors import UsageError
from rag.fingerprints import fingerprint, hash_bytes
from rag.generator.span.heads import ReaderHeads
from rag.generator.span.model import HEADS
from rag.generator.span.windows import Encoded, encode, pieces_of
from tuning.adapters import LoraShape, minilm_base
from tuning.low_rank import adapt, as_peft, go_on_from
from tuning.reading import Example
from tuning.state import State, run_steps

if TYPE_CHECKING:
    from peft import PeftModel

_MICRO_ROWS = 8
"""Windows per forward pass: sorted by length, so that little is padding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderTraining:
    """How to train; ``repeats`` says how often an epoch shows the examples of a source, once by default."""

    steps: int = 1250
    windows: int = 32
    learning_rate: float = 1e-3
    warmup: float = 0.06
    verdict_weight: float = 1.0
    seed: int = 7
    save_every: int = 50
    bfloat16: bool = True
    repeats: Mapping[str, int] = field(default_factory=dict)
    shape: LoraShape = field(
        default_factory=lambda: LoraShape(rank=64, alpha=64.0, layers=(0, 1, 2, 3, 4, 5))
    )


class Reader:
    """An encoder with low-rank factors, its heads and its tokenizer."""

    def __init__(self, encoder: nn.Module, heads: ReaderHeads, tokenizer: Any) -> None:  # noqa: ANN401
        """Wrap an encoder whose output has ``last_hidden_state``."""
        self.encoder = encoder
        self.heads = heads
        self.tokenizer = tokenizer

    def logits(self, batch: Sequence[Encoded]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Start and end ``[n, l]``, -inf where no answer can be, and verdict ``[n, 3]``; float32."""
        longest = max(len(one.ids) for one in batch)
        ids, types, mask, own = (torch.zeros(len(batch), longest, dtype=torch.long) for _ in range(4))
        for row, one in enumerate(batch):
            n = len(one.ids)
            ids[row, :n], types[row, :n], mask[row, :n] = torch.tensor(one.ids), torch.tensor(one.types), 1
            own[row, :n] = torch.from_numpy(one.starts >= 0)
            own[row, 0] = 1
        hidden = self.encoder(input_ids=ids, token_type_ids=types, attention_mask=mask).last_hidden_state
        start, end, verdict = self.heads(hidden)
        start, end = (one.float().masked_fill(own == 0, float("-inf")) for one in (start, end))
        return start, end, verdict.float()


def train(
    examples: Sequence[Example],
    settings: ReaderTraining,
    state: Path,
    report: Callable[[int, float], None] = lambda step, loss: None,
    *,
    start: Path | None = None,
) -> tuple[PeftModel, ReaderHeads]:
    """The adapter and the heads after all steps; ``state`` is what an interrupted run goes on from.

    ``report`` is called after each step, from 1, with its loss. ``start`` is the folder of a reader to begin
    with, in place of a fresh one.

    Raises:
        UsageError: there is nothing to learn from, or the state is of another run.
    """
    if not examples:
        raise UsageError("no example to learn from", "name data that has a part for training")
    reader, trainable = fresh_reader(settings, start=start)
    begun = {"start": adapter_fingerprint(start)} if start else {}
    identity = fingerprint(
        {
            "settings": asdict(settings),
            "examples": hash_bytes("\n".join(map(repr, examples)).encode()),
            **begun,
        }
    )

    def loss_of(step: int) -> torch.Tensor:
        return _loss(reader, draw_batch(examples, settings, step), settings)

    # The encoder is in evaluation mode: one pass over the data does not overfit without dropout.
    run_steps(trainable, loss_of, settings, state=State(state, identity), report=report)
    adapter = as_peft(reader.encoder, minilm_base(setting="generator")[0], settings.shape, seed=settings.seed)
    return adapter.eval(), reader.heads


def fresh_reader(
    settings: ReaderTraining, *, start: Path | None = None
) -> tuple[Reader, list[tuple[str, nn.Parameter]]]:
    """MiniLM with untouched factors and fresh heads, or those of a saved reader; and all that is trained.

    Raises:
        ModelError: files of ``start`` are missing or were changed.
        UsageError: ``start`` has another shape than the settings name.
    """
    encoder, tokenizer = minilm_base(setting="generator")
    trainable = adapt(encoder, settings.shape, seed=settings.seed)
    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        heads = ReaderHeads(int(encoder.config.hidden_size))
    if start is not None:
        go_on_from(encoder, start)
        check_files(start, (HEADS,))
        heads.load_state_dict(load_file(str(start / HEADS)))
    trainable += [(f"heads.{name}", one) for name, one in heads.named_parameters()]
    return Reader(encoder, heads, tokenizer), trainable


def draw_batch(examples: Sequence[Example], settings: ReaderTraining, step: int) -> list[Example]:
    """The examples of a step, a function of data, settings and step; each epoch has an order of its own."""
    places = [i for i, one in enumerate(examples) for _ in range(settings.repeats.get(one.source, 1))]
    batch = []
    for place in range(step * settings.windows, (step + 1) * settings.windows):
        epoch, index = divmod(place, len(places))
        batch.append(examples[places[_order(len(places), settings.seed + epoch)[index]]])
    return batch


def _loss(reader: Reader, batch: Sequence[Example], settings: ReaderTraining) -> torch.Tensor:
    """The mean over the windows of a batch."""
    encoded = encode(reader.tokenizer, [one.window for one in batch])
    order = sorted(range(len(batch)), key=lambda i: len(encoded[i].ids))
    total = torch.zeros(())
    with parametrize.cached():
        for first in range(0, len(order), _MICRO_ROWS):
            rows = order[first : first + _MICRO_ROWS]
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=settings.bfloat16):
                start, end, verdict = reader.logits([encoded[i] for i in rows])
            for row, i in enumerate(rows):
                pieces = [p for p in (pieces_of(encoded[i], *span) for span in batch[i].spans) if p]
                total = total + _any_of(start[row], [a for a, _ in pieces] or [0])
                total = total + _any_of(end[row], [b for _, b in pieces] or [0])
                stated = batch[i].verdict
                if stated is not None:
                    own = -torch.log_softmax(verdict[row], dim=0)[stated]
                    total = total + settings.verdict_weight * own
    return total / len(batch)


def _any_of(logits: torch.Tensor, right: Sequence[int]) -> torch.Tensor:
    """Minus the log of the probability of all that is right together."""
    places = torch.tensor(sorted(set(right)))
    return torch.logsumexp(logits, dim=0) - torch.logsumexp(logits[places], dim=0)


@functools.cache
def _order(count: int, seed: int) -> list[int]:
    order = list(range(count))
    random.Random(seed).shuffle(order)  # noqa: S311
    return order
