"""The concentration limitations a deal may have: how each is worded, and which percentages are usual.

A deal leaves some of the optional ones out, wholly: neither the limitation nor its wording then stands in
any of its documents. ``asked`` is how a reader would name it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitKind:
    """One limitation: ``wording`` follows "not more than x%"; ``trace`` is a phrase found only with it."""

    key: str
    wording: str
    asked: str
    choices: tuple[str, ...]
    trace: str = ""

    @property
    def optional(self) -> bool:
        """Whether a deal may leave it out: its wording occurs nowhere else."""
        return bool(self.trace)


def _kind(key: str, choices: str, asked: str, wording: str, trace: str = "") -> LimitKind:
    return LimitKind(key=key, wording=wording, asked=asked, choices=tuple(choices.split()), trace=trace)


LIMITS: tuple[LimitKind, ...] = (
    _kind(
        "second_lien",
        "5.0 7.5 10.0",
        "second lien loans and unsecured loans together",
        "may consist of {CO}s that are Second Lien Loans or unsecured loans",
    ),
    _kind(
        "single_obligor",
        "2.0 2.25 2.5",
        "obligations of one obligor and its affiliates",
        "may consist of {CO}s issued by any single Obligor and its Affiliates, "
        "[except as provided in|subject to] the following clause",
    ),
    _kind(
        "largest_obligors",
        "2.5 2.75 3.0",
        "each of the five largest obligors",
        "may consist of {CO}s issued by each of the five largest Obligors and their respective Affiliates",
    ),
    _kind(
        "caa",
        "5.0 7.5 10.0",
        "obligations with a Moody's rating of Caa1 or below",
        "may consist of {CO}s with a Moody's Rating of “Caa1” or below",
    ),
    _kind(
        "ccc",
        "5.0 7.5 10.0",
        "obligations with an S&P rating of CCC+ or below",
        "may consist of {CO}s with an S&P Rating of “CCC+” or below",
    ),
    _kind("fixed_rate", "2.5 5.0 7.5", "fixed rate obligations", "may consist of Fixed Rate Obligations"),
    _kind("current_pay", "2.5 3.0 5.0", "current pay obligations", "may consist of Current Pay Obligations"),
    _kind("dip", "5.0 7.0 7.5", "DIP collateral obligations", "may consist of DIP {CO}s", "DIP "),
    _kind(
        "delayed_draw",
        "5.0 7.5 10.0",
        "the unfunded part of revolving and delayed drawdown obligations",
        "may consist of the unfunded commitments under Revolving Collateral Obligations "
        "and Delayed Drawdown Collateral Obligations",
    ),
    _kind(
        "participations",
        "10.0 15.0 20.0",
        "participation interests",
        "may consist of Participation Interests",
    ),
    _kind(
        "quarterly_pay",
        "5.0 7.5 8.0",
        "obligations paying interest less often than quarterly",
        "may consist of {CO}s that pay interest less frequently than quarterly",
    ),
    _kind(
        "largest_industry",
        "12.0 13.5 15.0",
        "the largest S&P industry classification",
        "may consist of {CO}s with Obligors in the largest S&P Industry Classification",
    ),
    _kind(
        "second_industry",
        "11.0 11.5 12.5",
        "the second largest S&P industry classification",
        "may consist of {CO}s with Obligors in the second largest S&P Industry Classification",
    ),
    _kind(
        "other_industry",
        "9.0 9.5 10.0",
        "any other single S&P industry classification",
        "may consist of {CO}s with Obligors in any other single S&P Industry Classification",
    ),
    _kind(
        "non_us",
        "15.0 20.0 25.0",
        "obligors domiciled outside the United States",
        "may consist of {CO}s whose Obligors are Domiciled in countries other than the United States",
    ),
    _kind(
        "canada",
        "10.0 12.5 15.0",
        "obligors domiciled in Canada",
        "may consist of {CO}s whose Obligors are Domiciled in Canada",
    ),
    _kind(
        "tax_jurisdictions",
        "5.0 7.5 10.0",
        "obligors domiciled in tax jurisdictions",
        "may consist of {CO}s whose Obligors are Domiciled in Tax Jurisdictions",
    ),
    _kind(
        "group_two",
        "8.0 10.0 12.0",
        "obligors domiciled in a Group II country",
        "may consist of {CO}s whose Obligors are Domiciled in any single Group II Country",
        "Group II ",
    ),
    _kind(
        "small_obligor",
        "5.0 6.0 7.5",
        "obligors with total potential indebtedness below $250,000,000",
        "may consist of {CO}s of Obligors whose total potential indebtedness under all loan agreements "
        "and indentures is at least $150,000,000 but less than $250,000,000",
        "total potential indebtedness",
    ),
    _kind("cov_lite", "60.0 65.0 70.0", "cov-lite loans", "may consist of Cov-Lite Loans", "Cov-Lite"),
    _kind("bridge", "1.0 2.0 2.5", "bridge loans", "may consist of Bridge Loans", "Bridge Loan"),
    _kind(
        "letter_of_credit",
        "2.5 3.0 5.0",
        "letter of credit reimbursement obligations",
        "may consist of Letter of Credit Reimbursement Obligations",
        "Letter of Credit Reimbursement",
    ),
    _kind(
        "step_down",
        "2.5 3.0 5.0",
        "step-down obligations",
        "may consist of Step-Down Obligations",
        "Step-Down",
    ),
    _kind(
        "deferrable",
        "2.5 4.0 5.0",
        "deferrable (PIK) obligations",
        "may consist of Deferrable Obligations",
        "Deferrable Obligation",
    ),
    _kind(
        "bonds",
        "5.0 7.5 10.0",
        "senior secured bonds and notes",
        "may consist of Senior Secured Bonds",
        "Senior Secured Bond",
    ),
    _kind("discount", "15.0 20.0 25.0", "discount obligations", "may consist of Discount Obligations"),
    _kind(
        "swapped_discount",
        "5.0 7.5 10.0",
        "swapped non-discount obligations",
        "may consist of Swapped Non-Discount Obligations",
        "Swapped Non-Discount",
    ),
    _kind(
        "middle_market",
        "5.0 10.0 12.5",
        "middle market loans",
        "may consist of Middle Market Loans",
        "Middle Market Loan",
    ),
    _kind(
        "long_dated",
        "2.0 2.5 3.0",
        "long-dated obligations",
        "may consist of Long-Dated Obligations",
        "Long-Dated",
    ),
    _kind(
        "synthetic",
        "1.0 1.5 2.5",
        "credit-linked deposits",
        "may consist of Credit-Linked Deposits",
        "Credit-Linked Deposit",
    ),
)
BY_KEY = {kind.key: kind for kind in LIMITS}
