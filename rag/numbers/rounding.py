"""Figures as people round and print them.

Leaves scales, units and signs of currency to those who render answers.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal


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
