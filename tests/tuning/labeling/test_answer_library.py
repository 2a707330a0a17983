"""The ready functions on answers, on pairs, of people and of language models."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from rag.errors import SourceError
from rag.generator.llm.chat import Conversation
from tests.tuning.labeling.cases import answer, asked, chunk, passages
from tuning.items import AnswerItem, PassageItem
from tuning.label_model.matrix import ABSTAIN
from tuning.labeling import BAD, GOOD, IRRELEVANT, RELEVANT, LabelingFunction, LabelStore, Resources
from tuning.labeling.judged import read_judgements
from tuning.labeling.library.answers import (
    answer_functions,
    make_as_made,
    make_complete_list,
    make_fits_question,
    make_length,
    make_no_statement,
    make_quote_supports,
    make_refusal,
)
from tuning.labeling.library.people import make_judged_answers, make_judged_passages, of_people
from tuning.labeling.library.prompts import make_answer_prompt, make_prompt
from tuning.labeling.library.reading import QuestionReader
from tuning.labeling.preferring import label_preferences

RENT = chunk("The monthly rent of the flat is $900. Tenants are Ann, Bob and Cy.")


def votes(function: LabelingFunction, items: Sequence[Any], **resources: Any) -> list[int]:  # noqa: ANN401
    needed = {"questions": QuestionReader(), **resources}
    given = {name: needed[name] for name in function.resources}
    return [ABSTAIN if math.isnan(one) else int(one) for one in function.values(items, given)]


def answers(question: str, *said: str, **more: Any) -> list[AnswerItem]:  # noqa: ANN401
    return [answer(asked(question, **more), RENT, one) for one in said]


def test_the_kind_of_value_asked_for() -> None:
    said = answers("How much is the rent?", "$900", "Ann", "")
    assert votes(make_fits_question(), said) == [GOOD, BAD, ABSTAIN]


def test_words_that_do_not_stand_in_the_quote() -> None:
    good, *_ = answers("How much is the rent?", "$900")
    support = good.candidate.supports
    wrong = type(good.candidate)(text="$800", score=0.5, supports=support)
    other = AnswerItem(question=good.question, candidate=wrong, evidence=good.evidence)
    assert votes(make_quote_supports(), [good, other]) == [ABSTAIN, BAD]


def test_a_list_that_lacks_something() -> None:
    said = answers("What are the names of the tenants?", "Ann", "Ann, Bob and Cy")
    assert votes(make_complete_list(), said) == [BAD, GOOD]
    assert votes(make_complete_list(), answers("Who pays?", "Ann", "Ann, Bob and Cy")) == [ABSTAIN, ABSTAIN]


def test_a_heading_states_nothing() -> None:
    said = answer(asked("q?"), chunk("Terms\nThe rent is due.", context="Deed > Terms"), "Terms")
    assert votes(make_no_statement(), [said, *answers("q?", "$900")]) == [BAD, ABSTAIN]


def test_refusals_are_right_where_nothing_is_said() -> None:
    assert votes(make_refusal(), answers("What is the monthly rent?", "", "$900")) == [BAD, ABSTAIN]
    assert votes(make_refusal(), answers("When do penguins migrate?", "", "$900")) == [GOOD, BAD]


def test_long_answers_and_what_the_maker_read() -> None:
    long = answers("How much is the rent?", "rent of the flat is $900", "$900")
    assert votes(make_length(words=3), long) == [BAD, ABSTAIN]
    said = answers("How much is the rent?", "$900", "Ann", "", answer="$ 900")
    assert votes(make_as_made(), said[1:]) == [BAD, BAD]
    assert votes(make_as_made(), answers("How much?", "$900", answer="$900")) == [GOOD]


def test_all_have_sources() -> None:
    functions = answer_functions()
    assert len({one.name for one in functions}) == len(functions)
    assert all(one.source and one.about for one in functions)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LabelStore]:
    with LabelStore(tmp_path) as opened:
        yield opened


def test_better_answers_are_preferred(store: LabelStore) -> None:
    items = [
        one for n in range(20) for one in answers(f"How much is the rent of flat {n}?", "Ann", "$900", "Bob")
    ]
    functions = [make_fits_question(), make_length(words=1)]
    labels, model = label_preferences(items, functions, Resources(), store)
    assert model.mirrored
    assert len(labels) == 60
    better = [one for one in labels if one.pair.second.candidate.text == "$900"]
    worse = [one for one in labels if one.pair.first.candidate.text == "$900"]
    assert max(one.probability for one in better) < 0.5 < min(one.probability for one in worse)


def judgement(**fields: object) -> str:
    return json.dumps({"annotator": "ann", "question": "How much is the rent?", **fields})


def test_people_vote_by_name(tmp_path: Path) -> None:
    path = tmp_path / "judgements.jsonl"
    lines = [
        judgement(verdict="wrong", answer="Ann", better_answer="$900"),
        judgement(annotator="bob", verdict="right", document_id="deed", page=0, quote="monthly rent"),
    ]
    path.write_text("\n".join(lines))
    judgements = read_judgements(path)
    assert [one.name for one in of_people(judgements)][:2] == ["judged_by_ann", "answers_judged_by_ann"]
    said = answers("how much is the  rent?", "$900", "Ann", "Bob")
    assert votes(make_judged_answers("ann"), said, judgements=judgements) == [GOOD, BAD, ABSTAIN]
    items = [PassageItem(question=said[0].question, chunk=RENT), *passages(said[0].question, ["Pets."])]
    assert votes(make_judged_passages("bob"), items, judgements=judgements) == [RELEVANT, ABSTAIN]
    assert read_judgements(tmp_path / "none").annotators == ()


def test_a_broken_judgement_is_named(tmp_path: Path) -> None:
    path = tmp_path / "judgements.jsonl"
    path.write_text(judgement() + "\n{}\n")
    with pytest.raises(SourceError, match=r"judgements\.jsonl:2"):
        read_judgements(path)


class Scripted:
    """Says yes to what speaks of rent, and something else to pets."""

    fingerprint = "scripted"
    special: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.asked = 0

    def count(self, text: str) -> float:
        return len(text) / 4

    def replies(self, conversations: Sequence[Conversation], count: int) -> list[tuple[str, ...]]:
        self.asked += len(conversations)
        return [(self._reply(each[-1].content.partition("</question>")[2]),) for each in conversations]

    def _reply(self, shown: str) -> str:
        return "YES." if "rent" in shown else "Who knows" if "Pets" in shown else "no"


def test_a_language_model_is_asked_once(tmp_path: Path) -> None:
    items = passages(asked("What is the rent?"), ["The rent is $5.", "Pets.", "Doors."])
    chat = Scripted()
    function = make_prompt("asked", cache=tmp_path)
    assert votes(function, items, chat=chat) == [RELEVANT, ABSTAIN, IRRELEVANT]
    assert votes(function, items, chat=chat) == [RELEVANT, ABSTAIN, IRRELEVANT]
    assert chat.asked == 3
    said = answers("What is the rent?", "$900", "")
    assert votes(make_answer_prompt("good"), said, chat=chat) == [IRRELEVANT, IRRELEVANT]
