"""A set's own pieces: found in the text as read, and ranked where the hits touch them."""

from __future__ import annotations

import pytest

from eval.runs import RankedChunk
from eval.scoring import unit_ranking
from eval.units import Units, align
from rag.types import DocumentId


def chunk(start: int, end: int) -> RankedChunk:
    return RankedChunk(
        chunk_id=f"c{start}", document_id="d", first_page=0, last_page=0, start=start, end=end, score=1.0
    )


def test_pieces_are_found_whatever_their_typesetting() -> None:
    text = "Item 1.  Business\n\nWe sell “boats”.\n| 2,853 | $5 |\n"
    spans = align(text, ["ITEM 1 Business", 'We sell "boats"', "2,853 $ 5"])

    assert [text[start:end] for start, end in spans] == ["Item 1.  Business", "We sell “boats", "2,853 | $5"]


def test_a_piece_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="part 1 is not in the text: 'absent'"):
        align("only this", ["only", "absent"])


def test_hits_rank_the_pieces_they_touch_each_once() -> None:
    units = {"d": Units(document=DocumentId("d"), spans=((0, 100), (100, 200), (200, 1000)))}

    assert unit_ranking([chunk(90, 210), chunk(0, 60), chunk(300, 400)], units) == ["d:1", "d:0", "d:2"]


def test_a_chunk_that_barely_reaches_into_a_piece_does_not_rank_it() -> None:
    units = Units(document=DocumentId("d"), spans=((0, 100), (100, 200)))

    assert units.touched(0, 110) == ["d:0"]
    assert units.touched(500, 600) == []
