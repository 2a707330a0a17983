"""The listwise loss of soft labels: cross-entropy between shares and a softmax, with cells left out.

Source: Cao et al., "Learning to Rank: From Pairwise Approach to Listwise Approach", ICML 2007.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch

Targets = NDArray[np.float32]
Masks = NDArray[np.bool_]


def soft_cross_entropy(
    logits: torch.Tensor, targets: Targets, masks: Masks, weights: torch.Tensor
) -> torch.Tensor:
    """Weighted mean over rows of -Σ target log softmax; ``[n, m]`` logits, targets that sum to 1 by row.

    ``masks`` are true where a cell counts for nothing; a target there is 0. ``weights`` ``[n]``.
    """
    import torch

    hidden = logits.masked_fill(torch.from_numpy(masks).to(logits.device), float("-inf"))
    aims = torch.from_numpy(targets).to(logits.device)
    # 0 · -inf is no number, hence the fill.
    lost = -(aims * torch.log_softmax(hidden, dim=1).masked_fill(aims == 0, 0.0)).sum(dim=1)
    return (lost * weights).sum() / weights.sum()
