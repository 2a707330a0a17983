"""Answers put together from the values of several questions: which is more, how much, all of it, a share.

The values of each part are what the evidence for it holds most likely. Of those that can be put together each
choice gives an answer, and an answer is as sure as all choices that come to it: which of two is more may be
sure where the values are not. The likeliest is taken, with the values that make it likeliest. Every operand
is cited. Leaves taking a question apart to ``rag.parts``, single values to ``rag.generator.valued``.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from itertools import islice, product
from math import prod

from rag.fingerprints import fingerprint
from rag.generator.valued.features import describe
from rag.generator.valued.model import RankedValue, ValueModel
from rag.numbers.checking import stated
from rag.numbers.formula import FormulaError, evaluate, operand_names
from rag.numbers.rounding import decimals_of, rounded
from rag.parts import Plan
from rag.prompt import Prompt
from rag.types import Candidate, Derivation, Operand

LEAST = 0.2
"""From which probability that all operands are right a figure is given: set on tuning deals."""
LEAST_CHOICE = 0.4
"""The same for which of several is most: wrong operands may be in the same order."""
_TRIED = 4
"""Values tried for each part, at most."""
_CHOICES = 1_024
"""Choices of values looked at for a question, at most: with more parts each has fewer values."""
_VERSION = 4


class Composer:
    """One candidate at most for a question that was taken apart."""

    def __init__(self, model: ValueModel) -> None:
        self._model = model

    @property
    def fingerprint(self) -> str:
        """Identity of the algorithm and of what chooses values."""
        return fingerprint({"composed": _VERSION, "values": self._model.fingerprint})

    def propose(self, plan: Plan, prompts: Sequence[Prompt]) -> tuple[Candidate, ...]:
        """The likeliest answer from values of the parts; ``prompts`` are theirs, in their order."""
        tried = tried_of(len(prompts))
        ranked = [self._model.rank(*describe(prompt), limit=tried) for prompt in prompts]
        choices = sorted(
            (choice for choice in product(*ranked) if _fits(plan, choice)),
            key=lambda choice: -prod(one.probability for one in choice),
        )
        found: dict[str, Candidate] = {}
        for choice in choices:
            with suppress(FormulaError):
                made = _candidate(plan, choice)
                likelier = found.get(made.text)
                found[made.text] = replace(likelier, score=likelier.score + made.score) if likelier else made
        best = max(found.values(), key=lambda candidate: candidate.score, default=None)
        return () if best is None else (best,)


def tried_of(parts: int) -> int:
    """How many values are tried for each of so many parts: what a question costs is bounded.

    >>> [tried_of(parts) for parts in (2, 5, 6, 7, 10, 11, 100)]
    [4, 4, 3, 2, 2, 1, 1]
    """
    return max((tried for tried in range(1, _TRIED + 1) if tried**parts <= _CHOICES), default=1)


def _fits(plan: Plan, choice: Sequence[RankedValue]) -> bool:
    """Whether values can be put together: of one kind and unit, none of them the same figure twice."""
    values = [one.found.value for one in choice]
    kinds = [value.kind for value in values]
    if any(kind in ("section", "rating") for kind in kinds):
        return False
    if len({(one.found.chunk.id, one.found.value.start) for one in choice}) < len(choice):
        return False
    if plan.operation == "accrued":
        return kinds == ["amount", "percent"]
    if plan.operation in ("sum", "share", "difference") and "date" in kinds:
        return False
    return len(set(kinds)) == 1 and len({value.unit for value in values}) == 1


def _candidate(plan: Plan, choice: Sequence[RankedValue]) -> Candidate:
    """The answer of a plan with these values.

    Raises:
        FormulaError: a value has no figure, or it is divided by zero.
    """
    names = list(islice(operand_names(), len(choice)))
    operands = []
    for name, part, one in zip(names, plan.parts, choice, strict=True):
        amount = stated(one.found.text)
        if amount is None:
            raise FormulaError(f"{one.found.text!r} has no figure")
        operands.append(
            Operand(name=name, label=part.question, period="", text=one.found.text, amount=amount)
        )
    formula = _formula(plan, names)
    amounts = {one.name: one.amount for one in operands}
    among = tuple(part.name for part in plan.parts) if plan.operation in ("most", "least") else ()
    if among:
        best = (max if plan.operation == "most" else min)(operands, key=lambda one: one.amount)
        if sum(one.amount == best.amount for one in operands) > 1:
            raise FormulaError("they are equal")
        text, value = among[operands.index(best)], best.amount
    else:
        value = evaluate(formula, amounts)
        if plan.unsigned and value < 0:
            formula, value = " - ".join(reversed(names)), -value
        text = _rendered(plan, value, [one.found.text for one in choice], choice[0].found.value.unit)
    return Candidate(
        text=text,
        score=prod(one.probability for one in choice),
        supports=tuple(one.found.support for one in choice),
        derivation=Derivation(
            name=plan.operation, formula=formula, operands=tuple(operands), value=value, among=among
        ),
        least=LEAST_CHOICE if among else LEAST,
    )


def _formula(plan: Plan, names: Sequence[str]) -> str:
    match plan.operation:
        case "sum":
            return " + ".join(names)
        case "difference":
            return f"{names[0]} - {names[1]}"
        case "share":
            return f"{names[0]} / {names[1]} * 100"
        case "accrued":
            rate, days = plan.numbers
            return f"{names[0]} * ({names[1]} + {rate}) * {days} / 36000"
        case _:
            return "; ".join(names)


def _rendered(plan: Plan, value: Decimal, printed: Sequence[str], unit: str) -> str:
    """The result as its operands are printed: their decimals, their currency or per cent, their unit."""
    if plan.operation == "share":
        return f"{rounded(value, 2)}%"
    if plan.operation == "accrued":
        return _money(value, 2, printed)
    decimals = max(decimals_of(text) for text in printed)
    if "%" in printed[0] or "per cent" in printed[0].lower() or "percent" in printed[0].lower():
        return f"{rounded(value, decimals)}%"
    if unit:
        return f"{rounded(value, decimals)} {unit}"
    return _money(value, decimals, printed)


def _money(value: Decimal, decimals: int, printed: Sequence[str]) -> str:
    """With the currency of the first operand printed with one: columns often mark their first row only."""
    sign = "-" if value < 0 else ""
    marks = {"$": "$", "€": "€", "£": "£", "USD": "USD ", "EUR": "EUR ", "GBP": "GBP "}
    mark = next((marks[one] for text in printed for one in marks if one in text), "")
    return f"{sign}{mark}{abs(value):,.{decimals}f}"
