"""The fields that fill the text files' gaps for one deal: values as its firm prints them, parties, words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from eval.sample.drafting import Style
from eval.sample.drawing import BANNER
from eval.sample.firms import STYLES
from eval.sample.limits import BY_KEY
from eval.sample.template import Items, Scope
from eval.sample.terms import DealTerms, Tranche
from eval.sample.values import Count, Percent, ordinal_suffix, show
from eval.sample.waterfall import Step, acceleration_steps, interest_steps, principal_steps, wording

_MONTHS = ("January February March April May June July August September October November December").split()
_STREETS = ("14 Larkspur Quay", "207 Copperbeech Row", "88 Saddler's Reach", "31 Millrace Parade")


@cache
def source(name: str, suffix: str = "txt") -> str:
    """A text file of this package."""
    return files("eval.sample").joinpath(f"text/{name}.{suffix}").read_text(encoding="utf-8")


def style_of(terms: DealTerms) -> Style:
    """The deal's drafting style."""
    return STYLES[terms.style]


def rate_text(tranche: Tranche, style: Style) -> str:
    """A class's interest rate as a table prints it: "Benchmark + 1.45%", "5.310%" or "N/A"."""
    if tranche.coupon is not None:
        return f"{tranche.coupon.value}%"
    return "N/A" if tranche.spread is None else f"{style.words['BENCH']} + {tranche.spread.value}%"


def residual_name(style: Style) -> str:
    """What the firm calls the residual class: "Subordinated" in "Subordinated Notes"."""
    return style.words["SN"].removesuffix(" Notes")


def scope_of(terms: DealTerms, anchors: Mapping[str, str] | None = None) -> Scope:
    """Everything the text files may ask for; ``anchors`` come from the indenture's first pass."""
    style = style_of(terms)
    features = terms.features | {f"limit_{limit.key}" for limit in terms.limits}
    return Scope(
        style=style,
        fields=_fields(terms, style),
        items=_items(terms, style),
        features=frozenset(features),
        anchors=anchors or {},
    )


def _fields(terms: DealTerms, style: Style) -> dict[str, str]:
    facts = {key: show(value, style.notation) for key, value in terms.facts().items()}
    senior = next(t.label for t in terms.secured if t.letter == "A")
    deferrable = [f"Class {t.label} Notes" for t in terms.secured if t.letter in "CDEF"]
    first = terms.dates["first_payment"].value
    limits = terms.features | {f"limit_{limit.key}" for limit in terms.limits}
    months = [_MONTHS[month - 1] for month in terms.payment_months]
    record = terms.thresholds.record_days.value
    return {
        **style.words,
        **facts,
        **_parties(terms),
        "SEC": style.section,
        "uind": style.words["IND"].upper(),
        "banner": BANNER,
        "senior": senior,
        "secured_list": listed([f"Class {t.label} Notes" for t in terms.secured]),
        "deferrable_list": listed(deferrable),
        "NAMT": style.choose(
            ["Collateral Principal Amount", "Aggregate Collateral Balance", "Maximum Pool Amount"]
        ),
        "A_DIP": f"a DIP {style.words['CO']}" if "limit_dip" in limits else "an exchange obligation",
        "total_notes": show_total(terms, style),
        "first_payment_month": f"{_MONTHS[first.month - 1]} {first.year}",
        "payment_day_ordinal": _ordinal(terms.payment_day),
        "payment_months": listed(months),
        "report_day_ordinal": _ordinal(terms.thresholds.report_day.value),
        "determination_days_ordinal": _ordinal(terms.thresholds.determination_days.value),
        "day_or_days": "Business Day" if record == 1 else "Business Days" if record < 15 else "days",
        "petition_days_word": "day" if terms.thresholds.petition_extra.value == 1 else "days",
        "annual_day": f"{_MONTHS[terms.payment_months[0]]} 28",
        "and_incentive": " and the Incentive Fee" if "incentive" in terms.features else "",
        "hedge_party": ", the Hedge Counterparties" if "hedge" in terms.features else "",
        "hedge_document": ", the Hedge Agreements" if "hedge" in terms.features else "",
    }


def _parties(terms: DealTerms) -> dict[str, str]:
    street = _STREETS[terms.number % len(_STREETS)]
    return {
        "title": terms.title,
        "issuer_name": f"{terms.title}, Ltd.",
        "co_issuer": f"{terms.title}, LLC",
        "manager": terms.manager,
        "trustee": terms.trustee,
        "agent": terms.agent,
        "administrator": terms.administrator,
        "placement": terms.placement,
        "hedge": terms.hedge,
        "jurisdiction": terms.jurisdiction,
        "trustee_address": f"{street}, Floor {terms.number + 4}, New York, New York",
        "issuer_address": f"{terms.number * 3 + 11} Harbour Terrace, {terms.jurisdiction}",
        "manager_address": f"{terms.number * 7 + 120} Foundry Avenue, "
        f"Suite {terms.number + 21}00, Chicago, Illinois",
    }


def _items(terms: DealTerms, style: Style) -> Items:
    classes = tuple(_class_fields(t, style) for t in terms.secured)
    limits = tuple(
        {"key": limit.key, "share": show(limit.share, style.notation), "text": BY_KEY[limit.key].wording}
        for limit in terms.limits
    )
    return {
        "classes": classes,
        "rates": classes,
        "limits": limits,
        "interest_clauses": _steps(interest_steps(terms)),
        "principal_clauses": _steps(principal_steps(terms)),
        "acceleration_clauses": _steps(acceleration_steps(terms)),
    }


def _class_fields(tranche: Tranche, style: Style) -> dict[str, str]:
    rate = tranche.coupon or tranche.spread
    return {
        "c": tranche.label,
        "c_upper": tranche.label.upper(),
        "c_kind": "Fixed" if tranche.coupon else "Floating",
        "c_measure": "Fixed Coupon" if tranche.coupon else "Spread",
        "c_rate": show(rate, style.notation) if rate else "N/A",
    }


def _steps(steps: Sequence[Step]) -> tuple[dict[str, str], ...]:
    return tuple({"text": wording(step)} for step in steps)


def show_total(terms: DealTerms, style: Style) -> str:
    """The principal amount of all classes together."""
    total = sum(t.principal.value for t in terms.tranches)
    return f"{style.notation.amount}{total:,}"


def class_number(value: Percent | Count) -> str:
    """A number as tables print it, whatever the firm's sentences do."""
    return f"{value.value}%" if isinstance(value, Percent) else str(value.value)


def listed(parts: Sequence[str]) -> str:
    """Parts joined as a sentence joins them.

    >>> listed(["A", "B", "C"])
    'A, B and C'
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _ordinal(number: int) -> str:
    return f"{number}{ordinal_suffix(number)}"
