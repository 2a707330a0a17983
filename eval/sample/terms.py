"""What varies between deals: ``DealTerms`` and how a seed draws one. Documents and gold derive from it.

Each field that is drawn states its usual values where it is declared. Wording is left to ``drafting`` and
the text files; numbers of a payment date to ``payment``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from random import Random
from typing import Annotated, Any, Literal, TypeVar, get_args, get_type_hints

from eval.sample.limits import LIMITS
from eval.sample.values import Amount, Count, Day, Percent, Value, amount, percent

Split = Literal["tuning", "evaluation"]
Settled = TypeVar("Settled")


_MAKERS: dict[object, Callable[[str], Value]] = {
    Count: lambda text: Count(int(text)),
    Percent: percent,
    Amount: lambda text: amount(int(text)),
}


def draw(kind: type[Settled], rng: Random) -> Settled:
    """An instance whose every field is chosen from the values that its annotation lists."""
    chosen: dict[str, Any] = {}
    for name, hint in get_type_hints(kind, include_extras=True).items():
        type_, choices = get_args(hint)
        chosen[name] = _MAKERS[type_](rng.choice(choices.split()))
    return kind(**chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Periods, shares and amounts that stand in the text of the indenture, each with its usual values."""

    interest_grace: Annotated[Count, "3 5 7"]
    admin_grace: Annotated[Count, "8 9 10 12"]
    principal_grace: Annotated[Count, "4 6 11"]
    covenant_cure: Annotated[Count, "30 45 60"]
    waterfall_minimum: Annotated[Amount, "50_000 75_000 100_000 125_000"]
    waterfall_cure: Annotated[Count, "13 14 16 17"]
    default_ratio: Annotated[Percent, "102.5 103.0 104.0 105.0"]
    insolvency_days: Annotated[Count, "60 75 90"]
    petition_extra: Annotated[Count, "1 2 3"]
    acceleration_share: Annotated[Percent, "50 51"]
    liquidation_share: Annotated[Percent, "66 67 75"]
    redemption_notice: Annotated[Count, "18 20 22 25"]
    redemption_holder_notice: Annotated[Count, "9 11 12"]
    refinancing_notice: Annotated[Count, "21 23 27 28"]
    redemption_sale_bid: Annotated[Percent, "100 101"]
    clean_up_share: Annotated[Percent, "10.0 12.5 15.0 20.0"]
    record_days: Annotated[Count, "1 2 5 15"]
    determination_days: Annotated[Count, "4 6 7 8"]
    supplement_notice: Annotated[Count, "13 15 18 19"]
    supplement_rating_notice: Annotated[Count, "7 8 10"]
    trustee_resignation: Annotated[Count, "30 40 55 65"]
    trustee_vacancy: Annotated[Count, "26 32 35"]
    trustee_capital: Annotated[Amount, "150_000_000 200_000_000 250_000_000"]
    trustee_fee: Annotated[Percent, "0.0175 0.0200 0.0225 0.0250"]
    expense_fixed: Annotated[Amount, "150_000 175_000 200_000 225_000 250_000"]
    expense_rate: Annotated[Percent, "0.015 0.020 0.025 0.030"]
    expense_reserve: Annotated[Amount, "400_000 500_000 650_000 800_000"]
    interest_reserve: Annotated[Amount, "750_000 1_000_000 1_200_000 1_500_000"]
    senior_fee: Annotated[Percent, "0.10 0.125 0.15 0.175 0.20"]
    subordinated_fee: Annotated[Percent, "0.225 0.25 0.275 0.30 0.35"]
    incentive_share: Annotated[Percent, "15 17.5 20"]
    incentive_hurdle: Annotated[Percent, "11.0 12.0 13.0 14.0"]
    discretionary_sales: Annotated[Percent, "22.5 27.5 30.0 35.0"]
    discount_senior: Annotated[Percent, "82.5 83.0 84.0 85.0"]
    discount_other: Annotated[Percent, "77.5 78.0 79.0 81.0"]
    discount_lift: Annotated[Percent, "89.0 91.0 92.0 92.5"]
    discount_days: Annotated[Count, "22 24 29"]
    ccc_excess_share: Annotated[Percent, "5.5 6.5 7.25 8.5"]
    minimum_purchase_price: Annotated[Percent, "55 58 62 64"]
    trading_plan_share: Annotated[Percent, "4.5 5.5 6.25"]
    trading_plan_days: Annotated[Count, "16 17 21"]
    diversion_share: Annotated[Percent, "40 54 56"]
    warf: Annotated[Count, "2650 2720 2790 2845 2910"]
    diversity: Annotated[Count, "47 53 58 63 68"]
    minimum_spread: Annotated[Percent, "3.15 3.25 3.35 3.45 3.60"]
    minimum_coupon: Annotated[Percent, "6.25 6.50 6.75 7.25"]
    moodys_recovery: Annotated[Percent, "41.5 42.5 43.5 44.5"]
    sp_recovery: Annotated[Percent, "38.75 39.25 40.25 40.85"]
    minimum_denomination: Annotated[Amount, "200_000 250_000 300_000"]
    manager_notice: Annotated[Count, "70 80 100 110"]
    removal_share: Annotated[Percent, "59 61 69"]
    removal_for_cause: Annotated[Percent, "52 53 57"]
    key_persons: Annotated[Count, "2 3 4"]
    key_person_days: Annotated[Count, "34 36 48"]
    report_day: Annotated[Count, "18 19 23"]
    annual_report_days: Annotated[Count, "95 105 130 150"]
    inspection_notice: Annotated[Count, "2 12 14"]
    hedge_rating_days: Annotated[Count, "31 33 37"]
    reinvestment_proceeds_days: Annotated[Count, "19 38 43"]
    maturity_cushion: Annotated[Percent, "1.5 1.75"]
    repurchase_price: Annotated[Percent, "98.5 99.0 99.5"]
    tender_days: Annotated[Count, "16 22 26"]
    ramp_up_share: Annotated[Percent, "68 71 76"]
    additional_notes_share: Annotated[Percent, "85 90 110 125"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tranche:
    """A class of notes: ``spread`` over the benchmark, or ``coupon``, or neither for the residual class."""

    label: str
    principal: Amount
    spread: Percent | None
    coupon: Percent | None
    moodys: str
    sp: str
    issue_price: Percent

    @property
    def letter(self) -> str:
        """The part of the label that coverage tests group by: ``A-1`` is ``A``."""
        return self.label.split("-")[0]

    @property
    def residual(self) -> bool:
        """Whether this is the class that receives what is left."""
        return self.spread is None and self.coupon is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """A coverage test: the classes it covers ("A/B"), and its triggers (interest coverage may be absent)."""

    classes: str
    overcollateralization: Percent
    interest: Percent | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A concentration limitation that this deal has."""

    key: str
    share: Percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A term that the supplement replaces: ``key`` is the fact's, ``old`` None where it is added."""

    key: str
    old: Value | None
    new: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class DealTerms:
    """Everything that one deal's documents and gold answers are made from."""

    slug: str
    title: str
    number: int
    split: Split
    style: str
    manager: str
    trustee: str
    agent: str
    administrator: str
    placement: str
    hedge: str
    directors: tuple[str, str, str]
    jurisdiction: str
    closing: date
    payment_months: tuple[int, ...]
    payment_day: int
    dates: dict[str, Day]
    target_par: Amount
    tranches: tuple[Tranche, ...]
    coverage: tuple[Coverage, ...]
    limits: tuple[Limit, ...]
    absent_limits: tuple[str, ...]
    thresholds: Thresholds
    features: frozenset[str]
    absent_features: tuple[str, ...]
    life: tuple[tuple[Day, str], ...]
    amendments: tuple[Amendment, ...]
    amendment_date: Day
    report_date: Day
    obligations: int

    @property
    def secured(self) -> tuple[Tranche, ...]:
        """The classes that bear interest, most senior first."""
        return tuple(t for t in self.tranches if not t.residual)

    @property
    def amended(self) -> frozenset[str]:
        """The keys of the facts that a supplemental indenture changed."""
        return frozenset(a.key for a in self.amendments)

    def facts(self) -> dict[str, Value]:
        """Every single-valued term by key, as in the indenture when it was first signed."""
        found: dict[str, Value] = {f.name: getattr(self.thresholds, f.name) for f in fields(self.thresholds)}
        found |= self.dates
        found |= {"closing": Day(self.closing), "target_par": self.target_par}
        for tranche in self.tranches:
            found[f"principal_{tranche.label}"] = tranche.principal
            rate = tranche.spread or tranche.coupon
            if rate is not None:
                found[f"rate_{tranche.label}"] = rate
        for test in self.coverage:
            found[f"oc_{test.classes}"] = test.overcollateralization
            if test.interest is not None:
                found[f"ic_{test.classes}"] = test.interest
        return found | {f"limit_{limit.key}": limit.share for limit in self.limits}

    def governing(self) -> dict[str, Value]:
        """``facts`` with every amendment applied."""
        return self.facts() | {a.key: a.new for a in self.amendments}


FEATURES = ("incentive", "hedge", "key_person", "trading_plan", "tender", "diversion", "clean_up", "ramp_up")
"""Provisions that a deal may do without; the text files test them with ``?name``."""
_STRUCTURES: tuple[tuple[tuple[str, float], ...], ...] = (
    (("A-1", 0.60), ("A-2", 0.04), ("B", 0.11), ("C", 0.06), ("D", 0.06), ("E", 0.045)),
    (("X", 0.008), ("A", 0.63), ("B", 0.11), ("C", 0.06), ("D", 0.06), ("E", 0.05)),
    (("A", 0.62), ("B-1", 0.08), ("B-2", 0.04), ("C", 0.06), ("D", 0.06), ("E", 0.05), ("F", 0.012)),
    (("A-1", 0.58), ("A-2", 0.05), ("B", 0.12), ("C", 0.065), ("D-1", 0.05), ("D-2", 0.015), ("E", 0.04)),
    (("A-1", 0.61), ("A-2", 0.03), ("B", 0.12), ("C", 0.07), ("D", 0.06)),
)
_SPREADS = {"X": 90, "A": 135, "B": 190, "C": 245, "D": 365, "E": 680, "F": 845}
_RATINGS = {
    "X": ("Aaa(sf)", "AAA(sf)"), "A": ("Aaa(sf)", "AAA(sf)"), "B": ("Aa2(sf)", "AA(sf)"),
    "C": ("A2(sf)", "A(sf)"), "D": ("Baa3(sf)", "BBB-(sf)"), "E": ("Ba3(sf)", "BB-(sf)"),
    "F": ("B3(sf)", "B-(sf)"),
}  # fmt: skip
_CUSHIONS = {"B": "7.0", "C": "5.5", "D": "4.0", "E": "3.0", "F": "2.0"}
_COVER = {"B": "120", "C": "115", "D": "110", "E": "105"}


def draw_structure(rng: Random, par: Decimal) -> tuple[tuple[Tranche, ...], tuple[Coverage, ...]]:
    """Classes and coverage tests that fit together: each trigger lies below the ratio at closing."""
    shape = rng.choice(_STRUCTURES)
    fixed = "B-2" if any(label == "B-2" for label, _ in shape) else ""
    tranches = [_tranche(rng, label, share, par, fixed=label == fixed) for label, share in shape]
    residual = par * Decimal("0.085") // 50_000 * 50_000
    tranches.append(
        Tranche(label="Subordinated", principal=amount(residual), spread=None, coupon=None, moodys="N/A",
                sp="N/A", issue_price=percent(rng.choice(("95.00", "97.50", "100.00"))))
    )  # fmt: skip
    return tuple(tranches), _coverage(rng, tranches, par)


def _tranche(rng: Random, label: str, share: float, par: Decimal, *, fixed: bool) -> Tranche:
    letter = label.split("-", maxsplit=1)[0]
    second = label.endswith("-2")
    points = Decimal(_SPREADS[letter] + rng.randrange(-18, 19) + (45 if second else 0)) / 100
    moodys, sp = _RATINGS[letter]
    steps = round(share * (1 + rng.uniform(-0.03, 0.03)) * float(par) / 250_000)
    return Tranche(
        label=label,
        principal=amount(max(1, steps) * 250_000),
        spread=None if fixed else Percent(points.quantize(Decimal("0.01"))),
        coupon=Percent((points + Decimal("2.4")).quantize(Decimal("0.001"))) if fixed else None,
        moodys=moodys,
        sp=sp,
        issue_price=percent(rng.choice(("100.00", "99.50", "98.75")) if letter in "DEF" else "100.00"),
    )


def _coverage(rng: Random, tranches: list[Tranche], par: Decimal) -> tuple[Coverage, ...]:
    tests = []
    for letter in ("B", "C", "D", "E", "F"):
        if not any(t.letter == letter for t in tranches):
            continue
        notes = sum(t.principal.value for t in tranches if t.letter <= letter and not t.residual)
        ratio = par / notes * 100 - Decimal(_CUSHIONS[letter]) - Decimal(rng.randrange(0, 80)) / 100
        interest = percent(f"{int(_COVER[letter]) + rng.choice((-1, 0, 1))}.00") if letter in "BCD" else None
        tests.append(
            Coverage(
                classes="A/B" if letter == "B" else letter,
                overcollateralization=Percent(ratio.quantize(Decimal("0.01"))),
                interest=interest,
            )
        )
    return tuple(tests)


def draw_limits(rng: Random) -> tuple[tuple[Limit, ...], tuple[str, ...]]:
    """The deal's concentration limitations, and the keys of the optional ones that it lacks."""
    optional = [kind.key for kind in LIMITS if kind.optional]
    absent = tuple(rng.sample(optional, 5))
    limits = (
        Limit(key=kind.key, share=percent(rng.choice(kind.choices)))
        for kind in LIMITS
        if kind.key not in absent
    )
    return tuple(limits), absent
