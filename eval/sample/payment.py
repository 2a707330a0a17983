"""The figures of one payment date, computed from the deal's terms so that every total and test agrees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from eval.sample.terms import DealTerms
from eval.sample.values import Count, Day, Percent
from eval.sample.waterfall import Step, interest_steps

_CENT = Decimal("0.01")
_BENCHMARKS = ("5.31245", "5.28830", "4.65412", "4.30177", "5.33096", "4.98764")
_PARTIES = (
    "Trustee",
    "Collateral Administrator",
    "Administrator",
    "Independent accountants",
    "Rating Agencies",
    "Counsel",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPayment:
    """A class on the payment date: ``rate`` in per cent, money in dollars and cents."""

    label: str
    original: Decimal
    beginning: Decimal
    rate: Decimal | None
    interest: Decimal
    principal: Decimal

    @property
    def ending(self) -> Decimal:
        """The balance after the payment."""
        return self.beginning - self.principal


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """A coverage ratio as reported: ``numerator / denominator`` in per cent, two places."""

    classes: str
    numerator: Decimal
    denominator: Decimal
    trigger: Decimal

    @property
    def ratio(self) -> Decimal:
        """The ratio in per cent."""
        return (self.numerator / self.denominator * 100).quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account's movements over the period, in dollars and cents."""

    name: str
    opening: Decimal
    deposits: Decimal
    withdrawals: Decimal

    @property
    def closing(self) -> Decimal:
        """What is left."""
        return self.opening + self.deposits - self.withdrawals


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Everything a payment-date report shows that is not copied from the terms."""

    previous: Day
    days: int
    benchmark: Decimal
    par: Decimal
    collections: Decimal
    principal_collections: Decimal
    reinvesting: bool
    classes: tuple[ClassPayment, ...]
    overcollateralization: tuple[TestResult, ...]
    interest: tuple[TestResult, ...]
    lines: tuple[tuple[Step, Decimal], ...]
    expenses: tuple[tuple[str, Decimal], ...]
    accounts: tuple[Account, ...]
    quality: dict[str, Decimal]
    limits: dict[str, Decimal]


def accrued(principal: Decimal, rate: Decimal, days: int) -> Decimal:
    """Simple interest in dollars on a 360-day year; ``rate`` in per cent.

    >>> accrued(Decimal(1_000_000), Decimal("5.00"), 90)
    Decimal('12500.00')
    """
    return (principal * rate * days / 36000).quantize(_CENT, ROUND_HALF_UP)


def payment(terms: DealTerms) -> Payment:
    """The deal's reported payment date."""
    rng = Random(f"{terms.title}/payment")  # noqa: S311 (reproducible, not secret)
    facts = terms.governing()
    when = terms.report_date.value
    previous = date(when.year, when.month - 3, when.day)
    days = (when - previous).days
    benchmark = Decimal(rng.choice(_BENCHMARKS))
    par = (terms.target_par.value * Decimal(rng.randrange(9870, 10030)) / 10_000).quantize(Decimal(1))
    end = facts["reinvestment_end"]
    assert isinstance(end, Day)  # noqa: S101 (declared as a date)
    reinvesting = when <= end.value
    collected = Decimal(rng.randrange(900_000_000, 2_400_000_000)) / 100
    classes = tuple(_classes(terms, benchmark, days, Decimal(0) if reinvesting else collected))
    expenses = tuple((who, Decimal(rng.randrange(1_000_000, 4_500_000)) / 1000) for who in _PARTIES)
    expenses = tuple((who, value.quantize(_CENT)) for who, value in expenses)
    lines = _lines(terms, rng, par, days, (classes, expenses))
    senior = sum((value for step, value in lines[:3]), Decimal(0))
    collections = sum((value for _, value in lines), Decimal(0))
    return Payment(
        previous=Day(previous), days=days, benchmark=benchmark, par=par, collections=collections,
        principal_collections=collected, reinvesting=reinvesting, classes=classes,
        overcollateralization=tuple(_overcollateralization(terms, classes, par)),
        interest=tuple(_interest(terms, classes, collections - senior)),
        lines=lines, expenses=expenses, accounts=tuple(_accounts(rng)),
        quality=dict(_quality(terms, rng)), limits=dict(_limits(terms, rng)),
    )  # fmt: skip


def _classes(terms: DealTerms, benchmark: Decimal, days: int, principal: Decimal) -> Iterator[ClassPayment]:
    facts = terms.governing()
    senior = next(t.label for t in terms.secured if t.letter == "A")
    for tranche in terms.tranches:
        own = facts.get(f"rate_{tranche.label}")
        rate = None
        if isinstance(own, Percent):
            rate = own.value if tranche.coupon else benchmark + own.value
        beginning = tranche.principal.value * (Decimal("0.4") if tranche.label == "X" else 1)
        period = 90 if tranche.coupon else days
        yield ClassPayment(
            label=tranche.label,
            original=tranche.principal.value.quantize(_CENT),
            beginning=beginning.quantize(_CENT),
            rate=rate,
            interest=Decimal("0.00") if rate is None else accrued(beginning, rate, period),
            principal=principal.quantize(_CENT) if tranche.label == senior else Decimal("0.00"),
        )


def _lines(
    terms: DealTerms,
    rng: Random,
    par: Decimal,
    days: int,
    due: tuple[tuple[ClassPayment, ...], tuple[tuple[str, Decimal], ...]],
) -> tuple[tuple[Step, Decimal], ...]:
    """What each clause of the interest waterfall receives; all tests pass, so none diverts."""
    classes, expenses = due
    interest = {c.label: c.interest for c in classes}
    facts = terms.governing()
    paid = []
    for step in interest_steps(terms):
        value = Decimal("0.00")
        match step.kind:
            case "taxes":
                value = Decimal(rng.randrange(100_000, 900_000)) / 100
            case "expenses":
                value = sum((v for _, v in expenses), Decimal(0))
            case "senior_fee" | "subordinated_fee":
                rate = facts[step.kind]
                assert isinstance(rate, Percent)  # noqa: S101 (declared as a percentage)
                value = accrued(par, rate.value, days)
            case "interest":
                value = interest[step.classes]
            case "residual":
                value = Decimal(rng.randrange(60_000_000, 210_000_000)) / 100
            case _:
                pass
        paid.append((step, value.quantize(_CENT)))
    return tuple(paid)


def _covered(classes: tuple[ClassPayment, ...], test: str) -> list[ClassPayment]:
    """The classes in a test's denominator: its own and all senior ones (class X ranks with the senior)."""
    junior = test.rsplit("/", maxsplit=1)[-1]
    return [c for c in classes if c.label != "Subordinated" and (c.label[0] <= junior or c.label == "X")]


def _overcollateralization(
    terms: DealTerms, classes: tuple[ClassPayment, ...], par: Decimal
) -> Iterator[TestResult]:
    for test in terms.coverage:
        trigger = terms.governing()[f"oc_{test.classes}"]
        assert isinstance(trigger, Percent)  # noqa: S101 (declared as a percentage)
        notes = sum((c.beginning for c in _covered(classes, test.classes) if c.label != "X"), Decimal(0))
        yield TestResult(
            classes=test.classes, numerator=par.quantize(_CENT), denominator=notes, trigger=trigger.value
        )


def _interest(
    terms: DealTerms, classes: tuple[ClassPayment, ...], available: Decimal
) -> Iterator[TestResult]:
    for test in terms.coverage:
        if test.interest is None:
            continue
        due = sum((c.interest for c in _covered(classes, test.classes)), Decimal(0))
        yield TestResult(
            classes=test.classes, numerator=available, denominator=due, trigger=test.interest.value
        )


def _accounts(rng: Random) -> Iterator[Account]:
    names = ("Interest Collection Subaccount", "Principal Collection Subaccount", "Payment Account",
             "Expense Reserve Account", "Interest Reserve Account", "Unfunded Exposure Account")  # fmt: skip
    for name in names:
        opening, deposits = (Decimal(rng.randrange(1_000_000, 90_000_000)) / 100 for _ in range(2))
        withdrawals = (opening * rng.randrange(10, 60) / 100).quantize(_CENT)
        yield Account(name=name, opening=opening, deposits=deposits, withdrawals=withdrawals)


def _quality(terms: DealTerms, rng: Random) -> Iterator[tuple[str, Decimal]]:
    for key in ("minimum_spread", "minimum_coupon", "warf", "diversity", "moodys_recovery", "sp_recovery"):
        level = getattr(terms.thresholds, key)
        step = Decimal(rng.randrange(3, 30))
        if isinstance(level, Count):
            yield key, Decimal(level.value) + (-step if key == "warf" else step // 4)
        else:
            yield key, level.value + step / 100


def _limits(terms: DealTerms, rng: Random) -> Iterator[tuple[str, Decimal]]:
    for key, share in terms.governing().items():
        if key.startswith("limit_") and isinstance(share, Percent):
            yield key, (share.value * rng.randrange(15, 97) / 100).quantize(_CENT)
