"""What a question about figures asks for: a formula over line items, its fiscal years, how to say the result.

Understood are lookups, sums and differences, ratios, margins, shares, growth, changes and averages over
years, and formulas given in the question itself. What is outside of that (segments, quarters, "adjusted", yes
or no, why) is left to other generators: a question half understood is not understood. Leaves the meaning of
words to ``ontology``, figures to ``statements``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from rag.numbers.formula import Binary, FormulaError, Item, Node, Number, items_of, parse, replaced
from rag.numbers.ontology import LineItem, Mention, Ontology, Ratio, ResultUnit
from rag.tokens import terms

_ASKS = re.compile(
    r"\b(?:what (?:is|was|were|are|did|has|would)|what's|how much|how many|calculate|compute|determine)\b",
    re.I,
)
_OTHER_KIND = re.compile(
    r"^\s*(?:why|which|who|where|does|do|did|is|was|were|are|has|have|can|should)\b"
    r"|\bwhat (?:drove|caused|led|explains?|kind|type|are the (?:main|major|key))\b",
    re.I,
)
_OUTSIDE = re.compile(
    r"\b(?:segments?|regions?|geograph\w+|quarter\w*|q[1-4]|[1-4]q|h[12]|(?<!un)adjusted|excluding|exclude"
    r"|constant currency|organic|cagr|compound|products? categor\w+|subsidiar\w+|guidance|expects?"
    r"|forecast\w*|pro forma|monthly|per employee|domestic|international)\b",
    re.I,
)
_STATEMENT = re.compile(
    r"\b(?:consolidated )?(?:statements? of (?:consolidated )?(?:cash flows?|income|operations|earnings"
    r"|financial position)|cash flow statements?|income statements?|balance sheets?|p&l(?: statement)?"
    r"|profit and loss statement)\b",
    re.I,
)
_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z])|\n+|:\s+(?=what|how)", re.I)
_DEFINED = re.compile(
    r"(?:\bdefined as|\bdefine [^.=]{3,80}? as|\bcalculated? [^.=]{3,80}? as|\bcomputed as)\s*:?\s*"
    r"(.+?)(?:\.(?:\s|$)|\?|$)",
    re.I | re.S,
)
_NOTE = re.compile(r"\[[^\]]*\]|\bfrom (?:the )?(?:cash flow statement|statement of cash flows)\b", re.I)
_YEARS = re.compile(r"(?<![\d.,])(?:FY\s?'?)?((?:19|20)\d\d)(?!\d|[.,]\d|%)", re.I)
_RANGE = re.compile(
    r"((?:19|20)\d\d)\s*(?:-|–|—|to|through|and)\s*(?:FY\s?|fiscal(?: year)? )?((?:19|20)\d\d)", re.I
)
_AVERAGE = re.compile(r"\baverage\b", re.I)
_GROWTH = re.compile(
    r"\bgrowth\b|(?:%|percent(?:age)?) (?:change|increase|decrease)|\bchange in percent"
    r"|\byear[- ]over[- ]year\b"
    r"|\b(?:increase|decrease|change|grow)\b[^.?]*\bin (?:percent|%)",
    re.I,
)
_DIFFERENCE = re.compile(
    r"\b(?:change|increase|decrease|difference|decline) (?:in|of)\b"
    r"|\bhow much (?:did|has|have)\b[^.?]*\b(?:increase|decrease|change|grow|decline|fall|rise)",
    re.I,
)
_PERCENT = re.compile(r"%|\bpercent", re.I)
_SCALE = re.compile(r"\b(thousand|million|billion)s?\b", re.I)
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_DOLLARS = re.compile(r"\$|\busd\b|\bdollars?\b", re.I)
_DECIMALS = re.compile(r"\b(zero|no|one|two|three|four|\d) (?:decimals?|digits?)\b", re.I)
_NAMED = {"zero": 0, "no": 0, "one": 1, "two": 2, "three": 3, "four": 4}
_ASIDE = re.compile(r"\([^)]*\)")
_MARGIN = re.compile(r"^\W*(?:percent(?:age)? |% )?margin\b", re.I)
_JOINS = (
    (re.compile(r"^\s*(?:\([^)]*\)\s*)?(?:less|minus|-|–)\s*(?:the |FY\d+ |total )?\s*$", re.I), "-"),
    (re.compile(r"^\s*(?:\([^)]*\)\s*)?(?:plus|\+)\s*(?:the |FY\d+ |total )?\s*$", re.I), "+"),
    (
        re.compile(
            r"^\s*(?:as an? (?:%|percent(?:age)?|share|fraction) of|as % of|divided by|/|to|relative to|over)"
            r"\s*(?:the |its |FY\d+ |total )?\s*$",
            re.I,
        ),
        "/",
    ),
)  # fmt: skip
_WORD = re.compile(r"\S+")
_HUNDRED = Number(Decimal(100))
_LONGEST_SPAN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A formula over items of the ontology, computed in each of the ``years`` and averaged.

    No years: the last of the document. ``scale`` and ``decimals`` are what the answer is asked in, None
    where the question does not say; ``dollars`` where it speaks of them; ``unsigned`` where a difference has
    no direction. ``name`` is what is asked for.
    """

    name: str
    formula: Node
    years: tuple[int, ...]
    unit: ResultUnit
    scale: int | None
    decimals: int | None
    dollars: bool
    unsigned: bool = False


def read(question: str, ontology: Ontology) -> Request | None:
    """What is asked for, or None where it is no such question or not all of it is understood."""
    if _OTHER_KIND.search(question) or not _ASKS.search(question) or _OUTSIDE.search(question):
        return None
    try:
        return _read(question, ontology)
    except FormulaError:
        return None


def _read(question: str, ontology: Ontology) -> Request | None:
    defined = _DEFINED.search(question)
    rest = question if defined is None else f"{question[: defined.start()]} . {question[defined.end() :]}"
    asked = _asking(_STATEMENT.sub(" ", rest), ontology)
    if defined is not None:
        formula = ontology.opened(parse(_NOTE.sub(" ", defined[1])))
        name, unit = _defined_name(asked, ontology), "percent" if _PERCENT.search(rest) else "number"
        mentioned = _composed(asked, ontology) if asked else None
        if mentioned is not None and "ebitda" in mentioned[0] and not _is_ratio(formula):
            # What is defined is a part of what is asked for.
            name, formula, unit = mentioned
        elif unit == "percent":
            formula = Binary("*", _HUNDRED, formula)
        elif not _is_ratio(formula):
            unit = "amount"
    else:
        composed = _composed(asked, ontology) if asked else None
        if composed is None:
            return None
        name, formula, unit = composed
    return _in_years(
        Request(
            name=name,
            formula=formula,
            years=(),
            unit=unit,  # type: ignore[arg-type] # one of its values
            scale=scale_asked(rest),
            decimals=decimals_asked(question),
            dollars=dollars_asked(rest),
        ),
        asked or rest,
        rest,
    )


def _asking(text: str, ontology: Ontology) -> str:
    """The sentence that asks, if any names something known."""
    for sentence in _SENTENCE.split(text):
        asks = _ASKS.search(sentence)
        if asks and ontology.mentions([word for word, _, _ in _words(sentence)]):
            return sentence[asks.start() :]
    return ""


def _words(text: str) -> list[tuple[str, int, int]]:
    """Index terms with the place of the word they are from."""
    spaced = text.replace("-", " ").replace("—", " ")
    return [(t, m.start(), m.end()) for m in _WORD.finditer(spaced) for t in terms(m.group())]


def _composed(sentence: str, ontology: Ontology) -> tuple[str, Node, ResultUnit] | None:
    """The items of a sentence and what joins them, as name, formula and unit; None where unclear."""
    words = _words(sentence)
    mentions = ontology.mentions([word for word, _, _ in words])
    if not mentions:
        return None
    name, formula, unit = _single(mentions[0])
    for before, after in pairwise(mentions):
        between = sentence[words[before.end - 1][2] : words[after.start][1]]
        sign = next((sign for pattern, sign in _JOINS if pattern.match(between)), None)
        if sign is None:
            break
        other, further, _ = _single(after)
        name, formula = f"{name} {sign} {other}", Binary(sign, formula, further)
        if sign == "/":
            unit = "percent" if "%" in between or "percent" in between else "number"
            formula = Binary("*", _HUNDRED, formula) if unit == "percent" else formula
    behind = _ASIDE.sub(" ", sentence[words[mentions[0].end - 1][2] :])
    if unit == "amount" and _MARGIN.match(behind):
        formula = Binary("*", _HUNDRED, Binary("/", formula, Item("revenue")))
        name, unit = f"{name} margin", "percent"
    return name, formula, unit


def _single(mention: Mention) -> tuple[str, Node, ResultUnit]:
    match mention.found:
        case LineItem(name=name):
            return name, Item(name), "amount"
        case Ratio(name=name, formula=formula, unit=unit):
            return name, formula, unit


def _defined_name(sentence: str, ontology: Ontology) -> str:
    words = [word for word, _, _ in _words(sentence)]
    mentions = ontology.mentions(words)
    return mentions[0].found.name if mentions else "result"


def _in_years(request: Request, sentence: str, text: str) -> Request | None:
    """The request in the years of its sentence, or of the text: averaged, compared or in the last of them."""
    years = years_in(sentence) or years_in(text)
    if not years:
        return None if _GROWTH.search(sentence) or _DIFFERENCE.search(sentence) else request
    first, last = years[0], years[-1]
    fixed = any(item.year is not None for item in items_of(request.formula))
    if _GROWTH.search(sentence) and not fixed and request.unit != "percent":
        earlier = first if first < last else last - 1
        new, old = _at(request.formula, last), _at(request.formula, earlier)
        formula = Binary("*", _HUNDRED, Binary("/", Binary("-", new, old), old))
        return replace(
            request, name=f"growth of {request.name}", formula=formula, years=(last,), unit="percent"
        )
    if _DIFFERENCE.search(sentence) and not fixed and first < last:
        formula = Binary("-", _at(request.formula, last), _at(request.formula, first))
        return replace(request, name=f"change in {request.name}", formula=formula, years=(last,))
    if _AVERAGE.search(sentence) and not fixed:
        if last - first >= _LONGEST_SPAN:
            return None
        return replace(request, name=f"average {request.name}", years=tuple(range(first, last + 1)))
    if len(set(years)) > 1 and not fixed:
        return None
    return replace(request, years=(last,))


def _at(formula: Node, year: int) -> Node:
    return replaced(formula, lambda item: Item(item.words, year - item.back))


def dollars_asked(text: str) -> bool:
    """Whether a question speaks of dollars."""
    return _DOLLARS.search(text) is not None


def years_in(text: str) -> Sequence[int]:
    """The years of a text, ascending; of a range the first and the last."""
    spans = [tuple(sorted((int(match[1]), int(match[2])))) for match in _RANGE.finditer(text)]
    if spans:
        return spans[0]
    return sorted({int(match[1]) for match in _YEARS.finditer(text)})


def _is_ratio(formula: Node) -> bool:
    """Whether money stands over money, so that the result has no currency."""
    match formula:
        case Binary("/", left, right):
            return any(items_of(left)) and any(items_of(right))
        case Binary(_, left, right):
            return _is_ratio(left) or _is_ratio(right)
        case _:
            return False


def scale_asked(text: str) -> int | None:
    """The scale that a question speaks of, as 1,000,000 for "in USD millions"."""
    found = _SCALE.search(text)
    return SCALES[found[1].lower()] if found else None


def decimals_asked(text: str) -> int | None:
    """To how many decimals a question wants its answer."""
    found = _DECIMALS.search(text)
    if found is None:
        return None
    return int(found[1]) if found[1].isdigit() else _NAMED[found[1].lower()]
