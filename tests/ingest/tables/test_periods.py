import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.tables.periods import is_period, is_year, read_period, read_words
from rag.structure import Period


@pytest.mark.parametrize(
    ("text", "end", "months"),
    [
        ("2018", "2018", None),
        ("December 31, 2018", "2018-12-31", None),
        ("Dec. 31, 2018", "2018-12-31", None),
        ("31 December 2018", "2018-12-31", None),
        ("3/25/2023", "2023-03-25", None),
        ("12/17", "2017-12", None),
        ("As of May 31, 2018", "2018-05-31", 0),
        ("Fiscal year ended January 28, 2023", "2023-01-28", 12),
        ("Three months ended June 30, 2023", "2023-06-30", 3),
        ("Three Months Ended June 30, 2023", "2023-06-30", 3),
        ("52 weeks ended January 28, 2023", "2023-01-28", 12),
        ("39 Weeks Ended October 29, 2022", "2022-10-29", 9),
        ("Nine months ended September 30, 2024", "2024-09-30", 9),
        ("Q2 2023", "2023-06", 3),
        ("Fourth Quarter 2022", "2022-12", 3),
        ("Q2 fiscal 2023", "2023", 3),
        ("FY23", "2023", 12),
        ("Fiscal 2018", "2018", 12),
        ("Year Ended December 31, 2018 (restated)", "2018-12-31", 12),
        ("February 30, 2018", "", None),
    ],
)
def test_a_header_names_its_period(text: str, end: str, months: int | None) -> None:
    assert read_period(text) == (Period(end, months) if end else None)


@pytest.mark.parametrize(
    ("text", "around", "period"),
    [
        ("2018", "Years ended December 31", Period("2018-12-31", 12)),
        ("2018", "At December 31", Period("2018-12-31", 0)),
        ("2020", "Fiscal years ended December 25, 2021, December 26, 2020", Period("2020-12-26", 12)),
        ("2017", "for the years ended December 31, 2018 and 2017", Period("2017-12-31", 12)),
        ("Level 1", "as of December 31, 2018", Period("2018-12-31", 0)),
        ("% Change", "Years ended December 31, 2018", None),
        ("2018 vs. 2017", "Years ended December 31", None),
        ("Total", "", None),
    ],
)
def test_the_words_around_complete_a_header(text: str, around: str, period: Period | None) -> None:
    assert read_period(text, read_words(around)) == period


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Year ended December 31, 2018", True),
        ("2018", True),
        ("December 31, 2018 and 2017", True),
        ("Fiscal 2018", True),
        ("Senior notes due 2018", False),
        ("Total", False),
    ],
)
def test_a_label_is_a_period_only_if_it_is_nothing_else(text: str, is_one: bool) -> None:
    assert is_period(text) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"), [("2018", True), ("2018 (1)", True), ("1,950", False), ("3018", False)]
)
def test_a_year_is_bare(text: str, is_one: bool) -> None:
    assert is_year(text) is is_one


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    period = read_period(text, read_words(text))
    assert period is None or 0 < period.year < 10_000
