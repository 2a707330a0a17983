"""Soft labels of answers: one right answer a question."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.tuning.labeling.cases import answer, asked, chunk
from tuning.answer_groups import AnswerGroup, drawn, exclusive, grouped
from tuning.items import AnswerItem
from tuning.labeling import LabelStore, Resources
from tuning.labeling.library.answers import make_fits_question, make_length

RENT = chunk("The monthly rent of the flat is $900. Tenants are Ann, Bob and Cy.")


def items(number: int) -> list[AnswerItem]:
    return [
        answer(asked(f"How much is the rent of flat {number}?"), RENT, one) for one in ("$900", "Ann", "")
    ]


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


def test_a_sample_hardly_changes() -> None:
    questions = [asked(f"q {number}?") for number in range(20)]
    few = drawn(questions, 5)
    assert drawn(questions[::-1], 5) == few
    assert {one.text for one in few} <= {one.text for one in drawn(questions, 9)}


def test_what_a_group_is_held_out_by() -> None:
    (first, *_) = items(1)
    group = AnswerGroup(question=first.question, items=(first,), probabilities=(1.0,), label_model="m")
    assert group.document == RENT.document_id
