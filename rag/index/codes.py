"""Unit vectors as 8-bit codes that depend on the vector alone, so that an updated index equals a fresh one.

Random signs and a discrete cosine transform spread any unit vector evenly over its components, which are
then nearly normal with variance 1/dim whatever model it came from (Ailon and Chazelle, "The fast
Johnson-Lindenstrauss transform", 2009). So one fixed range serves all, and nothing is trained on the data.
Leaves searching to the indexes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Vectors

CODES = "signs-dct-sq8-5"
"""Identity of the transform and the range: changes whenever codes could."""

_SEED = 20
_DEVIATIONS = 5.0
"""Components beyond so many standard deviations are cut off: one in a million or two."""
_BLOCK = 8192


@lru_cache(maxsize=4)
def transform(dim: int) -> NDArray[np.float64]:
    """``[dim, dim]`` orthogonal: rows are vectors before it, columns after it.

    >>> matrix = transform(6)
    >>> bool(np.allclose(matrix @ matrix.T, np.eye(6)))
    True
    """
    places = np.arange(dim)
    waves = np.cos(np.pi * (places[:, None] + 0.5) * places[None, :] / dim) * np.sqrt(2.0 / dim)
    waves[:, 0] = np.sqrt(1.0 / dim)
    signs = np.random.default_rng(_SEED).choice([-1.0, 1.0], size=dim)
    matrix: NDArray[np.float64] = signs[:, None] * waves
    matrix.flags.writeable = False
    return matrix


def spread(vectors: Vectors) -> Vectors:
    """``[n, dim]`` unit rows transformed; inner products stay what they are.

    Computed in double precision, so that the same row gives the same bits in whatever company it comes.

    """
    matrix = transform(vectors.shape[1])
    result = np.empty(vectors.shape, dtype=np.float32)
    for first in range(0, len(vectors), _BLOCK):
        block = slice(first, first + _BLOCK)
        result[block] = vectors[block].astype(np.float64) @ matrix
    return result


def gather(vectors: Vectors) -> Vectors:
    """``[n, dim]`` rows as they were before ``spread``.

    >>> rows = np.eye(3, 5, dtype=np.float32)
    >>> bool(np.allclose(gather(spread(rows)), rows, atol=1e-6))
    True
    """
    result: Vectors = (vectors.astype(np.float64) @ transform(vectors.shape[1]).T).astype(np.float32)
    return result


def fix_range(quantizer: Any, dim: int) -> None:  # noqa: ANN401 - FAISS
    """Give FAISS's uniform 8-bit quantizer the range that all vectors of ``dim`` columns share.

    By training on both ends of it: its own array cannot be written once PyMuPDF is loaded, whose type of the
    same name SWIG hands out for it.
    """
    reach = min(1.0, _DEVIATIONS / np.sqrt(dim))
    quantizer.train(np.outer([-reach, reach], np.ones(dim)).astype(np.float32))
