"""One printed figure to its value: sign, currency, unit, footnote marks. English notation only.

Thousands are parted by commas and decimals by a point; 1.234,56 is no figure here. A dash in the place
of a figure is a zero, as statements mean it; "N/A", "nm" and a range ("2.0% – 5.4%") stand in the
place of a figure and have no value. Leaves to ``ingest.tables.units`` what a table's caption says of scale.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from rag.structure import Unit

CURRENCIES = {
    "$": "USD", "US$": "USD", "U.S.$": "USD", "USD": "USD", "C$": "CAD", "CA$": "CAD", "CDN$": "CAD",
    "CAD": "CAD", "A$": "AUD", "AUD": "AUD", "HK$": "HKD", "HKD": "HKD", "NT$": "TWD", "S$": "SGD",
    "R$": "BRL", "NZ$": "NZD",
    "€": "EUR", "EUR": "EUR", "£": "GBP", "GBP": "GBP", "¥": "JPY", "JPY": "JPY", "RMB": "CNY", "RMB¥": "CNY",
    "CNY": "CNY", "CHF": "CHF", "₹": "INR", "INR": "INR",
}  # fmt: skip
"""Signs and codes as printed before a figure, to ISO 4217."""

_CURRENCY = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True))
_NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,6}|\d{1,18})(?:\.\d{1,10})?|\.\d{1,10}"
_MARKS = (
    r"(?:\s?(?:\(\s?(?:\d{1,2}|[a-z]{1,2}|i{1,3}|iv|vi{0,3})\s?\)|\[\w{1,2}\]"
    r"|[*†‡§+#]{1,3}|[¹²³⁴⁵⁶⁷⁸⁹⁰]{1,2}))"
)
_SUFFIX = (
    r"%|percent|percentage points?|(?-i:pts?|pp|x|X)|bps?|basis points|years?|yrs\.?"
    r"|million|billion|trillion|thousand|(?-i:[MBK])(?!\w)"
)
_FIGURE = re.compile(
    rf"(?P<outer>\(\s?)?(?P<minus>[-−–—+]\s?)?(?P<currency>{_CURRENCY})?\s{{0,3}}"
    rf"(?P<inner>\(\s?)?(?P<late>[-−–—]\s?)?(?P<number>{_NUMBER})(?P<fraction>\s\d/\d{{1,2}}|[¼½¾])?"
    rf"(?P<to>\s?(?::|to)\s?1(?:\.0{{1,2}})?)?"
    rf"\s{{0,2}}(?P<suffix>{_SUFFIX})?\s{{0,2}}(?P<close>\))?\s?(?P<after>%|bps?|(?-i:x|pts?))?(?P<marks>{_MARKS}{{0,3}})",
    re.IGNORECASE,
)
_NIL = re.compile(
    rf"\(?(?P<currency>{_CURRENCY})?\s{{0,3}}(?:[—–−-]{{1,3}}|nil)\s{{0,2}}\)?\s?(?P<after>%|(?-i:x))?(?P<marks>{_MARKS}{{0,3}})",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    rf"(?:n\.?/?a\.?|n\.?/?m\.?|not meaningful|not applicable|\*{{1,3}})\s?%?(?P<marks>{_MARKS}{{0,3}})",
    re.IGNORECASE,
)
_MARK = re.compile(_MARKS)
_BOUND = rf"(?:{_CURRENCY})?\s{{0,3}}(?:{_NUMBER})\s?(?:%|(?-i:x))?"
_RANGE = re.compile(rf"(?P<low>{_BOUND})\s{{1,2}}(?:[–—-]|to)\s{{1,2}}(?P<high>{_BOUND})", re.IGNORECASE)
_DIGITS = re.compile(_NUMBER)
_IS_YEAR = re.compile(r"(?:19|20)\d\d")
_FRACTIONS = {"¼": Decimal("0.25"), "½": Decimal("0.5"), "¾": Decimal("0.75")}
_SCALES = {
    "thousand": 10**3,
    "k": 10**3,
    "million": 10**6,
    "m": 10**6,
    "billion": 10**9,
    "b": 10**9,
    "trillion": 10**12,
}
_UNITS: dict[str, Unit] = {
    "%": "percent", "percent": "percent", "percentage point": "percent", "percentage points": "percent",
    "pt": "percent", "pts": "percent", "pp": "percent", "x": "multiple", "bp": "basis_points",
    "bps": "basis_points", "basis points": "basis_points", "year": "years", "years": "years",
    "yrs": "years", "yrs.": "years",
}  # fmt: skip
_LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure: ``value`` as printed with its sign, None for "N/A" and the like.

    ``unit`` and ``currency`` only where the figure itself shows them; ``scale`` is not 1 where the figure
    says "million" itself; ``nil`` is a dash; ``notes`` are footnote marks.
    """

    value: Decimal | None
    unit: Unit = ""
    currency: str = ""
    scale: int = 1
    nil: bool = False
    notes: tuple[str, ...] = ()


def read_figure(text: str) -> Figure | None:
    """The figure that a text is, or None where it is something else.

    >>> read_figure("$(1,577)").value, read_figure("(2.3)%").unit, read_figure("—").value
    (Decimal('-1577'), 'percent', Decimal('0'))
    >>> read_figure("3.2x").unit, read_figure("1,234 (1)").notes, read_figure("N/A").value
    ('multiple', ('(1)',), None)
    >>> read_figure("Note 7"), read_figure("1.234,56"), read_figure("12-31")
    (None, None, None)
    >>> read_figure("2.0% – 5.4%").value, read_figure("3 Mbps")
    (None, None)
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    if match := _FIGURE.fullmatch(text):
        return _figure(match)
    if match := _NIL.fullmatch(text):
        return Figure(
            value=Decimal(0),
            unit=_UNITS.get((match["after"] or "").lower(), ""),
            currency=_currency(match["currency"]),
            nil=True,
            notes=_marks(match["marks"]),
        )
    if match := _ABSENT.fullmatch(text):
        return Figure(value=None, notes=_marks(match["marks"]))
    return _range(text)


def _range(text: str) -> Figure | None:
    """A rising range of figures, which has no one value; years that span a time are none."""
    match = _RANGE.fullmatch(text)
    if match is None or _IS_YEAR.fullmatch(match["low"]):
        return None
    low, high = (
        Decimal(number.group().replace(",", ""))
        for bound in (match["low"], match["high"])
        if (number := _DIGITS.search(bound))
    )
    return Figure(value=None) if low < high else None


def _figure(match: re.Match[str]) -> Figure | None:
    opened = bool(match["outer"] or match["inner"])
    # A closing parenthesis may be lost at a column's edge; one that nothing opened is no figure.
    if match["close"] and not opened:
        return None
    value = Decimal(match["number"].replace(",", ""))
    if fraction := match["fraction"]:
        value += _FRACTIONS.get(fraction) or _ratio(fraction)
    minus = match["minus"] or match["late"] or "+"
    if opened or minus[0] != "+":
        value = -value
    suffix = (match["suffix"] or match["after"] or "").lower()
    unit: Unit = "multiple" if match["to"] else _UNITS.get(suffix, "")
    if not unit and match["after"]:
        unit = _UNITS.get(match["after"].lower(), "")
    currency = _currency(match["currency"])
    return Figure(
        value=value,
        unit=unit or ("money" if currency else ""),
        currency=currency,
        scale=_SCALES.get(suffix, 1),
        notes=_marks(match["marks"]),
    )


def _ratio(fraction: str) -> Decimal:
    above, below = fraction.split("/")
    return Decimal(above) / Decimal(below) if int(below) else Decimal(0)


def _currency(sign: str | None) -> str:
    return CURRENCIES.get((sign or "").upper(), "")


def _marks(marks: str) -> tuple[str, ...]:
    return tuple(match.group().strip() for match in _MARK.finditer(marks))
