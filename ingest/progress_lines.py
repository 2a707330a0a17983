"""How far work is, as lines that a program reads: what a job of the service tells its worker.

A command writes them on stderr between its other lines where ``COVENANT_PROGRESS=lines`` is set. Each begins
with a control character that no other line does. Leaves what is shown to people to ``ingest.progress``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TextIO

VARIABLE = "COVENANT_PROGRESS"
WANTED = "lines"
_MARK = "\x1e"
_EVERY_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where work stands: a stage, in words how much of it is done, and the share of it, 0 to 1."""

    stage: str = ""
    done: str = ""
    share: float = 0.0


class ProgressLines:
    """Writes a line for each stage that begins, and now and then one of how far it is."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = monotonic) -> None:
        self._out = out
        self._clock = clock
        self._told_at = float("-inf")

    @classmethod
    def wanted(cls) -> ProgressLines | None:
        """One that writes to stderr, where the environment asks for it."""
        return cls(sys.stderr) if os.environ.get(VARIABLE) == WANTED else None

    def tell(self, standing: Standing, *, now: bool = False) -> None:
        """Write where work stands, if the last line is old enough, or in any case."""
        moment = self._clock()
        if not now and moment - self._told_at < _EVERY_S:
            return
        self._told_at = moment
        told = json.dumps([standing.stage, standing.done, round(standing.share, 4)])
        self._out.write(f"{_MARK}{told}\n")
        self._out.flush()


def read_line(line: str) -> Standing | None:
    r"""What a line tells of progress; None for any other line.

    >>> read_line('\x1e["ask", "3/12 questions", 0.25]').share
    0.25
    >>> read_line("run saved: runs/a.jsonl") is None
    True
    """
    if not line.startswith(_MARK):
        return None
    try:
        stage, done, share = json.loads(line[1:])
        return Standing(stage=str(stage), done=str(done), share=min(max(float(share), 0.0), 1.0))
    except (ValueError, TypeError):
        return None
