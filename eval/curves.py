"""Runs as curves: found by rank, right by confidence, right by share answered, time by stage. Numbers only.

Every point carries a 95 % interval by document (``eval.stats.rate``). Leaves drawing to ``eval.plots``.
Sources: risk-coverage, El-Yaniv & Wiener (2010), JMLR 11; calibration error, Naeini et al. (2015), AAAI.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from eval.metrics.ranking import distinct_pages
from eval.runs import Row
from eval.scoring import HIT_CUTOFFS, PAGE_CUTOFFS
from eval.stats import Estimate, quantile, rate

DEEPEST = 20
BINS = 10
MOST_POINTS = 40
"""Points of a risk-coverage curve: more cannot be told apart on a page."""

STAGES = ("retrieve", "rerank", "evidence", "generate", "cite")
"""The stages of a question in the order they run, which saved runs do not keep; others come after them."""

Found = Literal["hit", "page_hit"]
_CUTOFFS: dict[Found, tuple[int, ...]] = {"hit": HIT_CUTOFFS, "page_hit": PAGE_CUTOFFS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place on a curve: ``x``, and the estimate there."""

    x: float
    y: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceBin:
    """Answers whose confidence lies in ``[low, high)`` (the last bin includes 1)."""

    low: float
    high: float
    confidence: float
    accuracy: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Bins that hold an answer, and the mean distance of confidence and accuracy over answers, in [0, 1]."""

    bins: tuple[ConfidenceBin, ...]
    error: float
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What is left where answers below ``threshold`` are withheld; ``x`` is the share answered."""

    threshold: float
    point: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """How long one stage took, in milliseconds: quantiles .05, .25, .75 and, with intervals, .5 and .95."""

    stage: str
    p05: float
    p25: float
    p50: Estimate
    p75: float
    p95: Estimate


def found_curve(rows: Sequence[Row], measure: Found, seed: int = 0) -> tuple[Point, ...]:
    """Share of judged questions whose evidence is among the first k, for k from 1 to ``DEEPEST``.

    Where ranks disagree with the values that the run recorded (more evidence than rows keep), the curve goes
    through the recorded cutoffs only. Empty where nothing was judged.
    """
    cutoffs = _CUTOFFS[measure]
    judged = [row for row in rows if f"{measure}@{cutoffs[0]}" in row.values]
    if not judged:
        return ()
    ranks = [first_rank(row, measure) for row in judged]
    clusters = [row.cluster for row in judged]
    recorded = {k: [row.values[f"{measure}@{k}"] for row in judged] for k in cutoffs}
    derived = {k: [float(rank is not None and rank <= k) for rank in ranks] for k in range(1, DEEPEST + 1)}
    agree = all(values == derived[k] for k, values in recorded.items())
    return tuple(
        Point(x=float(k), y=rate(values, clusters, seed=seed))
        for k, values in (derived if agree else recorded).items()
    )


def first_rank(row: Row, measure: Found) -> int | None:
    """The rank, from 1, of the first passage (or distinct page) with evidence; None where there is none.

    The passage's is what the reciprocal rank says: a row keeps the first few places of evidence only.
    """
    if measure == "page_hit":
        evidence = {(e.document_id, p) for e in row.evidence for p in range(e.first_page, e.last_page + 1)}
        pages = distinct_pages((hit.document_id, hit.first_page, hit.last_page) for hit in row.hits)
        return next((rank for rank, page in enumerate(pages, start=1) if page in evidence), None)
    reciprocal = row.values.get("mrr", 0.0)
    return round(1 / reciprocal) if reciprocal > 0 else None


def calibration(rows: Sequence[Row], seed: int = 0) -> Calibration | None:
    """Confidence of answers against their accuracy, in ``BINS`` bins of one width; None without an answer."""
    answers = _answers(rows)
    if not answers:
        return None
    groups: dict[int, list[Row]] = {}
    for row in answers:
        groups.setdefault(min(BINS - 1, max(0, int(row.confidence * BINS))), []).append(row)
    bins = tuple(
        ConfidenceBin(
            low=number / BINS,
            high=(number + 1) / BINS,
            confidence=float(np.mean([row.confidence for row in group])),
            accuracy=_accuracy(group, seed),
        )
        for number, group in sorted(groups.items())
    )
    error = sum(one.accuracy.n * abs(one.confidence - one.accuracy.value) for one in bins) / len(answers)
    return Calibration(bins=bins, error=error, answers=len(answers))


def risk_coverage(rows: Sequence[Row], seed: int = 0) -> tuple[Coverage, ...]:
    """Accuracy among what is answered as the threshold rises, from the run's own coverage downwards.

    Each point withholds the answers of lower confidence; answers of one confidence go together. What lies
    beyond the run's own coverage cannot be told from it: those answers were never given.
    """
    asked = [row for row in rows if "accuracy" in row.values]
    answers = sorted(_answers(asked), key=lambda row: -row.confidence)
    ends = [
        i for i, (one, next_one) in enumerate(pairwise(answers), 1) if one.confidence > next_one.confidence
    ]
    ends += [len(answers)] if answers else []
    if len(ends) > MOST_POINTS:
        ends = [ends[round(i)] for i in np.linspace(0, len(ends) - 1, MOST_POINTS)]
    return tuple(
        Coverage(
            threshold=answers[end - 1].confidence,
            point=Point(x=end / len(asked), y=_accuracy(answers[:end], seed)),
        )
        for end in reversed(ends)
    )


def stage_times(rows: Sequence[Row]) -> tuple[StageTime, ...]:
    """Time by stage in the order they run, then all of a question; failed questions are left out."""
    done = [row for row in rows if row.outcome != "failed"]
    taken = {name for row in done for name in row.timings_ms}
    stages = (*(s for s in STAGES if s in taken), *sorted(taken - {*STAGES, "total"}))
    found = [_stage(name, [r.timings_ms[name] for r in done if name in r.timings_ms]) for name in stages]
    return (*found, _stage("whole question", [row.asked_ms for row in done])) if done else ()


def _stage(name: str, times: Sequence[float]) -> StageTime:
    p05, p25, p75 = (quantile(times, q).value for q in (0.05, 0.25, 0.75))
    return StageTime(
        stage=name, p05=p05, p25=p25, p50=quantile(times, 0.5), p75=p75, p95=quantile(times, 0.95)
    )


def _answers(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.outcome == "answered" and "accuracy" in row.values]


def _accuracy(rows: Sequence[Row], seed: int) -> Estimate:
    return rate([row.values["accuracy"] for row in rows], [row.cluster for row in rows], seed=seed)
