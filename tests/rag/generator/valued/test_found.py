"""Values of a text."""

from __future__ import annotations

import pytest

from rag.generator.valued.found import values_in
from rag.generator.valued.wanted import wanted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at least twenty-three (23) days' notice", [("count", "twenty-three (23) days", "23", "days")]),
        ("within ten Business Days", [("count", "ten Business Days", "10", "business days")]),
        ("no more than 25.0% may consist", [("percent", "25.0%", "25", "")]),
        ("USD 750,000 of it", [("amount", "USD 750,000", "750000", "")]),
        ("on 18 May 2027", [("date", "18 May 2027", "18 may 2027", "")]),
        ("Section 5.1(c) and Class A-1, Note 7", [("section", "Section 5.1(c)", "section 5 1 c", "")]),
        ("rated Baa3(sf)", [("rating", "Baa3(sf)", "baa3 sf", "")]),
        ("in 2019", []),
    ],
)  # fmt: skip
def test_values_have_kind_place_key_and_unit(text: str, expected: list[tuple[str, str, str, str]]) -> None:
    found = [(one.kind, text[one.start : one.end], one.key, one.unit) for one in values_in(text)]
    assert found == expected


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How long may a breach continue?", "count"),
        ("What is the notice period for a resignation?", "count"),
        ("What is the closing deposit to the reserve?", "amount"),
        ("Which Section gives the meaning of “Payment Account”?", "section"),
        ("When does the agreement end?", "date"),
        ("What is the vote needed to remove the manager?", "percent"),
    ],
)
def test_a_question_wants_a_kind(question: str, kind: str) -> None:
    kinds = wanted(question).kinds
    assert kinds
    assert max(kinds, key=lambda one: kinds[one]) == kind


def test_a_question_after_a_name_wants_no_value() -> None:
    assert wanted("Who is the trustee?").kinds == {}
    assert wanted("How many business days may pass?").unit == "business days"
