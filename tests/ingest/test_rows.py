"""Words to rows, without any file."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ingest.rows import Word, group_rows
from rag.layout import Place, unpack_places


def word(text: str, x: float, y: float, *, size: float = 10, bold: bool = False) -> Word:
    return Word(text, x, y, x + 0.5 * size * len(text), y + 1.2 * size, size, bold)


def texts(*words: Word) -> list[str]:
    return [row.text for row in group_rows(words)]


def test_narrow_gaps_part_words_and_wide_ones_cells() -> None:
    row = [word("Net", 50, 100), word("sales", 68, 100), word("1,577", 200, 100)]
    assert texts(*row) == ["Net sales  1,577"]
    assert texts(word("Net", 50, 100), word("work", 65, 100)) == ["Network"]


def test_signs_and_closers_belong_to_their_figure() -> None:
    places = [("Tax", 50), ("$", 150), ("(370", 190), (")", 230), ("5.2", 300), ("%", 330)]
    marks = [word(text, x, 0) for text, x in places]
    assert texts(*marks) == ["Tax  $(370)  5.2%"]


def test_figures_are_cells_at_smaller_gaps_than_words() -> None:
    assert texts(word("4,869", 0, 0), word("$", 33, 0), word("5,058", 60, 0)) == ["4,869  $5,058"]
    assert texts(word("shall", 0, 0), word("pay", 33, 0)) == ["shall pay"]


def test_superscripts_join_their_row_and_keep_its_size() -> None:
    (row,) = group_rows([word("Revenue", 50, 100), word("(1)", 86, 99, size=6)])
    assert (row.text, row.size) == ("Revenue (1)", 10)


def test_a_word_printed_twice_is_read_once() -> None:
    assert texts(word("Bold", 50, 100), word("Bold", 50.4, 100)) == ["Bold"]


def test_bold_is_what_most_characters_are() -> None:
    (row,) = group_rows([word("Heading", 0, 0, bold=True), word("x", 40, 0)])
    assert row.bold
    (row,) = group_rows([word("The", 0, 0, bold=True), word("Borrower", 20, 0)])
    assert not row.bold


def test_space_above_is_judged_by_the_pages_own_lines() -> None:
    tight = [word(f"line {i}", 0, 12 * i) for i in range(4)] + [word("next", 0, 58)]
    assert [row.spaced for row in group_rows(tight)] == [False] * 4 + [True]
    double = [word(f"line {i}", 0, 24 * i) for i in range(5)]
    assert not any(row.spaced for row in group_rows(double))


def test_leaders_are_short() -> None:
    assert texts(word("Item 1. Business" + " ." * 40 + " 3", 0, 0)) == ["Item 1. Business .... 3"]


def test_sideways_text_does_not_swallow_rows() -> None:
    sideways = Word("Confidential draft", 20, 50, 32, 300, 10, bold=False)
    upright = [word("first", 50, 60), word("second", 50, 80)]
    assert texts(sideways, *upright) == ["first", "second", "Confidential draft"]


def test_a_table_of_short_cells_is_not_taken_for_columns() -> None:
    words = []
    for i in range(10):
        label, figure = "ab" * (1 + i % 4), "9" * (1 + i % 3)
        words += [word(label, 50, 12 * i), word(figure, 320, 12 * i), word("x" * 20, 500, 12 * i)]
    assert all(len(text.split()) == 3 for text in texts(*words))


def test_nothing_gives_no_rows() -> None:
    assert group_rows([]) == []
    assert group_rows([word("  ", 0, 0)]) == []


PLACES = st.builds(
    word,
    st.text("abc19$()% .", min_size=1, max_size=12),
    st.floats(0, 600),
    st.floats(0, 780),
    size=st.sampled_from([6.0, 10.0, 18.0]),
)


@given(st.lists(PLACES, max_size=40, unique_by=lambda word: word.text), st.randoms(use_true_random=False))
def test_no_character_is_lost_and_the_order_given_does_not_matter(
    words: list[Word], rng: random.Random
) -> None:
    words = list({(w.x0, w.y0): w for w in words}.values())
    rows = group_rows(words)
    assert group_rows(rng.sample(words, len(words))) == rows
    printed = Counter(c for row in rows for c in row.text if c.isalnum())
    assert printed == Counter(c for w in words for c in w.text if c.isalnum())
    assert all(row.x0 <= row.x1 and row.y0 <= row.y1 for row in rows)


def test_places_say_where_each_word_stands() -> None:
    (row,) = group_rows(
        [word("Net", 50, 100), word("sales", 68, 100), word("$", 200, 100), word("1,577", 220, 100)]
    )
    assert row.text == "Net sales  $1,577"
    assert unpack_places(row.places) == (
        Place(0, 50, 65), Place(4, 68, 93), Place(11, 200, 205), Place(12, 220, 245)
    )  # fmt: skip


def test_a_run_of_words_is_parted_by_its_share_of_the_width() -> None:
    (row,) = group_rows([word("Net sales", 50, 100)])
    assert unpack_places(row.places) == (Place(0, 50, 65), Place(4, 70, 95))


def test_places_behind_a_leader_move_with_the_text() -> None:
    (row,) = group_rows([word("Liens", 50, 100), word("." * 60, 80, 100), word("41", 400, 100)])
    assert row.text == "Liens ....  41"
    assert unpack_places(row.places) == (Place(0, 50, 75), Place(12, 400, 410))


def test_a_space_that_prints_over_a_letter_parts_no_word() -> None:
    words = [word("Sectio ", 50, 100), word("n", 80, 100), word("7", 92, 100)]
    words[0] = words[0]._replace(x1=82.5)
    assert texts(*words) == ["Section 7"]


def test_justified_prose_has_no_cells() -> None:
    prose = [word(text, 60 * i, 0) for i, text in enumerate("the Bank may at any time agree".split())]
    wide = [w._replace(x1=w.x0 + 48) for w in prose]
    assert texts(*wide) == ["the Bank may at any time agree"]
