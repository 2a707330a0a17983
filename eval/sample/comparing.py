"""Questions that take several documents: comparisons of deals, and a report against the governing level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain, combinations, islice, zip_longest
from random import Random
from typing import Any

from eval.sample.asking import Asked, kinds
from eval.sample.payment import payment
from eval.sample.records import AnswerType, Deal, Gold, Proof
from eval.sample.values import Amount, Count, Day, Percent, Value, canonical

_GAP_SHARE = 0.45
"""How many of the comparisons of quantities ask for the difference rather than for the deal."""


def comparisons(deals: Sequence[Deal], rng: Random, number: int) -> Iterator[Asked]:
    """At most ``number`` comparisons between pairs of deals, all of one split, each fact in its turn."""
    facts = [*_wording()["facts"], *_wording()["dates"]]
    queues = []
    for key in facts:
        pairs = [(key, pair) for pair in combinations(deals, 2) if _differ(pair, key)]
        rng.shuffle(pairs)
        queues.append(pairs)
    turns = chain.from_iterable(zip_longest(*queues))
    for key, pair in islice((turn for turn in turns if turn is not None), number):
        low, high = sorted(pair, key=lambda deal: _size(deal.terms.governing()[key]))
        yield _compare(rng, (high, low), key)


def margins(deal: Deal, rng: Random) -> Iterator[Asked]:
    """A reported ratio against the level in the indenture, or in the supplement where that governs."""
    test = rng.choice(payment(deal.terms).overcollateralization)
    key = f"oc_{test.classes}"
    margin = test.ratio - test.trigger
    question = rng.choice(_wording()[f"margin_{deal.terms.split}"]).format(
        a=deal.terms.title,
        c=test.classes,
        oc=deal.style.words["OC"],
        date=canonical(deal.terms.report_date),
    )
    level = (
        Proof(deal, "supplement", f"amend_{key}")
        if key in deal.terms.amended
        else Proof(deal, "indenture", f"coverage_{test.classes}")
    )
    yield (
        question,
        Gold(
            slice="multi_document",
            answer=f"{margin}%",
            type="percent",
            split=deal.terms.split,
            proofs=(Proof(deal, "report", f"rep_{key}"), level),
            derivation=f"{test.ratio} - {test.trigger} = {margin}",
        ),
    )


def _wording() -> dict[str, Any]:
    wording: dict[str, Any] = kinds()["compare"]
    return wording


def _differ(pair: tuple[Deal, Deal], key: str) -> bool:
    first, second = (deal.terms.governing()[key] for deal in pair)
    return _size(first) != _size(second)


def _compare(rng: Random, deals: tuple[Deal, Deal], key: str) -> Asked:
    """A question about two deals, the one with the higher or later value first."""
    high, low = (deal.terms.governing()[key] for deal in deals)
    dated = key in _wording()["dates"]
    gap = not dated and rng.random() < _GAP_SHARE
    named = [deal.terms.title for deal in deals]
    if not gap:
        rng.shuffle(named)
    split = deals[0].terms.split
    what = _wording()["dates" if dated else "facts"][key]
    form = "later" if dated else "gap" if gap else "higher"
    question = rng.choice(_wording()[f"{form}_{split}"]).format(x=what, a=named[0], b=named[1])
    answer, kind = _difference(high, low) if gap else _name(deals[0])
    sign, result = ("-", f" = {answer}") if gap else (">", "")
    return question, Gold(
        slice="multi_document",
        answer=answer,
        type=kind,
        split=split,
        proofs=tuple(_proof(deal, key) for deal in deals),
        derivation=f"{canonical(high)} {sign} {canonical(low)}{result}",
    )


def _name(deal: Deal) -> tuple[str, AnswerType]:
    return deal.terms.title, "span"


def _proof(deal: Deal, key: str) -> Proof:
    amended = key in deal.terms.amended
    return Proof(deal, "supplement", f"amend_{key}") if amended else Proof(deal, "indenture", key)


def _size(value: Value) -> Decimal:
    match value:
        case Day():
            return Decimal(value.value.toordinal())
        case Percent() | Amount() | Count():
            return Decimal(value.value)
        case _:
            raise TypeError(f"no size: {value!r}")


def _difference(high: Value, low: Value) -> tuple[str, AnswerType]:
    gap = _size(high) - _size(low)
    match high:
        case Percent():
            return f"{gap}%", "percent"
        case Amount():
            return canonical(Amount(gap)), "amount"
        case _:
            return str(gap), "number"
