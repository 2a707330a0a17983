"""Work that waits for a lane: a bounded line, taken from in order of arrival, several at a time.

Whoever brings work gets a ``Ticket``: what comes of the work is handed to its ``report`` on whichever thread
does it. Work that nobody waits for any more is dropped when its turn comes.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from rag.errors import CovenantError
from service.errors import OverloadedError
from service.host import Result
from service.work import Step, Work

Item = Step | Result | CovenantError
"""A step on the way, or what ends it: a result, or why there is none."""


@dataclass(eq=False, slots=True)
class Ticket:
    """A piece of work; ``abandoned`` is set when nobody waits for it any more."""

    work: Work
    report: Callable[[Item], None]
    abandoned: threading.Event = field(default_factory=threading.Event)


class Line:
    """Tickets that wait, and how many are with a lane. Safe to share between threads."""

    def __init__(self, most: int, takers: int = 1) -> None:
        """At most so many tickets wait or run; with more, ``put`` refuses. So many threads take from it."""
        self._most = most
        self._takers = takers
        self._waiting: deque[Ticket] = deque()
        self._running = 0
        self._closed = False
        self._changed = threading.Condition()

    @property
    def waiting(self) -> int:
        """How many have not begun."""
        return len(self._waiting)

    @property
    def running(self) -> int:
        """How many are with a lane."""
        return self._running

    @property
    def closed(self) -> bool:
        """Whether nothing more is taken."""
        return self._closed

    def put(self, ticket: Ticket, retry_after_s: int = 1) -> None:
        """Let it wait.

        Raises:
            OverloadedError: too many wait or run already; ``retry_after_s`` says when fewer will.
        """
        with self._changed:
            if self._closed:
                raise OverloadedError("the service is shutting down", "ask again in a moment", 1)
            held = len(self._waiting) + self._running
            if held >= self._most:
                raise OverloadedError(
                    f"{held} questions are waiting already", f"try again in {retry_after_s} s", retry_after_s
                )
            self._waiting.append(ticket)
            self._changed.notify()

    def take(self, most: int) -> list[Ticket]:
        """The next tickets, at most so many, when there are any; none once the line is closed and empty.

        Never more than a fair share: what waits is for all that take from the line.
        """
        with self._changed:
            while True:
                taken: list[Ticket] = []
                share = min(most, -(-len(self._waiting) // self._takers))
                while self._waiting and len(taken) < share:
                    ticket = self._waiting.popleft()
                    if not ticket.abandoned.is_set():
                        taken.append(ticket)
                if taken or self._closed:
                    self._running += len(taken)
                    return taken
                self._changed.wait()

    def done(self, tickets: int) -> None:
        """So many taken tickets are finished."""
        with self._changed:
            self._running -= tickets

    def close(self) -> None:
        """Take nothing more; what waits is still done."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
