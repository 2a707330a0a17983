"""Sampling whose rows do not depend on each other: each has its own stream of noise.

Adding Gumbel noise to logits and taking the largest draws from their softmax. So a greedy search over noisy
logits samples; a row draws the same in any batch, rows without a seed stay greedy, and no global generator of
random numbers is touched.

Source: Maddison, Tarlow, Minka, "A* Sampling", 2014 (the Gumbel-max trick).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import LogitsProcessor


class GumbelNoise(LogitsProcessor):
    """Logits divided by the temperature, plus noise; untouched in rows whose seed is None."""

    def __init__(self, seeds: Sequence[int | None], temperature: float) -> None:
        self._temperature = temperature
        self._streams = [None if seed is None else torch.Generator().manual_seed(seed) for seed in seeds]

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """``[rows, vocabulary]`` from logits of that shape."""
        noisy = scores.float()
        for row, stream in enumerate(self._streams):
            if stream is not None:
                # Drawn on the processor, so that a GPU draws the same.
                exponential = torch.empty(scores.shape[1]).exponential_(generator=stream)
                noisy[row] = noisy[row] / self._temperature - exponential.log().to(scores.device)
        return noisy  # type: ignore[return-value] # annotated as a type that no tensor has
