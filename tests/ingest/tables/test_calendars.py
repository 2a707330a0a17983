from __future__ import annotations

import pytest

from ingest.tables.build import find_tables
from ingest.tables.calendars import YearEnd, year_end
from ingest.tables.periods import read_period, read_words
from rag.structure import Fact, FactName, Period
from rag.types import DocumentId
from tests.ingest.tables.papers import Sheet


def told(document_id: DocumentId, **values: str) -> list[Fact]:
    names: dict[str, FactName] = {"kind": "kind", "period_end": "period_end", "fiscal_year": "fiscal_year"}
    return [
        Fact(document_id=document_id, name=names[name], value=value, start=0, end=1)
        for name, value in values.items()
    ]


@pytest.mark.parametrize(
    ("kind", "end", "fiscal_year", "text", "found"),
    [
        ("10-K", "2018-12-31", "2018", "", YearEnd(12)),
        ("10-K", "2020-01-31", "2020", "", YearEnd(1)),
        ("10-K", "2020-01-31", "2019", "", YearEnd(1, later=1)),
        ("10-K", "2019-02-02", "2019", "", None),
        ("10-Q", "2018-06-30", "2018", "", None),
        ("10-K", "2022-12-31", "2022", "The 53rd week is included.", None),
        ("10-K", "2022-12-31", "2022", "A 52/53-week year.", None),
        ("10-K", "2018", "2018", "", None),
    ],
)
def test_facts_tell_when_the_fiscal_year_ends(
    kind: str, end: str, fiscal_year: str, text: str, found: YearEnd | None
) -> None:
    facts = told(DocumentId("one"), kind=kind, period_end=end, fiscal_year=fiscal_year)
    assert year_end(facts, text) == found


def test_quarters_below_a_year_over_the_labels_end_on_their_days() -> None:
    sheet = Sheet(300, 370, 440, 510).line("Quarterly Data", bold=True).gap(4)
    sheet.heads("First", "Second", "Third", "Fourth")
    sheet.row("2018", "Quarter", "Quarter", "Quarter", "Quarter")
    sheet.row("Net sales", "$8,278", "$8,390", "$8,152", "$7,945").row(
        "Costs", "4,236", "4,227", "4,159", "4,060"
    )
    document = sheet.document()
    (table,) = find_tables(document, (), told(document.id, kind="10-K", period_end="2018-12-31"))
    assert [column.period for column in table.columns] == [
        Period("2018-03-31", 3),
        Period("2018-06-30", 3),
        Period("2018-09-30", 3),
        Period("2018-12-31", 3),
    ]


def test_a_day_that_is_printed_goes_before_the_calendar() -> None:
    around = read_words("First Quarter Ended September 30,")
    assert around.ends is None
    assert read_period("First Quarter Ended September 30, | 2015", around) == Period("2015-09-30", 3)
