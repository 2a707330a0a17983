"""Runs as figures: means with 95 % intervals, overall and per slice, and the object that ``--json`` prints.

A mean goes over all questions the measure applies to; its interval comes from drawing documents
(``eval.stats.rate``), that of a latency from order statistics. Beside ``accuracy`` stands the grader's own
error, as far as people's grades told it. Slices are the values of questions' fields; those that are functions
are in ``eval.slices``, tables for a terminal in ``eval.report_tables``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from eval.grading.calibration import calibration
from eval.runs import Row, Run
from eval.scoring import ANSWERS, CHARACTERS, PAGES, RETRIEVAL, SNIPPETS
from eval.stats import Estimate, prediction_powered, quantile, rate, stratified_mean
from rag.errors import SourceError

DEFAULT_SLICES = ("category", "split", "question_type", "half")
MOST_SLICES = 25
"""A field with more values than this is not sliced by unless it was asked for."""

LATENCIES = {"ask_p50_ms": 0.5, "ask_p95_ms": 0.95}
Measures = dict[str, Estimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Measures of a run: over all questions, and by slice, named ``field=value``."""

    run: Run
    measures: Measures
    slices: Mapping[str, Measures]


def make_report(run: Run, slices: Sequence[str] = (), *, strata: str = "") -> Report:
    """Means over all rows and per slice; ``slices`` are fields, by default those of ``DEFAULT_SLICES``.

    ``strata`` names a field whose values weigh the same in the means over all rows; it is sliced by, too.
    """
    groups = _groups(run.rows, slices or ((strata,) if strata else ()))
    return Report(
        run=run,
        measures=measure(run.rows, run.header.seed, strata) | _grader_measures(run),
        slices={name: measure(rows, run.header.seed) for name, rows in groups.items()},
    )


def measure(rows: Sequence[Row], seed: int, strata: str = "") -> Measures:
    """Every measure that applies to at least one row; those of no table of ours come last, by name."""
    known = (*RETRIEVAL, *PAGES, *CHARACTERS, *SNIPPETS, *ANSWERS)
    own = sorted({name for row in rows for name in row.values}.difference(known))
    found = {}
    for name in (*known, *own):
        counted = [row for row in rows if name in row.values]
        if counted:
            values = [row.values[name] for row in counted]
            clusters = [row.cluster for row in counted]
            layers = [row.facets.get(strata, "") for row in counted]
            found[name] = (
                stratified_mean(values, clusters, layers, seed=seed)
                if strata
                else rate(values, clusters, seed=seed)
            )
    asked = [row.asked_ms for row in rows if row.outcome != "failed"]
    if asked:
        found |= {name: quantile(asked, q) for name, q in LATENCIES.items()}
    return found


def own_measures(report: Report) -> list[str]:
    """The measures of a report that are a set's own or speak of the grader, by name."""
    known = {*RETRIEVAL, *PAGES, *CHARACTERS, *SNIPPETS, *ANSWERS, *LATENCIES}
    return sorted(name for name in report.measures if name not in known)


def with_judged(report: Report, judged: Mapping[str, float]) -> Report:
    """The report with ``accuracy_judged``: accuracy corrected by people's grades of some questions, by id.

    Raises:
        SourceError: a judged question is not in the run, or none is judged.
    """
    rows = report.run.rows
    places = {row.question_id: place for place, row in enumerate(rows)}
    unknown = sorted(set(judged) - set(places))
    if unknown or not judged:
        raise SourceError(
            f"judged questions that this run lacks: {', '.join(unknown[:5])}"
            if unknown
            else "nothing is judged",
            "judge answers of this run, by question id",
        )
    estimate = prediction_powered(
        [row.values.get("accuracy", 0.0) for row in rows],
        {places[name]: grade for name, grade in judged.items()},
        [row.cluster for row in rows],
    )
    return replace(report, measures={**report.measures, "accuracy_judged": estimate})


def as_dict(report: Report) -> dict[str, Any]:
    """The object that ``--json`` prints; shares between 0 and 1, latencies in milliseconds."""
    header = report.run.header
    return {
        "name": header.name,
        "scope": header.scope,
        "n": len(report.run.rows),
        "fingerprints": dict(header.fingerprints),
        "seconds": header.seconds,
        "measures": _plain(report.measures),
        "slices": {name: _plain(measures) for name, measures in report.slices.items()},
    }


def _groups(rows: Sequence[Row], slices: Sequence[str]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for field in slices or DEFAULT_SLICES:
        values = sorted({row.facets[field] for row in rows if field in row.facets})
        if not slices and not 1 < len(values) <= MOST_SLICES:
            continue
        for value in values:
            groups[f"{field}={value}"] = [row for row in rows if row.facets.get(field) == value]
    return groups


def _plain(measures: Measures) -> dict[str, dict[str, float | int]]:
    return {name: e.as_dict() for name, e in measures.items()}


def _grader_measures(run: Run) -> Measures:
    """How far the grader agrees with people, where its answers were graded and that is known."""
    record = calibration()
    if run.header.fingerprints.get("grader") != record.fingerprint:
        return {}
    return {"grader_accuracy": record.overall.accuracy, "grader_kappa": record.overall.kappa}
