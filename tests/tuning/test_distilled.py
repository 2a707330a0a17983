"""Agreement of orders, and what a student costs beside its teacher."""

from __future__ import annotations

import numpy as np
import pytest

from rag.embedder.hashing import HashingEmbedder
from rag.reranker.overlap import OverlapReranker
from rag.settings import HashingEmbedderSettings
from tests.tuning.labels import DOCUMENTS, labels
from tuning.distilled import (
    Standing,
    agreement,
    beside,
    student_standing,
    teacher_standing,
    weights_of,
)
from tuning.soft_lists import soft_lists

LISTS = soft_lists(labels(DOCUMENTS[:2]))


def test_pairs_that_the_teacher_puts_far_apart_weigh_more() -> None:
    teacher = np.array([0.0, 1.0, 11.0], dtype=np.float32)
    near, far = teacher[[1, 0, 2]], teacher[[0, 2, 1]]
    assert agreement(teacher, near) == pytest.approx(21 / 22)
    assert agreement(teacher, far) == pytest.approx(12 / 22)
    assert agreement(teacher, np.zeros(3, dtype=np.float32)) == pytest.approx(0.5)
    assert agreement(np.ones(3, dtype=np.float32), teacher) == 1.0


def test_both_are_measured_on_the_same_lists() -> None:
    teacher = teacher_standing(OverlapReranker(), LISTS)
    student = student_standing(HashingEmbedder(HashingEmbedderSettings(dim=64)), LISTS)
    for one in (teacher, student):
        assert 0.0 < one.score <= 0.9
        assert one.seconds > 0
        assert one.weights == 0
    # The clause has the words of the question.
    assert teacher.score == pytest.approx(0.9)
    found = beside(teacher, student)
    assert found["size"] is None
    assert found["accuracy"] == pytest.approx(student.score / teacher.score, abs=1e-3)


def test_ratios() -> None:
    found = beside(
        Standing(weights=100, seconds=0.1, score=0.8), Standing(weights=50, seconds=0.002, score=0.6)
    )
    assert (found["size"], found["speed"], found["accuracy"]) == (0.5, 50.0, 0.75)
    nothing = Standing(weights=0, seconds=0.0, score=0.0)
    assert beside(nothing, nothing)["accuracy"] is None


def test_weights_are_those_of_one_module() -> None:
    torch = pytest.importorskip("torch")

    class Component:
        def __init__(self) -> None:
            self._model = torch.nn.Linear(3, 2)
            self._name = "linear"

    assert weights_of(Component()) == 8
