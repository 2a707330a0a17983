"""Tables of the indenture: note classes, tests, and the schedules at its end.

Rating factors follow the scale that is used throughout the market; every other figure is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from eval.sample.blocks import Table
from eval.sample.drafting import Style
from eval.sample.names import obligors
from eval.sample.terms import DealTerms
from eval.sample.values import Amount, Count, Day, Percent, show
from eval.sample.wording import class_number, rate_text, residual_name

INDUSTRIES = (
    "Aerospace & Defense", "Air Freight & Logistics", "Airlines", "Auto Components", "Automobiles",
    "Beverages", "Biotechnology", "Building Products", "Capital Markets", "Chemicals",
    "Commercial Services & Supplies", "Communications Equipment", "Construction & Engineering",
    "Construction Materials", "Consumer Finance", "Containers & Packaging", "Distributors",
    "Diversified Consumer Services", "Diversified Financial Services", "Electric Utilities",
    "Electrical Equipment", "Electronic Equipment", "Energy Equipment & Services", "Entertainment",
    "Food & Staples Retailing", "Food Products", "Gas Utilities", "Health Care Equipment",
    "Health Care Providers", "Health Care Technology", "Hotels, Restaurants & Leisure",
    "Household Durables", "Household Products", "Independent Power Producers", "Industrial Conglomerates",
    "Insurance", "Interactive Media", "IT Services", "Leisure Products", "Life Sciences Tools",
    "Machinery", "Marine", "Media", "Metals & Mining", "Multiline Retail", "Oil, Gas & Consumable Fuels",
    "Paper & Forest Products", "Personal Products", "Pharmaceuticals", "Professional Services",
    "Real Estate Management", "Road & Rail", "Semiconductors", "Software", "Specialty Retail",
    "Textiles & Apparel", "Tobacco", "Trading Companies", "Transportation Infrastructure",
    "Water Utilities", "Wireless Telecommunication",
)  # fmt: skip
RATING_FACTORS = (
    ("Aaa", 1), ("Aa1", 10), ("Aa2", 20), ("Aa3", 40), ("A1", 70), ("A2", 120), ("A3", 180), ("Baa1", 260),
    ("Baa2", 360), ("Baa3", 610), ("Ba1", 940), ("Ba2", 1350), ("Ba3", 1766), ("B1", 2220), ("B2", 2720),
    ("B3", 3490), ("Caa1", 4770), ("Caa2", 6500), ("Caa3", 8070), ("Ca or lower", 10000),
)  # fmt: skip
_LOAN_RATINGS = (("Ba3", "BB-"), ("B1", "B+"), ("B2", "B"), ("B3", "B-"), ("Caa1", "CCC+"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A line of the schedule of initial collateral."""

    obligor: str
    industry: str
    par: Amount
    spread: Percent
    maturity: Day
    moodys: str
    sp: str


def loans(terms: DealTerms) -> tuple[Loan, ...]:
    """The deal's initial collateral, drawn from its title."""
    rng = Random(f"{terms.title}/loans")  # noqa: S311 (reproducible, not secret)
    names = obligors(rng, terms.obligations)
    return tuple(_loan(rng, name, terms.closing.year) for name in sorted(names))


def _loan(rng: Random, obligor: str, year: int) -> Loan:
    moodys, sp = rng.choices(_LOAN_RATINGS, weights=(2, 4, 6, 3, 1))[0]
    spread = Decimal(rng.randrange(11, 24)) / 4
    return Loan(
        obligor=obligor,
        industry=rng.choice(INDUSTRIES),
        par=Amount(Decimal(rng.randrange(40, 280) * 12_500)),
        spread=Percent(spread.quantize(Decimal("0.01"))),
        maturity=Day(date(year + rng.randrange(4, 8), rng.randrange(1, 13), rng.randrange(1, 28))),
        moodys=moodys,
        sp=sp,
    )


def note_table(terms: DealTerms, style: Style) -> Table:
    """The classes and their principal terms; row keys ``note_{label}``."""
    maturity = show(terms.dates["stated_maturity"], style.notation)
    rows = tuple(
        (
            residual_name(style) if t.residual else t.label,
            show(t.principal, style.notation),
            rate_text(t, style),
            maturity,
            t.moodys,
            t.sp,
            f"{t.issue_price.value}%",
            "Yes" if t.letter in "CDEF" else "No",
        )
        for t in terms.tranches
    )
    header = ("Class", "Original Principal Amount", "Interest Rate", style.words["SM"],
              "Moody's Initial Rating", "S&P Initial Rating", "Issue Price", "Deferrable")  # fmt: skip
    keys = tuple(f"note_{t.label}" for t in terms.tranches)
    return Table(header=header, rows=rows, widths=(12, 17, 22, 16, 10, 10, 10, 10.5), keys=keys, size=0.74)


def coverage_table(terms: DealTerms, style: Style) -> Table:
    """Required coverage ratios by class; row keys ``coverage_{classes}``."""
    header = ("Class", f"{style.words['OC']} Required", f"{style.words['IC']} Required")
    rows = tuple(
        (f"Class {test.classes}", f"{test.overcollateralization.value}%",
         f"{test.interest.value}%" if test.interest else "N/A")
        for test in terms.coverage
    )  # fmt: skip
    return Table(
        header=header,
        rows=rows,
        widths=(2, 3, 3),
        keys=tuple(f"coverage_{t.classes}" for t in terms.coverage),
    )


QUALITY: tuple[tuple[str, str, str], ...] = (
    ("minimum_spread", "Minimum Spread Test", "at least"),
    ("minimum_coupon", "Minimum Coupon Test", "at least"),
    ("warf", "Maximum Rating Factor Test", "not more than"),
    ("diversity", "Diversity Test", "at least"),
    ("moodys_recovery", "Moody's Recovery Rate Test", "at least"),
    ("sp_recovery", "S&P Recovery Rate Test", "at least"),
)
"""The collateral quality tests with one level: the fact's key, the test, and how the level binds."""


def quality_table(terms: DealTerms) -> Table:
    """Required levels of the quality tests; row keys ``quality_{key}``."""
    facts = terms.facts()
    rows = []
    for key, test, sense in QUALITY:
        level = facts[key]
        assert isinstance(level, Percent | Count)  # noqa: S101 (the thresholds' declared types)
        rows.append((test, sense, class_number(level)))
    return Table(header=("Test", "Sense", "Level"), rows=tuple(rows), widths=(4, 2, 2),
                 keys=tuple(f"quality_{key}" for key, _, _ in QUALITY))  # fmt: skip


def industry_table() -> Table:
    """Schedule 1: industry classifications."""
    rows = tuple((str(1010000 + 10000 * i), name) for i, name in enumerate(INDUSTRIES))
    return Table(header=("Code", "Industry"), rows=rows, widths=(1, 4), ruled=False)


def factor_table() -> Table:
    """Schedule 2: rating factors; row keys ``factor_{rating}``."""
    rows = tuple((rating, f"{factor:,}") for rating, factor in RATING_FACTORS)
    keys = tuple(f"factor_{rating}" for rating, _ in RATING_FACTORS)
    return Table(header=("Moody's Rating", "Moody's Rating Factor"), rows=rows, widths=(1, 1), keys=keys)


def recovery_rates(terms: DealTerms) -> tuple[tuple[str, ...], ...]:
    """Recovery rates by kind of obligation (rows) and country group A-C (columns)."""
    rng = Random(f"{terms.title}/recovery")  # noqa: S311 (reproducible, not secret)
    kinds = ("Senior Secured Loans", "Second Lien Loans", "Unsecured loans", "Subordinated loans")
    base = (50, 28, 24, 12)
    rows = []
    for kind, start in zip(kinds, base, strict=True):
        top = start + rng.randrange(0, 5)
        rows.append((kind, f"{top}.00%", f"{top - 4}.50%", f"{top - 9}.25%"))
    return tuple(rows)


def recovery_table(terms: DealTerms) -> Table:
    """Schedule 3; row keys ``recovery_{row number}``."""
    rows = recovery_rates(terms)
    header = ("Priority category", "Group A countries", "Group B countries", "Group C countries")
    return Table(
        header=header, rows=rows, widths=(4, 2, 2, 2), keys=tuple(f"recovery_{i}" for i in range(len(rows)))
    )


def diversity_table() -> Table:
    """Schedule 4: diversity scores by aggregate industry equivalent unit score."""
    rows = []
    for i in range(60):
        units, score = Decimal(i) / 10, Decimal(0)
        score = (units * (Decimal("1.0") - units / 18)).quantize(Decimal("0.01"))
        rows.append((f"{units + Decimal('0.05'):.4f}", f"{max(score, Decimal('0.10'))}"))
    header = ("Aggregate Industry Equivalent Unit Score", "Industry Diversity Score")
    return Table(header=header, rows=tuple(rows), widths=(1, 1), ruled=False)


def life_table(terms: DealTerms, style: Style) -> Table:
    """Schedule 5: the longest weighted average life by date; row keys ``life_{number}``."""
    rows = tuple((show(day, style.notation), years) for day, years in terms.life)
    header = ("On and after", "Maximum Weighted Average Life (years)")
    return Table(header=header, rows=rows, widths=(1, 1), keys=tuple(f"life_{i}" for i in range(len(rows))))


def matrix_rows(terms: DealTerms) -> tuple[tuple[str, ...], ...]:
    """The rating factor that goes with a minimum spread (rows) and a diversity score (columns)."""
    rows = []
    for i in range(24):
        spread = Decimal("2.05") + Decimal("0.10") * i
        base = terms.thresholds.warf.value - 640 + 53 * i
        rows.append((f"{spread}%", *(str(base + 37 * j + (i * j) % 7) for j in range(6))))
    return tuple(rows)


def matrix_table(terms: DealTerms) -> Table:
    """Schedule 6; row keys ``matrix_{number}``."""
    rows = matrix_rows(terms)
    header = ("Minimum spread", *(f"Diversity {40 + 6 * j}" for j in range(6)))
    return Table(
        header=header,
        rows=rows,
        widths=(2, 1.6, 1.6, 1.6, 1.6, 1.6, 1.6),
        keys=tuple(f"matrix_{i}" for i in range(len(rows))),
    )


def loan_table(terms: DealTerms, style: Style) -> Table:
    """Schedule 7: the initial collateral; row keys ``loan_{number}``."""
    lines = loans(terms)
    rows = tuple(
        (loan.obligor, loan.industry, f"{loan.par.value:,}", f"{loan.spread.value}%",
         show(loan.maturity, style.notation), loan.moodys, loan.sp)
        for loan in lines
    )  # fmt: skip
    header = (
        "Obligor",
        "S&P Industry Classification",
        "Principal Balance ($)",
        "Spread",
        "Maturity",
        "Moody's",
        "S&P",
    )
    return Table(
        header=header,
        rows=rows,
        widths=(30, 21, 14, 9, 18, 9, 7),
        keys=tuple(f"loan_{i}" for i in range(len(rows))),
        size=0.7,
    )
