"""Whether a computed answer holds: its operands are printed where it says, and its arithmetic gives it.

Made anew from the citations, not from what the engine remembers. Leaves what happens if not to
``rag.pipeline``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from rag.numbers.computed import PARTS
from rag.numbers.formula import FormulaError, evaluate
from rag.numbers.reading import SCALES
from rag.types import Derivation

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def holds(text: str, derivation: Derivation, quotes: Sequence[str]) -> bool:
    """Whether each operand stands in its quote as printed, and ``text`` says what they come to."""
    if len(quotes) != len(derivation.operands):
        return False
    if not all(
        _printed(one.text, quote) and _same_digits(one.text, one.amount)
        for one, quote in zip(derivation.operands, quotes, strict=True)
    ):
        return False
    amounts = {one.name: one.amount for one in derivation.operands}
    formulas, texts = derivation.formula.split(PARTS), text.split(PARTS)
    try:
        values = [evaluate(formula, amounts) for formula in formulas]
    except FormulaError:
        return False
    if values[0] != derivation.value or len(values) != len(texts):
        return False
    return all(map(_says, texts, values))


def _printed(figure: str, quote: str) -> bool:
    """Whether a figure stands in a quote, whole: "577" does not stand in "1,577".

    >>> _printed("(577)", "Loss  (577)  12"), _printed("577", "Loss 1,577")
    (True, False)
    """
    number = _NUMBER.search(figure)
    return number is not None and number[0] in _NUMBER.findall(quote)


def _same_digits(figure: str, amount: Decimal) -> bool:
    number = _NUMBER.search(figure)
    return number is not None and _digits(Decimal(number[0].replace(",", ""))) == _digits(amount)


def _digits(value: Decimal) -> str:
    """The digits that count: of 1,577 and 1,577,000,000 the same."""
    return f"{abs(value):f}".replace(".", "").strip("0")


def _says(text: str, value: Decimal) -> bool:
    """Whether the number in a text is the value, rounded to its last place, with its sign."""
    number = _NUMBER.search(text)
    if number is None or (value < 0) != text.startswith("-"):
        return False
    said = Decimal(number[0].replace(",", ""))
    scale = next((scale for name, scale in SCALES.items() if name in text), 1)
    half = Decimal(scale) * Decimal(1).scaleb(said.as_tuple().exponent) / 2  # type: ignore[arg-type] # finite
    return abs(said * scale - abs(value)) <= half
