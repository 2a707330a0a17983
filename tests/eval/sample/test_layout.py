"""Layout on a page of unit-wide letters, so that every break can be counted by hand."""

from __future__ import annotations

import pytest

from eval.sample.blocks import Block, Break, Contents, Format, Paragraph, Quote, Table
from eval.sample.layout import Words, place
from eval.sample.lines import Face, pieces, wrap

SHAPE = Format(width=40, height=30, margin=5, size=1, leading=1)


def _width(text: str, face: Face, size: float) -> float:
    assert face in {"regular", "bold", "italic"}
    return len(text) * size


def _lines(text: str, width: float) -> list[str]:
    return ["".join(part for part, _ in line) for line in wrap(pieces(text), width, 0.0, 1.0, _width)]


def test_lines_break_at_spaces_only() -> None:
    assert _lines("aa bb cc dd", 5) == ["aa bb", "cc dd"]
    assert _lines("aa bbbbbbbb cc", 5) == ["aa", "bbbbbbbb", "cc"]


def test_a_change_of_face_is_no_break() -> None:
    assert _lines("xx “**term**” yy", 6) == ["xx", "“term”", "yy"]


def test_blank_lines_to_fill_in_are_not_marks() -> None:
    assert pieces("By: ______ Name") == [("By: ______ Name", "regular")]


def test_wrapping_loses_nothing() -> None:
    text = "the quick brown fox jumps over the lazy dog " * 5
    assert " ".join(_lines(text, 17)).split() == text.split()


def _filler(lines: int) -> list[Block]:
    return [Paragraph(text="x", after=0) for _ in range(lines)]


@pytest.mark.parametrize("before", range(25))
def test_evidence_is_never_split(before: int) -> None:
    words = "w" * 30
    quoted = Paragraph(text=f"{words} {words} {words} {words}", quotes=(Quote(key="q", text=words),))
    placed = place([*_filler(before), quoted], SHAPE, _width)
    page, _ = placed.quotes["q"]
    shown = [
        number
        for number, sheet in enumerate(placed.sheets)
        for mark in sheet.marks
        if isinstance(mark, Words) and mark.pieces[0][0] == words
    ]
    assert shown == [page] * 4


def test_a_row_is_evidence_on_the_page_where_it_lands() -> None:
    rows = tuple((f"r{i}", "v") for i in range(12))
    table = Table(header=("h", "h"), rows=rows, widths=(1, 1), keys=tuple(f"k{i}" for i in range(12)), size=1)
    placed = place([table], SHAPE, _width)
    assert placed.quotes["k0"] == (0, "r0 v")
    assert placed.quotes["k11"] == (len(placed.sheets) - 1, "r11 v")
    for sheet in placed.sheets:
        first = sheet.marks[0]
        assert isinstance(first, Words)
        assert first.pieces[0][0] == "h"


def test_contents_know_the_pages_that_follow() -> None:
    blocks: list[Block] = [Paragraph(text="cover"), Break(), Contents()]
    blocks += [
        Paragraph(text="one", contents=(0, "one")),
        Break(),
        Paragraph(text="two", contents=(0, "two")),
    ]
    tall = Format(width=40, height=100, margin=5, size=1, leading=1)
    placed = place(blocks, tall, _width)
    assert placed.body_start == 2
    printed = [mark.pieces[0][0] for mark in placed.sheets[1].marks if isinstance(mark, Words)]
    assert [text for text in printed if text.isdigit()] == ["1", "2"]
