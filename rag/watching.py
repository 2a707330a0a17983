"""What happens on the way to an answer, told to whoever watches it: searched, read, written so far.

A component tells it (``tell``) from wherever it is, without a way for it through every contract in between;
whoever asks watches (``watched``). Scoped to one call of one thread. Leaves what is told onwards, and in
which words, to the service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from rag.types import DocumentId, Evidence


@dataclass(frozen=True, slots=True)
class Searched:
    """The documents in scope, before anything is looked up in them."""

    documents: tuple[DocumentId, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What a generator is about to read, best first."""

    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A piece of what a language model writes, unchecked: no answer before the pipeline says so."""

    text: str


Event = Searched | Read | Written
_WATCHER: ContextVar[Callable[[Event], None] | None] = ContextVar("watcher", default=None)


def is_watched() -> bool:
    """Whether anybody watches: what only a watcher needs is not worth making otherwise."""
    return _WATCHER.get() is not None


def tell(event: Event) -> None:
    """Hand an event to the nearest ``watched`` around; nothing happens without one."""
    watcher = _WATCHER.get()
    if watcher is not None:
        watcher(event)


@contextmanager
def watched(watcher: Callable[[Event], None] | None) -> Iterator[None]:
    """Let ``watcher`` be told what happens in the block; None for nobody.

    >>> told = []
    >>> with watched(told.append):
    ...     tell(Written("4.25"))
    >>> told
    [Written(text='4.25')]
    """
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)
