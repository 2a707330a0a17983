"""Runs with known truth: questions of one document share its difficulty and what a change does to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def clusters(documents: int, questions: int) -> list[int]:
    return [document for document in range(documents) for _ in range(questions)]


def two_runs(
    rng: np.random.Generator, documents: int, questions: int, *, gain: float = 0.0, spread: float = 0.25
) -> tuple[Values, Values]:
    """Right or wrong by two systems, ``[documents * questions]`` each; the true mean difference is ``gain``.

    Each document has a difficulty that both share, and an effect of the change, symmetric around the gain.
    """
    chance = rng.uniform(0.3, 0.7, size=(documents, 1))
    effect = gain + spread * rng.choice([-1.0, 1.0], size=(documents, 1))
    shared = rng.random((documents, questions))
    before = shared < np.clip(chance - effect / 2, 0, 1)
    after = shared < np.clip(chance + effect / 2, 0, 1)
    return before.astype(float).ravel(), after.astype(float).ravel()
