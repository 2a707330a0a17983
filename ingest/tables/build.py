"""A document's tables: regions to columns, rows and cells with value, scale, unit, currency and period.

The parts are found by their own modules; here they are put together, and what a table does not say itself
is taken from the table it continues or from what the document says of all its tables.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ingest.tables.calendars import YearEnd, year_end
from ingest.tables.captions import Caption, read_caption
from ingest.tables.cells import Money, make_cells
from ingest.tables.columns import Band, find_bands, find_word_bands, head
from ingest.tables.figures import Figure
from ingest.tables.grids import find_grids
from ingest.tables.marked import find_marked
from ingest.tables.periods import is_period
from ingest.tables.regions import Region, find_regions
from ingest.tables.rows import LabelledRow, label_rows
from ingest.tables.sheets import Sheet
from ingest.tables.statements import recognise, settle
from ingest.tables.timing import between_balances, time_columns, time_rows, words_around
from ingest.tables.units import Units, standing_units
from rag.structure import Fact, Row, Table
from rag.types import Document, Page, Section

_CONTINUED = re.compile(r"\bcontinued\b|\bcont[’']d\b", re.I)
_SAME_COLUMN = 8.0
"""How far the columns of a continued table may have moved against each other."""
_SAME_GRID = 60.0
"""The same for drawn grids, whose columns are as wide as the words on the page need."""
_NEAR_SECTIONS = 50
_LARGE = 10**6
"""Money printed in units of one; nobody prints a million millions."""


@dataclass(slots=True)
class _Draft:
    """A table in the making."""

    region: Region
    bands: list[Band]
    rows: list[LabelledRow]
    caption: Caption
    units: Units | None
    continues: bool = False

    def figures(self) -> Iterator[Figure]:
        """Its figures, column by column."""
        for band in self.bands:
            for piece in band.pieces.values():
                if piece.figure is not None:
                    yield piece.figure


def find_tables(
    document: Document, sections: Sequence[Section], facts: Sequence[Fact] = ()
) -> tuple[Table, ...]:
    """The tables of a document in order: of figures, and those of words that the format marks.

    A table whose rows go on at the top of the next page, without a title and with the same header or none,
    is one table. A table without a title is named after the innermost section that it stands in. ``facts``
    tell when quarters end; for the rest, a period is what is printed.
    """
    tables: list[Table] = []
    before: _Draft | None = None
    standing = standing_units(document.text)
    fiscal, ends = _is_fiscal(facts), year_end(facts, document.text)
    for page in document.pages:
        first = True
        for region in _regions(Sheet(document, page)):
            draft = _draft(region, page)
            if draft is None:
                continue
            _inherit(draft, before)
            draft.units = draft.units or _standing(draft, standing)
            if not draft.caption.title:
                draft.caption = _named_after_section(document, draft, sections)
            table = _table(document, draft, len(tables), fiscal=fiscal, ends=ends)
            if draft.continues and first and tables and tables[-1].last_page == page.number - 1:
                tables[-1] = _joined(tables[-1], table)
            else:
                tables.append(table)
            before, first = draft, False
    return settle(tables)


def _regions(sheet: Sheet) -> list[Region]:
    """All tables of a page from top to bottom."""
    grids, regions = find_grids(sheet, find_regions(sheet))
    regions += grids
    if any(line.table for line in sheet.page.lines):
        regions += find_marked(sheet, regions)
    regions.sort(key=lambda region: (region.header or region.body)[0].line.start)
    return regions


def _is_fiscal(facts: Sequence[Fact]) -> bool:
    """Whether the document's year ends in another month than December, as far as facts tell."""
    values = {fact.name: fact.value for fact in facts}
    month = values.get("period_end", "")[5:7]
    yearly = values.get("kind") in {"10-K", "20-F", "annual report"}
    return bool(month) and month not in ({"12"} if yearly else {"03", "06", "09", "12"})


def _draft(region: Region, page: Page) -> _Draft | None:
    bands = find_word_bands(region.body) if region.words else find_bands(region.body)
    if not bands:
        return None
    first, last = (region.header or region.body)[0], region.body[-1]
    rules = [
        rule for rule in page.rules if first.top - 4 <= rule.y0 <= last.bottom + 6 and rule.y1 - rule.y0 < 3
    ]
    stub = head(bands, region.header, rules, min(strip.x0 for strip in region.body))
    caption = read_caption(region, stub)
    return _Draft(region, bands, label_rows(region.body, bands, region.header), caption, caption.units)


def _inherit(draft: _Draft, before: _Draft | None) -> None:
    """What a table does not say itself, it may have from the one right before it."""
    if before is None or draft.region.page - before.region.page > 1:
        return
    titled = bool(draft.caption.title) and not _CONTINUED.search(draft.caption.title)
    if not draft.region.header and not titled:
        _take_headers(draft, before)
    elif draft.region.page > before.region.page and not draft.caption.title:
        draft.continues = _same_headers(draft, before)
    same_page = draft.region.page == before.region.page
    follows = draft.continues or (same_page and not draft.region.above)
    if draft.units is None and (follows or _CONTINUED.search(draft.caption.title)):
        draft.units = before.units
    if follows and not draft.caption.title:
        own, other = draft.caption, before.caption
        draft.caption = replace(own, title=other.title, times=(*other.times, *own.times))


def _take_headers(draft: _Draft, before: _Draft) -> None:
    """A table without a header, with the columns of the one before, continues it."""
    if len(draft.bands) != len(before.bands) or not any(band.header for band in before.bands):
        return
    near = _SAME_GRID if draft.region.words and before.region.words else _SAME_COLUMN
    shift = draft.bands[-1].x1 - before.bands[-1].x1
    pairs = list(zip(draft.bands, before.bands, strict=True))
    if all(abs(one.x1 - other.x1 - shift) <= near for one, other in pairs):
        for one, other in pairs:
            one.header = list(other.header)
        draft.continues = True


def _same_headers(draft: _Draft, before: _Draft) -> bool:
    """Whether a table repeats the header of the one before, with words in it that are no times."""
    headers = [band.header for band in draft.bands]
    return headers == [band.header for band in before.bands] and any(
        not is_period(word) for header in headers for word in header
    )


def _standing(draft: _Draft, standing: Sequence[tuple[int, Units]]) -> Units | None:
    """What the document said before this table of all tables of money."""
    money = [figure for figure in draft.figures() if figure.currency]
    if not money or any(abs(figure.value or Decimal(0)) >= _LARGE for figure in money):
        return None
    start = draft.region.body[0].line.start
    return next((units for at, units in reversed(standing) if at < start), None)


def _named_after_section(document: Document, draft: _Draft, sections: Sequence[Section]) -> Caption:
    """The caption with the heading of the innermost section around the table as its title, if any."""
    place = draft.region.body[0].line.start
    at = bisect_right(sections, place, key=lambda section: section.start)
    for section in reversed(sections[max(at - _NEAR_SECTIONS, 0) : at]):
        if section.level and section.title and section.end > place:
            stop = document.text.find("\n", section.start, place)
            end = stop if stop > 0 else section.start
            return replace(draft.caption, title=section.title, start=section.start, end=end)
    return draft.caption


def _table(document: Document, draft: _Draft, ordinal: int, *, fiscal: bool, ends: YearEnd | None) -> Table:
    region, caption, units = draft.region, draft.caption, draft.units
    statement = recognise(caption.title, _labels(draft.rows))
    around = words_around(caption)
    around = replace(around, fiscal=around.fiscal or fiscal, ends=ends)
    columns = time_columns(draft.bands, around, statement)
    rows = time_rows(draft.rows, around)
    money = Money(units=units, currency=_currency(draft), flows=statement == "cash_flow")
    return Table(
        document_id=document.id,
        ordinal=ordinal,
        start=(region.header or region.body)[0].line.start,
        end=region.body[-1].line.end,
        first_page=region.page,
        last_page=region.page,
        title=caption.title,
        title_start=caption.start,
        title_end=caption.end,
        caption=" ".join(units.text.split()) if units else "",
        statement=statement,
        scale=units.scale if units else 1,
        currency=money.currency,
        columns=columns,
        rows=rows,
        cells=make_cells(
            region.body,
            list(zip(draft.rows, rows, strict=True)),
            list(zip(draft.bands, columns, strict=True)),
            money,
        ),
    )


def _joined(table: Table, more: Table) -> Table:
    """A table with the rows that stand on the next page."""
    count = len(table.rows)
    rows = between_balances((*table.rows, *more.rows))
    cells = (*table.cells, *(replace(cell, row=cell.row + count) for cell in more.cells))
    return replace(
        table,
        end=more.end,
        last_page=more.last_page,
        statement=table.statement or recognise(table.title, _labels(rows)),
        rows=rows,
        cells=tuple(replace(c, period=rows[c.row].period) if c.period is None else c for c in cells),
    )


def _labels(rows: Iterable[LabelledRow | Row]) -> list[str]:
    """All labels of rows, each once: their own and those that they stand under."""
    return list(dict.fromkeys(label for row in rows for label in row.path))


def _currency(draft: _Draft) -> str:
    """The currency that the caption names, else the one that most figures show."""
    if draft.units and draft.units.currency:
        return draft.units.currency
    if draft.region.words:
        return ""
    shown = Counter(figure.currency for figure in draft.figures() if figure.currency)
    return min(shown, key=lambda code: (-shown[code], code)) if shown else ""
