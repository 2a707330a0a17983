"""A program over figures as an answer: its formula, exact value, text and derivation, cited figure by figure.

Leaves which program is meant to ``ranker``, the check that the answer holds to ``checking``.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import islice

from rag.numbers.formula import FormulaError, evaluate, operand_names
from rag.numbers.mentions import Mention
from rag.numbers.programs import Program
from rag.numbers.reading import decimals_asked, dollars_asked
from rag.numbers.rounding import decimals_of, in_dollars, printed, rounded
from rag.types import Candidate, Derivation, Operand

_DECIMALS = 2
_SIGNIFICANT = 3
_MOST_DECIMALS = 6
_AS_PRINTED = frozenset({"lookup", "list", "most", "least"})
_PERCENT = frozenset({"growth", "share", "points", "over 100"})
PARTS = "; "
"""Between the figures of an answer that has several, and between their formulas."""


def computed(question: str, program: Program, mentions: Sequence[Mention], score: float) -> Candidate:
    """The candidate of a program.

    Raises:
        FormulaError: it divides by zero.
    """
    figures = _figures(program, mentions)
    names = list(islice(operand_names(), len(figures)))
    amounts = {name: one.amount for name, one in zip(names, figures, strict=True)}
    formulas = _formulas(program, figures, names)
    values = [evaluate(formula, amounts) for formula in formulas]
    operands = tuple(
        Operand(name=name, label=one.printed, period=one.period, text=one.text, amount=one.amount)
        for name, one in zip(names, figures, strict=True)
    )
    shown = [[one] for one in figures] if len(formulas) > 1 else [figures]
    texts = [_text(question, program, value, own) for value, own in zip(values, shown, strict=True)]
    return Candidate(
        text=PARTS.join(texts),
        score=score,
        supports=tuple(one.support for one in figures),
        derivation=Derivation(
            name=program.operation, formula=PARTS.join(formulas), operands=operands, value=values[0]
        ),
    )


def _figures(program: Program, mentions: Sequence[Mention]) -> list[Mention]:
    figures = [mentions[place] for place in program.operands]
    if program.operation == "most":
        return [max(figures, key=lambda one: one.amount)]
    if program.operation == "least":
        return [min(figures, key=lambda one: one.amount)]
    return figures


def _formulas(program: Program, figures: Sequence[Mention], names: Sequence[str]) -> list[str]:
    percent = [one.unit == "percent" for one in figures]
    match program.operation:
        case "lookup" | "most" | "least" | "list":
            return list(names)
        case "over 100":
            return ["a - 100"]
        case "difference" | "points":
            return ["a - b"]
        case "growth":
            return ["((a - b) / b) * 100"]
        case "share":
            return ["(a / b) * 100"]
        case "ratio":
            return ["(a / b) * 100" if percent == [False, True] else "a / b"]
        case "product":
            return ["(a * b) / 100" if any(percent) else "a * b"]
        case "sum":
            return [" + ".join(names)]
        case "average":
            return [f"({' + '.join(names)}) / {len(names)}"]
    raise FormulaError(f"no formula for {program.operation}")


def _text(question: str, program: Program, value: Decimal, figures: Sequence[Mention]) -> str:
    """The value as an answer says it: rounded as asked, with its scale, unit and sign."""
    operation, asked = program.operation, decimals_asked(question)
    shown = max(decimals_of(one.text) for one in figures)
    if _is_percent(program, figures):
        decimals = shown if operation in _AS_PRINTED or operation in {"difference", "sum"} else _fine(value)
        return f"{rounded(value, decimals if asked is None else asked)}%"
    scale = max(one.scale for one in figures)
    if operation == "ratio":
        over_percent = [one.unit == "percent" for one in figures] == [False, True]
        scale = scale if over_percent else 1
    decimals = (
        shown if operation in _AS_PRINTED or operation in {"difference", "sum"} else _fine(value / scale)
    )
    money = operation != "ratio" and any(one.unit == "money" for one in figures)
    dollars = money and in_dollars((one.currency for one in figures), asked=dollars_asked(question))
    return printed(value, scale, decimals if asked is None else asked, dollars=dollars)


def _is_percent(program: Program, figures: Sequence[Mention]) -> bool:
    percent = [one.unit == "percent" for one in figures]
    return program.operation in _PERCENT or (program.operation != "ratio" and all(percent))


def _fine(value: Decimal) -> int:
    """Decimals of what is no plain sum: two, more for what would lose its digits.

    >>> _fine(Decimal("12.3456")), _fine(Decimal("0.012345"))
    (2, 4)
    """
    if not value:
        return _DECIMALS
    return min(max(_DECIMALS, _SIGNIFICANT - 1 - value.adjusted()), _MOST_DECIMALS)
