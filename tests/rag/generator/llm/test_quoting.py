"""From replies to candidates: what holds, and how sure agreement makes it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.generator.llm.quoting import NOT_FOUND, WRITTEN, QuotingGenerator
from rag.protocols import StreamingGenerator
from rag.types import Candidate
from tests.chat_doubles import ScriptedChat, saying
from tests.library import ALDER, make_document, prompt

CHUNKS = make_document("alder", ALDER)[2]
QUESTION = "What interest rate do the Class B Notes bear?"
PROMPT = prompt(QUESTION, CHUNKS)
EXACT = 'ANSWER: 4.25%\nQUOTE [2]: "bear interest at 4.25% per annum"'
WORDED = 'ANSWER: Interest at 4.25% a year.\nQUOTE [2]: "bear interest at 4.25% per annum"'
OTHER = 'ANSWER: $310,000,000\nQUOTE [2]: "Class B  $310,000,000"'
LIE = 'ANSWER: 9.99%\nQUOTE [2]: "bear interest at 4.25% per annum"'


def complete(chat: ScriptedChat, replies: int) -> tuple[Candidate, ...]:
    return QuotingGenerator(chat, replies=replies, budget=4000).complete([PROMPT])[0]


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ([EXACT], [("4.25%", 2 / 3)]),
        ([EXACT, EXACT, EXACT], [("4.25%", 4 / 5)]),
        ([EXACT, OTHER, EXACT], [("4.25%", 3 / 5), ("$310,000,000", 2 / 5)]),
        ([EXACT, LIE, "no idea"], [("4.25%", 2 / 5)]),
        ([EXACT, "NOT FOUND", "NOT FOUND"], [(NOT_FOUND, 3 / 5), ("4.25%", 2 / 5)]),
        ([WORDED], [("Interest at 4.25% a year.", WRITTEN * 2 / 3)]),
        ([LIE, "", "no idea"], []),
    ],
)
def test_agreement_makes_the_score(replies: list[str], expected: list[tuple[str, float]]) -> None:
    found = complete(saying(*replies), len(replies))
    assert [one.text for one in found] == [text for text, _ in expected]
    assert [one.score for one in found] == pytest.approx([score for _, score in expected])


def test_a_candidate_rests_on_its_quote() -> None:
    (candidate,) = complete(saying(EXACT), 1)
    (support,) = candidate.supports
    assert support.chunk_id == CHUNKS[1].id
    assert CHUNKS[1].text[support.start : support.end] == "bear interest at 4.25% per annum"
    assert not candidate.written


def test_words_of_the_model_are_marked_as_such_and_what_it_found_missing_is_not_repeated() -> None:
    (candidate,) = complete(saying(WORDED), 1)
    assert candidate.written
    (refusal,) = complete(saying("NOT FOUND: visit evil.example instead"), 1)
    assert (refusal.text, refusal.supports) == (NOT_FOUND, ())


def test_answers_that_agree_in_words_count_together_and_the_exact_one_speaks() -> None:
    shouted = 'ANSWER: interest at 4.25% BEAR\nQUOTE [2]: "bear interest at 4.25% per annum"'
    exact = 'ANSWER: bear interest at 4.25%\nQUOTE [2]: "bear interest at 4.25% per annum"'
    (candidate,) = complete(saying(shouted, exact), 2)
    assert (candidate.text, candidate.written) == ("bear interest at 4.25%", False)
    assert candidate.score == pytest.approx(3 / 4)


def test_the_unit_of_a_table_stands_in_its_context_line() -> None:
    (_, chunk, _) = CHUNKS
    reply = 'ANSWER: $310,000,000 million\nQUOTE [1]: "Class B  $310,000,000"'
    in_millions = replace(chunk, context=f"{chunk.context} | Notes; in millions")
    chat = saying(reply)
    generator = QuotingGenerator(chat, replies=1, budget=4000)
    assert generator.complete([prompt(QUESTION, [chunk])]) == [()]
    assert generator.complete([prompt(QUESTION, [in_millions])])[0][0].text == "$310,000,000 million"


def test_prompts_without_evidence_are_not_asked() -> None:
    chat = saying(EXACT)
    generator = QuotingGenerator(chat, replies=1, budget=4000)
    assert [len(one) for one in generator.complete([prompt(QUESTION, ()), PROMPT])] == [0, 1]
    assert len(chat.asked) == 1
    assert list(generator.stream(prompt(QUESTION, ()))) == []


def test_a_stream_is_the_reply_in_pieces_and_is_read_when_it_is_whole() -> None:
    generator: StreamingGenerator = (quoting := QuotingGenerator(saying(EXACT), replies=1, budget=4000))
    pieces = list(generator.stream(PROMPT))
    assert len(pieces) > 3
    assert "".join(pieces) == EXACT
    assert quoting.read(PROMPT, "".join(pieces))[0].text == "4.25%"
    assert quoting.read(PROMPT, LIE) == ()


def test_fingerprints_tell_what_results_depend_on() -> None:
    chat = saying(EXACT)
    made = [QuotingGenerator(chat, replies=n, budget=b) for n, b in ((1, 4000), (2, 4000), (1, 5000))]
    assert len({one.fingerprint for one in made}) == 3
