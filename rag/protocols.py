"""The contracts of the three tunable components.

Each component turns a batch into arrays or candidates and nothing else: callers sort, truncate, attach
ids and measure time. ``fingerprint`` identifies weights, adapter and settings; it keys caches, index
manifests and run headers, and changes exactly when results could.

``tests/contracts`` holds one suite per contract that every implementation must pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from rag.prompt import Prompt
from rag.types import Candidate

Vectors = NDArray[np.float32]
"""``[n, dim]``, rows of unit length (an all-zero row stands for a text without any token)."""

Scores = NDArray[np.float32]
"""``[n]``, higher is better."""

Span = tuple[int, int]
"""``[start, end)`` in characters of a text."""


Told = Callable[[int], None]
"""Hears how many more of something long are done."""


def untold(_: int) -> None:
    """Hears it and does nothing."""


class Embedder(Protocol):
    """Texts to unit vectors whose inner product is similarity."""

    @property
    def fingerprint(self) -> str:
        """Identity of weights, adapter and settings."""
        ...

    @property
    def passage_fingerprint(self) -> str:
        """Identity of what shapes passage vectors alone: what vectors are kept under and an index belongs to.

        Equal to ``fingerprint`` unless questions have an adapter of their own.
        """
        ...

    @property
    def dim(self) -> int:
        """Number of columns of every result."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """``[n, dim]`` for questions; ``(0, dim)`` for none."""
        ...

    def embed_passages(self, texts: Sequence[str], told: Told = untold) -> Vectors:
        """``[n, dim]`` for passages; ``(0, dim)`` for none. ``told`` hears how many more are done."""
        ...


class Reranker(Protocol):
    """Question and passages to relevance scores."""

    @property
    def fingerprint(self) -> str:
        """Identity of weights, adapter and settings."""
        ...

    def score(self, query: str, passages: Sequence[str]) -> Scores:
        """``[n]``, one score per passage in the order given; not sorted, not truncated."""
        ...


@runtime_checkable
class SpanScorer(Reranker, Protocol):
    """A reranker that knows which part of a passage speaks of a question."""

    def score_spans(self, query: str, passages: Sequence[tuple[str, Sequence[Span]]]) -> list[Scores]:
        """``[n]`` scores of the parts of each passage, in the order given; comparable within a passage."""
        ...


class Generator(Protocol):
    """Question and evidence to candidate answers."""

    @property
    def fingerprint(self) -> str:
        """Identity of weights, adapter and settings."""
        ...

    def complete(self, prompts: Sequence[Prompt]) -> list[tuple[Candidate, ...]]:
        """Candidates per prompt, best first; empty where the evidence holds none."""
        ...


class StreamingGenerator(Generator, Protocol):
    """A generator that shows what it writes while it writes."""

    def stream(self, prompt: Prompt) -> Iterator[str]:
        """Pieces of a text that is not checked yet: no answer until ``complete`` or the pipeline says so."""
        ...
