"""The supplemental indenture of one deal: what it replaces or adds, clause by clause."""

from __future__ import annotations

from dataclasses import replace

from eval.sample.blocks import Block, Break, Paragraph
from eval.sample.indenture import anchors_of
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
    text = "IN WITNESS WHEREOF, the parties have executed this instrument on the date first above written."
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
    kind, _, rest = key.partition("_")
    if kind == "limit":
        change = "so that the relevant clause reads" if amendment.old else "by adding at its end a new clause"
        return f"{{#limitations}} is amended {change}: “not more than {new} {BY_KEY[rest].wording}”"
    old = "" if amendment.old is None else show(amendment.old, scope.style.notation)
    if kind == "oc":
        level = class_number(amendment.new) if isinstance(amendment.new, Percent) else new
        where = f"the level under “{{OC}} Required” opposite Class {rest} in the table in {{#coverage_table}}"
        return f"{where} is deleted and replaced by “{level}”"
    unit = ""
    if key in DEFINED:
        where = f"the definition of “{DEFINED[key]}” in {{#definitions}} is"
    elif kind == "rate":
        term = f"the definition of “Class {rest} Spread” in {{#definitions}}"
        where = f"{term}, and the table in {{#note_table}}, are"
    else:
        where, unit = "{#eod_covenant} is", " days"
    exchange = "[substituting therefor|inserting in its place|putting in its stead]"
    return f"{where} amended by deleting “{old}{unit}” and {exchange} “{new}{unit}”"
