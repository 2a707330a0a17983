"""The methods by which votes become a label model.

=========== =============================================================================================
majority    each vote multiplies the odds of its class by the same factor
em          agreement among functions alone; gold rows give no more than the balance
anchored    gold rows and agreement, where all unlabeled rows together count as a few per gold row; the
            balance is learned from both as the rest is
naive_bayes gold rows alone
=========== =============================================================================================

All but majority know that functions repeat each other: weights are measured first whatever the class, then
within the classes that a fit on every so many-th row finds, until they settle: the first weights are too low,
since functions that are merely right seem to repeat each other. The last fit is on all rows. A model
fitted before can be the start instead, for one round. Leaves the choice among methods to
``tuning.label_model.choice``.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from tuning.label_model.calibration import Calibration
from tuning.label_model.emissions import affinity, prior_rows
from tuning.label_model.evidence import Evidence
from tuning.label_model.expectation import Problem, Solution, maximised, shares, weighed
from tuning.label_model.matrix import Array, LabelError
from tuning.label_model.model import LabelModel
from tuning.label_model.patterns import Tables
from tuning.label_model.redundancy import association, family_share, weights
from tuning.label_model.settings import LabelModelSettings, Method

_VOTE = log(0.7 / 0.3)
"""What a vote adds to the log-odds of its class where nothing is known: it is right seven times in ten."""
_SETTLED = 0.005
"""Weights that all change by less are measured no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A method with what it needs to know."""

    method: Method
    abstain_weight: float = 1.0
    pseudo_rows: float = 0.0

    @property
    def name(self) -> str:
        """For tables: what sets it apart.

        >>> Plan(method="anchored", pseudo_rows=3, abstain_weight=0.5).name
        'anchored, 3 per gold row, abstentions 0.5'
        """
        parts = [self.method.replace("_", " ")]
        if self.method == "anchored":
            parts.append(f"{self.pseudo_rows:g} per gold row")
        if self.abstain_weight != 1:
            parts.append(f"abstentions {self.abstain_weight:g}")
        return ", ".join(parts)


def fit_plan(
    evidence: Evidence, plan: Plan, settings: LabelModelSettings, start: LabelModel | None = None
) -> LabelModel:
    """The label model that a plan makes of the evidence.

    Raises:
        LabelError: the plan needs gold rows and there are none; or the balance is of other classes.
    """
    if plan.method in ("anchored", "naive_bayes") and not len(evidence.gold_classes):
        raise LabelError(f"{plan.method} needs gold rows", "judge some rows, or take method em or majority")
    balance = _known_balance(evidence, settings)
    if plan.method == "majority":
        even = np.full(evidence.classes, 1 / evidence.classes)
        return _majority(evidence, even if balance is None else balance)
    fit = _Fit(evidence, plan, settings, balance)
    solution, weighing = fit.run(start)
    return LabelModel(
        method=plan.method,
        functions=evidence.functions,
        classes=evidence.classes,
        mirrored=evidence.mirrored,
        balance=solution.balance,
        calibration=Calibration.none(evidence.classes),
        evidence=solution.evidence,
        weights=weighing,
        facts={
            "plan": plan.name,
            "rows": int(evidence.counts.sum()),
            "gold": len(evidence.gold_classes),
            "iterations": len(solution.objectives),
        },
    )


class _Fit:
    """One fit: what stays the same from round to round."""

    def __init__(
        self, evidence: Evidence, plan: Plan, settings: LabelModelSettings, balance: Array | None
    ) -> None:
        self._all, self._some = evidence, evidence.thinned(settings.choice_rows)
        self._plan, self._settings, self._balance = plan, settings, balance
        told = evidence.mirrored or settings.balance is not None
        self._learned = not told and (balance is None or plan.method == "anchored")
        self._affinities = tuple(affinity(f, evidence.classes) for f in evidence.functions)
        self._families = family_share(self._some)

    def run(self, start: LabelModel | None) -> tuple[Solution, Array]:
        """The solution on all rows, and the functions' weights ``[m]``."""
        some = self._some
        if start is None:
            weighing = self._weights(np.ones((len(some.codes), 1)), self._affinities)
            posterior = self._posterior(some, self._affinities, weighing, self._start_balance())
        else:
            tables, weighing = self._from(start)
            posterior = self._posterior(some, tables, weighing, start.balance)
            weighing = self._weights(posterior, tables)
        solution = self._solve(some, weighing, posterior)
        again = self._settings.tempered and start is None
        for _ in range(self._settings.rounds - 1 if again else 0):
            former, weighing = weighing, self._weights(solution.posterior, solution.evidence)
            solution = self._solve(some, weighing, solution.posterior)
            if np.abs(weighing - former).max() < _SETTLED:
                break
        if some is not self._all:
            posterior = self._posterior(self._all, solution.evidence, weighing, solution.balance)
            solution = self._solve(self._all, weighing, posterior)
        return solution, weighing

    def _solve(self, evidence: Evidence, weighing: Array, posterior: Array) -> Solution:
        gold, settings = evidence.gold(), self._settings
        unlabeled = evidence.counts - gold.sum(axis=1)
        if self._plan.method == "em":
            gold, unlabeled = np.zeros_like(gold), evidence.counts
        else:
            rows = self._plan.pseudo_rows * gold.sum() if self._plan.method == "anchored" else 0.0
            unlabeled = unlabeled * (rows / max(unlabeled.sum(), 1.0))
        seen = evidence.layout.counts(evidence.codes, evidence.counts[:, None])
        problem = Problem(
            evidence=evidence,
            gold=gold,
            unlabeled=unlabeled,
            prior=prior_rows(
                self._affinities,
                tuple(table[:, 0] for table in seen),
                strength=settings.prior_strength,
                better_than_chance=settings.better_than_chance,
            ),
            weights=weighing,
            abstain_weight=self._plan.abstain_weight,
            balance=self._start_balance(),
            balance_rows=_added(evidence.classes, settings) if self._learned else None,
        )
        return maximised(problem, posterior, iterations=settings.iterations, tolerance=settings.tolerance)

    def _weights(self, posterior: Array, tables: Tables) -> Array:
        if not self._settings.tempered:
            return np.ones(len(self._affinities))
        return weights(association(self._some, posterior, tables), self._families)

    def _start_balance(self) -> Array:
        even = np.full(self._all.classes, 1 / self._all.classes)
        return even if self._balance is None else self._balance

    def _from(self, start: LabelModel) -> tuple[Tables, Array]:
        """A former model's tables and weights; functions that are new to it start from prior knowledge."""
        if (start.classes, start.mirrored) != (self._all.classes, self._all.mirrored):
            raise LabelError("the model to start from is of other classes", "start without one")
        known = dict(zip(start.functions, zip(start.evidence, start.weights, strict=True), strict=True))
        pairs = zip(self._all.functions, self._affinities, strict=True)
        found = [known.get(function, (table, 1.0)) for function, table in pairs]
        return tuple(table for table, _ in found), np.array([weight for _, weight in found])

    @staticmethod
    def _posterior(evidence: Evidence, tables: Tables, weighing: Array, balance: Array) -> Array:
        return shares(np.log(balance) + evidence.layout.sums(evidence.codes, weighed(tables, weighing)))[0]


def _known_balance(evidence: Evidence, settings: LabelModelSettings) -> Array | None:
    """The shares of the classes where something says what they are: pairs, the settings, gold rows."""
    if evidence.mirrored:
        return np.array([0.5, 0.5])
    if settings.balance is not None:
        if len(settings.balance) != evidence.classes:
            raise LabelError(
                f"a balance of {len(settings.balance)} for {evidence.classes} classes", "name all"
            )
        return np.array(settings.balance)
    if not len(evidence.gold_classes):
        return None
    rows = np.bincount(evidence.gold_classes, minlength=evidence.classes) + _added(evidence.classes, settings)
    known: Array = rows / rows.sum()
    return known


def _added(classes: int, settings: LabelModelSettings) -> Array:
    return np.full(classes, settings.balance_strength / classes)


def _majority(evidence: Evidence, balance: Array) -> LabelModel:
    tables = tuple(affinity(f, evidence.classes) for f in evidence.functions)
    return LabelModel(
        method="majority",
        functions=evidence.functions,
        classes=evidence.classes,
        mirrored=evidence.mirrored,
        balance=balance,
        calibration=Calibration.none(evidence.classes),
        evidence=tuple(_VOTE * table for table in tables),
        weights=np.ones(len(tables)),
        facts={
            "plan": "majority",
            "rows": int(evidence.counts.sum()),
            "gold": len(evidence.gold_classes),
        },
    )
