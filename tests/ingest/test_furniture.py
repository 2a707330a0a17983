"""Running lines and page numbers: what is dropped, what stays, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.furniture import PageFurniture, find_furniture, find_line_furniture
from ingest.rows import Row

HEIGHT = 792.0


def row(text: str, y: float) -> Row:
    return Row(text=text, x0=72, y0=y, x1=300, y1=y + 10, size=10, bold=False, spaced=False)


def page(*texts: str, top: str = "", bottom: str = "", lines: int = 5) -> list[Row]:
    """A page of body text with lines at its edges."""
    body = [row(f"{texts[0]} body line {n}.", 100 + 14 * n) for n in range(lines)]
    return [*([row(top, 40)] if top else []), *body, *([row(bottom, 750)] if bottom else [])]


def dropped(pages: list[list[Row]]) -> list[list[str]]:
    found = find_furniture(pages, [HEIGHT] * len(pages))
    return [[rows[i].text for i in one.dropped] for rows, one in zip(pages, found, strict=True)]


def labels(pages: list[list[Row]]) -> list[str]:
    return [one.label for one in find_furniture(pages, [HEIGHT] * len(pages))]


def test_a_running_header_stays_once_and_page_numbers_go() -> None:
    pages = [page(f"p{n}", top="Acme Corp", bottom=str(n + 4)) for n in range(5)]
    assert dropped(pages) == [["4"], *(["Acme Corp", str(n)] for n in range(5, 9))]
    assert labels(pages) == ["4", "5", "6", "7", "8"]


@pytest.mark.parametrize(
    ("printed", "label"),
    [
        ("- {n} -", "{n}"), ("F-{n}", "F-{n}"), ("Page {n} of 90", "{n}"), ("A - {n}", "A-{n}"),
        ("Annual Report  {n}", "{n}"), ("{n} FORM 10-K", "{n}"), ("Filed  Page {n}  Printed by us", "{n}"),
    ],
)  # fmt: skip
def test_page_numbers_in_many_shapes(printed: str, label: str) -> None:
    pages = [page(f"p{n}", bottom=printed.format(n=n)) for n in range(11, 18)]
    assert labels(pages) == [label.format(n=n) for n in range(11, 18)]
    assert all(dropped(pages)[1:])


def test_small_romans_count_pages_and_the_next_part_counts_anew() -> None:
    printed = ["i", "ii", "iii", "iv", "1", "2", "3"]
    pages = [page(f"p{n}", bottom=mark) for n, mark in enumerate(printed)]
    assert labels(pages) == printed


def test_numbers_that_do_not_count_the_pages_stay() -> None:
    pages = [page(f"p{n}", bottom=figure) for n, figure in enumerate(["12", "7", "90", "41", "3"])]
    assert dropped(pages) == [[]] * 5


def test_odd_and_even_pages_may_differ() -> None:
    pages = [page(f"p{n}", top="Acme Corp" if n % 2 else "Annual Report") for n in range(8)]
    assert dropped(pages) == [[], [], *[["Annual Report"], ["Acme Corp"]] * 3]


def test_footers_run_at_any_height_where_pages_are_as_long_as_their_text() -> None:
    pages = [[row(f"p{n} text of the body", 90), row("DOC-4711-v2", 300 + 17 * n)] for n in range(4)]
    assert dropped(pages) == [[], *[["DOC-4711-v2"]] * 3]


@pytest.mark.parametrize(
    "repeated",
    [
        "CONSOLIDATED BALANCE SHEETS",
        "(in millions, except per share)",
        "Years ended December 31,",
        "Name  Title  Age",
        "Total",
        "By: ____________",
        "See accompanying notes to consolidated financial statements.",
        "the parties hereto agree as follows in this clause of the deed",
    ],
)
def test_what_comes_again_on_three_pages_but_is_body_text_stays(repeated: str) -> None:
    for edge in ("top", "bottom"):
        shown = [repeated if 3 <= n < 6 else "" for n in range(30)]
        pages = [
            page(f"p{n}", top=text) if edge == "top" else page(f"p{n}", bottom=text)
            for n, text in enumerate(shown)
        ]
        assert dropped(pages) == [[]] * 30


def test_the_header_of_a_table_that_runs_over_pages_stays_with_what_stands_above_it() -> None:
    head = [row("Share of Each Class", 40), row("Name  Country  Share", 54)]
    pages = [[*head, *page(f"p{n}")] if n < 4 else page(f"p{n}") for n in range(40)]
    assert dropped(pages) == [[]] * 40


def test_nothing_behind_a_line_of_the_body_is_dropped() -> None:
    pages = [[row(f"Words about {n * n} things", 30), *page(f"p{n}", top="Acme Corp")] for n in range(9)]
    assert dropped(pages) == [[]] * 9


def test_a_page_with_nothing_but_its_number_has_it_dropped() -> None:
    pages = [page("p0", bottom="51"), [row("52", 400)], page("p2", bottom="53")]
    assert dropped(pages) == [["51"], ["52"], ["53"]]


def test_lines_without_a_place() -> None:
    pages = [
        ["Table of Contents", f"Of {n * n} things", f"Some {n * n * n} words", f"- {n} -"]
        for n in range(1, 9)
    ]
    found = find_line_furniture(pages)
    assert found[0] == PageFurniture(dropped=(3,), label="1")
    assert {one.dropped for one in found[1:]} == {(0, 3)}


TEXTS = st.sampled_from(
    ["Acme", "Acme  12", "12", "- 3 -", "ii", "F-4", "Total  1  2", "Page 9 of 9", "x" * 200, "–"]
)


@given(st.lists(st.lists(TEXTS, max_size=9), max_size=9))
def test_every_mixture_has_furniture_among_its_rows(texts: list[list[str]]) -> None:
    pages = [[row(text, 20.0 * n) for n, text in enumerate(one)] for one in texts]
    for found in (find_furniture(pages, [HEIGHT] * len(pages)), find_line_furniture(texts)):
        assert len(found) == len(pages)
        for one, rows in zip(found, pages, strict=True):
            assert list(one.dropped) == sorted(set(one.dropped))
            assert set(one.dropped) <= set(range(len(rows)))


def test_the_number_that_stands_alone_is_the_page_s() -> None:
    numbers = ["", "ii", "iii", "1", "2", "3"]
    pages = [
        [*page(f"p{n}"), *([row(mark, 700)] if mark else []), row(f"Filed  Page {n + 1}  Printed by us", 750)]
        for n, mark in enumerate(numbers)
    ]
    assert labels(pages) == numbers
