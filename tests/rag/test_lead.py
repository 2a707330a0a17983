"""What a question seeks, without the words that say where."""

from __future__ import annotations

import pytest

from rag.direct.lead import sought

WHO = "who pays the taxes?"


@pytest.mark.parametrize(
    "lead",
    [
        "Consider the lease of Acme Inc. and Bolt, L.P.; ",
        'Consider the "Agreement" between A and B;\n',
        "Under the agreement with Acme: ",
        "With respect to Alder CLO 2021-1: ",
        "as regards Alder; ",
    ],
)
def test_words_in_front_say_where(lead: str) -> None:
    assert sought(lead + WHO) == WHO


@pytest.mark.parametrize(
    "question",
    [
        "",
        "Who pays the taxes?",
        "In Alder, who pays the taxes?",
        "In Alder: taxes?",
        "Is it due in May? Under Alder: is it due in May then?",
        "Highlight the parts related to Taxes. Details: Who pays the taxes?",
        "In FY2019: who pays the taxes?",
        "For the fiscal year: who pays the taxes?",
        "According to the 2019 lease; who pays the taxes?",
        "On May 3 a report went out for Alder. In it: who pays the taxes?",
        "The following is true: the lessor pays the taxes.",
        f"Consider {'x ' * 300}; who pays the taxes?",
    ],
)
def test_other_questions_stay_as_they_are(question: str) -> None:
    assert sought(question) == question


def test_what_is_listed_stays_whole() -> None:
    assert sought("In the lease: state (1) the rent; (2) the term.") == "state (1) the rent; (2) the term."
