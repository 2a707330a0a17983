"""Formulas over line items: read from words, lowered to arithmetic over operands, evaluated exactly.

A formula as people write it, "365 * (average accounts payable between FY2017 and FY2018) / (FY2018 COGS +
change in inventory)", is a tree of items, numbers and operators. Given a year it is lowered to plain
arithmetic over named operands, "365 * ((a + b) / 2) / (c + (d - e))", which anyone can check. Leaves what an
item is to ``ontology``, where its figure stands to ``statements``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation
from itertools import count
from string import ascii_lowercase

MAX_TOKENS, MAX_DEPTH = 2000, 40
"""Longer formulas, and deeper parentheses, are refused: questions are input from outside."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?![\w.])%?)|(?P<operator>[-+*/()×÷–](?=\s|\(|\)|\w|$))"
    r"|(?P<word>[^\s()+*/×÷]+))"
)
_SPOKEN = (
    (re.compile(r"\bdivided by\b|\bover\b", re.I), " / "),
    (re.compile(r"\bmultiplied by\b|\btimes\b", re.I), " * "),
    (re.compile(r"\bless\b|\bminus\b|\bsubtracting\b", re.I), " - "),
    (re.compile(r"\bplus\b", re.I), " + "),
)
_LOOSE = re.compile(r"(?<=\s)[-–](?=\s)")
_YEAR = r"(?:FY\s?|fiscal(?: year)? )?((?:19|20)\d\d)"
_BETWEEN = re.compile(rf"\b(?:between|from|of)\s+{_YEAR}\s*(?:and|to|-|–|&)\s*{_YEAR}", re.I)
_ONE_YEAR = re.compile(rf"\b(?:in |for |of |at the end of )?{_YEAR}(?:'s)?\b", re.I)
_AVERAGE = re.compile(r"\b(?:the )?average(?: of)?\b", re.I)
_CHANGE = re.compile(r"\b(?:the )?(?:annual |net )?(?:change|increase|decrease) in\b", re.I)


class FormulaError(ValueError):
    """The text is no formula, or it cannot be computed."""


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Item:
    """A line item by its words; in its own ``year``, or in that of the question less ``back``."""

    words: str
    year: int | None = None
    back: int = 0


@dataclass(frozen=True, slots=True)
class Binary:
    """``left operator right``."""

    operator: str
    left: Node
    right: Node


Node = Number | Item | Binary
Lookup = Callable[[str, int], str]
"""The name of the operand that holds an item (by its words) in a year; it raises where there is none."""


def parse(text: str) -> Node:
    """Read a formula.

    Raises:
        FormulaError: it is none.

    >>> parse("FY2018 revenue / (total assets - goodwill)").operator
    '/'
    """
    for pattern, sign in _SPOKEN:
        text = pattern.sub(sign, text)
    tokens = list(_tokens(_LOOSE.sub(" - ", text)))
    if not tokens or len(tokens) > MAX_TOKENS:
        raise FormulaError("no formula, or too long a one")
    parser = _Parser(tokens)
    node = parser.sum()
    if parser.left():
        raise FormulaError(f"{parser.left()[0]!r} is out of place")
    return node


def lowered(node: Node, year: int, lookup: Lookup) -> str:
    """The formula in a year, as arithmetic over the operands that ``lookup`` names."""
    match node:
        case Number(value):
            return str(value)
        case Item(words, own, back):
            return lookup(words, (year if own is None else own) - back)
        case Binary(operator, left, right):
            return f"({lowered(left, year, lookup)} {operator} {lowered(right, year, lookup)})"


def items_of(node: Node) -> Iterator[Item]:
    """The items of a formula, from left to right."""
    match node:
        case Item():
            yield node
        case Binary(_, left, right):
            yield from items_of(left)
            yield from items_of(right)


def replaced(node: Node, change: Callable[[Item], Node]) -> Node:
    """The formula with something else in the place of each item."""
    match node:
        case Item():
            return change(node)
        case Binary(operator, left, right):
            return Binary(operator, replaced(left, change), replaced(right, change))
        case _:
            return node


def evaluate(arithmetic: str, operands: Mapping[str, Decimal]) -> Decimal:
    """The value of plain arithmetic over operands.

    Raises:
        FormulaError: it divides by zero, or names an operand that is not given.

    >>> evaluate("((a - b) / b) * 100", {"a": Decimal(110), "b": Decimal(100)})
    Decimal('10.0')
    """
    try:
        return _value(parse(arithmetic), operands)
    except (DivisionByZero, InvalidOperation, ZeroDivisionError) as error:
        raise FormulaError("division by zero") from error
    except KeyError as error:
        raise FormulaError(f"no operand {error}") from error


def operand_names() -> Iterator[str]:
    """Names without end: a, b and so on to z, then a1, b1."""
    for round_ in count():
        for letter in ascii_lowercase:
            yield f"{letter}{round_}" if round_ else letter


def _value(node: Node, operands: Mapping[str, Decimal]) -> Decimal:
    match node:
        case Number(value):
            return value
        case Item(words):
            return operands[words]
        case Binary(operator, left, right):
            one, other = _value(left, operands), _value(right, operands)
            if operator == "+":
                return one + other
            if operator == "-":
                return one - other
            return one * other if operator == "*" else one / other


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise FormulaError(f"{text[position : position + 20]!r} is out of place")
        kind = match.lastgroup or ""
        yield kind, match[kind].replace("×", "*").replace("÷", "/").replace("–", "-")
        position = match.end()


class _Parser:
    """Recursive descent: sums of products of numbers, items and parentheses."""

    def __init__(self, tokens: Sequence[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def left(self) -> list[str]:
        return [text for _, text in self._tokens[self._at :]]

    def sum(self) -> Node:
        node = self._product()
        while self._sees("+-"):
            node = Binary(self._next()[1], node, self._product())
        return node

    def _product(self) -> Node:
        node = self._factor()
        while self._sees("*/"):
            node = Binary(self._next()[1], node, self._factor())
        return node

    def _factor(self) -> Node:
        if self._sees("("):
            self._next()
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise FormulaError("parentheses are nested too deeply")
            node = self.sum()
            self._depth -= 1
            if not self._sees(")"):
                raise FormulaError("a parenthesis is not closed")
            self._next()
            return node
        words = []
        while self._at < len(self._tokens) and self._tokens[self._at][0] != "operator":
            words.append(self._next())
        if not words:
            raise FormulaError("an operand is missing")
        if len(words) == 1 and words[0][0] == "number" and not re.fullmatch(r"(?:19|20)\d\d", words[0][1]):
            return Number(Decimal(words[0][1].rstrip("%")))
        return _phrase(" ".join(text for _, text in words))

    def _sees(self, operators: str) -> bool:
        if self._at >= len(self._tokens):
            return False
        kind, text = self._tokens[self._at]
        return kind == "operator" and text in operators

    def _next(self) -> tuple[str, str]:
        token = self._tokens[self._at]
        self._at += 1
        return token


def _phrase(text: str) -> Node:
    """An item with its years; an average or a change is of two of them, this year's and the one before."""
    years: tuple[int, ...] = ()
    between = _BETWEEN.search(text)
    if between:
        years = tuple(sorted((int(between[1]), int(between[2]))))
        text = text[: between.start()] + " " + text[between.end() :]
    else:
        years = tuple(int(match[1]) for match in _ONE_YEAR.finditer(text))[:1]
        text = _ONE_YEAR.sub(" ", text)
    average, change = _AVERAGE.search(text), _CHANGE.search(text)
    words = " ".join(_CHANGE.sub(" ", _AVERAGE.sub(" ", text)).strip(" ,.;:").split())
    if not re.search(r"[A-Za-z]", words):
        raise FormulaError(f"{text!r} names no item")
    if not average and not change:
        return Item(words, years[-1] if years else None)
    last = Item(words, years[-1] if years else None)
    first = Item(words, years[0]) if len(years) > 1 else Item(words, last.year, 1)
    if change:
        return Binary("-", last, first)
    return Binary("/", Binary("+", last, first), Number(Decimal(2)))
