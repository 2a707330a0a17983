"""Vectors to groups: agglomerative clustering with average linkage, deterministic, O(n²).

Clusters merge from the most similar on, as long as the mean cosine between their members is at least the
threshold. Average linkage is reducible, so the nearest-neighbour chain finds the same merges as the textbook
loop over all pairs. Ties go to the smaller index.

Source: Murtagh, "A survey of recent advances in hierarchical clustering algorithms", Comput. J. 26 (1983).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Vectors


def group(vectors: Vectors, threshold: float) -> list[list[int]]:
    """Groups of row numbers, ascending inside; the largest first, of equals the one with the smallest number.

    Rows are unit vectors; ``threshold`` is in [-1, 1]. Every row is in exactly one group.

    >>> import numpy as np
    >>> group(np.array([[1, 0], [0.8, 0.6], [0, 1]], dtype=np.float32), 0.7)
    [[0, 1], [2]]
    """
    count = len(vectors)
    similarity = np.asarray(vectors, dtype=np.float64) @ np.asarray(vectors, dtype=np.float64).T
    np.fill_diagonal(similarity, -np.inf)
    members: dict[int, list[int]] = {one: [one] for one in range(count)}
    for first, second, close in _merges(similarity):
        # Merges are not in order of similarity, but a group comes after its parts and is no closer than they.
        if close >= threshold:
            members[first] += members.pop(second)
    return sorted((sorted(own) for own in members.values()), key=lambda own: (-len(own), own[0]))


def _merges(similarity: NDArray[np.float64]) -> list[tuple[int, int, float]]:
    """All merges as (kept, absorbed, mean similarity), each after its parts'; overwrites its argument."""
    count = len(similarity)
    sizes = np.ones(count)
    active = np.ones(count, dtype=bool)
    merges: list[tuple[int, int, float]] = []
    chain: list[int] = []
    while len(merges) < count - 1:
        if not chain:
            chain.append(int(np.argmax(active)))
        last = chain[-1]
        nearest = int(np.argmax(similarity[last]))
        # The one before in the chain wins a tie, or the chain would not end.
        if len(chain) > 1 and similarity[last, chain[-2]] >= similarity[last, nearest]:
            nearest = chain[-2]
        if len(chain) < 2 or nearest != chain[-2]:
            chain.append(nearest)
            continue
        del chain[-2:]
        kept, absorbed = sorted((last, nearest))
        merges.append((kept, absorbed, float(similarity[kept, absorbed])))
        total = sizes[kept] + sizes[absorbed]
        mean = (sizes[kept] * similarity[kept] + sizes[absorbed] * similarity[absorbed]) / total
        mean[[kept, absorbed]] = -np.inf
        mean[~active] = -np.inf
        similarity[kept], similarity[:, kept] = mean, mean
        similarity[absorbed], similarity[:, absorbed] = -np.inf, -np.inf
        sizes[kept], active[absorbed] = total, False
    return merges
