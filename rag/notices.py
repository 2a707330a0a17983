"""What did not go as set up while a question was answered, told to whoever asked it.

A component says it (``say``) from wherever it is, without a way for it through every contract in between;
the pipeline hears it (``hearing``). Scoped to one call of one thread; leaves showing it to commands and the
service.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LOG = logging.getLogger(__name__)
_HEARD: ContextVar[list[str] | None] = ContextVar("heard", default=None)


def say(notice: str) -> None:
    """Tell it to the nearest ``hearing`` around, once, and to the log."""
    heard = _HEARD.get()
    if heard is not None and notice not in heard:
        heard.append(notice)
    _LOG.warning("%s", notice)


@contextmanager
def hearing() -> Iterator[list[str]]:
    """The notices that are said in the block, in order.

    >>> with hearing() as heard:
    ...     say("the endpoint timed out")
    >>> heard
    ['the endpoint timed out']
    """
    heard: list[str] = []
    token = _HEARD.set(heard)
    try:
        yield heard
    finally:
        _HEARD.reset(token)
