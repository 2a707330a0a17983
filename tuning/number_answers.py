"""Which programs come to a question's gold answer: the weak supervision of the number engine's ranker.

TAT-QA answers are figures with a scale, rounded to two places in it; FinQA's are what a program executes to,
whose units are those printed, per cent as fractions or not. A program that comes to the answer by chance is
not one that was meant: where the set names the operands, and some program comes to the answer with them
alone, the others do not count. Leaves learning to ``tuning.numbers``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.metrics.hybrid import SCALES, read_figure
from rag.numbers.mentions import Mention
from rag.numbers.outcomes import Outcomes, outcomes
from rag.numbers.program_features import Candidates
from rag.numbers.programs import KINDS, SEVERAL, Program

Flags = NDArray[np.bool_]

_YEAR = re.compile(r"\s*(?:19|20)\d\d\s*")
_FIGURES = re.compile(r"(?<![\w#])\d[\d,]*(?:\.\d+)?|(?<![\w#])\.\d+")
_EXECUTED = 5e-4
"""Of an executed value: less than what three digits tell apart."""
_LIST = SEVERAL.index("list")
_FRACTIONS = frozenset({"growth", "share", "over 100"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberAnswer:
    """A gold answer: ``values`` of its figures; ``operands`` it is computed from, none if unknown.

    ``executed``: in printed units, per cent perhaps as fractions; else in units of one, where ``scale`` is
    the gold's own, in which two places count.
    """

    values: tuple[float, ...]
    executed: bool
    scale: float = 1.0
    operands: frozenset[Decimal] = frozenset()


def number_answer(row: Mapping[str, Any]) -> NumberAnswer | None:
    """The figures of a line's answer; None where it is no figure, or counts something.

    >>> row = {"dataset": "tatqa", "answer": 12.5, "scale": "percent", "derivation": "(9-8)/8"}
    >>> number_answer({**row, "answer_type": "arithmetic"}).values
    (0.125,)
    """
    if row["dataset"] == "finqa":
        return _executed(row)
    answers = row["answer"] if isinstance(row["answer"], list) else [row["answer"]]
    computed = row["answer_type"] == "arithmetic"
    texts = [str(one) for one in answers]
    read = [_read(text, str(row.get("scale") or "")) for text in texts]
    if row["answer_type"] == "count" or None in read:
        return None
    if not computed and all(map(_YEAR.fullmatch, texts)):
        return None
    values, scales = zip(*(one for one in read if one is not None), strict=True)
    operands = _operands(str(row["derivation"])) if computed else frozenset()
    return NumberAnswer(values=values, executed=False, scale=scales[0], operands=operands)


def right_programs(answer: NumberAnswer | None, made: Candidates) -> dict[str, Flags]:
    """By kind ``[n, operations]``: which programs come to the answer, with its operands where some do."""
    found = outcomes(made.matched.mentions, made.places)
    right = {kind: np.zeros(one.values.shape, dtype=bool) for kind, one in found.items()}
    if answer is None:
        return right
    if len(answer.values) > 1:
        for row, places in enumerate(made.places.sets):
            right["several"][row, _LIST] = _lists(answer, [made.matched.mentions[i] for i in places])
        return right
    right = {kind: _comes_to(answer, one) & made.possible[kind] for kind, one in found.items()}
    right["several"][:, _LIST] = False
    with_operands = {kind: flags & _of_operands(answer, made, kind)[:, None] for kind, flags in right.items()}
    return with_operands if any(flags.any() for flags in with_operands.values()) else right


def answer_of(program: Program, made: Candidates) -> NumberAnswer | None:
    """What a program comes to, as FinQA says answers; None where it is not among those that are made."""
    for kind, operations in KINDS.items():
        places = list(made.places.of(kind))
        if program.operation not in operations or program.operands not in places:
            continue
        found = outcomes(made.matched.mentions, made.places)[kind]
        at = places.index(program.operands), operations.index(program.operation)
        # Its shares are fractions, in which a share and a ratio are the same.
        scale = 100.0 if program.operation in _FRACTIONS else 1.0 if found.percent[at] else found.scale[at]
        value = float(found.values[at] / scale)
        operands = frozenset(abs(made.matched.mentions[place].value) for place in program.operands)
        return (
            NumberAnswer(values=(value,), executed=True, operands=operands) if math.isfinite(value) else None
        )
    return None


def _comes_to(answer: NumberAnswer, found: Outcomes) -> Flags:
    gold, value, percent = answer.values[0], found.values, found.percent
    if answer.executed:
        shown = value / np.where(percent, 1.0, found.scale)
        slack = max(1e-5, _EXECUTED * abs(gold))
        executed: Flags = (np.abs(shown - gold) <= slack) | (np.abs(shown / 100 - gold) <= slack)
        return executed
    said = np.where(percent, np.round(value, 2) * 0.01, np.round(value / found.scale, 2) * found.scale)
    same: Flags = np.abs(said - gold) <= 1e-9 * abs(gold) + 1e-6 * answer.scale
    agreed: Flags = same & (percent == (answer.scale == SCALES["percent"]))
    return agreed


def _lists(answer: NumberAnswer, mentions: Sequence[Mention]) -> bool:
    said = sorted(float(one.value) * (0.01 if one.unit == "percent" else one.scale) for one in mentions)
    gold = sorted(answer.values)
    return len(said) == len(gold) and bool(np.allclose(said, gold, rtol=1e-6))


def _of_operands(answer: NumberAnswer, made: Candidates, kind: str) -> Flags:
    among = [abs(one.value) in answer.operands for one in made.matched.mentions]
    return np.array([all(among[i] for i in places) for places in made.places.of(kind)], dtype=bool)


def _executed(row: Mapping[str, Any]) -> NumberAnswer | None:
    try:
        value = float(row["exe_ans"])
    except ValueError:
        return None
    program = re.sub(r"const_\w+|#\d+", " ", str(row["program"]))
    return NumberAnswer(values=(value,), executed=True, operands=_operands(program))


def _operands(text: str) -> frozenset[Decimal]:
    return frozenset(Decimal(one.replace(",", "")) for one in _FIGURES.findall(text))


def _read(text: str, scale: str) -> tuple[float, float] | None:
    """The value of a text that is one figure, in units of one, and its scale."""
    found = read_figure(text)
    if found is None:
        return None
    value, unit = found
    own = SCALES[unit or scale]
    return round(value, 2) * own, own
