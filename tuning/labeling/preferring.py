"""Which of two answers to a question is better: votes on answers compared, and functions on pairs.

Every function on answers votes on pairs too: for the one it thinks more of. Functions on preferences vote on
pairs alone, as given; a model of pairs says of (B, A) the opposite of what it says of (A, B). Leaves what
learns from preferences to the trainers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuning.items import AnswerItem, PreferenceItem
from tuning.label_model import LabelMatrix, LabelModel, LabelModelSettings, fit
from tuning.label_model.fitting import DEFAULTS
from tuning.label_model.pairs import compared_votes, pairs_within
from tuning.labeling.applier import Applied, apply
from tuning.labeling.functions import LabelingFunction, checked
from tuning.labeling.resources import Resources
from tuning.labeling.soft import keep, matrix_of
from tuning.labeling.store import LabelStore


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPreference:
    """How likely the first of two answers is the better one, by the model ``label_model``."""

    pair: PreferenceItem
    probability: float
    label_model: str


def label_preferences(
    items: Sequence[AnswerItem],
    functions: Sequence[LabelingFunction],
    resources: Resources,
    store: LabelStore,
    *,
    settings: LabelModelSettings = DEFAULTS,
) -> tuple[list[LabelledPreference], LabelModel]:
    """Every two answers to one question, and how likely the first is better; the model that says so.

    Raises:
        FunctionError: no function has anything to say of these answers.
        ResourceError: a function declares what there is not.
        StorageError: the disk is full or not writable.
    """
    own = apply(items, checked(functions, "answer"), resources, store)
    rows = pairs_within([item.question.id for item in items])
    pairs = [PreferenceItem(first=items[a], second=items[b]) for a, b in rows.tolist()]
    between = apply(pairs, checked(functions, "preference"), resources, store)
    matrix = compared_votes(matrix_of(own, store), rows)
    if between.functions:
        matrix = matrix.beside(_mirrored(matrix_of(between, store)))
    model = fit(matrix, None, settings)
    shares = model.probabilities(matrix)[:, 1]
    together = Applied(
        values=np.empty((len(pairs), 0), dtype=np.float32),
        numbers=between.numbers,
        functions=(*own.functions, *between.functions),
        unsearched=np.zeros(len(pairs), dtype=bool),
        ran=(*own.ran, *between.ran),
    )
    keep(model, together, shares, store, kind="preference")
    name = model.fingerprint
    labels = [
        LabelledPreference(pair=pair, probability=float(share), label_model=name)
        for pair, share in zip(pairs, shares, strict=True)
    ]
    return labels, model


def _mirrored(matrix: LabelMatrix) -> LabelMatrix:
    return LabelMatrix(votes=matrix.votes, functions=matrix.functions, mirrored=True)
