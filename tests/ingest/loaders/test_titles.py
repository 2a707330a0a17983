"""Titles: from properties where a person wrote them, else what stands out on the first page."""

from __future__ import annotations

import pytest

from ingest.loaders.titles import prominent, sensible
from rag.types import Line, Page


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Annual Report 2022", True),
        ("AMENDED AND RESTATED CREDIT AGREEMENT", True),
        ("3M COMPANY", True),
        ("Untitled", False),
        ("Microsoft Word - Contract final.doc", False),
        ("a1010-birdridesxamendmen", False),
        ("FORM 10-K", False),
        ("UNITED STATES", False),
        ("Exhibit 10.1", False),
        ("W I T N E S S E T H:", False),
        ("12345", False),
        ("x" * 300, False),
    ],
)
def test_sensible(title: str, kept: bool) -> None:
    assert bool(sensible(title)) is kept


def page_of(*lines: tuple[str, float, bool]) -> tuple[str, Page]:
    text, spans = "", []
    for words, size, bold in lines:
        spans.append(Line(start=len(text), end=len(text) + len(words), font_size=size, bold=bold))
        text += words + "\n"
    return text, Page(number=0, start=0, end=len(text), lines=tuple(spans))


def test_the_largest_lines_are_the_title() -> None:
    text, page = page_of(
        ("FORM 10-K", 24, True),
        ("Annual report of", 12, False),
        ("FIRST SECOND", 18, True),
        ("THIRD", 18, True),
        ("text", 9, False),
    )
    assert prominent(text, page) == "FIRST SECOND THIRD"


def test_a_page_where_nothing_stands_out_has_no_title() -> None:
    text, page = page_of(*[(f"words of line {'abcdef'[i]}", 10, False) for i in range(6)])
    assert prominent(text, page) == ""
    assert prominent("", Page(number=0, start=0, end=0)) == ""
