"""Deals as drawn, and what is computed from them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from eval.sample.firms import STYLES
from eval.sample.indenture import anchors_of, term_count
from eval.sample.limits import BY_KEY, LIMITS
from eval.sample.payment import accrued, payment
from eval.sample.sampling import FURTHER, LOGGED, SLOTS, draw_deal
from eval.sample.terms import DealTerms
from eval.sample.values import Notation, Percent, percent, show
from eval.sample.waterfall import interest_steps

DEALS = [draw_deal(number, 7) for number in range(len(SLOTS) + len(LOGGED) + len(FURTHER))]
every_deal = pytest.mark.parametrize("terms", DEALS, ids=lambda terms: terms.slug)


def test_splits_have_styles_of_their_own() -> None:
    styles = {split: {t.style for t in DEALS if t.split == split} for split in ("tuning", "evaluation")}
    assert styles["tuning"].isdisjoint(styles["evaluation"])
    assert set.union(*styles.values()) == set(STYLES)


def test_further_firms_know_no_term_that_only_measured_firms_use() -> None:
    known = {term for key in "ABC" for term in STYLES[key].words.values()}
    measured = {term for key in "DEF" for term in STYLES[key].words.values()}
    further = {terms.style for terms in DEALS[-len(FURTHER) :]}
    assert further == set("GHIJKL")
    assert not {term for key in further for term in STYLES[key].words.values()} & (measured - known)


def test_names_are_distinct_and_splits_alternate() -> None:
    assert len({terms.slug for terms in DEALS}) == len(DEALS)
    assert [terms.split for terms in DEALS[:4]] == ["tuning", "evaluation"] * 2


@every_deal
def test_many_terms_are_defined(terms: DealTerms) -> None:
    assert term_count(terms) >= 150


@every_deal
def test_limits_are_many_and_some_are_left_out(terms: DealTerms) -> None:
    assert len(terms.limits) >= 20
    assert {limit.key for limit in terms.limits} | set(terms.absent_limits) == set(BY_KEY)
    assert all(BY_KEY[key].optional for key in terms.absent_limits)


def test_limit_keys_are_unique() -> None:
    assert len(BY_KEY) == len(LIMITS)


@every_deal
def test_senior_classes_pay_less(terms: DealTerms) -> None:
    spreads = [t.spread.value for t in terms.secured if t.spread is not None and not t.label.endswith("-2")]
    assert spreads == sorted(spreads)


@every_deal
def test_amendments_change_facts_that_exist(terms: DealTerms) -> None:
    facts = terms.facts()
    for amendment in terms.amendments:
        assert facts.get(amendment.key) == amendment.old
        assert terms.governing()[amendment.key] == amendment.new != amendment.old


@every_deal
def test_supplement_precedes_report_and_dates_are_in_order(terms: DealTerms) -> None:
    assert terms.closing < terms.dates["first_payment"].value < terms.report_date.value
    assert terms.closing < terms.amendment_date.value < terms.report_date.value
    assert terms.dates["reinvestment_end"].value < terms.dates["stated_maturity"].value


@every_deal
def test_waterfall_pays_out_what_came_in(terms: DealTerms) -> None:
    paid = payment(terms)
    assert sum(value for _, value in paid.lines) == paid.collections
    assert [step for step, _ in paid.lines] == list(interest_steps(terms))
    interest = {c.label: c.interest for c in paid.classes}
    assert all(value == interest[step.classes] for step, value in paid.lines if step.kind == "interest")


@every_deal
def test_reported_interest_accrues_at_the_governing_rate(terms: DealTerms) -> None:
    paid = payment(terms)
    for tranche, own in zip(terms.tranches, paid.classes, strict=True):
        rate = terms.governing().get(f"rate_{tranche.label}")
        if not isinstance(rate, Percent):
            assert own.interest == 0
            continue
        whole = rate.value if tranche.coupon else paid.benchmark + rate.value
        assert own.interest == accrued(own.beginning, whole, 90 if tranche.coupon else paid.days)


@every_deal
def test_reported_tests_pass_at_the_governing_level(terms: DealTerms) -> None:
    paid = payment(terms)
    for test in (*paid.overcollateralization, *paid.interest):
        assert test.ratio >= test.trigger
        assert test.ratio == (100 * test.numerator / test.denominator).quantize(Decimal("0.01"))
    for test in paid.overcollateralization:
        assert percent(str(test.trigger)) == terms.governing()[f"oc_{test.classes}"]


@every_deal
def test_anchors_are_numbered_in_the_style(terms: DealTerms) -> None:
    anchors, style = anchors_of(terms), STYLES[terms.style]
    assert anchors["eod_interest"] == f"{style.section} {style.section_number(5, 1)}(a)"


def test_percentages_without_a_whole_number_stay_digits() -> None:
    notation = Notation(percent="words", amount="US$", date="day first", count="both")
    assert show(percent("7.5"), notation) == "7.5%"
