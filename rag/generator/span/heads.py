"""The heads of the span reader over an encoder's last hidden states.

``span``: for each piece the logits of starting and of ending an answer; the first piece of a window stands
for "no answer here" (Devlin et al., "BERT", 2019, §4.3). ``verdict``: of the window as a whole, whether it
entails a statement, contradicts it, or says neither.
"""

from __future__ import annotations

import torch
from torch import nn

from rag.generator.span.verdicts import VERDICTS


class ReaderHeads(nn.Module):
    """``[n, l, dim]`` hidden states to start and end logits ``[n, l]`` each and verdict logits ``[n, 3]``."""

    def __init__(self, dim: int) -> None:
        """Fresh weights, from torch's global generator."""
        super().__init__()
        self.span = nn.Linear(dim, 2)
        self.verdict_inner = nn.Linear(dim, dim)
        self.verdict = nn.Linear(dim, len(VERDICTS))

    def forward(self, hidden: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Start, end, verdict."""
        start, end = self.span(hidden).unbind(dim=2)
        return start, end, self.verdict(torch.tanh(self.verdict_inner(hidden[:, 0])))
