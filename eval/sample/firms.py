"""The imagined law firms that draft the library's deals.

Styles A, B and C draft the tuning deals, D, E and F the evaluation deals: nothing learned from one firm's
wording alone carries over. G to L draft the further deals: what comes with Covenant learns from them
that firms differ. None of these uses a term of D, E or F that A, B and C do not use too.
"""

from __future__ import annotations

from eval.sample.blocks import Format
from eval.sample.drafting import Style
from eval.sample.values import Notation

_LETTER = (612.0, 792.0)
_A4 = (595.3, 841.9)


def _format(
    page: tuple[float, float], size: float, leading: float, margin: float, *, justified: bool
) -> Format:
    return Format(
        width=page[0], height=page[1], margin=margin, size=size, leading=leading, justified=justified
    )


_KEYS = "PD CM SM OC IC CO IND HO RP CLOSING DD TP SN SMF SUBF AEC ACPA TR COLL BENCH ISSUER NCP".split()


def _words(line: str) -> dict[str, str]:
    return dict(zip(_KEYS, (part.strip() for part in line.split(";")), strict=True))


_FIRMS = (
    Style(
        key="A", section="Section", padded=False, article="roman", two_line=True, centred=True,
        definition="means", hanging=False, family="times",
        notation=Notation(percent="sign", amount="U.S.$", date="month first", count="both"),
        shape=_format(_LETTER, 12, 14.6, 72, justified=True),
        words=_words("Payment Date; Collateral Manager; Stated Maturity; Overcollateralization Ratio; "
                     "Interest Coverage Ratio; Collateral Obligation; Indenture; Holders; "
                     "Reinvestment Period; Closing Date; Determination Date; Target Initial Par Amount; "
                     "Subordinated Notes; Senior Management Fee; Subordinated Management Fee; "
                     "Administrative Expense Cap; Adjusted Collateral Principal Amount; Trustee; Assets; "
                     "Benchmark; Issuer; Non-Call Period"),
    ),
    Style(
        key="B", section="Section", padded=True, article="arabic", two_line=False, centred=False,
        definition="colon", hanging=True, family="times",
        notation=Notation(percent="sign", amount="$", date="month first", count="digits"),
        shape=_format(_LETTER, 11.5, 14.4, 74, justified=True),
        words=_words("Distribution Date; Portfolio Manager; Maturity Date; Par Value Ratio; "
                     "Interest Coverage Ratio; Collateral Debt Obligation; Indenture; Noteholders; "
                     "Reinvestment Period; Issue Date; Calculation Date; Effective Date Target Par; "
                     "Income Notes; Base Management Fee; Additional Management Fee; "
                     "Senior Expenses Cap; Adjusted Par Amount; Indenture Trustee; Trust Estate; "
                     "Reference Rate; Company; Non-Callable Period"),
        turns=(
            ("shall", "will"),
            ("pursuant to", "under"),
            ("prior to", "before"),
            ("in accordance with", "as provided in"),
        ),
    ),
    Style(
        key="C", section="Section", padded=False, article="word", two_line=True, centred=True,
        definition="bold", hanging=True, family="helvetica",
        notation=Notation(percent="words", amount="USD ", date="day first", count="digits"),
        shape=_format(_A4, 10.6, 14.6, 76, justified=False),
        words=_words("Payment Date; Investment Adviser; Maturity Date; O/C Ratio; "
                     "I/C Ratio; Collateral Asset; Indenture; Noteholders; "
                     "Reinvestment Period; Closing Date; Measurement Date; Target Par Amount; "
                     "Subordinated Notes; Senior Advisory Fee; Junior Advisory Fee; "
                     "Expense Cap; Adjusted Principal Amount; Trustee; Collateral; "
                     "Benchmark Rate; Issuer; No-Call Period"),
        turns=(
            ("with respect to", "in relation to"),
            ("thereof", "of it"),
        ),
    ),
    Style(
        key="D", section="Section", padded=False, article="arabic", two_line=True, centred=True,
        definition="bold", hanging=False, family="times",
        notation=Notation(percent="sign", amount="U.S.$", date="day first", count="digits"),
        shape=_format(_A4, 12, 15.2, 74, justified=True),
        words=_words("Distribution Date; Collateral Manager; Stated Maturity; Par Coverage Ratio; "
                     "Interest Coverage Ratio; Portfolio Asset; Indenture; Holders; "
                     "Replenishment Period; Closing Date; Calculation Date; Target Portfolio Par; "
                     "Subordinated Notes; Senior Collateral Management Fee; "
                     "Junior Collateral Management Fee; Priority Expense Cap; "
                     "Adjusted Portfolio Balance; Trustee; Collateral; Applicable Index; Issuer; "
                     "Non-Call Period"),
        turns=(
            ("pursuant to", "in accordance with"),
            ("prior to", "before"),
            ("not later than", "no later than"),
            ("in respect of", "with respect to"),
        ),
    ),
    Style(
        key="E", section="Section", padded=True, article="roman", two_line=False, centred=True,
        definition="means", hanging=True, family="helvetica",
        notation=Notation(percent="per cent", amount="US$", date="month first", count="words"),
        shape=_format(_LETTER, 10.6, 14.2, 76, justified=True),
        words=_words("Payment Date; Portfolio Manager; Final Maturity Date; Overcollateralisation Ratio; "
                     "Interest Cover Ratio; Underlying Obligation; Indenture; Noteholders; "
                     "Reinvestment Period; Issue Date; Determination Date; Target Par Balance; "
                     "Preference Notes; Senior Portfolio Management Fee; "
                     "Subordinated Portfolio Management Fee; Senior Expense Limit; "
                     "Adjusted Aggregate Principal Balance; Indenture Trustee; Pledged Property; "
                     "Reference Rate; Issuer; Protected Period"),
        turns=(
            ("shall", "will"),
            ("with respect to", "in respect of"),
            ("provided that", "on condition that"),
            ("at least", "not less than"),
        ),
    ),
    Style(
        key="F", section="Clause", padded=False, article="roman", two_line=True, centred=False,
        definition="colon", hanging=True, family="times",
        notation=Notation(percent="sign", amount="$", date="ordinal", count="both"),
        shape=_format(_LETTER, 11.8, 14.8, 78, justified=True),
        words=_words("Quarterly Date; Asset Manager; Legal Final Maturity; Principal Coverage Ratio; "
                     "Interest Coverage Ratio; Loan Asset; Indenture; Securityholders; "
                     "Revolving Period; Closing Date; Test Date; Ramp-Up Target Amount; "
                     "Equity Notes; First Asset Management Fee; Second Asset Management Fee; "
                     "Annual Expense Cap; Adjusted Asset Balance; Trustee; Trust Assets; "
                     "Index Rate; Issuer; Call Protection Period"),
        turns=(
            ("not later than", "no later than"),
            ("hereunder", "under this instrument"),
            ("with respect to", "as to"),
            ("not less than", "at least"),
            ("upon", "on"),
        ),
    ),
    Style(
        key="G", section="Clause", padded=False, article="roman", two_line=True, centred=True,
        definition="colon", hanging=True, family="times",
        notation=Notation(percent="per cent", amount="$", date="day first", count="both"),
        shape=_format(_LETTER, 11.4, 14.6, 74, justified=True),
        words=_words("Settlement Date; Servicing Manager; Scheduled Maturity Date; "
                     "Asset Cover Ratio; Debt Service Ratio; Eligible Loan; Indenture; "
                     "Bondholders; Acquisition Period; Completion Date; Valuation Date; "
                     "Opening Par Amount; Residual Notes; Primary Servicing Fee; "
                     "Secondary Servicing Fee; Cost Ceiling; Net Collateral Balance; "
                     "Note Trustee; Charged Assets; Floating Index; Issuer; Lock-Out Period"),
        turns=(
            ("shall", "will"),
            ("prior to", "before"),
            ("in respect of", "for"),
        ),
    ),
    Style(
        key="H", section="Section", padded=True, article="arabic", two_line=False, centred=True,
        definition="bold", hanging=False, family="helvetica",
        notation=Notation(percent="sign", amount="USD ", date="month first", count="digits"),
        shape=_format(_A4, 10.6, 14.6, 74, justified=True),
        words=_words("Remittance Date; Credit Manager; Ultimate Maturity Date; "
                     "Collateralization Ratio; Interest Service Ratio; Financed Loan; "
                     "Indenture; Registered Holders; Purchase Period; Funding Date; "
                     "Cut-Off Date; Portfolio Goal; Junior Notes; Senior Credit Fee; "
                     "Junior Credit Fee; Overhead Cap; Haircut Principal Amount; Trustee; "
                     "Security; Base Rate; Issuer; No-Redemption Period"),
        turns=(
            ("not later than", "by"),
            ("pursuant to", "under"),
            ("at least", "no fewer than"),
        ),
    ),
    Style(
        key="I", section="Section", padded=False, article="word", two_line=True, centred=False,
        definition="means", hanging=True, family="times",
        notation=Notation(percent="words", amount="U.S.$", date="ordinal", count="words"),
        shape=_format(_LETTER, 11.4, 14.6, 74, justified=True),
        words=_words("Quarterly Payment Date; Loan Manager; Maturity Day; "
                     "Asset Coverage Ratio; Interest Protection Ratio; Portfolio Loan; "
                     "Indenture; Note Owners; Trading Period; Signing Date; Computation Date; "
                     "Initial Portfolio Target; Income Securities; Base Loan Fee; "
                     "Step-Up Loan Fee; Administrative Cost Limit; Risk-Adjusted Principal; "
                     "Indenture Trustee; Collateral Estate; Reference Index; Company; "
                     "Non-Redemption Period"),
        turns=(
            ("hereunder", "under this Indenture"),
            ("with respect to", "concerning"),
            ("upon", "on"),
        ),
    ),
    Style(
        key="J", section="Section", padded=True, article="arabic", two_line=True, centred=True,
        definition="colon", hanging=False, family="times",
        notation=Notation(percent="sign", amount="$", date="day first", count="digits"),
        shape=_format(_LETTER, 11, 14.6, 74, justified=True),
        words=_words("Payment Day; Collateral Adviser; Termination Date; "
                     "Par Coverage Test Ratio; Interest Test Ratio; Pledged Loan; Indenture; "
                     "Investors; Recycling Period; Inception Date; Reference Date; "
                     "Par Objective; Capital Notes; Senior Advisory Charge; "
                     "Junior Advisory Charge; Expense Ceiling; Modified Principal Balance; "
                     "Trustee; Trust Property; Interest Index; Issuer; Call Holiday"),
        turns=(
            ("provided that", "except that"),
            ("thereof", "of the same"),
            ("not less than", "at least"),
        ),
    ),
    Style(
        key="K", section="Section", padded=False, article="roman", two_line=False, centred=False,
        definition="means", hanging=False, family="helvetica",
        notation=Notation(percent="sign", amount="US$", date="month first", count="both"),
        shape=_format(_A4, 11.4, 14.6, 74, justified=True),
        words=_words("Coupon Date; Investment Manager; Final Payment Date; "
                     "Over-Collateral Ratio; Interest Coverage Level; Collateral Loan; "
                     "Indenture; Noteholders; Substitution Period; Launch Date; "
                     "Measuring Date; Ramp Target; Deferred Notes; Senior Investment Fee; "
                     "Junior Investment Fee; Running Cost Cap; Weighted Principal Amount; "
                     "Security Trustee; Secured Property; Benchmark; Issuer; Restricted Period"),
        turns=(
            ("shall", "must"),
            ("prior to", "ahead of"),
            ("in accordance with", "under"),
        ),
    ),
    Style(
        key="L", section="Section", padded=False, article="word", two_line=True, centred=True,
        definition="bold", hanging=True, family="times",
        notation=Notation(percent="per cent", amount="U.S.$", date="day first", count="digits"),
        shape=_format(_LETTER, 11.4, 14.6, 74, justified=True),
        words=_words("Interest Date; Fund Manager; Expiry Date; Principal Cover Ratio; "
                     "Interest Ratio; Acquired Loan; Indenture; Holders; Active Period; "
                     "Date of Issue; Test Day; Intended Par; First Loss Notes; "
                     "Priority Management Fee; Deferred Management Fee; "
                     "Trustee Expense Limit; Reduced Par Balance; Trustee; "
                     "Mortgaged Property; Published Rate; Issuer; Make-Whole Period"),
        turns=(
            ("not later than", "no later than"),
            ("upon", "following"),
            ("at least", "not less than"),
        ),
    ),
)  # fmt: skip
STYLES: dict[str, Style] = {style.key: style for style in _FIRMS}
