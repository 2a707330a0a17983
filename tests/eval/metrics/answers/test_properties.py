"""What holds for any gold and any answer."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.answers import Gold, Kind, grade
from rag.types import Abstention, Answer

ANSWERABLE: tuple[Kind, ...] = tuple(kind for kind in get_args(Kind) if kind != "none")
QUESTIONS = st.sampled_from(
    ["", "Did sales improve?", "Which mill had the highest output?", "How much was paid?", "Why did it fall?"]
)
WORDS = st.lists(
    st.sampled_from("the mill of Lutton output fell 5% $3 million no not yes loom because Dunmore".split()),
    min_size=1,
    max_size=12,
).map(" ".join)
NUMBERS = st.builds(
    lambda value, form: form.format(value),
    st.decimals(min_value=1, max_value=9999, places=2),
    st.sampled_from(["{}", "{}%", "${}", "${} million"]),
)
GOLD = {
    "number": NUMBERS,
    "date": st.dates().map(lambda day: f"{day:%B} {day.day}, {day.year:04}"),
    "yes_no": st.sampled_from(["Yes", "No", "yes.", "no"]),
    "list": st.sampled_from(["Class A", "Dunmore; Lutton", "5%, 7%"]),
    "span": WORDS,
    "text": WORDS,
}


def answer(text: str) -> Answer:
    return Answer(text=text, confidence=1.0, citations=())


@pytest.mark.parametrize("kind", ANSWERABLE)
@given(st.data())
def test_gold_itself_is_right(kind: Kind, data: st.DataObject) -> None:
    gold = Gold(kind=kind, texts=(data.draw(GOLD[kind]),), question=data.draw(QUESTIONS))

    assert grade(gold, answer(gold.texts[0])).correct


@pytest.mark.parametrize("kind", ANSWERABLE)
@given(st.data())
def test_an_abstention_is_never_right_where_there_is_an_answer(kind: Kind, data: st.DataObject) -> None:
    gold = Gold(kind=kind, texts=(data.draw(GOLD[kind]),), question=data.draw(QUESTIONS))

    marks = grade(gold, Abstention(reason="nothing fits", confidence=0.1))

    assert (marks.correct, marks.abstained) == (False, True)


@given(WORDS, st.sampled_from(["Unable to answer this.", "I cannot find it in the documents."]))
def test_words_after_a_refusal_do_not_make_it_an_answer(words: str, refusal: str) -> None:
    assert grade(Gold(kind="none"), answer(f"{refusal} {words}")).correct


@given(NUMBERS, st.sampled_from(["The board approved it.", "See the notes.", "This is the audited figure."]))
def test_a_sentence_without_numbers_keeps_a_number_right(number: str, sentence: str) -> None:
    assert grade(Gold(kind="number", texts=(number,)), answer(f"It was {number}. {sentence}")).correct


@given(NUMBERS, st.integers(2, 50))
def test_another_number_is_wrong(number: str, factor: int) -> None:
    digits = "".join(char for char in number if char.isdigit() or char == ".")
    other = number.replace(digits, f"{float(digits) * factor + 1:.2f}")

    # A factor of a thousand might be a scale.
    assert not grade(Gold(kind="number", texts=(number,)), answer(f"It was {other}.")).correct


@pytest.mark.parametrize("kind", get_args(Kind))
@given(st.text(max_size=80), QUESTIONS)
def test_any_answer_gets_marks_in_range_and_the_same_again(kind: Kind, text: str, question: str) -> None:
    gold = Gold(kind=kind, texts=() if kind == "none" else ("The Lutton mill, 5%.",), question=question)

    marks = grade(gold, answer(text))

    assert 0.0 <= marks.em <= 1.0
    assert 0.0 <= marks.f1 <= 1.0
    assert not (marks.correct and marks.abstained and kind != "none")
    assert grade(gold, answer(text)) == marks


@given(st.text(max_size=80))
def test_any_gold_text_can_be_graded(text: str) -> None:
    grade(Gold(kind="text", texts=(text,), question="Did it fall?"), answer("It fell by 5%."))
