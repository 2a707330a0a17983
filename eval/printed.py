"""What can be said of a wrong number: where it is printed, and how it relates to gold and to the evidence.

Built on ``eval.metrics.numbers``. Numbers are compared by value: a table in millions prints 1,577 for
$1,577,000,000, so an amount counts as printed where its digits are, up to a power of a thousand. Quotes of a
row may be cut; what follows from a number's *absence* is therefore only said of quotes that are whole.
Leaves deciding which stage failed to ``eval.errors.stages``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from eval.metrics.numbers import ROUNDING, Quantity, find_quantities, scale_hint
from eval.metrics.text import words
from eval.runs import Place, Row
from rag.sentences import sentence_spans
from rag.tokens import terms

_POWERS = (1e-9, 1e-6, 1e-3, 1e3, 1e6, 1e9)
_YEAR = re.compile(r"(?<![\d.,$])(?:19|20)\d\d(?![\d%]|[.,]\d)")
_LABEL_WORDS = 12
_NEW_TERMS = 3
_COARSEST = 0.03
_DIGIT = re.compile(r"\d")
_VERDICTS = frozenset({"yes", "no"})
COMPUTED = re.compile(
    r"\b(?:ratio|margin|average|growth|turnover|percentage (?:change|of)|percent(?:age)? points?|as a %|% of"
    r"|difference|change (?:in|of|between|from)|days (?:payable|sales|inventory)|return on|cagr|ebitda"
    r"|less capex|working capital|sum of|total of|by how (?:much|many)"
    r"|how (?:much|many) (?:more|less|fewer)|times)\b",
    re.IGNORECASE,
)
"""Words of questions whose answer is worked out rather than read off."""


def first_quantity(text: str) -> Quantity | None:
    """The first number of a text; its first year where it has no other number, or None.

    >>> first_quantity("In 2018 it was $1,577 million").numeral
    1577.0
    >>> first_quantity("2031").numeral, first_quantity("none")
    (2031.0, None)
    """
    found = find_quantities(text) or find_quantities(text.strip(), years=True)
    return found[0] if found else None


def same_value(one: Quantity, other: Quantity) -> bool:
    """Whether two numerals agree in sign and within 0.5 %, scales aside.

    >>> same_value(*find_quantities("8,738 and 8,700"))
    True
    """
    return abs(one.numeral - other.numeral) <= ROUNDING * abs(other.numeral)


def rescaled(given: Quantity, gold: Quantity, hint: float | None = None) -> bool:
    """Whether the digits are gold's and the scale is not, by powers of a thousand, or per cent for a share.

    ``hint`` is the scale that the question asks for, of a gold number printed without one.

    >>> def off(a, b, hint=None): return rescaled(find_quantities(a)[0], find_quantities(b)[0], hint)
    >>> off("$8,738 thousand", "$8.70 billion"), off("0.042", "4.2%"), off("420%", "4.2%")
    (True, True, True)
    >>> off("8,738", "$8.70", 1e9), off("1,577", "1,577"), off("1,578", "1,420")
    (True, False, False)
    """
    if not gold.numeral or not given.numeral:
        return False
    scale = gold.scale or hint or 1.0
    left, right = given.numeral * (given.scale or 1.0), gold.numeral * scale
    ratios = [left / right, given.numeral / gold.numeral] if given.scale is None else [left / right]
    share = gold.percent or given.percent or scale < 1
    powers = (1e-2, 1e2) if share else _POWERS
    return any(abs(ratio / power - 1) <= ROUNDING for ratio in ratios for power in powers)


def is_printed(wanted: Quantity, text: str, hint: float | None = None) -> bool:
    """Whether a number stands in a text, an amount of money or thousands in whatever scale.

    >>> gold = find_quantities("$8.70")[0]
    >>> is_printed(gold, "Property, plant and equipment - net  8,738  8,866", 1e9)
    True
    >>> is_printed(find_quantities("4.2%")[0], "4,200 and 42"), is_printed(gold, "8.4 of 9,100")
    (False, False)
    """
    large = bool(wanted.currency or (wanted.scale or hint or 1.0) >= 1e3 or abs(wanted.numeral) >= 1e3)
    percent = wanted.percent or (hint is not None and hint < 1)
    return any(
        abs(found.numeral) == abs(wanted.numeral)
        or (large and not percent and not found.percent and _same_digits(found, wanted))
        for found in find_quantities(text, years=1900 <= abs(wanted.numeral) < 2100)
    )


def printed_row(number: Quantity, text: str) -> str:
    r"""The first table row or sentence of a text that prints a number, or empty.

    >>> printed_row(find_quantities("1,420")[0], "Revenue  1,577  1,420\nCosts  900  800")
    'Revenue  1,577  1,420'
    """
    return next((row for row in _rows(text) if is_printed(number, row)), "")


def years_in(text: str) -> frozenset[int]:
    """The calendar years that a text prints.

    >>> sorted(years_in("Years ended December 31, 2018 and 2017; $2019"))
    [2017, 2018]
    """
    return frozenset(int(match[0]) for match in _YEAR.finditer(text))


def is_figures(text: str) -> bool:
    r"""Whether a text is figures rather than prose: a number for every five words or fewer.

    >>> is_figures("Revenue  1,577  1,420\nCosts  900  800"), is_figures("It rose by 5 % as sales grew.")
    (True, False)
    """
    parts = text.split()
    # Table cells may be years, which measure nothing but stand in columns of figures.
    numbers = sum(any(character.isdigit() for character in part) for part in parts)
    return numbers >= 3 and 5 * numbers >= len(parts)


def is_whole(place: Place) -> bool:
    """Whether a place's quote is all of its span, white space aside."""
    return len(place.quote) >= place.end - place.start


def needs_arithmetic(row: Row) -> bool | None:
    """Whether a gold number has to be worked out; None for other answers, and where nothing was judged.

    No where it stands in some quote of the evidence; yes where it stands in none and all quotes are whole. Of
    quotes that are cut the question's words decide (``COMPUTED``).
    """
    gold = gold_quantity(row)
    if gold is None or not row.evidence:
        return None
    hint = scale_hint(row.question)
    if any(is_printed(gold, place.quote, hint) for place in row.evidence):
        return False
    return all(map(is_whole, row.evidence)) or COMPUTED.search(row.question) is not None


def gold_quantity(row: Row) -> Quantity | None:
    """Gold's number, of questions that are answered by one.

    A short text is, where its only number is nearly all that it says beyond the question.
    """
    if not row.gold or row.kind not in ("number", "span", "text"):
        return None
    gold = row.gold[0]
    if row.kind == "number":
        return first_quantity(gold)
    found = find_quantities(gold)
    # Number words ("zero") are too often part of an argument, and "No, it fell by 2 %" is a verdict first.
    if len(found) != 1 or not _DIGIT.search(gold) or words(gold)[0] in _VERDICTS:
        return None
    return found[0] if len(set(terms(gold)) - set(terms(row.question))) <= _NEW_TERMS else None


def _same_digits(found: Quantity, wanted: Quantity) -> bool:
    left, right = abs(found.numeral), abs(wanted.numeral)
    if not left or not right:
        return False
    # 0.5 %, or what rounding to gold's last digit that is not zero allows: 389 for $0.40 billion.
    slack = max(ROUNDING, min(wanted.coarse_step / 2 / right, _COARSEST))
    return any(abs(left / right / power - 1) <= slack for power in (*_POWERS, 1.0))


def _rows(text: str) -> Iterator[str]:
    """The lines of figures, and the sentences of prose."""
    if is_figures(text):
        yield from filter(str.strip, text.splitlines())
        return
    for start, end in sentence_spans(text):
        yield text[start:end]


def row_label(row: str) -> str:
    """The words a table row begins with.

    >>> row_label("Purchases of property, plant and equipment (PP&E)  (1,577)  (1,373)")
    'Purchases of property, plant and equipment (PP&E)'
    """
    label: list[str] = []
    for word in row.split():
        if any(character.isdigit() for character in word) or word in "$€£":
            break
        label.append(word)
    return " ".join(label[:_LABEL_WORDS])


def texts_on(row: Row, place: Place) -> Sequence[str]:
    """What a row keeps of a place's text: its quote, and the hits and citations that lie on it."""
    return [place.quote, *(one.quote for one in (*row.shown, *row.citations) if _inside(one, place))]


def _inside(one: Place, place: Place) -> bool:
    return one.document_id == place.document_id and place.start <= one.start and one.end <= place.end
