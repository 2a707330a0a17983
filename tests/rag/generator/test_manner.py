"""In what manner a text asks."""

from __future__ import annotations

import pytest

from rag.generator.manner import Manner, manner


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Receiving Party may share some Confidential Information with some third-parties.", "statement"),
        ("Agreement shall not grant Receiving Party any right to Confidential Information.", "statement"),
        ("The company recorded a net loss of $3.1 million in 2023", "statement"),
        ("Does the agreement provide that either party may assign it?", "yes_no"),
        ("Be brief. Is 3M a capital-intensive business based on FY2022 data?", "yes_no"),
        ("Was the margin higher in 2019 or 2020?", "open"),
        ("What was the average coupon?", "open"),
        ("Governing law", "open"),
        ("in 2012 what was the change in net revenue", "open"),
        ("as of may 31 , 2016 , how much is due within a year", "open"),
        ("based on the table what is the ratio of debt to equity .", "open"),
        ("if rates rose by 100bp , how much more would be paid in 2009?\\", "open"),
        ("goodwill was what percent of total assets", "open"),
        ("In 2012 the company paid what was due under the notes.", "statement"),
        ("In 2012, the segment, which is the largest, had revenue of $5 million.", "statement"),
        ("If the notes are redeemed, the Issuer shall pay what is due.", "statement"),
        (
            'Highlight the parts (if any) of this contract related to "Parties" that should be reviewed',
            "clause",
        ),
        ("List the covenants of the Issuer.", "clause"),
        ("Highlight the parts related to Exclusivity. Details: Is there an exclusive dealing?", "clause"),
        ("", "open"),
    ],
)
def test_manner(question: str, wanted: Manner) -> None:
    assert manner(question) == wanted
