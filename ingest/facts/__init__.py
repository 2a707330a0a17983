"""What a document says of itself: title, kind, company or parties, symbol, fiscal year, period, date.

Read from the first pages only, never from the file's name; every fact has the span it was read from. A
filing's cover page comes first, then the item that one without a cover begins with, a prospectus, a press
release of results, a contract, and last a report with nothing but a title. Leaves to ``rag.scope`` which
documents a question means.
"""

from __future__ import annotations

from ingest.facts.agreements import find_date, find_title, kind_of_amendment
from ingest.facts.forms import Cover, find_cover, find_period, find_registrant, find_report_date, find_symbol
from ingest.facts.opening import Found, Opening
from ingest.facts.parties import find_parties
from ingest.facts.releases import (
    find_dateline,
    find_end,
    find_headline,
    find_listed,
    find_subject,
    find_year,
)
from ingest.facts.reports import find_annual_report, find_offering, find_report
from ingest.facts.uncovered import find_uncovered
from ingest.facts.years import find_fiscal_year
from rag.structure import Fact, FactName
from rag.types import Document

_Facts = list[tuple[FactName, Found | None]]


def find_facts(document: Document) -> tuple[Fact, ...]:
    """The facts of a document, by name, then start; none where the first pages hold none."""
    opening = Opening.of(document)
    found = (
        _of_form(opening)
        or find_uncovered(opening)
        or find_offering(opening)
        or find_annual_report(opening)
        or _of_release(opening)
        or _of_agreement(opening)
        or find_report(opening)
    )
    facts = [value.fact(document, name) for name, value in found if value is not None]
    return tuple(sorted(facts, key=lambda fact: (fact.name, fact.start, fact.end)))


def _of_form(opening: Opening) -> _Facts:
    cover = find_cover(opening)
    if cover is None:
        return []
    period, reported = find_period(opening, cover), None
    if cover.kind == "8-K":
        period, reported = None, find_report_date(opening, cover)
    return [
        ("kind", Found(cover.kind, cover.form.start, cover.form.end)),
        ("title", cover.form),
        ("company", find_registrant(opening, cover)),
        ("ticker", find_symbol(opening, cover)),
        ("period_end", period),
        ("fiscal_year", _form_year(opening, cover, period or reported)),
        ("date", reported),
    ]


def _form_year(opening: Opening, cover: Cover, day: Found | None) -> Found | None:
    if day is None or cover.kind == "8-K":
        return day and Found(day.value[:4], day.start, day.end)
    return find_fiscal_year(opening, cover.kind, day)


def _of_release(opening: Opening) -> _Facts:
    headline = find_headline(opening)
    if headline is None:
        return []
    listed, symbol = find_listed(opening)
    end = find_end(opening)
    return [
        ("kind", Found("earnings release", headline.start, headline.end)),
        ("title", headline),
        ("company", listed or find_subject(opening, headline)),
        ("ticker", symbol),
        ("period_end", end),
        ("fiscal_year", find_year(opening, headline, end)),
        ("date", find_dateline(opening)),
    ]


def _of_agreement(opening: Opening) -> _Facts:
    title = find_title(opening)
    if title is None:
        return []
    facts: _Facts = [
        ("kind", Found(kind_of_amendment(opening, title), title.start, title.end)),
        ("title", title),
        ("date", find_date(opening, title)),
    ]
    return [*facts, *(("party", party) for party in find_parties(opening, title))]
