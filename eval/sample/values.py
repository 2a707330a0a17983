"""Typed values of a deal: how each looks in canonical form and in a given house style.

A value is drawn once per deal and printed many times; the questions' gold comes from the same object, so
the two cannot disagree. Which notation a drafting style uses is decided in ``drafting``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

PercentNotation = Literal["sign", "words", "per cent"]
AmountNotation = Literal["U.S.$", "$", "US$", "USD "]
DateNotation = Literal["month first", "day first", "ordinal"]
CountNotation = Literal["digits", "words", "both"]

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
_MONTHS = ("January February March April May June July August September October November December").split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notation:
    """How one drafting style writes percentages, money, dates and counts."""

    percent: PercentNotation
    amount: AmountNotation
    date: DateNotation
    count: CountNotation


CANONICAL = Notation(percent="sign", amount="$", date="month first", count="digits")
"""The notation of gold answers."""


@dataclass(frozen=True, slots=True)
class Percent:
    """A percentage; the decimal's own places are printed: ``Percent(Decimal("7.50"))`` is 7.50%."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Amount:
    """Dollars; whole, or with two places for cents."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Count:
    """A number of days, months, persons or the like; the unit stands in the sentence around it."""

    value: int


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar date."""

    value: date


Value = Percent | Amount | Count | Day | str


def percent(text: str) -> Percent:
    """A percentage from its digits.

    >>> show(percent("7.5"), CANONICAL)
    '7.5%'
    """
    return Percent(Decimal(text))


def amount(dollars: int | str | Decimal) -> Amount:
    """An amount in dollars.

    >>> show(amount(310_000_000), CANONICAL)
    '$310,000,000'
    """
    return Amount(Decimal(dollars))


def show(value: Value, notation: Notation) -> str:
    """The value as a style prints it.

    >>> show(Count(30), Notation(percent="words", amount="US$", date="day first", count="both"))
    'thirty (30)'
    >>> show(percent("5.0"), Notation(percent="words", amount="US$", date="day first", count="both"))
    'five per cent. (5.0%)'
    """
    match value:
        case Percent():
            return _percent(value.value, notation.percent)
        case Amount():
            return f"{notation.amount}{value.value:,}"
        case Count():
            return _count(value.value, notation.count)
        case Day():
            return _day(value.value, notation.date)
        case _:
            return value


def canonical(value: Value) -> str:
    """The value as gold answers write it."""
    return show(value, CANONICAL)


def spell(number: int) -> str:
    """A number below one thousand in words.

    >>> spell(45), spell(120), spell(7)
    ('forty-five', 'one hundred twenty', 'seven')
    """
    if number < len(_ONES):
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    hundreds, rest = divmod(number, 100)
    return f"{_ONES[hundreds]} hundred" + (f" {spell(rest)}" if rest else "")


def _percent(value: Decimal, notation: PercentNotation) -> str:
    whole = value == value.to_integral_value()
    if notation == "words" and whole and 0 < value <= 100:
        return f"{spell(int(value))} per cent. ({value}%)"
    return f"{value} per cent." if notation == "per cent" else f"{value}%"


def _count(value: int, notation: CountNotation) -> str:
    if value > 999:
        return f"{value:,}"
    if notation == "both":
        return f"{spell(value)} ({value})"
    return spell(value) if notation == "words" and value <= 10 else str(value)


def _day(value: date, notation: DateNotation) -> str:
    month = _MONTHS[value.month - 1]
    if notation == "month first":
        return f"{month} {value.day}, {value.year}"
    suffix = "" if notation == "day first" else ordinal_suffix(value.day)
    return f"{value.day}{suffix} {month} {value.year}"


def ordinal_suffix(number: int) -> str:
    """The letters that make an ordinal of a number.

    >>> [ordinal_suffix(n) for n in (1, 2, 11, 20, 23)]
    ['st', 'nd', 'th', 'th', 'rd']
    """
    if 10 <= number % 100 <= 20:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
