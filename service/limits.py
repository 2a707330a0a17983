"""How often each caller may ask: a bucket of tokens that refills evenly. In memory, for one process.

Clocks are arguments, in seconds from any start.
"""

from __future__ import annotations

import math
from collections import OrderedDict

_KEPT = 10_000
"""Callers remembered; who is forgotten begins with a full bucket, which it would have by then."""


class RateLimit:
    """Buckets of a minute's worth of requests each, by caller. Used from one thread, the event loop's.

    >>> limit = RateLimit()
    >>> [limit.wait_for("a", per_minute=2, now=0.0) for _ in range(3)], limit.wait_for("b", 2, now=0.0)
    ([0, 0, 30], 0)
    >>> limit.wait_for("a", per_minute=2, now=30.0), limit.wait_for("a", per_minute=2, now=30.0)
    (0, 30)
    """

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_for(self, caller: str, per_minute: int, now: float) -> int:
        """Take a token: 0 where there was one, else the whole seconds until there will be."""
        tokens, since = self._buckets.pop(caller, (float(per_minute), now))
        tokens = min(float(per_minute), tokens + (now - since) * per_minute / 60)
        enough = tokens >= 1
        self._buckets[caller] = (tokens - 1 if enough else tokens, now)
        if len(self._buckets) > _KEPT:
            self._buckets.popitem(last=False)
        return 0 if enough else max(1, math.ceil((1 - tokens) * 60 / per_minute))
