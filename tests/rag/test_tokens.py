from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.sentences import sentence_spans
from rag.tokens import STOPWORDS, terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Class A-1R", ["class", "a-1r"]),
        ("Section 7.2(b)", ["section", "7.2", "b"]),
        ("$1,577 million", ["1577", "million"]),
        ("AT&T's", ["at&t"]),
        ("year‑end liabilities", ["year-end", "year", "end", "liability"]),
        ("The Trustee’s duties", ["trustee", "duty"]),
        ("securities secured security", ["security", "secured", "security"]),
        ("5.0%", ["5.0%"]),
        ("…—", []),
    ],
)
def test_terms_of_legal_and_financial_text(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@given(st.text(max_size=200), st.text(alphabet="aEs'i-&,.0 ’‐", max_size=90))
def test_texts_with_and_without_other_characters_are_read_alike(text: str, plain: str) -> None:
    mark = "…"  # no part of a term, and not ASCII
    assert terms(plain) == terms(plain + mark)
    long = "y" * 60
    assert terms(f"{text} {long}-ends") == [*terms(text), f"{long}-end", long, "end"]


@given(st.text(max_size=200))
def test_terms_are_lower_case_without_stopwords_and_stable(text: str) -> None:
    found = terms(text)
    assert found == [term.lower() for term in found]
    assert not STOPWORDS.intersection(found)
    assert terms(text.upper()) is not found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("See Section 7.2. It says so.", ["See Section 7.2. It says so."]),
        ("Acme Corp. and Beta Inc. agree. Done.", ["Acme Corp. and Beta Inc. agree.", "Done."]),
        ("Net sales\t1,577\t1,420\nCost\t(3)\t(4)", ["Net sales\t1,577\t1,420", "Cost\t(3)\t(4)"]),
        ("It may: \n(a) pay;\n(b) not pay.", ["It may:", "(a) pay;", "(b) not pay."]),
        ("A line that\nruns on here. End", ["A line that\nruns on here.", "End"]),
        ("", []),
    ],
)
def test_units(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentence_spans(text)] == expected


@given(st.text(alphabet="ab .;\n\t(1)“”A", max_size=120))
def test_units_are_ordered_disjoint_and_lose_only_space_and_crumbs(text: str) -> None:
    spans = sentence_spans(text)
    position = 0
    left_out = ""
    for start, end in spans:
        assert position <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        left_out += text[position:start]
        position = end
    left_out += text[position:]
    assert all(len(part) < 2 for part in left_out.split())
