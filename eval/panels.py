"""Plots of one run or two, each with its numbers as a table beside it: what HTML reports are made of.

A panel is made only where the runs have something to show in it. Leaves numbers to ``eval.curves``, drawing
to ``eval.plots``, the page to ``eval.html_report``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.compare import Measured
from eval.compare_words import TONES
from eval.curves import (
    ConfidenceBin,
    Coverage,
    Found,
    StageTime,
    calibration,
    found_curve,
    risk_coverage,
    stage_times,
)
from eval.number_texts import interval, milliseconds, share
from eval.plots import (
    BAD,
    GOOD,
    SOFT,
    Curve,
    Difference,
    calibration_plot,
    coverage_plot,
    difference_plot,
    found_plot,
    times_plot,
)
from eval.runs import Run

if TYPE_CHECKING:
    from markupsafe import Markup

TABLE_RANKS = (1, 3, 5, 10, 20)
MOST_COVERAGES = 12
_FOUND: dict[Found, tuple[str, str]] = {
    "page_hit": ("Evidence among the first k pages", "k, distinct pages"),
    "hit": ("Evidence among the first k passages", "k, passages"),
}
_COLOURS = {"good": GOOD, "bad": BAD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Cells as texts; the first of a row names it, the others are numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A plot, its title, what to know to read it, and its numbers."""

    title: str
    note: str
    plot: Markup
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A run and what it is called beside another; an empty label where it stands alone."""

    label: str
    run: Run


def found_panels(runs: Sequence[Labelled]) -> tuple[Panel, ...]:
    """Recall curves, over pages and over passages."""
    panels = []
    for measure, (title, axis) in _FOUND.items():
        curves = [
            Curve(label=one.label, points=found_curve(one.run.rows, measure, one.run.header.seed))
            for one in runs
        ]
        if not all(curve.points for curve in curves):
            continue
        ranks = [p.x for p in curves[0].points if p.x in TABLE_RANKS]
        panels.append(
            Panel(
                title=title,
                note=f"Share of the {curves[0].points[0].y.n:,} questions with evidence; bands are 95 %.",
                plot=found_plot(f"found-{measure.replace('_', '-')}", title, curves, axis),
                table=Table(
                    head=("first k", *(one.label or "share (95 % interval)" for one in runs)),
                    rows=tuple((f"{rank:.0f}", *_at(curves, rank)) for rank in ranks),
                ),
            )
        )
    return tuple(panels)


def coverage_panel(runs: Sequence[Labelled]) -> Panel | None:
    """What is left right as answers of lower confidence are withheld; None where nothing was answered."""
    curves = [(one.label, risk_coverage(one.run.rows, one.run.header.seed)) for one in runs]
    if not any(curve for _, curve in curves):
        return None
    title = "Right among answers, as unsure ones are withheld"
    rows = [row for label, curve in curves for row in _coverage_rows(label, curve)]
    return Panel(
        title=title,
        note="The right end is the run as it was; to the left of it, answers below a threshold are withheld.",
        plot=coverage_plot("coverage", title, curves),
        table=Table(head=("confidence at least", "answered", "right", "95 % interval"), rows=tuple(rows)),
    )


def calibration_panel(runs: Sequence[Labelled]) -> Panel | None:
    """Confidence against accuracy; None where nothing was answered."""
    found = [(one.label, c) for one in runs if (c := calibration(one.run.rows, one.run.header.seed))]
    if not found:
        return None
    title = "Right among answers, by confidence"
    errors = ", ".join(f"{label} {share(c.error)}".strip() for label, c in found)
    return Panel(
        title=title,
        note=f"On the dotted line, confidence is the share right. Mean distance from it: {errors}.",
        plot=calibration_plot("calibration", title, found),
        table=Table(
            head=("confidence", "mean", "right", "95 % interval", "answers"),
            rows=tuple(_bin_row(label, one) for label, c in found for one in c.bins),
        ),
    )


def times_panel(runs: Sequence[Labelled]) -> Panel | None:
    """Time by stage; None where every question failed."""
    found = [(one.label, stage_times(one.run.rows)) for one in runs]
    if not any(times for _, times in found):
        return None
    title = "Time of a question, by stage"
    return Panel(
        title=title,
        note="Thin: 5th to 95th percentile of questions; thick: the middle half; mark: the median.",
        plot=times_plot("times", title, found),
        table=Table(
            head=("stage", "p50, ms", "95 % interval", "p95, ms"),
            rows=tuple(_time_row(label, one) for label, times in found for one in times),
        ),
    )


def difference_figure(name: str, title: str, measured: Sequence[tuple[str, Measured]]) -> Markup:
    """Differences as rows, coloured by verdict; their numbers are the tables of comparisons."""
    rows = [
        Difference(
            label=label,
            estimate=one.result.difference,
            detectable=one.result.detectable,
            tone=_COLOURS.get(TONES[one.verdict], SOFT),
        )
        for label, one in measured
    ]
    return difference_plot(name, title, rows)


def _at(curves: Sequence[Curve], rank: float) -> tuple[str, ...]:
    points = [next((p for p in curve.points if p.x == rank), None) for curve in curves]
    return tuple(f"{share(p.y.value)} ({interval(p.y)})" if p else "–" for p in points)


def _coverage_rows(label: str, curve: Sequence[Coverage]) -> list[tuple[str, ...]]:
    """A dozen rows from end to end: a table of all thresholds is no easier to read than the plot."""
    step = max(1, -(-len(curve) // MOST_COVERAGES))
    return [
        (
            f"{label} {share(one.threshold)}".strip(),
            share(one.point.x),
            share(one.point.y.value),
            interval(one.point.y),
        )
        for one in curve[::step]
    ]


def _bin_row(label: str, one: ConfidenceBin) -> tuple[str, ...]:
    return (
        f"{label} {share(one.low)}–{share(one.high)}".strip(),
        share(one.confidence),
        share(one.accuracy.value),
        interval(one.accuracy),
        f"{one.accuracy.n:,}",
    )


def _time_row(label: str, one: StageTime) -> tuple[str, ...]:
    return (
        f"{label} {one.stage}".strip(),
        milliseconds(one.p50.value),
        f"{milliseconds(one.p50.low)}–{milliseconds(one.p50.high)}",
        milliseconds(one.p95.value),
    )
