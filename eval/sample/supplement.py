"""The supplemental indenture of one deal: what it replaces or adds, clause by clause."""

from __future__ import annotations

from dataclasses import replace

from eval.sample.indenture import anchors_of
from eval.sample.layout import Block, Break, Paragraph
from eval.sample.limits import BY_KEY
from eval.sample.template import Scope, parts
from eval.sample.terms import Amendment, DealTerms
from eval.sample.typeset import set_part, set_text
from eval.sample.values import Percent, show
from eval.sample.wording import class_number, scope_of, source, style_of

DEFINED = {
    "reinvestment_end": "Scheduled Reinvestment Termination Date",
    "non_call_end": "Scheduled Call Date",
    "senior_fee": "Senior Fee Rate",
    "discretionary_sales": "Discretionary Sale Share",
}
"""Facts that stand in a definition of their own, and the term defined."""


def supplement(terms: DealTerms) -> list[Block]:
    """Cover, recitals, amendments and the usual closing provisions."""
    style = style_of(terms)
    scope = _scope(terms)
    cover = set_text(scope.fill(source("supplement_cover")), style, align="center")
    blocks: list[Block] = [Paragraph(text=" ", after=80)]
    blocks += [replace(b, after=26.0) if isinstance(b, Paragraph) else b for b in cover]
    blocks += [Break(), *set_text(scope.fill(source("supplement_recitals")), style)]
    for part in parts(source("supplement"), scope)[0]:
        blocks += [
            replace(b, contents=None) if isinstance(b, Paragraph) else b for b in set_part(part, style, {})
        ]
    text = "IN WITNESS WHEREOF, the parties have executed this Supplemental Indenture as of the date first above written."
    signatures = "\n\n".join(
        f"{name}\n\nBy: ____________________ Name: Title:"
        for name in (
            "{issuer_name}, as {ISSUER}",
            "{co_issuer}, as Co-Issuer",
            "{trustee}, as {TR}",
            "Consented: {manager}",
        )
    )
    return [*blocks, Break(), *set_text(scope.fill(f"{text}\n\n{signatures}"), style)]


def _scope(terms: DealTerms) -> Scope:
    outer = scope_of(terms, anchors_of(terms))
    fields = {
        **outer.fields,
        "amendment_date": show(terms.amendment_date, outer.style.notation),
        "indenture_supplements": f"{outer.anchors['supplements_consent']} of the Indenture",
    }
    items = {
        "amendments": tuple({"key": a.key, "text": outer.fill(_sentence(a, outer))} for a in terms.amendments)
    }
    return replace(outer, fields=fields, items=items)


def _sentence(amendment: Amendment, scope: Scope) -> str:
    """The amending words, with gaps for references to the indenture."""
    key, new = amendment.key, show(amendment.new, scope.style.notation)
    if key.startswith("limit_"):
        wording = BY_KEY[key.removeprefix("limit_")].wording
        if amendment.old is None:
            return f"{{#limitations}} is amended by adding at the end thereof a new clause: “not more than {new} {wording}”"
        return (
            f"{{#limitations}} is amended so that the relevant clause reads: “not more than {new} {wording}”"
        )
    old = show(amendment.old, scope.style.notation) if amendment.old is not None else ""
    if key in DEFINED:
        return (f"the definition of “{DEFINED[key]}” in {{#definitions}} is amended by deleting “{old}” "
                f"and [substituting therefor|inserting in its place] “{new}”")  # fmt: skip
    if key.startswith("rate_"):
        return (f"the definition of “Class {key.removeprefix('rate_')} Spread” in {{#definitions}}, and the table in "
                f"{{#note_table}}, are amended by deleting “{old}” and [substituting therefor|inserting in its place] "
                f"“{new}”")  # fmt: skip
    if key.startswith("oc_"):
        assert isinstance(amendment.new, Percent)  # noqa: S101 (coverage triggers are percentages)
        return (f"the level under “{{OC}} Required” opposite Class {key.removeprefix('oc_')} in the table in "
                f"{{#coverage_table}} is deleted and replaced by “{class_number(amendment.new)}”")  # fmt: skip
    return f"{{#eod_covenant}} is amended by deleting “{old} days” and [substituting therefor|inserting in its place] “{new} days”"
