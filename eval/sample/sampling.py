"""Which deals the library has, and the drawing of each from the seed.

Deals alternate between the splits, so that any prefix of the library holds both. Deals of a shelf share
manager, style and most boilerplate, so that finding the right one takes reading its name. The logged deals
come after these: of each a desk's log has a few questions, and none is measured. The further deals are a
library of their own, by firms of their own: recipes of what comes with Covenant learn from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from eval.sample.limits import LIMITS
from eval.sample.names import places
from eval.sample.terms import (
    FEATURES,
    Amendment,
    Coverage,
    DealTerms,
    Limit,
    Split,
    Thresholds,
    Tranche,
    draw,
    draw_limits,
    draw_structure,
)
from eval.sample.values import Amount, Count, Day, Percent, Value, percent


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    """A deal's fixed place in the library: ``shelf`` indexes the invented names."""

    shelf: int
    year: int
    series: int
    split: Split
    style: str
    supplement: bool
    obligations: int


def _slot(
    shelf: int, issue: str, split: Split, style: str, obligations: int, *, supplement: bool = True
) -> _Slot:
    year, series = (int(part) for part in issue.split("-"))
    return _Slot(
        shelf=shelf,
        year=year,
        series=series,
        split=split,
        style=style,
        supplement=supplement,
        obligations=obligations,
    )


SLOTS = (
    _slot(0, "2021-2", "tuning", "A", 140),
    _slot(1, "2020-1", "evaluation", "D", 150),
    _slot(0, "2022-1", "tuning", "A", 70),
    _slot(1, "2021-3", "evaluation", "D", 420),
    _slot(2, "2021-1", "tuning", "B", 260),
    _slot(3, "2022-2", "evaluation", "E", 165),
    _slot(2, "2022-3", "tuning", "B", 330, supplement=False),
    _slot(3, "2023-1", "evaluation", "E", 90, supplement=False),
    _slot(4, "2020-2", "tuning", "C", 230),
    _slot(5, "2021-1", "evaluation", "F", 190),
    _slot(6, "2022-1", "tuning", "C", 110),
    _slot(7, "2023-2", "evaluation", "F", 480),
    _slot(4, "2023-1", "tuning", "C", 170, supplement=False),
    _slot(5, "2022-1", "evaluation", "F", 60),
)
"""The library's deals in order."""
LOGGED = (
    _slot(0, "2019-1", "tuning", "A", 40, supplement=False),
    _slot(0, "2020-1", "tuning", "A", 55, supplement=False),
    _slot(0, "2021-1", "tuning", "A", 45, supplement=False),
    _slot(0, "2022-3", "tuning", "A", 50, supplement=False),
    _slot(0, "2023-1", "tuning", "A", 40, supplement=False),
    _slot(2, "2019-2", "tuning", "B", 50, supplement=False),
    _slot(2, "2020-1", "tuning", "B", 40, supplement=False),
    _slot(2, "2021-2", "tuning", "B", 55, supplement=False),
    _slot(2, "2022-1", "tuning", "B", 45, supplement=False),
    _slot(2, "2023-1", "tuning", "B", 50, supplement=False),
    _slot(4, "2019-1", "tuning", "C", 45, supplement=False),
    _slot(6, "2020-2", "tuning", "C", 50, supplement=False),
    _slot(4, "2021-1", "tuning", "C", 40, supplement=False),
    _slot(6, "2023-2", "tuning", "C", 55, supplement=False),
    _slot(4, "2022-2", "tuning", "C", 45, supplement=False),
)
"""Further tuning deals of the same firms: many documents with few questions each, as logs have them."""
FURTHER = (
    _slot(8, "2020-1", "tuning", "G", 40),
    _slot(8, "2021-2", "tuning", "G", 60),
    _slot(9, "2021-1", "tuning", "H", 40),
    _slot(9, "2022-2", "tuning", "H", 60),
    _slot(10, "2022-1", "tuning", "I", 40),
    _slot(10, "2023-2", "tuning", "I", 60),
    _slot(11, "2023-1", "tuning", "J", 40),
    _slot(11, "2020-2", "tuning", "J", 60),
    _slot(12, "2020-1", "tuning", "K", 40),
    _slot(12, "2021-2", "tuning", "K", 60),
    _slot(13, "2021-1", "tuning", "L", 40),
    _slot(13, "2022-2", "tuning", "L", 60),
)
"""Deals of other firms, to learn from alone."""
_SHELVES = 8
_FURTHER_SHELVES = 6
_GROWTH = ("Asset Management LLC", "Credit Partners LLC", "Capital Advisors, L.P.", "Loan Management LLC")
_BANKS = (
    "Bank & Trust Company, National Association",
    "Trust Company of the Americas",
    "Corporate Trust, N.A.",
)


def draw_deal(number: int, seed: int) -> DealTerms:
    """The terms of deal ``number`` (0-based: the library's, the logged, the further); the same for a seed.

    Raises:
        IndexError: the library has no such deal.
    """
    slot = (*SLOTS, *LOGGED, *FURTHER)[number]
    # Firms of the further deals are called the same whatever the seed.
    names = _names(f"{seed}/names", _SHELVES) + _names("broad/names", _FURTHER_SHELVES)
    rng = Random(f"{seed}/deal/{number}")  # noqa: S311 (reproducible, not secret)
    own = names[slot.shelf * 4 : slot.shelf * 4 + 4]
    par = Decimal(rng.choice((350, 400, 425, 450, 500, 550)) * 1_000_000)
    tranches, coverage = draw_structure(rng, par)
    limits, absent_limits = draw_limits(rng)
    absent_features = tuple(rng.sample(FEATURES, 3))
    first_month = rng.choice((1, 2, 3))
    day = rng.choice((15, 18, 20, 22, 25))
    closing = date(slot.year, rng.choice((3, 5, 6, 9)), rng.randrange(3, 28))
    dates = _dates(rng, closing, first_month, day)
    thresholds = draw(Thresholds, rng)
    report_year = slot.year + 3
    title = f"{own[0]} CLO {slot.year}-{slot.series}"
    amendments = _amendments(rng, dates, tranches, coverage, thresholds, (limits, absent_limits))
    return DealTerms(
        slug=title.lower().replace(" ", "-"),
        title=title,
        number=number,
        split=slot.split,
        style=slot.style,
        manager=f"{own[0]} {_GROWTH[slot.shelf % len(_GROWTH)]}",
        trustee=f"{own[1]} {_BANKS[slot.shelf % len(_BANKS)]}",
        agent=f"{own[1]} Corporate Services LLC",
        administrator=f"{own[2]} Fiduciary Services Limited",
        placement=f"{own[3]} Securities LLC",
        hedge=f"{own[3]} Derivative Products AG",
        directors=("Odalys Prenn", "Torvald Quist", "Imre Callowhill"),
        jurisdiction=rng.choice(("Cayman Islands", "Bermuda", "Jersey")),
        closing=closing,
        payment_months=tuple(first_month + 3 * i for i in range(4)),
        payment_day=day,
        dates=dates,
        target_par=Amount(par),
        tranches=tranches,
        coverage=coverage,
        limits=limits,
        absent_limits=absent_limits,
        thresholds=thresholds,
        features=frozenset(FEATURES) - frozenset(absent_features),
        absent_features=absent_features,
        life=_life(rng, slot.year, first_month, day),
        amendments=amendments if slot.supplement else (),
        amendment_date=Day(date(slot.year + 2, rng.choice((2, 4, 10, 11)), rng.randrange(2, 27))),
        report_date=Day(date(report_year, first_month + 3 * rng.randrange(1, 4), day)),
        obligations=slot.obligations,
    )


def _names(seed: str, shelves: int) -> tuple[str, ...]:
    return places(Random(seed), shelves * 4)  # noqa: S311 (reproducible, not secret)


def _dates(rng: Random, closing: date, month: int, day: int) -> dict[str, Day]:
    years = rng.choice((3, 4, 5))
    return {
        "reinvestment_end": Day(date(closing.year + years, month + 3, day)),
        "non_call_end": Day(date(closing.year + rng.choice((1, 2)), month + 6, day)),
        "stated_maturity": Day(date(closing.year + rng.choice((12, 13)), month, day)),
        "first_payment": Day(date(closing.year + 1, month, day)),
        "effective_target": Day(date(closing.year, 12, rng.randrange(3, 28))),
        "auction_start": Day(date(closing.year + 9, month + 3, day)),
    }


def _life(rng: Random, year: int, month: int, day: int) -> tuple[tuple[Day, str], ...]:
    """Half-yearly dates with the longest weighted average life allowed from then on, in years."""
    start = Decimal(rng.choice(("8.75", "9.00", "9.25")))
    rows = []
    for i in range(18):
        when = date(year + 1 + i // 2, month + 6 * (i % 2), day)
        rows.append((Day(when), str(start - Decimal("0.50") * i)))
    return tuple(rows)


def _amendments(
    rng: Random,
    dates: dict[str, Day],
    tranches: tuple[Tranche, ...],
    coverage: tuple[Coverage, ...],
    thresholds: Thresholds,
    limits: tuple[tuple[Limit, ...], tuple[str, ...]],
) -> tuple[Amendment, ...]:
    """A refinancing with an extension: what such supplements usually change, and one new limitation."""
    present, absent = limits
    senior = next(t for t in tranches if t.letter == "A")
    middle = coverage[-2]
    assert senior.spread is not None  # noqa: S101 (every structure's senior class floats)
    changes: list[tuple[str, Value | None, Value]] = [
        (f"rate_{senior.label}", senior.spread, _less(senior.spread, rng.choice(("0.17", "0.23", "0.28")))),
        (
            f"oc_{middle.classes}",
            middle.overcollateralization,
            _less(middle.overcollateralization, rng.choice(("-0.65", "0.45", "0.85"))),
        ),
        ("senior_fee", thresholds.senior_fee, _less(thresholds.senior_fee, "0.025")),
        ("covenant_cure", thresholds.covenant_cure, Count(thresholds.covenant_cure.value - 5)),
        (
            "discretionary_sales",
            thresholds.discretionary_sales,
            _less(thresholds.discretionary_sales, "-5.0"),
        ),
    ]
    for key in ("reinvestment_end", "non_call_end"):
        old = dates[key]
        changes.append((key, old, Day(old.value.replace(year=old.value.year + 2))))
    wanted = rng.choice(("ccc", "caa"))
    changed = next(limit for limit in present if limit.key == wanted)
    changes.append((f"limit_{changed.key}", changed.share, _less(changed.share, "-2.5")))
    added = next(kind for kind in LIMITS if kind.key == absent[0])
    changes.append((f"limit_{added.key}", None, percent(rng.choice(added.choices))))
    return tuple(Amendment(key=key, old=old, new=new) for key, old, new in changes)


def _less(value: Percent, step: str) -> Percent:
    return Percent(value.value - Decimal(step))
