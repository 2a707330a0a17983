"""Steps of training that can be interrupted: weights and Adam's moments are saved, with the step they are of.

AdamW without decay of weights, gradients clipped to length 1, a rate that warms up and then falls to zero.
What goes on from a saved state ends as if it had not been interrupted. Leaves losses and data to trainers.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from rag.errors import UsageError
from rag.storage import write_text
from tuning.stopping import Named, Stopping

if TYPE_CHECKING:
    import torch

_STATE = "state.json"
_TENSORS = "state.safetensors"


class State(NamedTuple):
    """The folder that an interrupted run goes on from, and the identity of its settings and data."""

    folder: Path
    identity: str


class Schedule(Protocol):
    """What a trainer's settings say of its steps; ``save_every`` so many the state is saved."""

    @property
    def steps(self) -> int:
        """How many in all."""
        ...

    @property
    def learning_rate(self) -> float:
        """The highest."""
        ...

    @property
    def warmup(self) -> float:
        """The share of the steps in which the rate rises."""
        ...

    @property
    def save_every(self) -> int:
        """Steps from one saved state to the next."""
        ...


def run_steps(
    trainable: Named,
    loss_of: Callable[[int], torch.Tensor],
    schedule: Schedule,
    *,
    state: State,
    report: Callable[[int, float], None],
    stopping: Stopping | None = None,
) -> None:
    """Take all steps that ``state`` does not have yet; ``loss_of`` a step, from 0, is what it lowers.

    ``report`` is called after each step, from 1, with its loss. With ``stopping`` the
    steps end when it says so, and the best weights are put back.

    Raises:
        UsageError: the state is of another run.
    """
    import torch

    parameters = [one for _, one in trainable]
    optimizer = torch.optim.AdamW(parameters, lr=schedule.learning_rate, weight_decay=0.0)
    first = resume_state(*state, trainable, optimizer)
    if stopping is not None:
        stopping.forget_after(first)
        stopping.start()
    for step in range(first, schedule.steps):
        if stopping is not None and stopping.is_over:
            break
        for group in optimizer.param_groups:
            group["lr"] = schedule.learning_rate * linear_rate(step, schedule.steps, schedule.warmup)
        optimizer.zero_grad()
        loss = loss_of(step)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        report(step + 1, float(loss.detach()))
        over = stopping is not None and stopping.after(step + 1)
        if over or (step + 1) % schedule.save_every == 0:
            save_state(*state, step + 1, trainable, optimizer)
        if over:
            break
    if stopping is not None:
        stopping.restore()


def save_state(
    folder: Path, identity: str, step: int, trainable: Named, optimizer: torch.optim.Optimizer
) -> None:
    """Keep what the steps so far made; ``identity`` is that of settings and data."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    tensors = {}
    for name, one in trainable:
        moments = optimizer.state[one]  # empty for what no batch has reached yet
        tensors[f"weight:{name}"] = one.detach().contiguous()
        tensors[f"first:{name}"] = moments.get("exp_avg", torch.zeros_like(one))
        tensors[f"second:{name}"] = moments.get("exp_avg_sq", torch.zeros_like(one))
    aside = folder / f"{step}-{_TENSORS}"
    save_file(tensors, str(aside))
    write_text(folder / _STATE, json.dumps({"identity": identity, "step": step, "tensors": aside.name}))
    for old in folder.glob(f"*-{_TENSORS}"):
        if old != aside:
            old.unlink()


def resume_state(folder: Path, identity: str, trainable: Named, optimizer: torch.optim.Optimizer) -> int:
    """Put back what ``save_state`` left; the number of steps done, 0 for a new run.

    Raises:
        UsageError: the state is of another run.
    """
    import torch
    from safetensors.torch import load_file

    if not (folder / _STATE).is_file():
        return 0
    stated = json.loads((folder / _STATE).read_text(encoding="utf-8"))
    if stated["identity"] != identity:
        raise UsageError(f"{folder} is the state of another run", "name another folder, or remove it")
    tensors = load_file(str(folder / stated["tensors"]))
    for name, one in trainable:
        with torch.no_grad():
            one.copy_(tensors[f"weight:{name}"])
        optimizer.state[one] = {
            "step": torch.tensor(float(stated["step"])),
            "exp_avg": tensors[f"first:{name}"].to(one.device),
            "exp_avg_sq": tensors[f"second:{name}"].to(one.device),
        }
    return int(stated["step"])


def linear_rate(step: int, steps: int, warmup: float) -> float:
    """The share of the learning rate at a step, from 0: up linearly over the warm-up, then down to zero.

    >>> [linear_rate(step, 10, 0.2) for step in (0, 1, 2, 9)]
    [0.5, 1.0, 1.0, 0.125]
    """
    warm = max(1, round(steps * warmup))
    if step < warm:
        return (step + 1) / warm
    return (steps - step) / max(1, steps - warm)
