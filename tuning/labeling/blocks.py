"""Votes as stored: blocks of a function's values over items by number, small because most of them abstain.

A value is a vote or a score; besides there are abstaining, not run yet, and raised. Leaves the file to
``tuning.labeling.store``.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from tuning.labeling.functions import Values

BLOCK = 4096
"""Items of a block, by number."""
NOT_RUN = np.float32(-np.inf)
RAISED = np.float32(np.inf)
Numbers = NDArray[np.int64]
"""``[n]``: the numbers that a store gives items."""


def empty() -> Values:
    """A block in which nothing was run."""
    return np.full(BLOCK, NOT_RUN, dtype=np.float32)


def packed(values: Values) -> bytes:
    """A block as bytes."""
    return zlib.compress(values.astype("<f4").tobytes(), 1)


def unpacked(data: bytes) -> Values:
    """What ``packed`` made bytes of.

    >>> unpacked(packed(empty()))[:2].tolist()
    [-inf, -inf]
    """
    return np.frombuffer(zlib.decompress(data), dtype="<f4").astype(np.float32)
