"""Ranking measures against ir_measures, an independent implementation, and on the edges."""

from __future__ import annotations

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import AP, RR, P, R, Success, nDCG

from eval.metrics import ranking

IDS = [f"c{i}" for i in range(12)]
RANKINGS = st.lists(st.sampled_from(IDS), unique=True)
QRELS = st.dictionaries(st.sampled_from(IDS), st.integers(0, 4), max_size=8)
CUTOFFS = st.sampled_from([1, 3, 5, 10])


def theirs(measure: ir_measures.Measure, ranked: list[str], qrels: dict[str, int]) -> float:
    """The value by ir_measures; scores fall with the rank."""
    run = [ir_measures.ScoredDoc("q", i, -float(rank)) for rank, i in enumerate(ranked)]
    judged = [ir_measures.Qrel("q", i, grade) for i, grade in qrels.items()]
    values = list(ir_measures.iter_calc([measure], judged, run))
    return float(values[0].value) if values else 0.0


@pytest.mark.slow
@given(RANKINGS, QRELS, CUTOFFS)
def test_measures_agree_with_ir_measures(ranked: list[str], qrels: dict[str, int], k: int) -> None:
    pairs = [
        (ranking.hit(ranked, qrels, k), Success @ k),
        (ranking.recall(ranked, qrels, k), R @ k),
        (ranking.precision(ranked, qrels, k), P @ k),
        (ranking.ndcg(ranked, qrels, k), nDCG @ k),
        (ranking.mrr(ranked, qrels), RR),
        (ranking.mrr(ranked, qrels, k), RR @ k),
        (ranking.average_precision(ranked, qrels), AP),
        (ranking.average_precision(ranked, qrels, k), AP @ k),
    ]
    for ours, measure in pairs:
        assert ours == pytest.approx(theirs(measure, ranked, qrels), abs=1e-9), measure


@pytest.mark.parametrize(
    ("ranked", "qrels", "expected"),
    [
        pytest.param([], {"a": 1}, 0.0, id="run empty"),
        pytest.param(["x"], {"a": 1}, 0.0, id="run partial"),
        pytest.param(["a"], {}, 0.0, id="qrels empty"),
        pytest.param(["a"], {"a": 0}, 0.0, id="nothing relevant"),
        pytest.param(["a"], {"a": 1}, 1.0, id="perfect"),
    ],
)
def test_edges(ranked: list[str], qrels: dict[str, int], expected: float) -> None:
    for measure in (ranking.hit, ranking.recall, ranking.ndcg, ranking.mrr, ranking.average_precision):
        assert measure(ranked, qrels, 5) == expected
    assert ranking.precision(ranked, qrels, 5) == expected / 5


@given(RANKINGS, QRELS, CUTOFFS)
def test_an_irrelevant_hit_at_the_end_changes_nothing(
    ranked: list[str], qrels: dict[str, int], k: int
) -> None:
    for measure in (ranking.hit, ranking.recall, ranking.ndcg, ranking.mrr, ranking.average_precision):
        assert measure([*ranked, "unjudged"], qrels, k) == measure(ranked, qrels, k)


def test_a_hit_over_two_pages_fills_two_places() -> None:
    pages = ranking.distinct_pages([("d", 0, 1), ("d", 1, 1), ("e", 1, 1), ("d", 0, 0)])

    assert pages == [("d", 0), ("d", 1), ("e", 1)]
    assert [ranking.page_hit(pages, {("e", 1)}, k) for k in (1, 2, 3)] == [0.0, 0.0, 1.0]
    assert ranking.page_hit(pages, {("e", 0)}, 3) == 0.0
    assert ranking.page_hit([], {("e", 0)}, 3) == ranking.page_hit(pages, set(), 3) == 0.0
