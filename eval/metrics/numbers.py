"""Quantities in running text, and whether two of them are the same number.

Reads currency signs, thousands commas, minus signs and accounting parentheses, per cent, basis points and
scale words. Leaves out numerals that name rather than measure: dates, years, "Section 7.2", "Class A-1",
"FY2018", "10-K", "3M", enumerators "(1) the". Arithmetic and unit conversion beyond scale are not done.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from eval.metrics.dates import find_dates

ROUNDING = 0.005
"""Relative difference allowed where gold was rounded: 0.5 %."""

_SCALES = {
    "%": 1e-2, "percent": 1e-2, "per cent": 1e-2, "percentage point": 1e-2,
    "bp": 1e-4, "bps": 1e-4, "basis point": 1e-4,
    "k": 1e3, "thousand": 1e3,
    "m": 1e6, "mn": 1e6, "mm": 1e6, "million": 1e6,
    "b": 1e9, "bn": 1e9, "billion": 1e9,
    "trillion": 1e12,
}  # fmt: skip
_CURRENCIES = {"$": "USD", "us$": "USD", "u.s.$": "USD", "usd": "USD", "€": "EUR", "eur": "EUR",
               "£": "GBP", "gbp": "GBP"}  # fmt: skip
_QUANTITY = re.compile(
    r"(?<![\w.,/\-−–])(?P<open>\()?(?P<minus>[-−–])?\s?"
    r"(?P<currency>U\.?S\.?\s?\$|USD|EUR|GBP|[$€£])?\s?(?P<minus2>[-−])?"
    r"(?P<numeral>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?:[ \u00a0-]?(?P<unit>%|per\s?cent\b|percentage\spoints?\b|basis\spoints?\b|bps?\b"
    r"|\(?in\s(?:thousand|million|billion)s\b"  # as a table's head says it
    r"|(?:thousand|million|billion|trillion)s?\b|[mb]n\b|mm\b)|(?P<letter>[kmb])\b)?"
    r"(?P<close>\))?(?![\w/]|[-–][A-Za-z]|\.\d)",
    re.IGNORECASE,
)
_NAMING = re.compile(
    r"(?:\b(?:sections?|articles?|notes?|items?|pages?|exhibits?|class|clauses?|paragraphs?|schedules?|form"
    r"|chapter|rule|level|tranche|series|part|fiscal(?:\syears?)?|fy|years?|q)|§|#)\s*$",
    re.IGNORECASE,
)
# "(2) the second"; but "thirty (30) days" says its number twice.
_ENUMERATOR = re.compile(
    r"(?P<spoken>\b(?:one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|eleven|twelve|\w+ty)\s*)?"
    r"\(\d{1,2}\)(?=\s+[A-Za-z])",
    re.IGNORECASE,
)
_NO_BRACKETS = str.maketrans("()", "  ")
_HINT = re.compile(
    r"\b(?:in|of)\s+(?:units\s+of\s+)?(?:US\s?\$|USD|U\.S\.\sdollars|\$|dollars)?\s*"
    r"(?P<unit>thousand|million|billion|percent)s?\b|(?:\bas\s+a|\bin)\s+(?P<sign>%|percentage\b)",
    re.IGNORECASE,
)
_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "ninety": 90}
_WORDS = {word: value for value, word in enumerate(_UNITS.split())} | _TENS


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number as printed: ``numeral`` with its sign, and ``scale``, None where none is printed.

    ``step`` is one unit in the last printed place of the numeral (0.01 for "8.70"), ``coarse_step`` the same
    without end zeros (0.1). ``currency`` is an ISO code or empty.
    """

    numeral: float
    scale: float | None = None
    step: float = 1.0
    coarse_step: float = 1.0
    currency: str = ""

    @property
    def percent(self) -> bool:
        """Printed as per cent or basis points."""
        return self.scale is not None and self.scale < 1


def find_quantities(text: str, *, years: bool = False) -> list[Quantity]:
    """Quantities in reading order; bare years are kept only on request.

    Number words up to ninety are read only where the text has no digits that measure.

    >>> [q.numeral * (q.scale or 1) for q in find_quantities("U.S.$310.0 million, a loss of (5.5) in FY2018")]
    [310000000.0, -5.5]
    >>> find_quantities("Section 7.2, Class A-1, 10-K of 2019, 3M, (1) the first, March 4, 2031")
    []
    >>> [q.numeral for q in find_quantities("within thirty days, or twenty-three (23) days")]
    [23.0]
    """
    for mention in find_dates(text):
        text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    text = _ENUMERATOR.sub(_without_mark, text)
    found = [_quantity(match) for match in _QUANTITY.finditer(text) if _measures(match, text, years)]
    if found:
        return found
    return [Quantity(numeral=float(_WORDS[w])) for w in re.findall(r"[a-z]+", text.casefold()) if w in _WORDS]


def _without_mark(match: re.Match[str]) -> str:
    """Blanks for an enumerator; of a number said twice its digits."""
    return match[0].translate(_NO_BRACKETS) if match["spoken"] else " " * len(match[0])


def scale_hint(question: str) -> float | None:
    """The unit that a question asks for, as a factor, or None.

    >>> scale_hint("Capex (in USD millions)?"), scale_hint("What is the margin (as a %)?")
    (1000000.0, 0.01)
    """
    match = _HINT.search(question)
    if match is None:
        return None
    return _SCALES[match["unit"].lower()] if match["unit"] else 1e-2


def same_quantity(
    given: Quantity, gold: Quantity, hint: float | None = None, *, calculated: bool = False
) -> bool:
    """True where a reader would take both for the same number.

    A numeral printed without a scale may be meant in the scale of the other ("1,577" in a table in
    millions); ``hint`` is the scale of a gold number printed without one. Signs and currencies must agree.
    Equal means: equal once the finer is rounded to the coarser's last place (but for a coarser answer no
    further than 0.5 %), or, where gold has a scale or decimals and so is rounded, within 0.5 % and one
    unit of gold's last place; of a ``calculated`` gold within 0.5 %, since the roundings of a derivation
    add up (a rate of interest read off a page has none: 4.27 % is not 4.25 %).

    >>> def same(a, b): return same_quantity(find_quantities(a)[0], find_quantities(b)[0])
    >>> same("1.58 billion", "$1,577 million"), same("$310.0 million", "U.S.$310,000,000")
    (True, True)
    >>> same("125.0%", "125.5%"), same("(370)", "370"), same("150 bps", "1.50%")
    (False, False, True)
    """
    if given.currency and gold.currency and given.currency != gold.currency:
        return False
    if (gold.percent and given.currency) or (given.percent and gold.currency):
        return False
    return any(
        _close(given, a, gold, g, calculated=calculated)
        for a, g in _readings(given.scale, gold.scale or hint)
    )


def _readings(given: float | None, gold: float | None) -> list[tuple[float, float]]:
    """Pairs of factors under which the two numerals may be compared."""
    if given is not None:
        return [(given, gold or 1.0)]
    return [(a, gold or 1.0) for a in {1.0, gold or 1.0}]


def _close(given: Quantity, a: float, gold: Quantity, g: float, *, calculated: bool) -> bool:
    left, right = given.numeral * a, gold.numeral * g
    gap, slack = abs(left - right), 1e-12 * max(abs(left), abs(right))
    # Gold such as "$8.70" for billions is a number of dollars and cents by form only.
    printed = gold.step if gold.scale or g == 1.0 else gold.coarse_step
    given_step, gold_step, share = given.step * a, printed * g, ROUNDING * abs(right)
    if given_step <= gold_step and gap <= gold_step / 2 + slack:
        return True
    if gap <= min(given_step / 2, share) + slack:
        return True
    if not (g != 1.0 or gold.step < 1.0):
        return gap <= slack
    return gap <= (share if calculated else min(share, gold_step)) + slack


def _measures(match: re.Match[str], text: str, years: bool) -> bool:
    marked = match["currency"] or match["unit"]
    if match["letter"] and not match["currency"]:
        return False  # "3M" is a company
    if marked:
        return True
    numeral = match["numeral"]
    if not years and re.fullmatch(r"(?:19|20)\d\d", numeral):
        return False
    return _NAMING.search(text[max(0, match.start() - 20) : match.start()]) is None


def _quantity(match: re.Match[str]) -> Quantity:
    numeral = match["numeral"].replace(",", "")
    decimals = numeral.partition(".")[2]
    # "(370)" is an accountant's minus; "($1.8 billion)" is an aside in a sentence.
    bracketed = match["open"] and match["close"] and (match["unit"] in (None, "%")) and not match["letter"]
    negative = match["minus"] or match["minus2"] or bracketed
    unit = re.sub(r"\s+", " ", (match["unit"] or match["letter"] or "").lower())
    unit = unit.removeprefix("(").removeprefix("in ")
    unit = unit if unit in _SCALES else unit.removesuffix("s")
    currency = (match["currency"] or "").lower().replace(" ", "")
    return Quantity(
        numeral=-float(numeral) if negative else float(numeral),
        scale=_SCALES.get(unit),
        step=10.0 ** -len(decimals),
        coarse_step=10.0 ** -len(decimals.rstrip("0")),
        currency=_CURRENCIES.get(currency.replace("us$", "$").replace("u.s.$", "$"), ""),
    )
