"""Questions that one cell of a table answers. Arithmetic on cells is left to ``arithmetic``.

Cells whose term was amended are left to the amendment questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal

from eval.sample.asking import Asked, kinds, noun, wrap
from eval.sample.payment import TestResult, payment
from eval.sample.records import AnswerType, Deal, Gold, Proof, Slice
from eval.sample.schedules import QUALITY, loans, matrix_rows, recovery_rates
from eval.sample.terms import Tranche
from eval.sample.values import Amount, amount, canonical, percent, show
from eval.sample.wording import class_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a table says or what follows from it: ``nouns`` names the wording, ``words`` fill its gaps."""

    nouns: str
    words: Mapping[str, str]
    answer: str
    type: AnswerType
    keys: tuple[str, ...]
    document: str = "indenture"
    printed: str = ""
    derivation: str = ""


Maker = Callable[[Deal, Random], Finding]


def asked(deal: Deal, rng: Random, finding: Finding, table: Literal["cell", "sum"]) -> Asked:
    """A finding as a question with its gold."""
    named = noun(deal, rng, kinds()[table][finding.nouns], finding.words)
    category: Slice = "table_cell" if table == "cell" else "table_arithmetic"
    return wrap(deal, rng, named, "report" if finding.document == "report" else ""), Gold(
        slice=category,
        answer=finding.answer,
        printed=finding.printed,
        type=finding.type,
        proofs=tuple(Proof(deal, finding.document, key) for key in finding.keys),
        split=deal.terms.split,
        derivation=finding.derivation,
    )


def cells(deal: Deal, rng: Random, number: int) -> Iterator[Asked]:
    """``number`` questions that one cell of a table answers, each of another kind."""
    for make in rng.sample(_CELLS, number):
        yield asked(deal, rng, make(deal, rng), "cell")


def unamended(deal: Deal) -> list[Tranche]:
    """The interest-bearing classes whose rate is still that of the table."""
    return [t for t in deal.terms.secured if f"rate_{t.label}" not in deal.terms.amended]


def reported_tests(deal: Deal) -> list[tuple[str, str, TestResult]]:
    """The coverage tests of the report: the ratio's name, the row's key, the result."""
    paid = payment(deal.terms)
    groups = (("OC", "rep_oc", paid.overcollateralization), ("IC", "rep_ic", paid.interest))
    return [
        (deal.style.words[word], f"{prefix}_{test.classes}", test)
        for word, prefix, tests in groups
        for test in tests
    ]


def _principal(deal: Deal, rng: Random) -> Finding:
    tranche = rng.choice(deal.terms.secured)
    return Finding(
        nouns="principal",
        words={"c": tranche.label},
        answer=canonical(tranche.principal),
        printed=show(tranche.principal, deal.style.notation),
        type="amount",
        keys=(f"note_{tranche.label}",),
    )


def _rate(deal: Deal, rng: Random) -> Finding:
    tranche = rng.choice(unamended(deal))
    rate = tranche.coupon or tranche.spread or percent("0")
    what = "fixed rate" if tranche.coupon else "spread over the benchmark"
    words = {"c": tranche.label, "what": what}
    return Finding(
        nouns="rate", words=words, answer=canonical(rate), type="percent", keys=(f"note_{tranche.label}",)
    )


def _price(deal: Deal, rng: Random) -> Finding:
    tranche = rng.choice(deal.terms.secured[-3:])
    price = canonical(tranche.issue_price)
    return Finding(
        nouns="price",
        words={"c": tranche.label},
        answer=price,
        type="percent",
        keys=(f"note_{tranche.label}",),
    )


def _rating(deal: Deal, rng: Random) -> Finding:
    tranche = rng.choice(deal.terms.secured[1:])
    agency, rating = rng.choice((("Moody's", tranche.moodys), ("S&P", tranche.sp)))
    words = {"c": tranche.label, "what": agency}
    return Finding(nouns="rating", words=words, answer=rating, type="span", keys=(f"note_{tranche.label}",))


def _trigger(deal: Deal, rng: Random) -> Finding:
    test = rng.choice([t for t in deal.terms.coverage if f"oc_{t.classes}" not in deal.terms.amended])
    word, level = "OC", test.overcollateralization
    if test.interest is not None and rng.random() < 0.5:
        word, level = "IC", test.interest
    return Finding(
        nouns="trigger",
        words={"c": test.classes, "what": deal.style.words[word]},
        answer=canonical(level),
        type="percent",
        keys=(f"coverage_{test.classes}",),
    )


def _quality(deal: Deal, rng: Random) -> Finding:
    key, test, _ = rng.choice(QUALITY)
    level = class_number(getattr(deal.terms.thresholds, key))
    kind: AnswerType = "percent" if level.endswith("%") else "number"
    return Finding(nouns="quality", words={"what": test}, answer=level, type=kind, keys=(f"quality_{key}",))


def _life(deal: Deal, rng: Random) -> Finding:
    i = rng.randrange(len(deal.terms.life))
    day, years = deal.terms.life[i]
    return Finding(
        nouns="life",
        words={"what": canonical(day)},
        answer=f"{years} years",
        printed=years,
        type="number",
        keys=(f"life_{i}",),
    )


def _matrix(deal: Deal, rng: Random) -> Finding:
    rows = matrix_rows(deal.terms)
    i, j = rng.randrange(len(rows)), rng.randrange(6)
    where = f"a minimum spread of {rows[i][0]} and a diversity score of {40 + 6 * j}"
    return Finding(
        nouns="matrix", words={"what": where}, answer=rows[i][j + 1], type="number", keys=(f"matrix_{i}",)
    )


def _recovery(deal: Deal, rng: Random) -> Finding:
    rows = recovery_rates(deal.terms)
    i, j = rng.randrange(len(rows)), rng.randrange(3)
    where = f"{rows[i][0].lower()} in Group {'ABC'[j]} countries"
    return Finding(
        nouns="recovery",
        words={"what": where},
        answer=rows[i][j + 1],
        type="percent",
        keys=(f"recovery_{i}",),
    )


def _loan(deal: Deal, rng: Random) -> Finding:
    held = loans(deal.terms)
    i = rng.randrange(len(held))
    loan = held[i]
    options: tuple[tuple[str, str, AnswerType, str], ...] = (
        ("principal balance", canonical(loan.par), "amount", f"{loan.par.value:,}"),
        ("spread", canonical(loan.spread), "percent", ""),
        ("maturity", canonical(loan.maturity), "date", show(loan.maturity, deal.style.notation)),
        ("industry classification", loan.industry, "span", ""),
    )
    what, answer, kind, printed = rng.choice(options)
    words = {"c": loan.obligor, "what": what}
    return Finding(nouns="loan", words=words, answer=answer, type=kind, keys=(f"loan_{i}",), printed=printed)


def _reported_class(deal: Deal, rng: Random) -> Finding:
    own = rng.choice([c for c in payment(deal.terms).classes if c.rate is not None])
    what, value = rng.choice(
        (
            ("beginning balance", own.beginning),
            ("interest paid", own.interest),
            ("ending balance", own.ending),
        )
    )
    return _reported("reported_class", {"c": own.label, "what": what}, amount(value), f"rep_note_{own.label}")


def _reported_test(deal: Deal, rng: Random) -> Finding:
    name, key, test = rng.choice(reported_tests(deal))
    return Finding(
        nouns="reported_test",
        words={"c": test.classes, "what": name},
        answer=f"{test.ratio}%",
        type="percent",
        keys=(key,),
        document="report",
    )


def _reported_account(deal: Deal, rng: Random) -> Finding:
    account = rng.choice(payment(deal.terms).accounts)
    return _reported(
        "reported_account", {"what": account.name}, amount(account.closing), f"rep_account_{account.name}"
    )


def _reported(nouns: str, words: Mapping[str, str], value: Amount, key: str) -> Finding:
    return Finding(
        nouns=nouns,
        words=words,
        answer=canonical(value),
        printed=f"{value.value:,}",
        type="amount",
        keys=(key,),
        document="report",
    )


_CELLS: tuple[Maker, ...] = (
    _principal, _rate, _price, _rating, _trigger, _quality, _life, _matrix, _recovery, _loan,
    _reported_class, _reported_test, _reported_account,
)  # fmt: skip
