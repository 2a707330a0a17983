"""Soft labels of answers: one right answer a question."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.tuning.labeling.cases import answer, asked, chunk
from tuning.answer_groups import AnswerGroup, as_read, drawn, exclusive, grouped
from tuning.items import AnswerItem, Asked
from tuning.label_model.matrix import ABSTAIN
from tuning.labeling import GOOD, LabelStore, Resources, labeling_function
from tuning.labeling.library.answers import make_as_made, make_fits_question, make_length

RENT = chunk("The monthly rent of the flat is $900. Tenants are Ann, Bob and Cy.")


def items(number: int) -> list[AnswerItem]:
    question = asked_by_users(f"How much is the rent of flat {number}?")
    return [answer(question, RENT, one) for one in ("$900", "Ann", "")]


def test_answers_share_what_is_likely() -> None:
    shares = np.array([0.9, 0.9, 0.5, 0.1])
    found = exclusive(["a", "a", "b", ""], shares)
    assert found[0] == found[1] == pytest.approx(9 / (9 + 1 + 1 / 9))
    assert found[0] + found[2] + found[3] == pytest.approx(1.0)


def test_each_question_is_a_group(tmp_path: Path) -> None:
    proposed = [items(number) for number in range(12)]
    with LabelStore(tmp_path) as store:
        groups = grouped(proposed, [make_fits_question(), make_length(words=1)], Resources(), store)
    assert [one.question.text for one in groups] == [own[0].question.text for own in proposed]
    for group in groups:
        right, wrong, _ = group.probabilities
        assert right > wrong
        assert sum(group.probabilities) == pytest.approx(1.0)
    (first, *_), choices = groups[0].labelled(), groups[0].choices(4)
    assert (first.item, first.passage, first.chunk_id) == (proposed[0][0].id, "$900", RENT.id)
    assert choices is not None
    assert len(choices.answers) == 3


def test_what_makers_read_is_believed(tmp_path: Path) -> None:
    made = [
        [
            answer(asked(f"Who lives in flat {number}?", answer="Ann"), RENT, one)
            for one in ("$900", "Ann", "")
        ]
        for number in range(30)
    ]
    plain = [answer(asked_by_users("Who lives there?"), RENT, one) for one in ("$900", "Bob")]

    @labeling_function(on="answer", kind="pattern")
    def dear(item: AnswerItem) -> int:
        """It is a price, as nobody asks."""
        return GOOD if "$" in item.candidate.text else ABSTAIN

    with LabelStore(tmp_path) as store:
        first, *_, last = grouped([*made, plain], [dear, make_as_made()], Resources(), store)
    assert as_read(made[0][1]) == 1
    assert as_read(made[0][0]) == as_read(made[0][2]) == 0
    assert as_read(plain[0]) is None
    assert first.probabilities[1] > 0.9 > first.probabilities[0] + first.probabilities[2]
    assert last.probabilities[0] > last.probabilities[1], "elsewhere functions vote"


def asked_by_users(text: str) -> Asked:
    return Asked(text=text, kind="log", origin="log", document_ids=(RENT.document_id,))


def test_a_sample_hardly_changes() -> None:
    questions = [asked(f"q {number}?") for number in range(20)]
    few = drawn(questions, 5)
    assert drawn(questions[::-1], 5) == few
    assert {one.text for one in few} <= {one.text for one in drawn(questions, 9)}


def test_what_a_group_is_held_out_by() -> None:
    (first, *_) = items(1)
    group = AnswerGroup(question=first.question, items=(first,), probabilities=(1.0,), label_model="m")
    assert group.document == RENT.document_id
