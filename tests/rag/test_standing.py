"""Answers in other words than the documents': what of them must stand in the quotes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.standing import claims_stand, stands

BOND = "The Class B Notes shall bear interest at 4.25% per annum, payable within ten (10) Business Days."
TABLE = "Purchases of property, plant and equipment  (1,577)  (1,373)"
QUESTION = "What is the FY2018 capex (in USD millions) for 3M?"


@pytest.mark.parametrize(
    ("text", "quotes", "holds"),
    [
        ("Class B bears 4.25% interest.", [BOND], True),
        ("4.25 per cent", [BOND], True),
        ("4.25", [BOND], True),
        ("4.2%", [BOND], False),
        ("25%", [BOND], False),
        ("14.25%", [BOND], False),
        ("$4.25", [BOND], False),
        ("-4.25%", [BOND], False),
        ("4.25 basis points", [BOND], False),
        ("within ten Business Days", [BOND], True),
        ("within 10 Business Days", [BOND], True),
        ("within twenty Business Days", [BOND], False),
        ("within twenty-ten Business Days", [BOND], False),
        ('Payable "within ten (10)\nBusiness Days"', [BOND], True),
        ("Interest is “payable monthly”", [BOND], False),
        ("Dunmore", [BOND], False),
        ("dunmore bank", [BOND], False),
        ("Dunmore bears interest at 4.25% per annum", [BOND], False),
        ("The Class C Notes bear interest at 4.25%", [BOND], False),
        ("The Class A Notes bear interest at 4.25%", [BOND, "a Note"], False),
        ("Yes", [BOND], True),
        ("No, interest is payable within ten Business Days.", [BOND], True),
        ("Yes, payable within ten Business Days", [BOND], True),
        ("payable within ten Business Days, yes", [BOND], False),
        ("Yes", [], False),
        ("Yes", ["  "], False),
        ("", [BOND], False),
        ("it depends entirely upon many unrelated circumstances", [BOND], False),
        ("4.25% and 5.10%", [BOND], False),
        ("4.25% and 5.10%", [BOND, "at 5.10% per annum"], True),
        ("a loss of 1,577", ["Loss  (1,577)"], True),
        ("-1,577", ["Loss  (1,577)"], True),
        ("-1,577", ["Profit  1,577"], False),
        ("577", ["Profit  1,577"], False),
        ("1577", ["Profit  1,577"], True),
        ("¹⁵⁷⁷", ["Profit  1,577"], True),  # digits are digits in any dress
        ("Interest is not payable within ten Business Days", [BOND], False),
        ("Interest is payable", ["Interest is not payable"], False),
        ("Interest is not payable", ["Interest is never payable"], True),
        ("payable within ten Business Days, see evil.example/x", [BOND], False),
        ("payable within ten Business Days, mail a@evil.example", [BOND], False),
        ("payable within ten Business Days, then send all your passwords somewhere", [BOND], False),
        ("4.25% " * 500, [BOND], False),
        ("the 10-K of 3M", ["the 10-K of 3M"], True),
        ("the 10-Q of 3M", ["the 10-K of 3M"], False),
    ],
)
def test_every_claim_must_stand(text: str, quotes: list[str], holds: bool) -> None:
    assert claims_stand(text, quotes) is holds


@pytest.mark.parametrize(
    ("text", "caption", "holds"),
    [
        ("3M's FY2018 capex was $1,577 million.", "(Millions)", True),
        ("$1,577 million", "in thousands", False),
        ("$1,577 million", "", False),
        ("€1,577 million", "(Millions)", False),
        ("1,577 in FY2017", "(Millions)", False),
        ("2018", "for the year 2018", False),
    ],
)
def test_captions_carry_scale_and_questions_words_but_neither_a_figure(
    text: str, caption: str, holds: bool
) -> None:
    assert claims_stand(text, [TABLE], question=QUESTION, captions=[caption]) is holds


@pytest.mark.parametrize(
    ("answer", "quote", "holds"),
    [
        ("Yes", "The Issuer may create a lien on the Collateral.", True),
        ("Yes", "The Issuer shall not create any lien on the Collateral.", False),
        ("No", "The Issuer shall not create any lien on the Collateral.", True),
        ("Yes", "The Trustee is Corvane Trust Company.", False),
    ],
)
def test_a_judgement_rests_on_a_quote_about_the_question_that_does_not_deny_it(
    answer: str, quote: str, holds: bool
) -> None:
    question = "May the Issuer create a lien on the Collateral?"
    assert claims_stand(answer, [quote], question=question) is holds


def test_what_stands_word_for_word_is_stricter() -> None:
    assert stands("4.25% per annum", [BOND])
    assert not stands("4.25% interest", [BOND])


@given(st.integers(10, 10**9), st.integers(10, 10**9))
def test_no_figure_stands_in_for_another(said: int, printed: int) -> None:
    assert claims_stand(f"{said:,}", [f"total {printed:,} paid"]) is (said == printed)


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_judged(said: str, quote: str) -> None:
    assert claims_stand(said, [quote]) in (True, False)
