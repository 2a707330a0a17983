"""Which method labels best, by log-loss on gold rows that it was not fitted on.

Gold rows are dealt to folds; for each fold every plan is fitted without that fold's classes and scored on
them, by a calibration learned on the other folds. A hundred rows tell plans apart only roughly: of those that
the lowest mean log-loss beats by less than a standard error of the difference, the one that fares best over
kinds of matrices is taken. Leaves fitting to ``tuning.label_model.methods``. Source of the rule: Breiman et
al. (1984), "Classification and Regression Trees", §3.4.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuning.label_model.calibration import Calibration, calibrated
from tuning.label_model.evidence import Evidence
from tuning.label_model.expectation import shares
from tuning.label_model.matrix import Array, Classes
from tuning.label_model.methods import Plan, fit_plan
from tuning.label_model.settings import LabelModelSettings


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """A plan, its calibration, what it said ``[g, k]`` of held-out gold rows, log-loss ``[g]`` on each."""

    plan: Plan
    calibration: Calibration
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
    """What is compared: each method, unlabeled rows and abstentions believed more and less; safest first."""
    full, rows = settings.abstain_weight, settings.pseudo_rows
    more, asked, most, less = (
        Plan(method="anchored", abstain_weight=full, pseudo_rows=rows * times) for times in (3, 1, 10, 1 / 3)
    )
    return (
        more,
        asked,
        most,
        Plan(method="em", abstain_weight=full),
        less,
        Plan(method="naive_bayes", abstain_weight=full),
        Plan(method="em", abstain_weight=full / 2),
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
    return tuple(_trial(some, plan, settings, dealt) for plan in among)


def best(trials: Sequence[Trial]) -> Trial:
    """The first trial that the lowest loss does not beat by a standard error of the paired difference."""
    lowest = min(trials, key=lambda trial: trial.log_loss)
    for trial in trials:
        worse = trial.losses - lowest.losses
        if worse.mean() <= worse.std() / np.sqrt(len(worse)):
            return trial
    return lowest


def _trial(evidence: Evidence, plan: Plan, settings: LabelModelSettings, dealt: Classes) -> Trial:
    classes, shape = evidence.gold_classes, (len(dealt), evidence.classes)
    priors, sums = np.zeros(shape), np.zeros(shape)
    for fold in np.unique(dealt):
        model = fit_plan(evidence.keeping(dealt != fold), plan, settings)
        asked = evidence.codes[evidence.gold_places[dealt == fold]]
        priors[dealt == fold] = np.log(model.balance)
        sums[dealt == fold] = model.scores_of(evidence.layout, asked) - np.log(model.balance)
    held_out = np.zeros(shape)
    calibration = _calibration(evidence, priors, sums, np.full(len(dealt), True), settings)
    for fold in np.unique(dealt):
        here = dealt == fold
        learned = _calibration(evidence, priors, sums, ~here, settings)
        held_out[here] = shares(learned.scores(priors[here], sums[here]))[0]
    losses = -np.log(held_out[np.arange(len(classes)), classes])
    return Trial(plan=plan, calibration=calibration, held_out=held_out, losses=losses)


def _calibration(
    evidence: Evidence,
    priors: Array,
    sums: Array,
    among: NDArray[np.bool_],
    settings: LabelModelSettings,
) -> Calibration:
    if not settings.calibrated:
        return Calibration.none(evidence.classes)
    classes = evidence.gold_classes[among]
    return calibrated(priors[among], sums[among], classes, mirrored=evidence.mirrored)
