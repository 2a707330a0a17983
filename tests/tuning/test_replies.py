"""What a language model learns from: lessons, replies and duels in the form of serving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from rag.generator.llm.replies import NotFound, Said, read_reply
from rag.types import Candidate, Chunk, ChunkId, Derivation, DocumentId, Evidence, SectionId, Support
from tuning.answer_groups import AnswerGroup
from tuning.items import AnswerItem, Asked
from tuning.replies import (
    NOTHING,
    Asking,
    Replies,
    Teaching,
    accepted,
    as_reply,
    lessons,
    replies_of,
    reply_duels,
    without_answer,
)

HOW = Asking(budget=4000, longest=60, count=lambda text: len(text.split()))
TEXTS = (
    "The Trustee of Alder is Dunmore\nBank.",
    "The Manager of Alder is Larch Capital.",
    "Notices go to Dunmore Bank in London.",
    "The Notes bear interest at 4.25%.",
    "The Notes fall due in 2031.",
)
PLACES = {"Dunmore Bank": (0, 0, 37), "Larch Capital": (1, 0, 38), "": None}


def chunk(number: int) -> Chunk:
    text = TEXTS[number]
    return Chunk(
        id=ChunkId(f"c{number}"), document_id=DocumentId("alder"), section_id=SectionId("s"), ordinal=number,
        start=0, end=len(text), first_page=0, last_page=0, text=text, context="",
    )  # fmt: skip


def candidate(said: str) -> Candidate:
    place = PLACES[said]
    if place is None:
        return Candidate(text="nothing was found", score=0.3, supports=())
    number, start, end = place
    return Candidate(
        text=said, score=0.5, supports=(Support(chunk_id=ChunkId(f"c{number}"), start=start, end=end),)
    )


def group(probabilities: Sequence[float], name: str = "Alder") -> AnswerGroup:
    """Who the trustee is: one, another, or nobody."""
    asked = Asked(
        text=f"Who is the trustee of {name}?", kind="fact", origin="log", document_ids=(DocumentId("alder"),)
    )
    evidence = tuple(Evidence(chunk=chunk(number)) for number in range(len(TEXTS)))
    items = tuple(AnswerItem(question=asked, candidate=candidate(said), evidence=evidence) for said in PLACES)
    return AnswerGroup(question=asked, items=items, probabilities=tuple(probabilities), label_model="made")


def shown(conversation: Sequence[tuple[str, str]]) -> list[int]:
    """Which passages a conversation shows, in their order."""
    said = conversation[-1][1]
    return sorted((n for n, text in enumerate(TEXTS) if text in said), key=lambda n: said.index(TEXTS[n]))


def test_a_lesson_shows_the_right_passage_among_others_and_cites_it() -> None:
    orders = set()
    for n in range(8):
        (one,) = lessons([group((0.9, 0.05, 0.05), f"Alder {n}")], HOW, Teaching(distractors=2, absent=0.0))
        order = shown(one.conversation)
        assert sorted(order) == [0, 1, 2]
        said = read_reply(one.reply)
        assert isinstance(said, Said)
        assert said.answer == "Dunmore Bank"
        (quote,) = said.quotes
        assert quote.text == "The Trustee of Alder is Dunmore Bank."
        assert order[quote.number - 1] == 0
        assert one.conversation[0].role == "system"
        orders.add(tuple(order))
    assert len(orders) > 2, "where a passage stands says nothing"


def test_without_a_right_passage_nothing_is_found() -> None:
    found = list(lessons([group((0.9, 0.05, 0.05))], HOW, Teaching(absent=1.0)))
    assert [read_reply(one.reply) for one in found][1] == NotFound()
    # The third passage names the right one too; the second holds an answer that is surely wrong.
    assert shown(found[1].conversation) == [1, 3, 4]
    assert [one.chunk.id for one in without_answer(group((0.6, 0.3, 0.1)), Teaching())] == ["c3", "c4"]
    refused = list(lessons([group((0.05, 0.05, 0.9))], HOW, Teaching(absent=1.0, distractors=0)))
    assert [one.reply for one in refused] == [NOTHING]
    assert shown(refused[0].conversation) == [0, 1, 2, 3, 4]
    assert not list(lessons([group((0.4, 0.3, 0.3))], HOW, Teaching()))


def test_a_share_of_the_questions_is_asked_again() -> None:
    groups = [group((0.9, 0.05, 0.05), f"Alder {n}") for n in range(200)]
    silent = [one for one in lessons(groups, HOW, Teaching(absent=0.25)) if one.reply == NOTHING]
    assert 30 <= len(silent) <= 70
    assert silent == [one for one in lessons(groups, HOW, Teaching(absent=0.25)) if one.reply == NOTHING]


def test_replies_are_those_that_serving_accepts() -> None:
    found = replies_of(group((0.9, 0.06, 0.04)), HOW)
    assert found is not None
    assert shown(found.conversation) == [0, 1, 2, 3, 4]
    said = {one.text: one.probability for one in found.answers}
    assert said == {
        'ANSWER: Dunmore Bank\nQUOTE [1]: "The Trustee of Alder is Dunmore Bank."': 0.9,
        'ANSWER: Larch Capital\nQUOTE [2]: "The Manager of Alder is Larch Capital."': 0.06,
        NOTHING: 0.04,
    }
    assert replies_of(group((0.9, 0.06, 0.04)), replace(HOW, budget=0)) is None
    assert replies_of(group((0.9, 0.06, 0.04)), replace(HOW, longest=4)) is None, "one is left: none duel"


def test_what_is_no_reply() -> None:
    own = group((0.9, 0.06, 0.04))
    asked = HOW.ask(own.question.text, own.items[0].evidence)
    assert asked is not None
    right = candidate("Dunmore Bank")
    assert accepted(own.question.text, asked, right, HOW) == as_reply(right, asked.passages) is not None
    elsewhere = replace(right, supports=(Support(chunk_id=ChunkId("other"), start=0, end=5),))
    computed = replace(right, derivation=Derivation(name="sum", formula="a", operands=(), value=Decimal(1)))
    for one in (elsewhere, computed):
        assert as_reply(one, asked.passages) is None
    lie = replace(right, text="Larch Capital")
    assert accepted(own.question.text, asked, lie, HOW) is None, "it does not stand in its quote"
    assert accepted(own.question.text, asked, right, replace(HOW, longest=12)) is None


def test_which_replies_duel() -> None:
    found = replies_of(group((0.7, 0.05, 0.25)), HOW)
    assert found is not None
    (duel,) = reply_duels([found], "best_worst", least=0.4, seed=7)
    assert ("Dunmore" in duel.better, "Larch" in duel.worse) == (True, True)
    assert duel.flipped == pytest.approx(0.05 * 0.3 / (0.7 * 0.95 + 0.05 * 0.3))
    assert duel.conversation == found.conversation
    assert not list(reply_duels([found], "best_worst", least=0.8, seed=7))
    worse = {next(reply_duels([found], "random", least=0.4, seed=seed)).worse for seed in range(9)}
    assert len(worse) == 2


def test_few_rivals_are_measured() -> None:
    found = replies_of(group((0.2, 0.7, 0.1)), HOW)
    assert found is not None
    few = found.among(2)
    assert isinstance(few, Replies)
    assert [one.probability for one in few.answers] == [0.7, 0.2]
