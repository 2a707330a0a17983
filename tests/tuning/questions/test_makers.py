"""Each maker reads what stands in the papers, and says where."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from rag.catalog import Catalog
from rag.structure import Cell, Column, Period, Row, Table
from rag.types import DocumentId
from tuning.questions.amendments import from_amendments
from tuning.questions.arithmetic import from_arithmetic
from tuning.questions.clauses import from_clauses
from tuning.questions.comparisons import compared, values_of
from tuning.questions.definitions import from_definitions
from tuning.questions.facts import from_facts
from tuning.questions.figures import figures
from tuning.questions.frames import acts, bound_of
from tuning.questions.headings import lowered, spoken
from tuning.questions.measures import measures
from tuning.questions.missing import from_missing, lacks, offers_of
from tuning.questions.readings import Reading
from tuning.questions.references import from_references
from tuning.questions.source import Source
from tuning.questions.table_cells import from_tables, verb_for

SUPPLEMENT, ALDER, BIRCH = "alder-supplement", "alder-indenture", "birch-indenture"


def source_of(catalog: Catalog, name: str) -> Source:
    document = catalog.resolve(name)
    return Source.read(catalog, document, catalog.facts(document))


def draw() -> random.Random:
    return random.Random(1)  # noqa: S311 - reproducible


def said(readings: Iterator[Reading]) -> set[tuple[str, str]]:
    return {(one.kind, one.answer) for one in readings}


def test_definitions_give_values_parties_and_meanings(catalog: Catalog) -> None:
    found = said(from_definitions(source_of(catalog, ALDER), draw()))
    assert found == {
        ("value", "U.S.$250,000"),
        ("value", "0.15%"),
        ("value", "66 2/3%"),
        ("fact", "Dunmore Bank & Trust Company"),
        ("definition", "any day on which banks are open in New York."),
    }


def test_references_give_sections_and_values_behind_terms(catalog: Catalog) -> None:
    source = source_of(catalog, ALDER)
    readings = list(from_references(source, draw()))
    found = said(iter(readings))
    assert ("cross_reference", "Section 9.2") in found
    assert ("cross_reference", "Section 6.3") in found
    (hop,) = (one for one in readings if one.kind == "hop")
    assert hop.answer == "0.15%"
    texts = [source.said(place.start, place.end) for place in hop.places]
    assert texts[0].startswith("“Senior Fee Rate” means")
    assert texts[1].startswith("The Issuer shall pay the Trustee a fee at the Senior Fee Rate")


def test_clauses_give_periods_shares_and_duties(catalog: Catalog) -> None:
    source = source_of(catalog, ALDER)
    readings = list(from_clauses(source, draw()))
    by_answer = {one.answer: one for one in readings}
    assert "notice" in by_answer["60 days'"].question
    assert "resignation" in by_answer["30 days"].question
    assert "Bonds issued by a single Obligor" in by_answer["7.5%"].question
    merger = next(one for one in readings if one.answer == "No")
    assert merger.computed
    assert "the Trustee" in merger.question
    for one in readings:
        (place,) = one.places
        assert one.computed or one.answer in source.said(place.start, place.end)


def test_amendments_give_what_was_and_what_is(catalog: Catalog) -> None:
    readings = list(from_amendments(source_of(catalog, SUPPLEMENT), draw()))
    assert [(one.kind, one.answer) for one in readings] == [("amendment", "0.12%"), ("amendment", "0.15%")]
    assert all("Senior Fee Rate" in one.question for one in readings)


def test_facts_give_date_parties_and_law(catalog: Catalog) -> None:
    answers = {one.answer for one in from_facts(source_of(catalog, ALDER), draw())}
    assert answers == {
        "March 6, 2022",
        "Alder CLO 2022-1, Ltd.; Dunmore Bank & Trust Company",
        "State of New York",
    }


def test_comparisons_are_of_terms_that_both_define(catalog: Catalog) -> None:
    values = [value for name in (ALDER, BIRCH) for value in values_of(source_of(catalog, name))]
    readings = [reading for reading, _ in compared(values, draw(), 20)]
    assert {
        term
        for one in readings
        for term in ("Senior Fee Rate", "Minimum Denomination")
        if term in one.question
    }
    assert all(len(one.places) == 2 and one.computed for one in readings)
    higher = [one for one in readings if one.question.startswith(("which has", "is the"))]
    assert {one.answer for one in higher if "Denomination" in one.question} <= {"Alder CLO 2022-1"}
    assert {one.answer for one in higher if "Fee Rate" in one.question} <= {"Birch CLO 2023-2"}


def test_missing_is_what_the_whole_text_does_not_speak_of(catalog: Catalog) -> None:
    alder = source_of(catalog, ALDER)
    readings = list(from_missing(alder, offers_of(source_of(catalog, BIRCH), draw()), draw()))
    assert readings
    assert all(one.kind == "not_answerable" and not one.answer and not one.places for one in readings)
    assert not any("Senior Fee Rate" in one.question for one in readings)
    assert lacks(alder, "Reinvestment Overcollateralization Haircut")
    assert not lacks(alder, "Compensation of Trustees")


def table() -> Table:
    """Two rows and their total over two years, in millions."""
    text = {(0, 0): "120", (0, 1): "100", (1, 0): "80", (1, 1): "60", (2, 0): "200", (2, 1): "160"}
    years = (Period("2022-12-31", 12), Period("2021-12-31", 12))
    cells = tuple(
        Cell(
            row=row, column=column, page=0,
            start=100 * row + 10 * column + 50, end=100 * row + 10 * column + 53,
            text=words, value=Decimal(words), scale=1_000_000, unit="money",
            currency="USD", period=years[column],
        )
        for (row, column), words in text.items()
    )  # fmt: skip
    labels = ("Product revenue", "Service revenue", "Total revenue")
    rows = tuple(
        Row(path=(label,), start=100 * at, end=100 * at + 90, total="Total" in label)
        for at, label in enumerate(labels)
    )
    columns = tuple(Column(header=(f"{year.year}",), period=year) for year in years)
    return Table(
        document_id=DocumentId("d"), ordinal=0, start=0, end=300, first_page=0, last_page=0,
        statement="income", scale=1_000_000, currency="USD", columns=columns, rows=rows, cells=cells,
    )  # fmt: skip


def of_table() -> Source:
    return Source(
        id=DocumentId("d"), name="d", text="revenue product service total " * 20, facts={}, spans={},
        sections=(),
        definitions=(), references=(), tables=(table(),), links=(),
    )  # fmt: skip


def test_cells_are_asked_by_row_and_time() -> None:
    found = {(one.label, one.period.year if one.period else 0): one.cell.text for one in figures(table())}
    assert found["Service revenue", 2021] == "60"
    for reading in from_tables(of_table(), draw()):
        row = next(
            label for label in ("product", "service", "total") if f"{label} revenue" in reading.question
        )
        year = 2022 if "2022" in reading.question else 2021
        assert found[f"{row.capitalize()} revenue", year] == reading.answer


@pytest.mark.parametrize("seed", range(30))
def test_arithmetic_is_right(seed: int) -> None:
    values = {("product", 2022): 120, ("product", 2021): 100, ("service", 2022): 80, ("service", 2021): 60,
              ("total", 2022): 200, ("total", 2021): 160}  # fmt: skip
    readings = list(from_arithmetic(of_table(), random.Random(seed)))  # noqa: S311
    assert readings
    for one in readings:
        assert one.computed
        rows = [row for row in ("product", "service", "total") if f"{row} revenue" in one.question]
        years = [year for year in (2021, 2022) if str(year) in one.question]
        if len(rows) == 2:  # a share of the total
            part = next(row for row in rows if row != "total")
            assert one.answer == f"{100 * values[part, years[0]] / values['total', years[0]]:.1f}%"
            continue
        old, new = values[rows[0], 2021], values[rows[0], 2022]
        expected = {f"${new - old} million", f"{100 * (new - old) / old:.1f}%", f"${new + old} million",
                    f"${(new + old) // 2} million"}  # fmt: skip
        assert one.answer in expected
        assert ("percent" in one.question or "grow" in one.question) == one.answer.endswith("%")


def test_measures_count_in_words_too() -> None:
    text = (
        "within ten (10) Business Days, at least 66-2/3%, or five percent (5%), of USD 2,000.50 by 1 May 2024"
    )
    found = [(one.kind, text[one.start : one.end]) for one in measures(text)]
    assert found == [
        ("period", "ten (10) Business Days"),
        ("share", "66-2/3%"),
        ("share", "five percent (5%)"),
        ("sum", "USD 2,000.50"),
        ("date", "1 May 2024"),
    ]


@pytest.mark.parametrize(
    ("sentence", "who", "do"),
    [
        (
            "Each Party shall notify the other in writing within 5 days.",
            "each Party",
            "notify the other in writing",
        ),
        (
            "No Holder may institute any proceeding unless it has given notice.",
            "no Holder",
            "institute any proceeding",
        ),
        ("The Seller will duly and punctually pay all taxes.", "the Seller", "pay all taxes"),
    ],
)
def test_acts_are_cut_where_conditions_begin(sentence: str, who: str, do: str) -> None:
    assert [(one.who, one.do) for one in acts(sentence)] == [(who, do)]


@pytest.mark.parametrize(
    "sentence", ["Such Party shall do so.", "The fee is due.", "It may rely on the same."]
)
def test_sentences_that_say_too_little_give_no_act(sentence: str) -> None:
    assert acts(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "bound"),
    [("not more than 5% of it", "most"), ("at least 5% of it", "least"), ("a rate of 5%", "")],
)
def test_bounds_are_read_from_the_words_before(sentence: str, bound: str) -> None:
    assert bound_of(sentence, measures(sentence)[0]) == bound


def test_headings_in_capitals_are_said_in_small_letters(catalog: Catalog) -> None:
    source = source_of(catalog, ALDER)
    assert spoken("RESIGNATION OF THE TRUSTEE", source, draw()) == "resignation of the trustee"
    never: Callable[[], float] = random.Random(0).random  # noqa: S311
    assert never() > 0.3
    assert spoken("Duties under GAAP", source, random.Random(0)) == "Duties under GAAP"  # noqa: S311
    assert lowered("NOTICE OF CLASS A", source) == "notice of class A"


def test_verbs_follow_the_noun() -> None:
    assert [verb_for(words) for words in ("total assets", "liabilities held for sale", "income tax")] == [
        "were",
        "were",
        "was",
    ]
