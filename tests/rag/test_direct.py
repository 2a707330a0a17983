"""Requests in many manners, as direct questions."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.direct import directly
from rag.generator.manner import manner
from rag.generator.valued.wanted import wanted

CAP = "the cap on yearly expenses"


@pytest.mark.parametrize(
    "manner_of_asking",
    [
        "Please state {}.",
        "Could you please give me {}?",
        "Hello, can you confirm {}, please? Thanks.",
        "Would you mind telling us {}?",
        "Do you happen to know what {} is?",
        "I'd like to know {}.",
        "We are looking for {}.",
        "I need {}.",
        "Which figure is stated for {}?",
        "What value currently applies to {}?",
        "What has been agreed as {}?",
        "What would {} be?",
        "How high is {}?",
        "At what level is {} set?",
        "{} equals what?",
        "{} is set at how much?",
        "{}?",
    ],
)
def test_what_is_asked_is_the_same_in_all_manners(manner_of_asking: str) -> None:
    text = manner_of_asking.format(CAP)
    assert directly(text[0].upper() + text[1:]).lower() == f"what is {CAP}?"


@pytest.mark.parametrize(
    ("asked", "direct"),
    [
        ("As regards Alder: state the cap.", "As regards Alder: what is the cap?"),
        ("Alder - the cap on fees?", "Alder - what is the cap on fees?"),
        (
            "Quick one: how large the cap on fees may be in Alder",
            "Quick one: how large the cap on fees may be in Alder?",
        ),
        (
            "Bought Alder and need the live term, not the first one: the date on which buying ends",
            "Bought Alder and need the live term, not the first one: what is the date on which buying ends?",
        ),
        (
            "I am reading Alder. What does it say about the cap?",
            "I am reading Alder. In it, what is the cap?",
        ),
        ("How does the Alder deed fix the fee?", "In the Alder deed, what is the fee?"),
        ("What did Alder provide for the fee at closing?", "In Alder, what was the fee at closing?"),
        ("What figure do we find for the fee in Alder?", "What is the fee in Alder?"),
        ("Where does the fee stand in Alder since May?", "What is the fee in Alder since May?"),
        ("To what did the supplement raise the fee?", "As amended by the supplement, what is the fee?"),
        ("What did the supplement raise the fee to?", "As amended by the supplement, what is the fee?"),
        ("Under Alder, the fee is set out somewhere; give me the answer.", "Under Alder, what is the fee?"),
        ("Where did Alder report the fee of May?", "In Alder, what was the fee of May?"),
        ("What had the fee been until May?", "What was the fee until May?"),
        ("Tell me how many days the cure period has.", "How many days the cure period has?"),
        ("What do the terms set as how many days may pass?", "In the terms, how many days may pass?"),
    ],
)
def test_where_and_when_it_is_asked_of_stays(asked: str, direct: str) -> None:
    assert directly(asked) == direct


@pytest.mark.parametrize(
    "text",
    [
        "What is the cap on fees?",
        "Highlight the parts (if any) of this contract related to “Governing Law”.",
        "List all covenants.",
        "Find the governing law clause.",
        "May the Issuer prepay the Notes?",
        "Can you tell me whether the Issuer may prepay?",
        "Why did margins fall?",
        "How is the fee calculated?",
        "What does the agreement say about assignment?",
        "Receiving Party shall not reverse engineer any objects which embody Confidential Information.",
        "Who is the trustee?",
        "Is the fee of Alder or that of Birch higher?",
    ],
)
def test_other_questions_stay_as_they_are(text: str) -> None:
    assert directly(text) == text


@pytest.mark.parametrize(
    "text",
    ["Could you give me the cap on fees?", "Find the cap on fees.", "I need the cap on fees for Alder."],
)
def test_a_request_is_neither_for_yes_or_no_nor_for_a_clause(text: str) -> None:
    assert manner(text) == "open"
    assert wanted(text).kinds


@pytest.mark.parametrize(
    "piece", ["the cap ", "what is the ", "please ", "a, ", "hi there, ", "x. Y ", "in the "]
)
def test_long_texts_take_no_time(piece: str) -> None:
    begin = perf_counter()
    for size in (990, 4_000):
        directly((piece * size)[:size])
        directly((piece * size)[:size] + "?")
    assert perf_counter() - begin < 2.0


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from("could you tell me the cap what is in Alder , : ? . - please".split()), max_size=20
    ).map(" ".join)
)
def test_whatever_is_asked_it_does_not_grow_and_stays_direct(text: str) -> None:
    direct = directly(text)
    assert bool(direct.strip()) == bool(text.strip())
    assert len(direct) <= len(text) + 30
