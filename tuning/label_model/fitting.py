"""From votes, and a few gold classes where there are some, to a label model.

Without gold rows the method is ``em``; with a few, ``anchored``; from ``least_gold`` on, the one that gold
rows speak for. Gold is worth having: agreement among functions cannot tell a cluster that repeats itself from
one that is right. Gold rows must not be test rows. Measurements behind the defaults are in
``docs/experiments.md`` (label models).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from numpy.typing import ArrayLike

from tuning.label_model.choice import Trial, best, compared, plans
from tuning.label_model.evidence import Evidence
from tuning.label_model.matrix import Array, LabelError, LabelMatrix
from tuning.label_model.methods import Plan, fit_plan
from tuning.label_model.model import LabelModel
from tuning.label_model.settings import LabelModelSettings, Method

DEFAULTS = LabelModelSettings()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choice:
    """The model of the chosen plan, fitted on all gold rows, and all trials, the lowest loss first."""

    model: LabelModel
    chosen: Trial
    trials: tuple[Trial, ...]

    @property
    def held_out(self) -> Array:
        """``[g, k]``: what the chosen plan said of gold rows without their class; cut labels by this."""
        return self.chosen.held_out

    def table(self) -> str:
        """The trials as lines: plan, log-loss on held-out gold rows, standard error, a star if chosen."""
        width = max(len(trial.plan.name) for trial in self.trials)
        lines = [f"{t.plan.name:<{width}}  {t.log_loss:.4f} ± {t.error:.4f}" for t in self.trials]
        starred = zip(lines, self.trials, strict=True)
        return "\n".join(line + " *" * (trial is self.chosen) for line, trial in starred)


def fit(
    matrix: LabelMatrix,
    gold: ArrayLike | None = None,
    settings: LabelModelSettings = DEFAULTS,
    start: LabelModel | None = None,
) -> LabelModel:
    """A label model of votes.

    Args:
        matrix: votes ``[n, m]``.
        gold: classes ``[n]``, -1 where nobody judged.
        settings: method, priors, limits.
        start: a model fitted before, from whose parameters the fit goes on; functions may have come or gone.

    Raises:
        LabelError: gold, votes and settings do not fit together, or the method needs gold that is missing.
    """
    evidence = Evidence.of(matrix, gold)
    judged = len(evidence.gold_classes)
    if judged >= settings.least_gold:
        return _best(evidence, settings, start).model
    method = settings.method if settings.method != "choose" else "anchored" if judged else "em"
    return fit_plan(evidence, plan_of(method, settings), settings, start)


def choose(
    matrix: LabelMatrix,
    gold: ArrayLike,
    settings: LabelModelSettings = DEFAULTS,
    start: LabelModel | None = None,
) -> Choice:
    """Compare all methods on gold rows and fit the best; see ``fit``.

    Raises:
        LabelError: gold does not fit the votes, or has fewer rows than there are folds.
    """
    evidence = Evidence.of(matrix, gold)
    if len(evidence.gold_classes) < settings.folds:
        raise LabelError(
            f"{len(evidence.gold_classes)} gold rows for {settings.folds} folds",
            "judge more rows, or name a method",
        )
    return _best(evidence, settings, start)


def plan_of(method: Method, settings: LabelModelSettings) -> Plan:
    """The plan of a method as the settings have it."""
    if method == "majority":
        return Plan(method=method)
    rows = settings.pseudo_rows if method == "anchored" else 0.0
    return Plan(method=method, abstain_weight=settings.abstain_weight, pseudo_rows=rows)


def _best(evidence: Evidence, settings: LabelModelSettings, start: LabelModel | None) -> Choice:
    among = plans(settings) if settings.method == "choose" else (plan_of(settings.method, settings),)
    trials = compared(evidence, among, settings)
    chosen = best(trials)
    ordered = tuple(sorted(trials, key=lambda trial: trial.log_loss))
    model = fit_plan(evidence, chosen.plan, settings, start)
    rows = [{"plan": t.plan.name, "log_loss": t.log_loss, "error": t.error} for t in ordered]
    model = replace(model, calibration=chosen.calibration, facts={**model.facts, "choice": rows})
    return Choice(model=model, chosen=chosen, trials=ordered)
