"""Explanations: whether a free text says what gold says, by its verdict, its figures and its telling words.

Only gold's head counts: its first sentence without asides and reasons; the rest explains. What the head says
that the question did not ("corporate bonds", "$1,097 million") has to be in the answer. Where a question has
the answer choose ("which … the highest"), it has to be in the sentences that make the choice.
"""

from __future__ import annotations

import re

from eval.metrics.answers.figures import calculated, holds_number, stated_value
from eval.metrics.answers.statements import (
    content,
    restates,
    sentences,
    stem,
    tokens,
    without_asides,
)
from eval.metrics.answers.verdicts import (
    asks_yes_or_no,
    denies,
    directions,
    dismisses,
    said,
    verdict,
)
from eval.metrics.numbers import Quantity, find_quantities, same_quantity

TOLD = 0.4
"""Share of gold's telling words that an answer must have."""

_REASON = re.compile(
    r"\b(?:primarily|mainly|mostly|because|due to|driven by|as a result|since|which means|resulting)\b|;\s",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    # Capitalised, the short ones are mostly names.
    r"\b(?:[Ww]hich|[Aa]mong|[Ww]ho|[Ww]hat)\b[^?]*(?:\b(?:most|least|best|worst)|(?i:\b(?:highest|lowest|largest|biggest"
    r"|smallest|greatest|strongest|weakest|fastest|slowest)))\b"
)
_SUPERLATIVE = re.compile(r"\b(?:most|least|best|worst|highest|lowest|largest|biggest|smallest|greatest)\b")
_QUANTITY = re.compile(
    r"\bhow (?:much|many|large|high|long|often)\b"
    r"|\bwhat(?:'s| is| was| were| are)\b[^?]*\b(?:ratio|margins?|rate|amount|percentage|percent|number|value"
    r"|price|eps|ebitda\w*|revenues?|income|expenses?|costs?|capex|expenditures?|debt|cash|growth|total|tax"
    r"|sales|profit|assets|liabilities|inventory|dividends?|balance)\b",
    re.IGNORECASE,
)
_AMONG = re.compile(
    r"\b(?:among|amongst|of|between)\b[^.:]*?,[^.:]*?(?:,?\s+(?:and|or)\s+)[\w ]+?,\s", re.IGNORECASE
)
_REASONS = re.compile(
    r"\b(?:why|what (?:\w+ )?(?:drove|drives|caused|causes|led to|explains?|contributed)|reasons?|drivers?"
    r"|causes?|factors?)\b",
    re.IGNORECASE,
)
_SAID_AGAIN = 0.8
_LEADING = re.compile(r"^\W*(?:yes|no)\b\W*", re.IGNORECASE)
_NAME_WEIGHT = 2.0
_ON_TOPIC = 0.25
_NEAR_BEST = 0.7
_OPTIONS = re.compile(
    r"(?:\b[\w-]+(?: [\w-]+){0,2}, )+(?:[\w-]+(?: [\w-]+){0,2} )?(?:and|or) [\w-]+|\b[\w-]+ or [\w-]+"
)
_CONJUNCTION = re.compile(r",? (?:and|or) |, ")


def explains(given: str, gold: str, hint: float | None, question: str = "") -> bool:
    """True where a text says what gold says.

    >>> explains("No. The debt decreased to $2 million.", "No, it fell by 2%.", None)
    True
    >>> explains("The largest share is in agency bonds.", "Corporate bonds (82 %)", None,
    ...          "Which investment is the largest?")
    False
    """
    side = said(gold)
    if side is None and asks_yes_or_no(question):
        side = verdict(gold, question)
    if side is not None:
        return _same_side(given, gold, side, question) and not _contradicts(
            given, gold_head(_LEADING.sub("", gold)), hint
        )
    if dismisses(gold):
        return dismisses(given)
    if _REASONS.search(question):
        return _tells(given, gold, hint, question) and not _opposed(given, gold)
    head = gold_head(gold)
    if denies(head):
        return denies(given, question)
    wanted = _figures(head, question)
    if wanted and (_QUANTITY.search(question) or not _telling(head, question)):
        return _same_figures(given, wanted, hint, question)
    options = _chosen(head, question) if _CHOICE.search(question) else []
    if options:
        return _chosen(_choice(given, question), question)[:1] == options[:1]
    return _tells(given, head, hint, question)


def _tells(given: str, gold: str, hint: float | None, question: str) -> bool:
    weights, wanted = _telling(gold, question), _figures(gold, question)
    where = _choice(given, question) if _CHOICE.search(question) else given
    stems = {stem(token) for token in tokens(where)}
    if not weights and not wanted:
        # Gold says nothing that was not asked: it can only be said again.
        said_again = set(content(gold))
        return len(said_again & stems) >= _SAID_AGAIN * len(said_again) and not _opposed(given, gold)
    told = sum(weight for word, weight in weights.items() if word in stems)
    if not weights:
        return _same_figures(given, wanted, hint, question)
    # Figures that were not asked for are no part of the answer, but a sign of it.
    found = find_quantities(where)
    told += sum(holds_number(found, value, hint) for value in wanted)
    return told >= TOLD * sum(weights.values())


def gold_head(gold: str) -> str:
    """The first sentence of a gold text, without asides and reasons.

    >>> gold_head("Corporate bonds (82 %), because they pay more. Others follow.").strip()
    'Corporate bonds ,'
    """
    first = next(iter(sentences(without_asides(gold))), gold)
    cut = _REASON.search(first)
    head = first[: cut.start()] if cut is not None else first
    return head if content(head) or find_quantities(head) else gold


def _same_side(given: str, gold: str, side: bool, question: str) -> bool:
    reasons = _LEADING.sub("", gold)
    told = verdict(given, question)
    if told is None:
        return bool(content(reasons)) and _tells(given, gold_head(reasons), None, question)
    return told is side and not _opposed(given, gold)


def _opposed(given: str, gold: str) -> bool:
    """True where one text says up and the other down, as far as each says only one of them."""
    wanted = directions(gold_head(_LEADING.sub("", gold)))
    found = directions(" ".join(sentences(_LEADING.sub("", given))[:2]))
    return len(wanted) == 1 and len(found) == 1 and wanted != found


def _contradicts(given: str, gold: str, hint: float | None) -> bool:
    """True where both rest on figures of one sort, two or more, and have none in common."""
    wanted, found = find_quantities(gold), find_quantities(given)
    for sort in ("", "%", "$"):
        ours = [value for value in wanted if _sort(value) == sort]
        theirs = [value for value in found if _sort(value) == sort]
        if len(ours) >= 2 and len(theirs) >= 2:
            return not any(holds_number(found, value, hint, worked=True) for value in ours)
    return False


def _sort(value: Quantity) -> str:
    return "%" if value.percent else "$" if value.currency else ""


def _figures(gold: str, question: str) -> list[Quantity]:
    """Gold's values that the question does not have."""
    asked = {value.numeral for value in find_quantities(question)}
    return [value for value in find_quantities(gold) if value.numeral not in asked]


def _same_figures(given: str, wanted: list[Quantity], hint: float | None, question: str) -> bool:
    """The value stated, where there is one; of two both, of more at least half."""
    worked = calculated(question)
    if len(wanted) == 1:
        stated = stated_value(given, wanted[0])
        return stated is not None and same_quantity(stated, wanted[0], hint, calculated=worked)
    found = find_quantities(given)
    held = sum(holds_number(found, value, hint, worked=worked) for value in wanted)
    return held >= max(2, len(wanted) / 2)


def _telling(head: str, question: str) -> dict[str, float]:
    """Stems that gold's head has and the question has not, with what each weighs."""
    asked = {stem(token) for token in tokens(question)}
    names = {stem(token) for token in tokens(" ".join(re.findall(r"(?<=[\w,] )[A-Z][\w&]*", head)))}
    return {word: _NAME_WEIGHT if word in names else 1.0 for word in content(head) if word not in asked}


def _choice(given: str, question: str) -> str:
    """The sentences of an answer that speak most of what was asked, what the choice was among left out."""
    asked = set(content(question))
    units = [_AMONG.sub(" ", unit) for unit in sentences(given) if not restates(unit)]
    shares = [len(asked & set(content(unit))) for unit in units]
    best = max(shares, default=0)
    if best < _ON_TOPIC * len(asked):
        return ""
    return " ".join(
        unit
        for unit, share in zip(units, shares, strict=True)
        if share >= _NEAR_BEST * best or (share >= _ON_TOPIC * len(asked) and _SUPERLATIVE.search(unit))
    )


def _chosen(text: str, question: str) -> list[str]:
    """Which of the options that a question lists a text names, in the order of the text."""
    options: set[str] = set()
    for match in _OPTIONS.finditer(question):
        for item in _CONJUNCTION.split(match[0]):
            options.update(content(item)[-1:])
    return [word for word in (stem(token) for token in tokens(text)) if word in options]
