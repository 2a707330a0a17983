"""Tables by where words stand on the page."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from rag.grid import GridCell, _continues_date, grid_cells
from rag.layout import Place, PrintedLine

_WIDTH = 3.5
_HEIGHT = 10.0


def _page(rows: list[str]) -> tuple[list[PrintedLine], list[str]]:
    """Lines as a typewriter prints them: each character three and a half points wide; blank rows are gaps."""
    lines, texts, start = [], [], 0
    for number, row in enumerate(rows):
        if not row.strip():
            continue
        words, position = [], 0
        for word in row.split():
            at = row.index(word, position)
            words.append(Place(at, at * _WIDTH, (at + len(word)) * _WIDTH))
            position = at + len(word)
        y0 = number * _HEIGHT * 1.2
        lines.append(PrintedLine(start, start + len(row), y0, y0 + _HEIGHT, tuple(words)))
        texts.append(row)
        start += len(row) + 1
    return lines, texts


def _cells(rows: list[str]) -> list[tuple[str, str, str]]:
    lines, texts = _page(rows)
    whole = "\n".join(texts)
    return [(whole[c.start : c.end], c.label, c.header) for c in grid_cells(lines, texts)]


def test_cells_have_the_words_left_of_them_and_above_them() -> None:
    found = _cells(
        [
            "Class    Original Balance    Interest    Interest Paid",
            "                             Rate",
            "A-1      256,250,000.00      5.50%       3,602,895.22",
            "B        50,500,000.00       6.18%       797,791.76",
        ]
    )
    assert ("797,791.76", "B", "Interest Paid") in found
    assert ("5.50%", "A-1", "Interest Rate") in found
    assert ("256,250,000.00", "A-1", "Original Balance") in found
    assert len(found) == 6


def test_a_cell_that_wraps_keeps_its_row_and_column() -> None:
    rows = [
        "Class    Amount          Rate            Maturity",
        "C        USD 32,750,000  Benchmark +     18 February    100.00%",
        "                         2.54%           2033",
        "D        USD 32,500,000  Benchmark +     18 February    98.75%",
        "                         3.58%           2033",
    ]
    lines, texts = _page(rows)
    whole = "\n".join(texts)
    cells = {whole[c.start : c.end]: c for c in grid_cells(lines, texts)}
    assert (cells["3.58%"].label, cells["3.58%"].header) == ("D", "Rate")
    assert cells["3.58%"].row == whole.index("D  ")


def test_figures_in_a_header_name_their_columns() -> None:
    found = _cells(
        [
            "Minimum     Diversity 40    Diversity 46",
            "2.05%       2150            2187",
            "2.15%       2203            2241",
        ]
    )
    assert ("2187", "2.05%", "Diversity 46") in found


def test_a_title_and_a_sentence_name_no_column() -> None:
    found = _cells(
        [
            "The Notes will have the amounts shown below:",
            "Class       Amount",
            "A           1,000,000",
            "B           2,000,000",
        ]
    )
    assert found == [("1,000,000", "A", "Amount"), ("2,000,000", "B", "Amount")]


def test_prose_has_no_cells() -> None:
    assert (
        _cells(["The fee is 5% of the amount, and no more than", "20 days may pass before it is due."]) == []
    )
    assert grid_cells([], []) == []
    assert grid_cells([PrintedLine(0, 9, 0.0, 10.0, ())], ["no places"]) == []


def test_a_cell_is_where_it_says() -> None:
    lines, texts = _page(["Rent     1,577", "Total    1,577"])
    assert grid_cells(lines, texts)[0] == GridCell(start=9, end=14, label="Rent", header="", row=0)


MONTHS = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
WORDS = st.sampled_from(
    [
        "February",
        "September",
        "May",
        "Maybe",
        "20",
        "20,",
        "2034",
        "2034,",
        "1",
        "x",
        "A-1",
        "3",
        "August,",
        "203",
    ]
)


@given(st.lists(WORDS, min_size=1, max_size=3), WORDS)
def test_a_date_goes_on_as_dates_are_written(before: list[str], word: str) -> None:
    written = " ".join(before)
    forms = (
        (rf"{MONTHS}|\d{{1,2}} {MONTHS},?", r"\d{1,2},?|(?:19|20)\d\d"),
        (r"\d{1,2}", rf"{MONTHS},?"),
        (rf"{MONTHS} \d{{1,2}},?", r"(?:19|20)\d\d"),
    )
    wanted = any(re.fullmatch(first, written) and re.fullmatch(second, word) for first, second in forms)
    assert _continues_date(written, word) == wanted
