"""The payment-date report of one deal: the figures of ``payment`` as the tables that trustees send out."""

from __future__ import annotations

from decimal import Decimal

from eval.sample.blocks import Block, Break, Paragraph, Table
from eval.sample.drafting import Style
from eval.sample.drawing import BANNER
from eval.sample.limits import BY_KEY
from eval.sample.payment import Payment, payment
from eval.sample.schedules import QUALITY, loans
from eval.sample.terms import DealTerms
from eval.sample.values import Percent, show
from eval.sample.waterfall import clause_letter, principal_steps
from eval.sample.wording import residual_name, scope_of, style_of

_STEP_NAMES = {
    "taxes": "Taxes and governmental fees",
    "expenses": "Administrative Expenses (capped)",
    "senior_fee": "{SMF}",
    "hedge": "Hedge payments",
    "interest": "Class {classes} interest",
    "deferred": "Class {classes} Deferred Interest",
    "test": "Class {classes} Coverage Tests cure",
    "diversion": "Interest Diversion deposit",
    "subordinated_fee": "{SUBF}",
    "excess": "Administrative Expenses (excess)",
    "incentive": "Incentive Fee",
    "residual": "{SN}",
    "principal": "Class {classes} principal",
    "reinvest": "Purchase of {CO}s",
    "cure": "Senior amounts not paid from interest",
}


def report(terms: DealTerms) -> list[Block]:
    """Title, summary, notes, tests, limits, accounts, waterfalls and portfolio."""
    style, paid = style_of(terms), payment(terms)
    date_text = show(terms.report_date, style.notation)
    blocks: list[Block] = [
        Paragraph(text=f"**{BANNER}**", align="center", after=20),
        Paragraph(text=f"**{terms.title}, Ltd.**", align="center", after=6, size=1.3),
        Paragraph(text=f"**Payment Date Report – {date_text}**", align="center", after=20),
        Paragraph(
            text=f"Prepared by {terms.agent} as Collateral Administrator for {terms.trustee}. Figures are in "
            "United States dollars and are those determined for the date named above.",
            after=14,
        ),
    ]
    sections: list[tuple[str, list[Table], bool]] = [
        ("Summary", [_summary(terms, paid, style)], False),
        ("Distributions on the Notes", [_notes(paid, style)], False),
        ("Coverage Tests", [_tests(paid, style)], True),
        ("Collateral Quality Tests", [_quality(terms, paid)], False),
        ("Concentration Limitations", [_limits(terms, paid)], True),
        ("Accounts", [_accounts(paid)], True),
        ("Administrative Expenses", [_expenses(paid)], False),
        ("Application of Interest Proceeds", [_interest_lines(terms, paid)], True),
        ("Application of Principal Proceeds", [_principal_lines(terms, paid)], False),
        ("Ten Largest Obligors", [_obligors(terms, style)], True),
        ("Ratings of the Portfolio", [_ratings(terms)], False),
    ]
    for number, (title, tables, fresh) in enumerate(sections, 1):
        if fresh:
            blocks.append(Break())
        heading = Paragraph(text=f"**{number}. {title}**", align="left", before=8, after=6, with_next=True)
        blocks += [heading, *tables]
    return blocks


def _cash(value: Decimal) -> str:
    return f"{value:,.2f}"


def _summary(terms: DealTerms, paid: Payment, style: Style) -> Table:
    words, notation = style.words, style.notation
    rows = (
        ("rep_date", words["PD"], show(terms.report_date, notation)),
        ("rep_previous", f"Previous {words['PD']}", show(paid.previous, notation)),
        ("rep_days", "Days in Interest Accrual Period (actual)", str(paid.days)),
        ("rep_benchmark", words["BENCH"], f"{paid.benchmark}%"),
        ("rep_par", words["ACPA"], _cash(paid.par)),
        ("rep_interest", "Interest Proceeds", _cash(paid.collections)),
        ("rep_principal", "Principal Proceeds", _cash(paid.principal_collections)),
        ("rep_reinvesting", f"{words['RP']} in effect", "Yes" if paid.reinvesting else "No"),
    )
    return Table(
        header=("Item", "Value"),
        rows=tuple((a, b) for _, a, b in rows),
        widths=(3, 2),
        keys=tuple(k for k, _, _ in rows),
    )


def _notes(paid: Payment, style: Style) -> Table:
    rows = tuple(
        (
            residual_name(style) if c.label == "Subordinated" else c.label,
            _cash(c.original),
            _cash(c.beginning),
            "N/A" if c.rate is None else f"{c.rate}%",
            _cash(c.interest),
            _cash(c.principal),
            _cash(c.ending),
        )
        for c in paid.classes
    )
    header = (
        "Class",
        "Original Balance",
        "Beginning Balance",
        "Interest Rate",
        "Interest Paid",
        "Principal Paid",
        "Ending Balance",
    )
    return Table(
        header=header,
        rows=rows,
        widths=(12, 16, 16, 11, 14, 14, 16),
        keys=tuple(f"rep_note_{c.label}" for c in paid.classes),
        size=0.7,
    )


def _tests(paid: Payment, style: Style) -> Table:
    rows, keys = [], []
    pairs = (("OC", "rep_oc", paid.overcollateralization), ("IC", "rep_ic", paid.interest))
    for word, key, results in pairs:
        for test in results:
            result = "Pass" if test.ratio >= test.trigger else "Fail"
            rows.append(
                (
                    f"Class {test.classes} {style.words[word]}",
                    _cash(test.numerator),
                    _cash(test.denominator),
                    f"{test.ratio}%",
                    f"{test.trigger}%",
                    result,
                )
            )
            keys.append(f"{key}_{test.classes}")
    return Table(
        header=("Test", "Numerator", "Denominator", "Result", "Required", "Outcome"),
        rows=tuple(rows),
        widths=(34, 17, 17, 10, 10, 10),
        keys=tuple(keys),
        size=0.76,
    )


def _quality(terms: DealTerms, paid: Payment) -> Table:
    rows = []
    for key, test, sense in QUALITY:
        level = getattr(terms.thresholds, key)
        sign = "%" if isinstance(level, Percent) else ""
        rows.append((test, f"{paid.quality[key]}{sign}", f"{sense} {level.value}{sign}", "Pass"))
    return Table(
        header=("Test", "Result", "Required", "Outcome"),
        rows=tuple(rows),
        widths=(4, 2, 3, 2),
        keys=tuple(f"rep_quality_{k}" for k, _, _ in QUALITY),
    )


def _limits(terms: DealTerms, paid: Payment) -> Table:
    facts, rows = terms.governing(), []
    for key, actual in paid.limits.items():
        share = facts[key]
        assert isinstance(share, Percent)  # noqa: S101 (limits are percentages)
        asked = scope_of(terms).fill(BY_KEY[key.removeprefix("limit_")].asked)
        rows.append((asked[0].upper() + asked[1:], f"{actual}%", f"{share.value}%", "Pass"))
    return Table(
        header=("Limitation", "Actual", "Maximum", "Outcome"),
        rows=tuple(rows),
        widths=(6, 1.5, 1.5, 1.5),
        keys=tuple(f"rep_{key}" for key in paid.limits),
    )


def _accounts(paid: Payment) -> Table:
    rows = tuple(
        (a.name, _cash(a.opening), _cash(a.deposits), _cash(a.withdrawals), _cash(a.closing))
        for a in paid.accounts
    )
    return Table(
        header=("Account", "Opening", "Deposits", "Withdrawals", "Closing"),
        rows=rows,
        widths=(34, 15, 15, 15, 15),
        keys=tuple(f"rep_account_{a.name}" for a in paid.accounts),
    )


def _expenses(paid: Payment) -> Table:
    total = sum((value for _, value in paid.expenses), Decimal(0))
    rows = (*((who, _cash(value)) for who, value in paid.expenses), ("Total", _cash(total)))
    keys = (*(f"rep_expense_{who}" for who, _ in paid.expenses), "rep_expense_total")
    return Table(header=("Payee", "Amount"), rows=rows, widths=(3, 2), keys=keys)


def _step_name(terms: DealTerms, kind: str, classes: str) -> str:
    return scope_of(terms).fill(_STEP_NAMES[kind].replace("{classes}", classes))


def _interest_lines(terms: DealTerms, paid: Payment) -> Table:
    left, rows, keys = paid.collections, [], []
    for i, (step, value) in enumerate(paid.lines):
        left -= value
        rows.append((clause_letter(i), _step_name(terms, step.kind, step.classes), _cash(value), _cash(left)))
        keys.append(f"rep_line_{step.kind}_{step.classes}")
    return Table(
        header=("Clause", "Application", "Paid", "Remaining"),
        rows=tuple(rows),
        widths=(1, 5, 2.4, 2.4),
        keys=tuple(keys),
    )


def _principal_lines(terms: DealTerms, paid: Payment) -> Table:
    left, rows = paid.principal_collections, []
    senior = next(t.label for t in terms.secured if t.letter == "A")
    for i, step in enumerate(principal_steps(terms)):
        takes = (
            step.kind == "reinvest"
            if paid.reinvesting
            else step.kind == "principal" and step.classes == senior
        )
        value = paid.principal_collections if takes else Decimal(0)
        left -= value
        rows.append((clause_letter(i), _step_name(terms, step.kind, step.classes), _cash(value), _cash(left)))
    return Table(
        header=("Clause", "Application", "Paid", "Remaining"), rows=tuple(rows), widths=(1, 5, 2.4, 2.4)
    )


def _obligors(terms: DealTerms, style: Style) -> Table:
    largest = sorted(loans(terms), key=lambda loan: (-loan.par.value, loan.obligor))[:10]
    rows = tuple(
        (loan.obligor, loan.industry, _cash(loan.par.value), loan.moodys, loan.sp) for loan in largest
    )
    return Table(
        header=("Obligor", "Industry", f"{style.words['CO']}s held ($)", "Moody's", "S&P"),
        rows=rows,
        widths=(30, 24, 16, 9, 9),
        keys=tuple(f"rep_obligor_{i}" for i in range(len(rows))),
        size=0.78,
    )


def _ratings(terms: DealTerms) -> Table:
    held = loans(terms)
    total = sum((loan.par.value for loan in held), Decimal(0))
    rows, keys = [], []
    for rating in ("Ba3", "B1", "B2", "B3", "Caa1"):
        own = [loan for loan in held if loan.moodys == rating]
        par = sum((loan.par.value for loan in own), Decimal(0))
        rows.append((rating, str(len(own)), _cash(par), f"{(par / total * 100).quantize(Decimal('0.01'))}%"))
        keys.append(f"rep_rating_{rating}")
    return Table(
        header=("Moody's Rating", "Obligors", "Principal Balance", "Share"),
        rows=tuple(rows),
        widths=(2, 2, 3, 2),
        keys=tuple(keys),
    )
