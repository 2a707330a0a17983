"""Matrices for the tests of this folder."""

from __future__ import annotations

import numpy as np

from tuning.label_model import LabelMatrix, LabelModelSettings
from tuning.label_model.matrix import Classes, Votes

QUICK = LabelModelSettings(choice_rows=2000, folds=3)


def pairs(
    rows: int, *, seed: int, right: tuple[float, ...] = (0.9, 0.75, 0.6, 0.7)
) -> tuple[LabelMatrix, Classes]:
    """Pairs with functions that are right so often and abstain now and then; the truth ``[n]``."""
    random = np.random.default_rng(seed)
    truth = random.integers(2, size=rows)
    columns = []
    for share in right:
        said = np.where(random.random(rows) < share, truth, 1 - truth)
        columns.append(np.where(random.random(rows) < 0.3, -1, said))
    votes: Votes = np.stack(columns, axis=1).astype(np.int8)
    return LabelMatrix.of(votes, mirrored=True), truth


def three_classes(rows: int, *, seed: int) -> tuple[LabelMatrix, Classes]:
    """Items of three classes with five functions; the truth ``[n]``."""
    random = np.random.default_rng(seed)
    truth = random.choice(3, size=rows, p=[0.6, 0.3, 0.1])
    columns = []
    for share in (0.9, 0.8, 0.7, 0.7, 0.6):
        said = np.where(random.random(rows) < share, truth, random.integers(3, size=rows))
        columns.append(np.where(random.random(rows) < 0.4, -1, said))
    return LabelMatrix.of(np.stack(columns, axis=1), classes=3), truth
