"""Which kind of value stands beside what a house word means."""

from __future__ import annotations

import pytest

from tuning.asked_values import asking_for


@pytest.mark.parametrize(
    ("text", "meant", "asking"),
    [
        ("The hurdle rate is 9%.", "hurdle rate", "percentage of"),
        ("Initial credit: $500,000, on 4 May 2021.", "initial credit", "amount of"),
        ("Closing Date means 4 May 2021; $500,000 is paid.", "closing date", "date of"),
        ("Diversity Test: at least 45", "diversity test", "number of"),
        ("upon 10 Business Days\u2019 notice the books are open", "books", "number of business days of"),
        ("The Administrator means Pell Limited.", "administrator", ""),
        ("The limit stands in Section 5.1.", "limit", ""),
    ],
)
def test_the_nearest_value_counts(text: str, meant: str, asking: str) -> None:
    assert asking_for([[(text, 0.9)]], meant) == asking


def test_most_questions_decide_each_by_its_likely_texts() -> None:
    share, amount, silent = [("rate of 9%", 0.9)], [("rate of $500,000", 0.9)], [("no figure", 0.9)]
    assert asking_for([share, share, amount, silent], "rate") == "percentage of"
    assert asking_for([share, amount], "rate") == "", "half is not most"
    assert asking_for([silent], "rate") == ""
    assert asking_for([], "rate") == ""
    mixed = [("rate of 9%", 0.9), ("rate of $500,000", 0.3)]
    assert asking_for([mixed], "rate") == "percentage of"
    assert asking_for([mixed, amount], "rate") == "amount of"
