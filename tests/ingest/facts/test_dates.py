"""Dates as printed."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.facts.dates import DATE, iso_date

_DATE = re.compile(DATE, re.IGNORECASE)
_STYLES = (
    "{0:%B} {0.day}, {0:%Y}",
    "{0.day} {0:%B} {0:%Y}",
    "{0:%b} {0.day} {0:%Y}",
    "{0:%m/%d/%Y}",
    "{0:%Y-%m-%d}",
)


@given(day=st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)), style=st.sampled_from(_STYLES))
def test_every_day_is_read_back_from_every_style(day: date, style: str) -> None:
    match = _DATE.search(f"made as of {style.format(day)}, between")
    assert match is not None
    assert iso_date(match.group()) == day.isoformat()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("the 14th day of November 2017", "2017-11-14"),
        ("this 1s t day of October 2008", "2008-10-01"),
        ("MAY\n31, 2018", "2018-05-31"),
        ("NOV 02, 2019", "2019-11-02"),
        ("2 June, 2015", "2015-06-02"),
        ("11/4/98", "1998-11-04"),
        ("29/3/18", "2018-03-29"),
    ],
)
def test_dates_of_contracts_are_found_and_read(text: str, value: str) -> None:
    match = _DATE.search(text)
    assert match is not None
    assert iso_date(match.group()) == value


@pytest.mark.parametrize("text", ["February 30, 2018", "13/13/2018", "May 2018", "March 9, 1066", ""])
def test_what_is_no_day_is_no_date(text: str) -> None:
    assert iso_date(text) == ""
