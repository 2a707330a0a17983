"""The loss of duels that may be the wrong way round: conservative direct preference optimisation.

With the better answer's log-ratio to the reference less the worse one's, times beta, for a ``gap``: it is the
cross-entropy of "the first is better" with the probability that it is. So a pair that is surely right is
pushed without end, one that is right with probability p only to a gap of log p / (1 - p).

Source: Rafailov et al., "Direct Preference Optimization", 2023; Mitchell, "A note on DPO with noisy
preferences", 2023. Leaves log-probabilities to ``tuning.preferring`` and ``tuning.causal``.
"""

from __future__ import annotations

import torch


def conservative_loss(gap: torch.Tensor, flipped: torch.Tensor) -> torch.Tensor:
    """Of each duel, in the shape of ``gap``; ``flipped`` is how likely it is the wrong way round.

    >>> gaps = torch.tensor([0.0, 2.0, 2.0])
    >>> conservative_loss(gaps, torch.tensor([0.0, 0.0, 0.5])).round(decimals=2).tolist()
    [0.6899999976158142, 0.12999999523162842, 1.1299999952316284]
    """
    likelier = torch.nn.functional.logsigmoid(gap) * (1 - flipped)
    return -likelier - torch.nn.functional.logsigmoid(-gap) * flipped
