"""Adapters trained in the space of weights are PEFT's adapters."""

from __future__ import annotations

import copy

import torch
from torch import nn

from tuning.adapters import LoraShape
from tuning.low_rank import adapt, as_peft

SHAPE = LoraShape(rank=2, alpha=4.0, targets=("query", "dense"))


class Tiny(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(6, 6)
        self.dense = nn.Linear(6, 4)
        self.other = nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden: torch.Tensor = self.other(torch.relu(self.dense(torch.tanh(self.query(x)))))
        return hidden


def base() -> Tiny:
    torch.manual_seed(0)
    return Tiny()


def test_fresh_factors_change_nothing_and_only_they_are_trained() -> None:
    plain, adapted = base(), base()
    trainable = adapt(adapted, SHAPE, seed=3)
    x = torch.ones(2, 6)
    assert torch.equal(plain(x), adapted(x))
    assert sorted(name for name, _ in trainable) == [
        "dense.lora_A", "dense.lora_B", "query.lora_A", "query.lora_B",
    ]  # fmt: skip
    wanted = {id(one) for _, one in trainable}
    assert {id(one) for one in adapted.parameters() if one.requires_grad} == wanted


def test_a_trained_adapter_computes_the_same_in_pefts_form_and_merged() -> None:
    model = base()
    fresh = copy.deepcopy(model)
    trainable = adapt(model, SHAPE, seed=3)
    optimizer = torch.optim.Adam([one for _, one in trainable], lr=0.1)
    x = torch.randn(8, 6, generator=torch.Generator().manual_seed(1))
    before = model(x).detach()
    for _ in range(5):
        optimizer.zero_grad()
        model(x).square().sum().backward()
        optimizer.step()
    trained = model(x).detach()
    assert not torch.allclose(before, trained, atol=1e-3)
    exported = as_peft(model, fresh, SHAPE, seed=3)
    assert torch.allclose(exported(x), trained, atol=1e-5)
    assert torch.allclose(exported.merge_and_unload()(x), trained, atol=1e-5)
