"""Measures of single public sets: CUAD's curve, TAT-QA's exact match and F1, FinQA's execution accuracy."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.clauses import Marked, curve_area, precision_at_recall
from eval.metrics.hybrid import hybrid_scores
from eval.metrics.programs import executes_to

SCORES = st.sampled_from([0.1, 0.2, 0.3, 0.5, 0.9])
MARKED = st.builds(
    lambda matched, false: Marked(matched=tuple(matched), false=tuple(false)),
    st.lists(SCORES | st.just(float("-inf")), max_size=3),
    st.lists(SCORES, max_size=3),
)


def area_by_hand(questions: list[Marked]) -> float:
    """Trapezoids under the monotone curve, a threshold at a time."""
    clauses = [score for q in questions for score in q.matched]
    false = [score for q in questions for score in q.false]
    if not clauses:
        return 0.0
    points = [(0.0, 1.0)]
    for threshold in sorted({*false, *(s for s in clauses if s > 0)}, reverse=True):
        right = sum(score >= threshold for score in clauses)
        wrong = sum(score >= threshold for score in false)
        points.append((right / len(clauses), right / (right + wrong)))
    smooth = [(r, max(p for _, p in points[i:])) for i, (r, _) in enumerate(points)]
    return sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in itertools.pairwise(smooth))


@given(st.lists(MARKED, max_size=6))
def test_the_area_is_that_of_the_curve_drawn_by_hand(questions: list[Marked]) -> None:
    assert curve_area([questions]) == pytest.approx(area_by_hand(questions))


def test_perfect_and_useless_proposals() -> None:
    perfect = [Marked.judge([("This Agreement is made today", 0.9)], ["this agreement is made today"])]

    assert curve_area([perfect]) == precision_at_recall([perfect], 0.8) == 1.0
    assert curve_area([[Marked.judge([("Purple", 0.9)], ["gold"])]]) == 0.0
    assert precision_at_recall([[Marked.judge([], ["gold"])]], 0.8) == 0.0


def test_half_of_the_words_of_both_together_match() -> None:
    assert Marked.judge([("one two", 0.5)], ["one two three four"]).matched == (0.5,)
    assert Marked.judge([("one two", 0.5)], ["one two three four five"]).false == (0.5,)


@pytest.mark.parametrize(
    ("given", "gold", "scale", "em"),
    [
        ("$ 1,452.4 million", ["1452.4"], "million", 1.0),
        ("1,452.4", ["1452.4"], "million", 0.0),
        ("1452.40", ["1452.4"], "", 1.0),
        ("(12.5)%", ["-12.5"], "percent", 1.0),
        ("0.13", ["12.5"], "percent", 0.0),
        ("0.1250", ["12.5"], "percent", 1.0),
        ("Fixed price", ["fixed-price"], "", 1.0),
        ("2018; 2017; 2019", ["2019", "2018", "2017"], "", 1.0),
        ("", ["3"], "", 0.0),
    ],
)
def test_answer_and_scale(given: str, gold: list[str], scale: str, em: float) -> None:
    assert hybrid_scores(given, gold, scale, computed=False)[0] == em


def test_computed_answers_have_no_half_marks() -> None:
    assert hybrid_scores("about 5 dollars", ["5"], "", computed=True) == (0.0, 0.0)
    em, f1 = hybrid_scores("fixed price contracts", ["fixed price"], "", computed=False)
    assert em == 0.0
    assert f1 == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("given", "gold", "right"),
    [
        ("127.4", "127.4", True),
        ("12.35%", "0.12346", True),
        ("12.3%", "0.12346", True),
        ("0.123", "0.12346", True),
        ("0.12", "0.12346", False),
        ("-5.00", "-5.0", True),
        ("(5.00)", "-5.0", True),
        ("5.00", "-5.0", False),
        ("$ 1,234.50", "1234.5", True),
        ("0", "0.0", True),
        ("yes", "yes", True),
        ("Yes, 3", "yes", False),
        ("from 5 to 6", "6", False),
    ],
)
def test_a_printed_figure_is_the_programs_value_to_the_places_it_prints(
    given: str, gold: str, right: bool
) -> None:
    assert executes_to(given, gold) is right
