"""Places of words: packing, and the box of a part of a line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.layout import Place, box_of, pack_places, touched_edges, unpack_places
from rag.types import Box, Line

EDGES = st.floats(0, 6553.5, allow_nan=False)
PLACES = st.lists(
    st.tuples(st.integers(0, 65535), EDGES, EDGES).map(lambda place: Place(*place)), max_size=30
)


@given(PLACES)
def test_places_come_back_to_a_tenth_of_a_point(places: list[Place]) -> None:
    back = unpack_places(pack_places(places))
    assert [place.offset for place in back] == [place.offset for place in places]
    for one, other in zip(places, back, strict=True):
        assert abs(one.x0 - other.x0) <= 0.051
        assert abs(one.x1 - other.x1) <= 0.051


def test_what_cannot_be_packed_is_moved_or_left_out() -> None:
    assert unpack_places(pack_places([Place(0, -3.0, 9999.0), Place(70_000, 1.0, 2.0)])) == (
        Place(0, 0.0, 6553.5),
    )


def test_the_box_of_a_quote_is_narrower_than_its_line() -> None:
    line = Line(
        start=100,
        end=121,
        box=Box(page=3, x0=72, y0=700, x1=372, y1=712),
        places=pack_places([Place(0, 72, 99), Place(9, 300, 321), Place(16, 350, 372)]),
    )
    assert box_of(line, 109, 114) == Box(page=3, x0=300, y0=700, x1=321, y1=712)
    assert box_of(line, 0, 500) == line.box
    assert box_of(line, 117, 118) == Box(page=3, x0=350, y0=700, x1=372, y1=712)


def test_without_places_a_line_has_one_box_and_without_layout_none() -> None:
    box = Box(page=0, x0=1, y0=2, x1=3, y1=4)
    assert box_of(Line(start=0, end=9, box=box), 2, 3) == box
    assert box_of(Line(start=0, end=9, places=pack_places([Place(0, 1, 2)])), 2, 3) is None
    assert touched_edges(pack_places([Place(5, 1, 2)]), 0, 4) is None
