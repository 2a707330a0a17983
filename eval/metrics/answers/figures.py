"""Numbers as answers: which of an answer's values is its answer, and whether it is gold's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eval.metrics.answers.statements import concludes, sentences
from eval.metrics.numbers import Quantity, find_quantities, same_quantity
from eval.metrics.text import exact_match

_WORKED = re.compile(r"[=≈]")
_CALCULATED = re.compile(
    r"\b(?:average|ratio|margins?|growth|turnover|days|(?<!interest )rate of|percent(?:age)? of"
    r"|as a %|% of|change in|calculat\w+|comput\w+|round\w*|approximat\w+|cagr|yield|return on)\b"
    r"|%\s*(?:margin|of)",
    re.IGNORECASE,
)


def calculated(question: str) -> bool:
    """True where a question asks for a value that has to be worked out, so that roundings add up.

    >>> calculated("What is the three year average margin?"), calculated("What is the interest rate?")
    (True, False)
    """
    return _CALCULATED.search(question) is not None


def same_number(given: str, gold: str, hint: float | None, question: str = "") -> bool:
    """True where the value an answer states is gold's.

    That is its first value of gold's sort (per cent, money), or what it comes to: the last value of the
    last sentence that concludes, or of a worked derivation.

    >>> same_number("24,576 / 7,110.5 is asked for. Therefore, the ratio is 3.46.", "3.46", None)
    True
    >>> same_number("The rates are 3.10%, 4.25% and 5.00%.", "4.25%", None)
    False
    """
    wanted = find_quantities(gold, years=True)
    if not wanted:
        return exact_match(given, gold) == 1.0
    years = re.fullmatch(r"(?:19|20)\d\d", gold.strip()) is not None
    stated = stated_value(given, wanted[0], years=years)
    return stated is not None and same_quantity(stated, wanted[0], hint, calculated=calculated(question))


def holds_number(
    given: Sequence[Quantity], gold: Quantity, hint: float | None, *, worked: bool = False
) -> bool:
    """True where some value is gold's."""
    return any(same_quantity(value, gold, hint, calculated=worked) for value in given)


def stated_value(text: str, wanted: Quantity, *, years: bool = False) -> Quantity | None:
    """The value that an answer may be taken to state, of the sort of ``wanted``; None where it has no value.

    >>> stated_value("Revenue was $5; margin = 1 / 5 = 20%", find_quantities("21%")[0]).numeral
    20.0
    """
    for unit in reversed(sentences(text)):
        found = find_quantities(unit, years=years) if concludes(unit) else []
        if found:
            return _of_sort(found[::-1], wanted)
    found = find_quantities(text, years=years)
    if not found:
        return None
    return _of_sort(found[::-1] if _WORKED.search(text) else found, wanted)


def _of_sort(found: Sequence[Quantity], wanted: Quantity) -> Quantity:
    """The first value printed as ``wanted`` is (per cent, money), or else the first of all."""

    def fits(quantity: Quantity) -> bool:
        return quantity.percent if wanted.percent else bool(wanted.currency and quantity.currency)

    return next((quantity for quantity in found if fits(quantity)), found[0])
