"""What the engine is asked to do: plain values that may cross to another process.

Leaves doing it to ``service.host``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.filters import NO_FILTERS, Filters


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The documents that are meant: those named, that the filters fit, of the collections a caller sees."""

    references: tuple[str, ...] = ()
    filters: Filters = NO_FILTERS
    collections: frozenset[str] | None = None


ANYWHERE = Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question to be answered under an id, step by step where ``told`` is set.

    ``release`` and ``index`` name what is to answer it, where that is not what is in use.
    """

    id: str
    question: str
    scope: Scope = ANYWHERE
    told: bool = False
    release: str | None = None
    index: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A question whose passages are wanted, so many of them."""

    question: str
    scope: Scope = ANYWHERE
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Identify:
    """The identity of components, index and release in use is wanted."""


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a release opens is wanted; it is not put in use by that."""

    release: str


Work = Ask | Search | Identify | Check


@dataclass(frozen=True, slots=True)
class Opens:
    """A release was opened; what it is made of."""

    fingerprints: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """How far a question is: the name of a server-sent event and its data, ready for JSON."""

    name: str
    data: Mapping[str, object]
