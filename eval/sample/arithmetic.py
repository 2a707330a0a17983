"""Questions that take arithmetic on cells: sums, differences, shares, interest with day count.

Every answer comes with a derivation that can be followed by hand. Single cells are left to ``tabular``.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from eval.sample.asking import Asked
from eval.sample.payment import accrued, payment
from eval.sample.records import Deal
from eval.sample.tabular import Finding, Maker, asked, reported_tests, unamended
from eval.sample.values import Percent, amount, canonical

_CENT = Decimal("0.01")


def sums(deal: Deal, rng: Random, number: int) -> Iterator[Asked]:
    """``number`` questions that take arithmetic, each of another kind."""
    for make in rng.sample(_SUMS, number):
        yield asked(deal, rng, make(deal, rng), "sum")


def _hundredths(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


def _total(deal: Deal, rng: Random) -> Finding:
    first, second = rng.sample(deal.terms.secured, 2)
    a, b = first.principal.value, second.principal.value
    return Finding(
        nouns="total",
        words={"c": first.label, "d": second.label},
        answer=canonical(amount(a + b)),
        type="amount",
        keys=(f"note_{first.label}", f"note_{second.label}"),
        derivation=f"{a} + {b} = {a + b}",
    )


def _share(deal: Deal, rng: Random) -> Finding:
    tranche = rng.choice(deal.terms.secured)
    part, whole = tranche.principal.value, deal.terms.target_par.value
    share = _hundredths(part / whole * 100)
    return Finding(
        nouns="share",
        words={"c": tranche.label},
        answer=f"{share}%",
        type="percent",
        keys=(f"note_{tranche.label}", "target_par"),
        derivation=f"{part} / {whole} * 100 = {share}",
    )


def _gap(deal: Deal, rng: Random) -> Finding:
    spreads = [(t.spread.value, t.label) for t in unamended(deal) if t.spread is not None]
    (low, junior), (high, senior) = sorted(rng.sample(spreads, 2))
    return Finding(
        nouns="gap",
        words={"c": senior, "d": junior},
        answer=f"{high - low}%",
        type="percent",
        keys=(f"note_{senior}", f"note_{junior}"),
        derivation=f"{high} - {low} = {high - low}",
    )


def _interest(deal: Deal, rng: Random) -> Finding:
    spreads = [(t.spread.value, t) for t in unamended(deal) if t.spread is not None]
    spread, tranche = rng.choice(spreads)
    base = Decimal(rng.choice(("4.00", "4.50", "5.00", "5.25")))
    days = rng.choice((89, 90, 91, 92))
    value = accrued(tranche.principal.value, base + spread, days)
    return Finding(
        nouns="interest",
        words={
            "c": tranche.label,
            "what": f"if the benchmark is {base}% and the accrual period has {days} days (actual/360)",
        },
        answer=canonical(amount(value)),
        type="amount",
        keys=(f"note_{tranche.label}",),
        derivation=f"{tranche.principal.value} * {base + spread} * {days} / 36000 = {value}",
    )


def _room(deal: Deal, rng: Random) -> Finding:
    limits = payment(deal.terms).limits
    key = rng.choice(sorted(limits))
    share = deal.terms.governing()[key]
    most = share.value if isinstance(share, Percent) else Decimal(0)
    row = deal.documents["report"].quotes[f"rep_{key}"][1]
    return Finding(
        nouns="room",
        words={"what": row.split(f" {limits[key]}%")[0]},
        answer=f"{_hundredths(most - limits[key])}%",
        type="percent",
        keys=(f"rep_{key}",),
        document="report",
        derivation=f"{most} - {limits[key]} = {most - limits[key]}",
    )


def _cushion(deal: Deal, rng: Random) -> Finding:
    name, key, test = rng.choice(reported_tests(deal))
    cushion = test.ratio - test.trigger
    return Finding(
        nouns="cushion",
        words={"c": test.classes, "what": name},
        answer=f"{cushion}%",
        type="percent",
        keys=(key,),
        document="report",
        derivation=f"{test.ratio} - {test.trigger} = {cushion}",
    )


def _paid(deal: Deal, rng: Random) -> Finding:
    first, second = rng.sample([c for c in payment(deal.terms).classes if c.rate is not None], 2)
    value = first.interest + second.interest
    return Finding(
        nouns="paid",
        words={"c": first.label, "d": second.label},
        answer=canonical(amount(value)),
        type="amount",
        keys=(f"rep_note_{first.label}", f"rep_note_{second.label}"),
        document="report",
        derivation=f"{first.interest} + {second.interest} = {value}",
    )


def _flow(deal: Deal, rng: Random) -> Finding:
    account = rng.choice(payment(deal.terms).accounts)
    value = account.deposits - account.withdrawals
    return Finding(
        nouns="flow",
        words={"what": account.name},
        answer=f"-${-value:,}" if value < 0 else canonical(amount(value)),
        type="amount",
        keys=(f"rep_account_{account.name}",),
        document="report",
        derivation=f"{account.deposits} - {account.withdrawals} = {value}",
    )


def _portion(deal: Deal, rng: Random) -> Finding:
    paid = payment(deal.terms)
    own = rng.choice([c for c in paid.classes if c.rate is not None])
    portion = _hundredths(own.interest / paid.collections * 100)
    return Finding(
        nouns="portion",
        words={"c": own.label},
        answer=f"{portion}%",
        type="percent",
        keys=(f"rep_note_{own.label}", "rep_interest"),
        document="report",
        derivation=f"{own.interest} / {paid.collections} * 100 = {portion}",
    )


_SUMS: tuple[Maker, ...] = (_total, _share, _gap, _interest, _room, _cushion, _paid, _flow, _portion)
