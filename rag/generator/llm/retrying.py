"""Trying again: what passes by itself, after waits that grow and that chance spreads.

Clients that failed together would come back together; a wait drawn between nothing and the limit spreads them
("full jitter"). Sleeping and drawing are arguments. Leaves which errors pass to the caller.

Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import SystemRandom
from typing import TypeVar

R = TypeVar("R")


class PassingError(Exception):
    """What may go better next time; ``wait_s`` is how long the other side asks to wait, if it does."""

    def __init__(self, cause: Exception, wait_s: float | None = None) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """``retries`` further tries after waits of up to ``first_s``, twice, four times … ``most_s`` seconds."""

    retries: int
    first_s: float = 0.5
    most_s: float = 8.0
    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[], float] = field(default=SystemRandom().random)

    def run(self, call: Callable[[], R]) -> R:
        """What ``call`` returns.

        Raises:
            PassingError: that of the last try.
        """
        for attempt in range(self.retries):
            try:
                return call()
            except PassingError as error:
                self.sleep(self.wait_s(attempt, error.wait_s))
        return call()

    def wait_s(self, attempt: int, asked_s: float | None = None) -> float:
        """Seconds to wait after try number ``attempt`` (from 0): not less than asked for, within ``most_s``.

        >>> [Backoff(retries=9, draw=lambda: 1.0).wait_s(n) for n in range(6)]
        [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]
        >>> Backoff(retries=9, draw=lambda: 0.0).wait_s(0, asked_s=3.0)
        3.0
        """
        drawn = self.draw() * min(self.most_s, self.first_s * 2.0**attempt)
        return min(self.most_s, max(drawn, asked_s or 0.0))
