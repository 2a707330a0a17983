"""Exact match and F1 of answer and scale, as TAT-QA measures them.

Numbers are compared after their scale, rounded to two places before it: "-22.22 %" and -22.22 with scale
"percent" are one number. Texts are compared by their words, several together as one bag. A computed answer
(arithmetic, count) is right or wrong: F1 is exact match. A percentage printed as a bare fraction counts.

Source: Zhu et al., "TAT-QA", ACL 2021, §4.2, and its published evaluation code.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from eval.metrics.text import words

SCALES = {"": 1.0, "percent": 0.01, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_NUMBER = re.compile(
    r"(?P<open>\()?\s*(?P<sign>[-−–])?\s*(?:US)?[$€£]?\s*(?P<sign2>[-−])?(?P<figure>\d[\d,]*(?:\.\d+)?|\.\d+)"
    r"\s*(?P<close>\))?\s*(?P<unit>%|percent|thousand|million|billion)?s?\.?",
    re.IGNORECASE,
)


def hybrid_scores(given: str, gold: Sequence[str], scale: str, *, computed: bool) -> tuple[float, float]:
    """(exact match, F1) of an answer's text, "" for none, against the gold answers and their scale.

    >>> hybrid_scores("(22.22)%", ["-22.22"], "percent", computed=True)
    (1.0, 1.0)
    >>> hybrid_scores("$1,452.4 million", ["1452.4"], "thousand", computed=True)
    (0.0, 0.0)
    >>> hybrid_scores("2019; 2017", ["2017", "2019", "2018"], "", computed=False)
    (0.0, 0.8)
    """
    if not given.strip():
        return 0.0, 0.0
    wanted = " ".join(sorted(_printed(answer, scale) for answer in gold))
    items = [item for item in re.split(r"\s*(?:;|\n)\s*", given) if item.strip()]
    forms = {" ".join(sorted(_printed(item, "") for item in items))}
    number = read_figure(given)
    if number is not None and scale == "percent" and not number[1]:
        forms.add(f"{number[0]:.4f}")
    em = max(float(_tokens(form) == _tokens(wanted)) for form in forms)
    return em, em if computed else max(_f1(form, wanted) for form in forms)


def _printed(text: str, scale: str) -> str:
    """A number as its value to four places, any other text as it is."""
    number = read_figure(text)
    if number is None:
        return f"{text} {scale}".strip()
    value, own = number
    return f"{round(value, 2) * SCALES[own or scale]:.4f}"


def read_figure(text: str) -> tuple[float, str] | None:
    """A text that is one number: its figure and the scale it prints, or None."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    value = float(match["figure"].replace(",", ""))
    negative = match["sign"] or match["sign2"] or (match["open"] and match["close"])
    unit = (match["unit"] or "").lower().replace("%", "percent")
    return (-value if negative else value), unit


def _tokens(text: str) -> list[str]:
    return [token for word in text.split() for token in ([word] if read_figure(word) else words(word))]


def _f1(given: str, gold: str) -> float:
    a, b = Counter(_tokens(given)), Counter(_tokens(gold))
    shared = sum((a & b).values())
    return 2 * shared / (a.total() + b.total()) if shared else 0.0
