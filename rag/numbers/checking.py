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

GREATER, LESS = "greater", "less"
"""Names of derivations whose answer is whether their first operand is so."""
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = re.compile(
    r"\b(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?"
    r"|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DAY = re.compile(r"\b(\d{1,2})\b")
_NEGATIVE = re.compile(r"[-−]|\([$€£]?\d")


def holds(text: str, derivation: Derivation, quotes: Sequence[str]) -> bool:
    """Whether each operand stands in its quote as printed, and ``text`` says what they come to."""
    if len(quotes) != len(derivation.operands):
        return False
    if not all(
        (_whole(one.text, quote) if _MONTH.search(one.text) else _printed(one.text, quote))
        and _same_digits(one.text, one.amount)
        for one, quote in zip(derivation.operands, quotes, strict=True)
    ):
        return False
    amounts = {one.name: one.amount for one in derivation.operands}
    if derivation.among:
        return _stands_out(text, derivation)
    formulas, texts = derivation.formula.split(PARTS), text.split(PARTS)
    try:
        values = [evaluate(formula, amounts) for formula in formulas]
    except FormulaError:
        return False
    if values[0] != derivation.value or len(values) != len(texts):
        return False
    if derivation.name in (GREATER, LESS):
        return _agrees(text, derivation.name, values[0])
    return all(map(_says, texts, values))


def stated(printed: str) -> Decimal | None:
    """The amount that a value states, its scale word counted in; of a date year, month, day as one number.

    None where it has no figure.

    >>> stated("U.S.$1.5 million"), stated("18 May 2027"), stated("thirty (30) days"), stated("ten days")
    (Decimal('1500000.0'), Decimal('20270518'), Decimal('30'), None)
    """
    month = _MONTH.search(printed)
    if month is not None:
        year, day = _YEAR.search(printed), _DAY.search(printed)
        if year is None or day is None:
            return None
        place = _MONTHS.index(month[1][:3].lower()) + 1
        return Decimal(f"{year[0]}{place:02}{int(day[1]):02}")
    number = _NUMBER.search(printed)
    if number is None:
        return None
    scale = next((scale for name, scale in SCALES.items() if re.search(rf"\b{name}\b", printed.lower())), 1)
    value = Decimal(number[0].replace(",", "")) * scale
    return -value if _NEGATIVE.match(printed.strip()) else value


def _stands_out(text: str, derivation: Derivation) -> bool:
    """Whether the operand of the name that is the answer is the most or the least, and no other is."""
    amounts = [one.amount for one in derivation.operands]
    if any(stated(one.text) != one.amount for one in derivation.operands):
        return False
    if len(derivation.among) != len(amounts) or derivation.among.count(text) != 1:
        return False
    own = amounts[derivation.among.index(text)]
    extreme = {"most": max, "least": min}.get(derivation.name)
    return extreme is not None and own == extreme(amounts) == derivation.value and amounts.count(own) == 1


def _printed(figure: str, quote: str) -> bool:
    """Whether a figure stands in a quote, whole: "577" does not stand in "1,577".

    >>> _printed("(577)", "Loss  (577)  12"), _printed("577", "Loss 1,577")
    (True, False)
    """
    number = _NUMBER.search(figure)
    return number is not None and number[0] in _NUMBER.findall(quote)


def _whole(date: str, quote: str) -> bool:
    return " ".join(date.split()) in " ".join(quote.split())


def _same_digits(figure: str, amount: Decimal) -> bool:
    if _MONTH.search(figure):
        return stated(figure) == amount
    number = _NUMBER.search(figure)
    return number is not None and _digits(Decimal(number[0].replace(",", ""))) == _digits(amount)


def _digits(value: Decimal) -> str:
    """The digits that count: of 1,577 and 1,577,000,000 the same."""
    return f"{abs(value):f}".replace(".", "").strip("0")


def _agrees(text: str, name: str, difference: Decimal) -> bool:
    """Whether yes or no is what a difference says; of equals neither is greater.

    >>> _agrees("Yes", GREATER, Decimal(2)), _agrees("No", LESS, Decimal(0)), _agrees("Yes", LESS, Decimal(2))
    (True, True, False)
    """
    return text == ("Yes" if (difference > 0 if name == GREATER else difference < 0) else "No")


def _says(text: str, value: Decimal) -> bool:
    """Whether the number in a text is the value, rounded to its last place, with its sign."""
    number = _NUMBER.search(text)
    if number is None or (value < 0) != text.startswith("-"):
        return False
    said = Decimal(number[0].replace(",", ""))
    scale = next((scale for name, scale in SCALES.items() if name in text), 1)
    half = Decimal(scale) * Decimal(1).scaleb(said.as_tuple().exponent) / 2  # type: ignore[arg-type] # finite
    return abs(said * scale - abs(value)) <= half
