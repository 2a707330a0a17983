"""Drafting styles: the house habits of six imagined law firms, and the words each uses for the same thing.

Styles A, B and C draft the tuning deals, D, E and F the evaluation deals: nothing learned from one firm's
wording alone carries over. Numbers come from ``values``; the sentences from the text files.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Literal

from eval.sample.blocks import Format
from eval.sample.drawing import Family
from eval.sample.values import Notation

_LETTER = (612.0, 792.0)
_A4 = (595.3, 841.9)
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_ORDINALS = (
    "One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen Sixteen"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One firm's habits.

    ``words`` maps the text files' short keys to this firm's terms; ``turns`` are its turns of phrase, each
    with what it writes instead.
    """

    key: str
    notation: Notation
    shape: Format
    family: Family
    section: str
    padded: bool
    article: Literal["roman", "arabic", "word"]
    two_line: bool
    centred: bool
    definition: Literal["means", "colon", "bold"]
    hanging: bool
    words: dict[str, str]
    turns: tuple[tuple[str, str], ...] = ()

    def article_number(self, number: int) -> str:
        """An article's number as headings print it: ``ARTICLE IV``, ``ARTICLE 4`` or ``Article Four``."""
        if self.article == "word":
            return f"Article {_ORDINALS[number - 1]}"
        return f"ARTICLE {roman(number) if self.article == 'roman' else number}"

    def section_number(self, article: int, section: int) -> str:
        """A section's number: ``7.1`` or ``7.01``."""
        return f"{article}.{section:02d}" if self.padded else f"{article}.{section}"

    def turn(self, text: str) -> str:
        """The text with this firm's turns of phrase."""
        for usual, own in self.turns:
            text = re.sub(rf"\b{usual}\b", own, text)
        return text

    def choose(self, variants: list[str]) -> str:
        """The firm's choice among phrasings: always the same for the same variants."""
        salt = zlib.crc32(f"{self.key}|{'|'.join(variants)}".encode())
        return variants[(salt >> 7) % len(variants)]


def roman(number: int) -> str:
    """A roman numeral.

    >>> [roman(n) for n in (4, 9, 14)]
    ['IV', 'IX', 'XIV']
    """
    text = ""
    for value, digits in _ROMAN:
        while number >= value:
            text += digits
            number -= value
    return text


def _format(
    page: tuple[float, float], size: float, leading: float, margin: float, *, justified: bool
) -> Format:
    return Format(
        width=page[0], height=page[1], margin=margin, size=size, leading=leading, justified=justified
    )


_KEYS = "PD CM SM OC IC CO IND HO RP CLOSING DD TP SN SMF SUBF AEC ACPA TR COLL BENCH ISSUER NCP".split()


def _words(line: str) -> dict[str, str]:
    return dict(zip(_KEYS, (part.strip() for part in line.split(";")), strict=True))


STYLES: dict[str, Style] = {
    style.key: style
    for style in (
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
    )
}  # fmt: skip
