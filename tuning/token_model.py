"""The trainable side of late interaction: padded token vectors with gradients, and MaxSim over a batch.

Inference has its own, faster form (``rag.reranker.late_interaction``); a test holds both to the same scores.

Source: Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late
Interaction over BERT", SIGIR 2020; here the mean over question tokens instead of the sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import torch
    from torch import nn

_MICRO_ROWS = 16
"""Passages per forward pass: sorted by length, so that little is padding."""


class TokenModel:
    """An encoder (adapted or not) with its tokenizer; ``limit`` is the longest text in word pieces."""

    def __init__(self, encoder: nn.Module, tokenizer: Any, *, limit: int) -> None:  # noqa: ANN401 - untyped
        """Wrap an encoder whose output has ``last_hidden_state``."""
        self.encoder = encoder
        self._tokenizer = tokenizer
        self._limit = limit

    def tokens(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """Unit vectors ``[n, longest, dim]`` and their mask ``[n, longest]``; float32."""
        import torch

        ids = self._tokenizer(list(texts), truncation=True, max_length=self._limit)["input_ids"]
        lengths = np.array([len(one) for one in ids])
        order = np.argsort(lengths, kind="stable")
        longest = int(lengths.max())
        parts, masks = [], []
        for first in range(0, len(order), _MICRO_ROWS):
            rows = order[first : first + _MICRO_ROWS]
            features = self._tokenizer.pad({"input_ids": [ids[i] for i in rows]}, return_tensors="pt")
            hidden = self.encoder(
                input_ids=features["input_ids"], attention_mask=features["attention_mask"]
            ).last_hidden_state
            missing = longest - hidden.shape[1]
            unit = torch.nn.functional.normalize(hidden.float(), dim=2)
            parts.append(torch.nn.functional.pad(unit, (0, 0, 0, missing)))
            masks.append(torch.nn.functional.pad(features["attention_mask"], (0, missing)))
        back = torch.from_numpy(np.argsort(order, kind="stable"))
        return torch.cat(parts)[back], torch.cat(masks)[back].bool()


def max_sim(
    questions: tuple[torch.Tensor, torch.Tensor], passages: tuple[torch.Tensor, torch.Tensor]
) -> torch.Tensor:
    """``[n, m]`` of n questions and m passages: the mean over a question's tokens of the best cosine.

    Both are unit vectors ``[count, length, dim]`` and masks ``[count, length]``.
    """
    import torch

    vectors, present = questions
    others, there = passages
    flat = vectors.reshape(-1, vectors.shape[2]) @ others.reshape(-1, others.shape[2]).T
    cosines = flat.reshape(*vectors.shape[:2], *others.shape[:2])
    best = cosines.masked_fill(~there, -1.0).amax(dim=3)
    weights = present.to(torch.float32)
    return torch.einsum("nlm,nl->nm", best, weights) / weights.sum(dim=1, keepdim=True)
