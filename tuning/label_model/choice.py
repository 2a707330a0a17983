"""Which method labels best, by log-loss on gold rows that it was not fitted on.

Gold rows are dealt to folds; for each fold every plan is fitted without that fold's classes and scored on
them. The lowest mean log-loss wins; of equals the earlier. Leaves fitting to ``tuning.label_model.methods``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuning.label_model.evidence import Evidence
from tuning.label_model.expectation import shares
from tuning.label_model.matrix import Array, Classes
from tuning.label_model.methods import Plan, fit_plan
from tuning.label_model.settings import LabelModelSettings

_BELIEVED = (10.0, 3.0, 1.0, 1 / 3)
"""Times the setting: how far unlabeled rows are believed is what differs most from one set to the next."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """A plan, what it said ``[g, k]`` of gold rows held out from it, and its log-loss ``[g]`` on each."""

    plan: Plan
    held_out: Array
    losses: Array

    @property
    def log_loss(self) -> float:
        """The mean over gold rows."""
        return float(self.losses.mean())

    @property
    def error(self) -> float:
        """The standard error of the mean."""
        return float(self.losses.std() / np.sqrt(len(self.losses)))


def plans(settings: LabelModelSettings) -> tuple[Plan, ...]:
    """What is compared: each method, with abstentions and unlabeled rows believed more and less."""
    full, rows = settings.abstain_weight, settings.pseudo_rows
    return (
        Plan(method="em", abstain_weight=full),
        Plan(method="em", abstain_weight=full / 2),
        *(Plan(method="anchored", abstain_weight=full, pseudo_rows=rows * times) for times in _BELIEVED),
        Plan(method="naive_bayes", abstain_weight=full),
        Plan(method="majority"),
    )


def compared(
    evidence: Evidence, among: Sequence[Plan], settings: LabelModelSettings, dealt: Classes | None = None
) -> tuple[Trial, ...]:
    """A trial of each plan over the folds of the gold rows, in the order of the plans.

    ``dealt`` ``[g]`` are the folds; without it they are dealt by ``Evidence.folds``.
    """
    some = evidence.thinned(settings.choice_rows)
    dealt = evidence.folds(settings.folds) if dealt is None else dealt
    rows = np.arange(len(dealt))
    trials = []
    for plan in among:
        held_out = np.zeros((len(dealt), evidence.classes))
        for fold in np.unique(dealt):
            model = fit_plan(some.keeping(dealt != fold), plan, settings)
            asked = some.codes[some.gold_places[dealt == fold]]
            held_out[dealt == fold] = shares(model.scores_of(some.layout, asked))[0]
        losses = -np.log(held_out[rows, evidence.gold_classes])
        trials.append(Trial(plan=plan, held_out=held_out, losses=losses))
    return tuple(trials)
