"""Runs as figures: means with 95 % intervals, overall and per slice, as an object and as tables.

A mean goes over all questions the measure applies to; its interval comes from drawing documents
(``eval.stats.rate``), that of a latency from order statistics. Slices are the values of questions' fields.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval.runs import Row, Run
from eval.scoring import ANSWERS, PAGES, RETRIEVAL
from eval.stats import Estimate, quantile, rate

if TYPE_CHECKING:
    from rich.console import RenderableType

DEFAULT_SLICES = ("category", "split", "question_type")
MOST_SLICES = 25
"""A field with more values than this is not sliced by unless it was asked for."""

PLAIN_WIDTH = 110
"""Columns of a table that goes to a file or a pipe."""

LATENCIES = {"ask_p50_ms": 0.5, "ask_p95_ms": 0.95}
Measures = dict[str, Estimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Measures of a run: over all questions, and by slice, named ``field=value``."""

    run: Run
    measures: Measures
    slices: Mapping[str, Measures]


def make_report(run: Run, slices: Sequence[str] = ()) -> Report:
    """Means over all rows and per slice; ``slices`` are fields, by default those of ``DEFAULT_SLICES``."""
    groups = _groups(run.rows, slices)
    return Report(
        run=run,
        measures=measure(run.rows, run.header.seed),
        slices={name: measure(rows, run.header.seed) for name, rows in groups.items()},
    )


def measure(rows: Sequence[Row], seed: int) -> Measures:
    """Every measure that applies to at least one row."""
    found = {}
    for name in (*RETRIEVAL, *PAGES, *ANSWERS):
        counted = [(row.values[name], row.cluster) for row in rows if name in row.values]
        if counted:
            values, clusters = zip(*counted, strict=True)
            found[name] = rate(values, clusters, seed=seed)
    asked = [row.asked_ms for row in rows if row.outcome != "failed"]
    if asked:
        found |= {name: quantile(asked, q) for name, q in LATENCIES.items()}
    return found


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


def tables(report: Report) -> list[RenderableType]:
    """Three tables for a terminal: passages, pages, answers; a row per slice, value above interval."""
    header = report.run.header
    rows = {"all": report.measures, **report.slices}
    scope = "own documents searched" if header.scope == "single" else "all documents searched"
    return [
        _table(f"{header.name}, {scope}: evidence among the first k passages", RETRIEVAL, rows),
        _table(f"{header.name}, {scope}: evidence among the first k distinct pages", PAGES, rows),
        _table(f"{header.name}, {scope}: answers", ANSWERS, rows),
    ]


def print_report(report: Report) -> None:
    """The tables on stdout, wide enough to be read where stdout is no terminal."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    for table in tables(report):
        console.print(table)
    for note in _notes(report):
        console.print(note)


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
    return {
        name: {"value": round(e.value, 6), "low": round(e.low, 6), "high": round(e.high, 6), "n": e.n}
        for name, e in measures.items()
    }


def _table(title: str, names: Sequence[str], rows: Mapping[str, Measures]) -> RenderableType:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    shown = [name for name in names if any(name in measures for measures in rows.values())]
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=0)
    table.add_column("slice", overflow="fold", min_width=16)
    for name in shown:
        table.add_column(name.replace("_", "\n", 1), justify="right", no_wrap=True, min_width=10)
    for slice_name, measures in rows.items():
        counts = [measures[name].n for name in shown if name in measures]
        if counts:
            cells = [_cell(measures[name], counts[0]) if name in measures else "–" for name in shown]
            table.add_row(f"{slice_name}\nn={counts[0]}", *cells)
    return table


def _cell(estimate: Estimate, n: int) -> str:
    """Value over interval; the number of questions where it is not the row's."""
    other = f"\nn={estimate.n}" if estimate.n != n else ""
    return f"{_share(estimate.value)}\n{_share(estimate.low)}–{_share(estimate.high)}{other}"


def _notes(report: Report) -> Iterator[str]:
    yield "A value stands above its 95 % interval (drawn by document); n counts questions."
    by_page = sum(row.by_page for row in report.run.rows)
    if by_page:
        yield f"For {by_page} questions the evidence is known by page: all its passages count as evidence."
    asked = [
        f"{name.split('_')[1]} {e.value:.0f} ms ({e.low:.0f}–{e.high:.0f})"
        for name in LATENCIES
        if (e := report.measures.get(name))
    ]
    if asked:
        yield f"Time of one question: {', '.join(asked)}."


def _share(value: float) -> str:
    """.527 rather than 0.527, and 1 for certainty.

    >>> _share(0.5271), _share(1.0), _share(0.0)
    ('.527', '1', '0')
    """
    return f"{value:.0f}" if value in (0.0, 1.0) else f"{value:.3f}".lstrip("0")
