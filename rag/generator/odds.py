"""Probabilities and their log odds, kept away from 0 and 1 where these would say more than anybody knows."""

from __future__ import annotations

import math

_FURTHEST = 30.0
_LEAST = 1e-4


def probability(logit: float) -> float:
    """The logistic curve.

    >>> probability(0.0), probability(1e9) < 1.0
    (0.5, True)
    """
    return 1.0 / (1.0 + math.exp(-max(-_FURTHEST, min(_FURTHEST, logit))))


def log_odds(share: float) -> float:
    """Its inverse, of shares from .0001 to .9999; others count as the nearest of these.

    >>> log_odds(0.5), log_odds(0.0) == log_odds(0.0001)
    (0.0, True)
    """
    clipped = min(1 - _LEAST, max(_LEAST, share))
    return math.log(clipped / (1 - clipped))
