"""Replies of language models: what is in the form is read, anything else is not guessed at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.generator.llm.asking import Passage
from rag.generator.llm.replies import NotFound, Quote, Said, find_quotes, read_reply
from tests.library import ALDER, make_document

PASSAGES = tuple(Passage.of(chunk) for chunk in make_document("alder", ALDER)[2])
RATE = "bear interest at 4.25% per annum"


@pytest.mark.parametrize(
    "reply",
    [
        f'ANSWER: 4.25%\nQUOTE [2]: "{RATE}"',
        f"ANSWER: 4.25%\nQUOTE 2: {RATE}",
        f'\n**ANSWER:** 4.25%\n\n- **QUOTE [2]:** "{RATE}"\n',
        f'Answer: 4.25%\nQuote [2]: “{RATE}”',
        f'<think>The answer is 5%.\nANSWER: 5%</think>\nANSWER: 4.25%\nQUOTE [2]: "{RATE}"',
        f'Sure, here it is.\nANSWER:\n4.25%\nQUOTE [2]:\n"{RATE}"',
    ],
)  # fmt: skip
def test_the_form_is_read_with_what_models_do_to_it(reply: str) -> None:
    assert read_reply(reply) == Said("4.25%", (Quote(2, RATE),))


@pytest.mark.parametrize("reply", ["NOT FOUND", "NOT FOUND.", "Not found: it is not there", "**NOT FOUND**"])
def test_nothing_found_is_told_from_an_answer(reply: str) -> None:
    assert read_reply(reply) == NotFound()


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "4.25%",
        "ANSWER: 4.25%",
        'QUOTE [1]: "words"',
        'ANSWER:\nQUOTE [1]: "words"',
        "ANSWER: 4.25%\nQUOTE [1]:",
        'ANSWER: 4.25%\nQUOTE [1]: ""',
        'ANSWER: 4.25%\nQUOTE [1]: "words"\nNOT FOUND',
        'ANSWER: 4.25%\nQUOTE [1]: "words"\nANSWER: 5%',
        'QUOTE [1]: "words"\nANSWER: 4.25%',
        'NOT FOUND\nANSWER: 4.25%\nQUOTE [1]: "words"',
        'The ANSWER is 4.25%\nThe QUOTE: "words"',
        "<think>ANSWER: 4.25%",
        '{"answer": "4.25%", "quotes": ["words"]}',
        "ANSWER: 4.25%\n" + 'QUOTE [1]: "words"\n' * 13,
        "ANSWER: " + "9" * 30_000 + '\nQUOTE [1]: "words"',
    ],
)
def test_anything_else_is_no_reply(reply: str) -> None:
    assert read_reply(reply) is None


@given(st.text(st.sampled_from('ANSWERQUOTENOTFOUND :[]1"\n*<>think/.'), max_size=200))
def test_any_text_is_read_or_refused(reply: str) -> None:
    said = read_reply(reply)
    assert said is None or isinstance(said, NotFound) or (said.answer and said.quotes)


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        (Quote(2, RATE), [RATE]),
        (Quote(2, "bear  interest at\n4.25%  per annum"), [RATE]),
        (Quote(1, RATE), [RATE]),  # misnumbered
        (Quote(99, RATE), [RATE]),
        (Quote(0, RATE), [RATE]),
        (Quote(2, "The Class B Notes … per annum"), ["The Class B Notes", "per annum"]),
        (Quote(2, "The Class B Notes [...] per annum."), ["The Class B Notes", "per annum."]),
        (Quote(2, "bear interest at 4.50% per annum"), None),
        (Quote(2, "The Class B Notes … weekly"), None),
        (Quote(2, "…"), None),
        (Quote(2, "alder > Section 2.4"), None),  # the context line is shown, and is not quotable
    ],
)
def test_quotes_are_found_where_they_stand_or_not_at_all(quote: Quote, found: list[str] | None) -> None:
    supports = find_quotes([quote], PASSAGES)
    texts = {one.chunk.id: one.chunk.text for one in PASSAGES}
    assert (supports and [texts[s.chunk_id][s.start : s.end] for s in supports]) == found


def test_one_quote_that_stands_nowhere_spoils_the_reply_and_a_place_counts_once() -> None:
    good, bad = Quote(2, RATE), Quote(2, "secured by nothing at all")
    assert find_quotes([good, bad], PASSAGES) is None
    assert len(find_quotes([good, good], PASSAGES) or ()) == 1
