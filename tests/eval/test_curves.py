"""Curves of a few rows, by hand: ranks, thresholds, bins, stages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval.curves import calibration, first_rank, found_curve, risk_coverage, stage_times
from eval.runs import Row
from eval.scoring import HIT_CUTOFFS, PAGE_CUTOFFS
from tests.eval.made_rows import hits, row, wrong


def ranked(rank: int, at: int) -> Row:
    """A row whose evidence, page 1 of document a, is at this rank; documents of one page stand before it."""
    before = tuple((f"other{i}", 1) for i in range(rank - 1))
    values = {f"hit@{k}": float(rank <= k) for k in HIT_CUTOFFS}
    values |= {f"page_hit@{k}": float(rank <= k) for k in PAGE_CUTOFFS}
    return row(
        question_id=f"q{at}",
        cluster=f"d{at}",
        hits=hits(*before, ("a", 1)),
        values={**values, "mrr": 1 / rank},
    )


@pytest.mark.parametrize("measure", ["hit", "page_hit"])
def test_a_recall_curve_counts_ranks(measure: str) -> None:
    rows = [ranked(rank, at) for at, rank in enumerate((1, 2, 2, 7))]
    curve = found_curve(rows, measure)  # type: ignore[arg-type]

    assert [point.x for point in curve] == list(range(1, 21))
    assert [point.y.value for point in curve] == [0.25] + [0.75] * 5 + [1.0] * 14
    assert all(point.y.low <= point.y.value <= point.y.high for point in curve)
    assert first_rank(rows[3], "hit") == first_rank(rows[3], "page_hit") == 7


def test_where_ranks_disagree_with_the_record_the_record_holds() -> None:
    told = ranked(2, 0)
    more = replace(told, values={**told.values, "page_hit@1": 1.0})

    assert [point.x for point in found_curve([more], "page_hit")] == [float(k) for k in PAGE_CUTOFFS]
    assert found_curve([more], "page_hit")[0].y.value == 1.0


def test_a_question_that_was_not_judged_or_failed_is_no_point_or_a_zero() -> None:
    nothing = row(hits=(), values=dict.fromkeys([f"hit@{k}" for k in HIT_CUTOFFS] + ["mrr"], 0.0))

    assert found_curve([row()], "hit") == ()
    assert {point.y.value for point in found_curve([nothing], "hit")} == {0.0}


def test_risk_and_coverage_by_hand() -> None:
    rows = [
        row(confidence=0.9),
        row(confidence=0.7),
        wrong(confidence=0.7),
        wrong(confidence=0.5),
        row(outcome="abstained", values={"accuracy": 0.0}),
    ]
    curve = risk_coverage(rows)

    assert [(c.threshold, c.point.x, c.point.y.value) for c in curve] == [
        (0.5, 0.8, 0.5),
        (0.7, 0.6, pytest.approx(2 / 3)),
        (0.9, 0.2, 1.0),
    ]


def test_a_long_curve_is_thinned_and_keeps_its_ends() -> None:
    curve = risk_coverage([row(question_id=f"q{i}", confidence=i / 200) for i in range(1, 201)])

    assert len(curve) == 40
    assert (curve[0].point.x, curve[-1].point.x) == (1.0, 1 / 200)


def test_calibration_by_hand() -> None:
    rows = [row(confidence=0.95), wrong(confidence=0.92), row(confidence=0.55), row(confidence=1.0)]
    found = calibration([*rows, row(outcome="abstained", confidence=0.2)])

    assert found is not None
    assert found.answers == 4
    assert [(b.low, b.accuracy.n, b.accuracy.value) for b in found.bins] == [
        (0.5, 1, 1.0),
        (0.9, 3, pytest.approx(2 / 3)),
    ]
    # One answer is .45 off, three are |.9567 - .6667| = .29 off.
    assert found.error == pytest.approx((0.45 + 3 * 0.29) / 4)


def test_without_answers_there_is_nothing_to_calibrate() -> None:
    rows = [row(outcome="abstained"), row(outcome="retrieved", values={})]

    assert calibration(rows) is None
    assert risk_coverage(rows) == ()


def test_stages_come_in_the_order_they_run() -> None:
    times = {"cite": 1.0, "retrieve": 5.0, "generate": 2.0, "another": 3.0, "total": 11.0}
    rows = [row(timings_ms=times, asked_ms=12.0), row(outcome="failed", asked_ms=0.0)]
    found = stage_times(rows)

    assert [one.stage for one in found] == ["retrieve", "generate", "cite", "another", "whole question"]
    assert (found[0].p50.value, found[-1].p50.value, found[-1].p95.n) == (5.0, 12.0, 1)
    assert stage_times([rows[1]]) == ()
