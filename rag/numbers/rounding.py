"""Figures as people round and print them: decimals, scale, sign and currency.

Leaves what scale and how many decimals an answer has to those who render it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from rag.numbers.reading import SCALES

_NAMES = {scale: f" {name}" for name, scale in SCALES.items()}


def decimals_of(text: str) -> int:
    """To how many decimals a figure is printed.

    >>> decimals_of("$ 1,577"), decimals_of("(0.15)")
    (0, 2)
    """
    behind = re.search(r"\d?\.(\d+)", text)
    return len(behind[1]) if behind else 0


def rounded(value: Decimal, decimals: int) -> str:
    """Half away from zero, as people round; thousands apart.

    >>> rounded(Decimal("1234.565"), 2)
    '1,234.57'
    """
    step = Decimal(1).scaleb(-decimals)
    return f"{value.quantize(step, rounding=ROUND_HALF_UP):,}"


def in_dollars(currencies: Iterable[str], *, asked: bool) -> bool:
    """Whether an amount is one of dollars: as printed; where no sign is, as many statements do, as asked.

    >>> in_dollars(["USD", ""], asked=False), in_dollars([""], asked=True), in_dollars(["EUR"], asked=True)
    (True, True, False)
    """
    known = set(currencies) - {""}
    return known == {"USD"} or (not known and asked)


def printed(value: Decimal, scale: int, decimals: int, *, dollars: bool) -> str:
    """A value in units of one, in a scale: "-$1.5 million".

    >>> printed(Decimal(-1_500_000), 10**6, 1, dollars=True), printed(Decimal(1234), 1, 0, dollars=False)
    ('-$1.5 million', '1,234')
    """
    minus, sign = "-" if value < 0 else "", "$" if dollars else ""
    return f"{minus}{sign}{rounded(abs(value) / scale, decimals)}{_NAMES.get(scale, '')}"
