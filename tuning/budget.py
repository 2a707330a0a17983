"""A budget of time, shared among stages that follow each other: what one saves, the others have.

Leaves what a stage does when its time is up to the stage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic


@dataclass(slots=True, kw_only=True)
class Budget:
    """``seconds`` from now on, None for no limit; ``shares`` are the weights of the stages that are left."""

    seconds: float | None
    shares: Mapping[str, float]
    clock: Callable[[], float] = monotonic
    _end: float | None = field(init=False)
    _left: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        self._end = None if self.seconds is None else self.clock() + self.seconds
        self._left = dict(self.shares)

    def begin(self, stage: str) -> Callable[[], bool]:
        """Whether the time of a stage that begins now is up: its share of what is left."""
        whole = sum(self._left.values())
        share = self._left.pop(stage)
        now = self.clock()
        if self._end is None:
            return lambda: False
        until = now + max(0.0, self._end - now) * share / whole
        return lambda: self.clock() >= until
