"""Agreement with people, against textbook formulas and hand-made tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.grading.agreement import (
    Marked,
    Outcome,
    agreement,
    by,
    confusion,
    kappa,
    mark,
    over_setups,
    spearman,
)
from eval.grading.judged import Judged, Label
from eval.grading.protocol import GraderFailure, RulesGrader
from eval.metrics.answers import Gold, Grade
from rag.types import Abstention, Answer


def judged(label: Label = "correct", *, answer: str = "5%", document: str = "d", setup: str = "s") -> Judged:
    return Judged(
        question_id="q",
        question_type="t",
        document=document,
        filer="f",
        gold=Gold(kind="number", texts=("5%",)),
        setup=setup,
        answer=answer,
        label=label,
    )


def marked(pairs: Sequence[tuple[Label, Outcome]]) -> list[Marked]:
    return [
        Marked(item=judged(label, document=f"d{i % 5}", setup=f"s{i % 3}"), outcome=outcome)
        for i, (label, outcome) in enumerate(pairs)
    ]


TABLE: tuple[tuple[Label, Outcome, int], ...] = (
    ("correct", "correct", 6),
    ("correct", "wrong", 2),
    ("refusal", "abstained", 8),
    ("incorrect", "correct", 4),
)


def test_a_table_by_hand() -> None:
    ones = marked([(label, outcome) for label, outcome, count in TABLE for _ in range(count)])

    found = agreement(ones)

    assert found.accuracy.value == pytest.approx(14 / 20)
    assert found.sensitivity.value == pytest.approx(6 / 8)
    assert found.specificity.value == pytest.approx(8 / 12)
    # The grader says correct of 10 of 20, people of 8: by chance they agree on half.
    assert found.kappa.value == pytest.approx((0.7 - 0.5) / 0.5)
    assert found.kappa.low <= found.kappa.value <= found.kappa.high
    assert (found.accuracy.n, found.documents, found.failed) == (20, 5, 0)
    assert confusion(ones)["correct"] == {"correct": 6, "wrong": 2, "abstained": 0, "failed": 0}


def test_failed_items_are_counted_apart() -> None:
    ones = marked([("correct", "correct"), ("incorrect", "wrong"), ("correct", "failed")])

    found = agreement(ones)

    assert (found.accuracy.value, found.accuracy.n, found.failed) == (1.0, 2, 1)
    assert confusion(ones)["correct"]["failed"] == 1


def test_groups_without_a_graded_item_are_left_out() -> None:
    ones = [Marked(item=judged(document="a"), outcome="failed"), Marked(item=judged(), outcome="correct")]

    assert list(by(ones, lambda item: item.document)) == ["d"]


def test_set_ups_are_compared_by_their_accuracies() -> None:
    ones = [
        Marked(item=judged("correct", setup="a"), outcome="correct"),
        Marked(item=judged("correct", setup="b"), outcome="wrong"),
        Marked(item=judged("incorrect", setup="c"), outcome="wrong"),
    ]

    found = over_setups(ones)

    assert found.accuracies == {"a": (1.0, 1.0), "b": (0.0, 1.0), "c": (0.0, 0.0)}
    assert found.mean_error == pytest.approx(1 / 3)
    assert found.spearman == pytest.approx(0.5)


class Half:
    """Fails on every answer that is not a number of per cent."""

    name = "half"
    fingerprint = "half"

    def grade(self, gold: Gold, outcome: Answer | Abstention) -> Grade:
        if isinstance(outcome, Answer) and "%" in outcome.text:
            return RulesGrader().grade(gold, outcome)
        raise GraderFailure("no", "none")


def test_a_grader_that_fails_on_one_item_goes_on() -> None:
    done: list[int] = []
    items = [judged(answer="what"), judged(answer="5%"), judged(answer="I cannot answer: 5% is all I know")]

    found = mark(Half(), items, lambda: done.append(1))

    assert [one.outcome for one in found] == ["failed", "correct", "abstained"]
    assert len(done) == 3


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_kappa_is_at_most_one_and_symmetric(pairs: list[tuple[bool, bool]]) -> None:
    ours, theirs = (np.array([pair[i] for pair in pairs]) for i in (0, 1))

    assert kappa(ours, theirs) == pytest.approx(kappa(theirs, ours))
    assert kappa(ours, theirs) <= 1.0
    assert kappa(ours, ours) == 1.0


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=15))
def test_spearman_is_pearsons_correlation_of_mean_ranks(pairs: list[tuple[int, int]]) -> None:
    first, second = (np.array([float(pair[i]) for pair in pairs]) for i in (0, 1))

    def ranks(values: np.ndarray) -> list[float]:
        ordered = sorted(values)
        return [float(np.mean([i for i, one in enumerate(ordered) if one == value])) for value in values]

    varies = len(set(first)) > 1 and len(set(second)) > 1
    expected = float(np.corrcoef(ranks(first), ranks(second))[0, 1]) if varies else 0.0
    assert spearman(first, second) == pytest.approx(expected)
