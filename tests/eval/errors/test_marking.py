"""Marked texts say what they said; excerpts keep what matters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.errors.marking import EXCERPT_CHARS, excerpt, marked, marks_of

WANTED = marks_of("capital expenditure", "1,577 cash")


@given(st.text(alphabet="capitl exnsh1,57.7%<&-\n", max_size=200))
def test_marking_changes_no_character(text: str) -> None:
    runs = marked(text, WANTED)

    assert "".join(part for part, _ in runs) == text
    assert all(part for part, _ in runs)


def test_numbers_are_the_same_however_they_are_printed() -> None:
    assert marked("8.70 of 9", marks_of("8.7"))[0] == ("8.70", True)


@pytest.mark.parametrize("line", ["nothing to see here\n", "no line ends in this text at all, not one "])
def test_an_excerpt_is_about_the_limit_and_has_what_is_wanted(line: str) -> None:
    text = line * 60 + "\nCapital expenditure  1,577\n" + line * 60
    found = excerpt(text, WANTED)

    assert len(found) <= EXCERPT_CHARS + 4
    assert "Capital expenditure  1,577" in found
    assert found.startswith("…\n")
    assert found.endswith("\n…")


@given(st.text(max_size=EXCERPT_CHARS))
def test_a_short_text_is_kept(text: str) -> None:
    assert excerpt(text, WANTED) == text.strip()
