"""The indenture of one deal, as blocks ready to be laid out.

The order of articles lives in the text files, looks in ``typeset``, tables in ``schedules``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from eval.sample import schedules
from eval.sample.blocks import Block, Break, Contents, Paragraph, Table
from eval.sample.drafting import Style
from eval.sample.template import Scope, definitions, parts
from eval.sample.terms import DealTerms
from eval.sample.typeset import set_definition, set_part, set_text
from eval.sample.wording import scope_of, source, style_of

_TRANSFERS = (
    ("Rule 144A Global Note to Regulation S Global Note", "Rule 144A Global Note", "Regulation S Global Note",
     "not a U.S. person and is acquiring the Notes in an offshore transaction in reliance on Regulation S"),
    ("Regulation S Global Note to Rule 144A Global Note", "Regulation S Global Note", "Rule 144A Global Note",
     "both a Qualified Institutional Buyer and a Qualified Purchaser"),
)  # fmt: skip


def anchors_of(terms: DealTerms) -> dict[str, str]:
    """How this deal's indenture refers to each of its numbered places."""
    return parts(source("indenture"), scope_of(terms))[1]


def term_count(terms: DealTerms) -> int:
    """How many terms Article I defines."""
    return len(definitions(source("definitions"), scope_of(terms)))


def indenture(terms: DealTerms) -> list[Block]:
    """Cover, contents, articles, signatures, schedules and exhibits."""
    style = style_of(terms)
    scope = scope_of(terms, anchors_of(terms))
    blocks: list[Block] = [
        Paragraph(text=" ", after=90),
        *set_text(scope.fill(source("cover")), style, align="center"),
    ]
    blocks = [replace(b, after=34.0) if isinstance(b, Paragraph) and b.text.strip() else b for b in blocks]
    blocks += [Break(), Contents(), *set_text(scope.fill(source("recitals")), style)]
    tables: dict[str, Sequence[Block]] = {
        "definitions": [
            b for d in definitions(source("definitions"), scope) for b in set_definition(d, style)
        ],
        "notes": [schedules.note_table(terms, style)],
        "coverage": [schedules.coverage_table(terms, style)],
        "quality": [schedules.quality_table(terms)],
    }
    for part in parts(source("indenture"), scope)[0]:
        blocks += set_part(part, style, tables)
    blocks += _signatures(scope, style)
    blocks += _schedules(terms, style)
    return blocks + list(_exhibits(terms, scope, style))


def _signatures(scope: Scope, style: Style) -> list[Block]:
    text = "IN WITNESS WHEREOF, we have set our hands as of the day and year first written above."
    names = ("{issuer_name}, as {ISSUER}", "{co_issuer}, as Co-Issuer", "{trustee}, as {TR}")
    lines = "\n\n".join(f"{name}\n\nBy: ____________________ Name: Title:" for name in names)
    return [Break(), *set_text(scope.fill(f"{text}\n\n{lines}"), style)]


def _schedules(terms: DealTerms, style: Style) -> list[Block]:
    listed: list[tuple[str, Table]] = [
        ("S&P Industry Classifications", schedules.industry_table()),
        ("Moody's Rating Factors", schedules.factor_table()),
        ("Recovery Rates", schedules.recovery_table(terms)),
        ("Diversity Score Calculation", schedules.diversity_table()),
        ("Life Test", schedules.life_table(terms, style)),
        ("Collateral Quality Matrix", schedules.matrix_table(terms)),
        (f"{style.words['CO']}s on the {style.words['CLOSING']}", schedules.loan_table(terms, style)),
    ]
    blocks: list[Block] = []
    for number, (title, table) in enumerate(listed, 1):
        blocks += [Break(), *_heading(f"SCHEDULE {number}", title), table]
    return blocks


def _exhibits(terms: DealTerms, scope: Scope, style: Style) -> Iterator[Block]:
    for number, fields in enumerate(scope.items["classes"], 1):
        yield Break()
        yield from _heading(f"EXHIBIT A-{number}", f"Form of Class {fields['c']} Note")
        yield from set_text(scope.fill(source("form_note"), fields), style)
    number = 0
    classes = scope.items["classes"] if terms.number % 3 else scope.items["classes"][:1]
    for kind, from_form, to_form, transferee in _TRANSFERS:
        for fields in classes:
            number += 1
            yield Break()
            yield from _heading(
                f"EXHIBIT B-{number}", f"Form of Transfer Certificate, Class {fields['c']} Notes"
            )
            own = dict(fields, kind=kind, from_form=from_form, to_form=to_form, transferee=transferee)
            yield from set_text(scope.fill(source("form_transfer"), own), style)


def _heading(number: str, title: str) -> list[Block]:
    return [
        Paragraph(
            text=f"**{number}**", align="center", after=4, with_next=True, contents=(0, f"{number} {title}")
        ),
        Paragraph(text=f"**{title}**", align="center", after=12, with_next=True),
    ]
