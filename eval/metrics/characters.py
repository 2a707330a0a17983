"""Character-level precision and recall of retrieved spans against gold spans (LegalBench-RAG).

For retrieved snippets R and gold snippets G, the overlap is the sum over pairs in the same document of
``max(0, min(end) - max(start))``; precision = overlap / total length of R, recall = overlap / total length of
G. Snippets that overlap each other count as often as they are there, as in the benchmark's own code.

Source: Pipitone and Alami, "LegalBench-RAG", 2024, §4; its published evaluation code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

Span = tuple[str, int, int]
"""A document and a span ``[start, end)`` of its text."""


def character_scores(
    ranking: Sequence[Span], gold: Sequence[Span], cutoffs: Sequence[int]
) -> Mapping[int, tuple[float, float]]:
    """Precision and recall of the first k snippets, for each k; 0 where nothing was retrieved or is gold.

    >>> gold = [("d", 10, 20)]
    >>> character_scores([("d", 15, 25), ("e", 10, 20)], gold, [1, 2])
    {1: (0.5, 0.5), 2: (0.25, 0.5)}
    """
    wanted: dict[str, list[tuple[int, int]]] = {}
    for document, start, end in gold:
        wanted.setdefault(document, []).append((start, end))
    total = sum(end - start for _, start, end in gold)
    first = ranking[: max(cutoffs, default=0)]
    lengths = list(accumulate(end - start for _, start, end in first))
    overlaps = list(
        accumulate(
            sum(max(0, min(end, e) - max(start, s)) for s, e in wanted.get(document, ()))
            for document, start, end in first
        )
    )
    found = {}
    for k in cutoffs:
        last = min(k, len(first)) - 1
        overlap, length = (overlaps[last], lengths[last]) if last >= 0 else (0, 0)
        found[k] = (overlap / length if length else 0.0, overlap / total if total else 0.0)
    return found
