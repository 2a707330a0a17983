"""Ids of vectors: what may be added, and sets of them as FAISS takes them."""

from __future__ import annotations

from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from rag.protocols import Vectors


def check_new(ids: NDArray[np.int64], vectors: Vectors, dim: int) -> None:
    """See that ids and vectors can be added to an index of ``dim`` columns.

    Raises:
        ValueError: another dimension, ids that repeat or are negative, values that are not finite.
    """
    if vectors.ndim != 2 or vectors.shape[1] != dim:
        raise ValueError(f"vectors have shape {vectors.shape}, not [n, {dim}]")
    if ids.shape != (len(vectors),):
        raise ValueError(f"{ids.shape} ids for {len(vectors)} vectors")
    if len(np.unique(ids)) != len(ids) or (len(ids) and int(ids.min()) < 0):
        raise ValueError("ids repeat or are negative")
    if not np.isfinite(vectors).all():
        raise ValueError("vectors hold values that are not finite")


def bits(ids: NDArray[np.int64]) -> Any:  # noqa: ANN401 - FAISS
    """A set of ids, none negative, that FAISS asks in one step for each."""
    mask = np.zeros(int(ids.max(initial=-1)) + 1, dtype=bool)
    mask[ids] = True
    selector: Any = faiss.IDSelectorBitmap
    return selector(np.packbits(mask, bitorder="little"))
