"""The steps of the waterfalls: the indenture's clauses and the report's lines are made from one list."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from eval.sample.terms import DealTerms

StepKind = Literal[
    "taxes", "expenses", "senior_fee", "hedge", "interest", "test", "deferred", "diversion",
    "subordinated_fee", "excess", "incentive", "residual", "principal", "reinvest", "cure",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One clause: its kind and the classes it concerns ("A-1" or "A/B"), empty where none."""

    kind: StepKind
    classes: str = ""


_WORDING: dict[str, str] = {
    "taxes": "to the payment of taxes and governmental fees owing by the {ISSUER}, if any",
    "expenses": "to the payment of accrued and unpaid Administrative Expenses, "
    "[in the order of priority set out in the definition thereof|in the priority stated in that definition], "
    "up to the {AEC}",
    "senior_fee": "to the payment of the accrued and unpaid {SMF} to the {CM}",
    "hedge": "to the payment of any amounts due to a Hedge Counterparty under a Hedge Agreement "
    "other than termination payments resulting from its default",
    "interest": "to the payment of accrued and unpaid interest on the Class {classes} Notes",
    "deferred": "to the payment of any Deferred Interest on the Class {classes} Notes",
    "test": "if either of the Class {classes} Coverage Tests is not satisfied on the related {DD}, "
    "to make payments in accordance with the Note Payment Sequence to the extent necessary to cause "
    "all such tests to be met on a pro forma basis",
    "diversion": "if the Interest Diversion Test is not satisfied, to the deposit required by {#diversion}",
    "subordinated_fee": "to the payment of the accrued and unpaid {SUBF} to the {CM}",
    "excess": "to the payment of any Administrative Expenses not paid pursuant to clause (B) above "
    "due to the limitation contained therein",
    "incentive": "to the payment to the {CM} of the Incentive Fee, if the Incentive Hurdle has been reached",
    "residual": "any remaining proceeds shall be paid to the Holders of the {SN}",
    "reinvest": "during the {RP}, to the purchase of additional {CO}s, or to the Collection Account "
    "pending such purchase",
    "principal": "to the payment of principal of the Class {classes} Notes until paid in full",
    "cure": "to pay the amounts referred to in clauses (A) through (C) of {#interest_waterfall}, "
    "to the extent not paid in full thereunder",
}


def wording(step: Step) -> str:
    """The clause's text, with gaps for the firm's words."""
    return _WORDING[step.kind].replace("{classes}", step.classes) + (";" if step.kind != "residual" else ".")


def interest_steps(terms: DealTerms) -> tuple[Step, ...]:
    """The interest waterfall: senior costs, each class followed by its tests, the manager, the residual."""
    steps = [Step("taxes"), Step("expenses"), Step("senior_fee")]
    if "hedge" in terms.features:
        steps.append(Step("hedge"))
    tested = {test.classes.split("/")[-1]: test.classes for test in terms.coverage}
    for letter, group in groupby(terms.secured, key=lambda t: t.letter):
        for tranche in group:
            steps.append(Step("interest", tranche.label))
            if letter in "CDEF":
                steps.append(Step("deferred", tranche.label))
        if letter in tested:
            steps.append(Step("test", tested[letter]))
    if "diversion" in terms.features:
        steps.append(Step("diversion"))
    steps += [Step("subordinated_fee"), Step("excess")]
    if "incentive" in terms.features:
        steps.append(Step("incentive"))
    return (*steps, Step("residual"))


def principal_steps(terms: DealTerms) -> tuple[Step, ...]:
    """The principal waterfall: shortfalls, tests, reinvestment, then the classes in order."""
    steps = [Step("cure"), *(Step("test", test.classes) for test in terms.coverage), Step("reinvest")]
    steps += [Step("principal", tranche.label) for tranche in terms.secured]
    return (*steps, Step("subordinated_fee"), Step("excess"), Step("residual"))


def acceleration_steps(terms: DealTerms) -> tuple[Step, ...]:
    """The waterfall after acceleration: interest and principal of each class before the next."""
    steps = [Step("taxes"), Step("expenses"), Step("senior_fee")]
    for tranche in terms.secured:
        steps += [Step("interest", tranche.label), Step("principal", tranche.label)]
    return (*steps, Step("subordinated_fee"), Step("excess"), Step("residual"))


def clause_letter(index: int) -> str:
    """The letter of a clause by its 0-based place.

    >>> clause_letter(0), clause_letter(26)
    ('(A)', '(AA)')
    """
    times, place = divmod(index, 26)
    return f"({chr(ord('A') + place) * (times + 1)})"
