"""LoRA trained in the space of weights: each step computes W + scale · B A once, then runs the plain layer.

The function and the gradients of A and B are those of PEFT's adapters, whose layers multiply every token by A
and by B; for small encoders and batches of thousands of tokens the product of the two matrices is cheaper.
``as_peft`` gives the same adapter in PEFT's form for ``tuning.adapters`` to save.

Source: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.utils import parametrize

from rag.adapters import FILES, check_files
from rag.errors import UsageError
from tuning.adapters import LoraShape, add_adapter

if TYPE_CHECKING:
    from peft import PeftModel

_PEFT_PREFIX = "base_model.model."


class LowRank(nn.Module):
    """``W + scale · up @ down``, with ``down`` ``[rank, in]`` and ``up`` ``[out, rank]``."""

    def __init__(self, down: torch.Tensor, up: torch.Tensor, scale: float) -> None:
        """Both factors become parameters."""
        super().__init__()
        self.down = nn.Parameter(down.detach().clone())
        self.up = nn.Parameter(up.detach().clone())
        self.scale = scale

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        """The adapted weight, ``[out, in]``."""
        return weight + self.scale * (self.up @ self.down)


def adapt(base: nn.Module, shape: LoraShape, *, seed: int) -> list[tuple[str, nn.Parameter]]:
    """Freeze ``base`` and put fresh factors on the layers that ``shape`` names; their names and parameters.

    The factors start as PEFT's do for the same seed: the second is zero, so nothing changes yet.
    """
    import copy

    fresh = add_adapter(copy.deepcopy(base), shape, seed=seed).state_dict()
    base.requires_grad_(requires_grad=False)
    trainable = []
    for name, layer in list(base.named_modules()):
        key = f"{_PEFT_PREFIX}{name}.lora_A.default.weight"
        if key in fresh:
            factors = LowRank(fresh[key], fresh[key.replace("lora_A", "lora_B")], shape.alpha / shape.rank)
            parametrize.register_parametrization(layer, "weight", factors)
            trainable += [(f"{name}.lora_A", factors.down), (f"{name}.lora_B", factors.up)]
    return trainable


def go_on_from(base: nn.Module, folder: Path) -> None:
    """Put the factors of a saved adapter of the same shape in place of those that ``adapt`` put on ``base``.

    Raises:
        ModelError: the adapter's files are missing, or are not those its manifest names.
        UsageError: it has other factors than ``base``.
    """
    from safetensors.torch import load_file

    check_files(folder, FILES)
    saved = load_file(str(folder / FILES[1]))
    for name, layer in base.named_modules():
        if not parametrize.is_parametrized(layer, "weight"):
            continue
        factors = layer.parametrizations["weight"][0]
        for part, own in (("lora_A", factors.down), ("lora_B", factors.up)):
            found = saved.pop(f"{_PEFT_PREFIX}{name}.{part}.weight", None)
            if found is None or found.shape != own.shape:
                raise UsageError(
                    f"the adapter {folder} has no factors like those of {name}", "train with its shape"
                )
            with torch.no_grad():
                own.copy_(found)
    if saved:
        raise UsageError(
            f"the adapter {folder} has factors that are not trained, as {min(saved)}", "train with its shape"
        )


def as_peft(base: nn.Module, fresh: nn.Module, shape: LoraShape, *, seed: int) -> PeftModel:
    """The trained factors on ``base`` as an adapter of ``fresh``, an untouched copy of the base."""
    adapted = add_adapter(fresh, shape, seed=seed)
    state = adapted.state_dict()
    for name, layer in base.named_modules():
        if parametrize.is_parametrized(layer, "weight"):
            factors = layer.parametrizations["weight"][0]
            state[f"{_PEFT_PREFIX}{name}.lora_A.default.weight"] = factors.down.detach()
            state[f"{_PEFT_PREFIX}{name}.lora_B.default.weight"] = factors.up.detach()
    adapted.load_state_dict(state)
    return adapted
