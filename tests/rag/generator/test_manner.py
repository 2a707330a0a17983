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
