"""Votes → label model → soft labels, kept with the model that made them.

Gold classes are a few items that experts judged; without any, the functions' agreement alone teaches the
model. Leaves votes to ``tuning.labeling.applier``, models to ``tuning.label_model``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuning.items import AnswerItem, Item, Labelled, PassageItem
from tuning.label_model import NO_GOLD, LabelModel, LabelModelSettings, fit
from tuning.label_model.saving import to_text
from tuning.labeling.applier import Applied, apply
from tuning.labeling.functions import LabelingFunction
from tuning.labeling.resources import Resources
from tuning.labeling.votes import VoteStore

DEFAULTS = LabelModelSettings()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SoftLabels:
    """Items in the order of their votes, and how likely each is relevant, right or better: ``[n]``."""

    applied: Applied
    model: LabelModel
    probabilities: NDArray[np.float64]

    @property
    def by_item(self) -> dict[str, float]:
        """Probabilities by item id."""
        ids = (item.id for item in self.applied.items)
        return dict(zip(ids, self.probabilities.tolist(), strict=True))


def label_items(
    items: Sequence[Item],
    functions: Sequence[LabelingFunction],
    resources: Resources,
    store: VoteStore,
    *,
    gold: Mapping[str, int] | None = None,
    settings: LabelModelSettings = DEFAULTS,
    advance: Callable[[int], None] = lambda votes: None,
) -> SoftLabels:
    """Soft labels of items by all functions; ``gold`` are classes that experts gave, by item id.

    Raises:
        UsageError: functions do not fit items or resources, or gold does not fit the votes.
    """
    applied = apply(functions, items, resources, store, advance=advance)
    known = gold or {}
    classes = np.array([known.get(item.id, NO_GOLD) for item in applied.items], dtype=np.int64)
    model = fit(applied.matrix, classes if known else None, settings)
    probabilities: NDArray[np.float64] = model.probabilities(applied.matrix)[:, 1]
    store.put_labels(
        model.fingerprint, to_text(model), applied.versions, applied.numbers, probabilities.tolist()
    )
    return SoftLabels(applied=applied, model=model, probabilities=probabilities)


def as_labelled(labels: SoftLabels) -> list[Labelled]:
    """The soft labels of passages as trainers learn from them."""
    return [
        Labelled(
            item=item.id,
            question=item.question,
            chunk_id=item.chunk.id,
            document=item.chunk.document_id,
            passage=item.chunk.passage,
            probability=float(probability),
            label_model=labels.model.fingerprint,
        )
        for item, probability in zip(labels.applied.items, labels.probabilities, strict=True)
        if isinstance(item, PassageItem)
    ]


def answers_of(labels: SoftLabels) -> list[tuple[AnswerItem, float]]:
    """The answers with their probabilities."""
    pairs = zip(labels.applied.items, labels.probabilities.tolist(), strict=True)
    return [(item, probability) for item, probability in pairs if isinstance(item, AnswerItem)]
