"""Whether a printed answer is the value that FinQA's gold program executes to.

The published measure compares the values of two programs, rounded to five places. An answer that is printed
instead counts where its figure is the program's value to the places it prints, at least three significant
digits; per cent may stand for its fraction and the other way round, as the set's own values do.

Source: Chen et al., "FinQA", EMNLP 2021, §5.1, and its published evaluation code.
"""

from __future__ import annotations

import re
from math import floor, log10

_FIGURE = re.compile(
    r"(?P<open>\()?(?P<sign>[-−–])?\s?[$€£]?\s?(?P<sign2>[-−])?(?P<figure>\d[\d,]*(?:\.\d+)?|\.\d+)\s?(?P<percent>%|percent\b)?"
    r"(?P<close>\))?",
    re.IGNORECASE,
)
_SIGNIFICANT = 3


def executes_to(given: str, gold: str) -> bool:
    """Whether the answer's one figure, or yes or no, is the program's value.

    >>> executes_to("127.4", "127.4"), executes_to("about 12.3%", "0.12346"), executes_to("No.", "no")
    (True, True, True)
    >>> executes_to("12%", "0.12346"), executes_to("127.4 and 99", "127.4"), executes_to("", "1")
    (False, False, False)
    """
    if gold in ("yes", "no"):
        return re.sub(r"\W", "", given).lower() == gold
    figures = list(_FIGURE.finditer(given))
    if len(figures) != 1:
        return False
    match, wanted = figures[0], float(gold)
    printed = match["figure"].replace(",", "")
    value, step = float(printed), 10.0 ** -len(printed.partition(".")[2])
    if match["sign"] or match["sign2"] or (match["open"] and match["close"]):
        value = -value
    if match["percent"]:
        readings = [(value / 100, step / 100), (value, step)]
    else:
        readings = [(value, step), (value / 100, step / 100)]
    return any(_equal(v, s, wanted) for v, s in readings)


def _equal(value: float, step: float, wanted: float) -> bool:
    if round(value, 5) == round(wanted, 5):
        return True
    # Rounded more than to three digits, a figure no longer says the value.
    coarsest = 10.0 ** (floor(log10(abs(wanted))) - _SIGNIFICANT + 1) if wanted else 0.0
    return step <= coarsest * (1 + 1e-9) and abs(value - wanted) <= step / 2 * (1 + 1e-9)
