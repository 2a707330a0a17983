"""State of an interrupted training: weights and Adam's moments in safetensors, and the step they are of.

What goes on from a saved state ends as if it had not been interrupted. Leaves losses and data to trainers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import UsageError
from rag.storage import write_text

if TYPE_CHECKING:
    import torch

_STATE = "state.json"
_TENSORS = "state.safetensors"

Named = Sequence[tuple[str, "torch.nn.Parameter"]]
"""Trainable parameters with their names."""


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
            "exp_avg": tensors[f"first:{name}"],
            "exp_avg_sq": tensors[f"second:{name}"],
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
