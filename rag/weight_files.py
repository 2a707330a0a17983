"""Small models kept as readable JSON: weights by name, and what is said where a file cannot be one.

Leaves what a file holds to the model that reads it; weights of networks to ``rag.weights``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError


@contextmanager
def reading_weights(what: str, path: Path, *, setting: str) -> Iterator[None]:
    """Read a model's file in the block; ``setting`` is what names the file.

    Raises:
        ModelError: the file cannot be read, or lacks what the block looks for.
    """
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"the {what} {path} cannot be read: {type(error).__name__}: {error}",
            f"train it again, or leave {setting} unset",
        ) from error


def row_of(names: Sequence[str], weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Weights ``[len(names)]`` in the order of names; those that are not there are 0.

    >>> row_of(("a", "b"), {"b": 2}).tolist()
    [0.0, 2.0]

    Raises:
        ValueError: a weight has another name.
    """
    unknown = set(weights).difference(names)
    if unknown:
        raise ValueError(f"unknown names: {', '.join(sorted(unknown))}")
    return np.array([float(weights.get(name, 0.0)) for name in names])
