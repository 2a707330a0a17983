"""A report as tables for a terminal: passages, pages, characters, answers, and a set's own measures.

A row per slice, each value above its interval. Leaves figures to ``eval.report``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from eval.report import LATENCIES, Measures, Report, own_measures
from eval.scoring import ANSWERS, PAGES
from eval.stats import FEW_DOCUMENTS, Estimate

if TYPE_CHECKING:
    from rich.console import RenderableType

PLAIN_WIDTH = 110
"""Columns of a table that goes to a file or a pipe."""

PASSAGES = ("hit@1", "hit@3", "hit@5", "hit@10", "recall@10", "ndcg@10", "mrr")
_SHOWN = tuple(f"{name}@{k}" for name in ("precision", "recall") for k in (1, 8, 64))
CHARACTERS = tuple(f"char_{name}" for name in _SHOWN)
SNIPPETS = tuple(f"snippet_{name}" for name in _SHOWN)


def tables(report: Report) -> list[RenderableType]:
    """The tables that have a value."""
    header = report.run.header
    rows = {"all": report.measures, **report.slices}
    scope = "own documents searched" if header.scope == "single" else "all documents searched"
    named = (
        ("evidence among the first k passages", PASSAGES),
        ("evidence among the first k distinct pages", PAGES),
        ("characters of evidence in the first k passages", CHARACTERS if _by_span(report) else ()),
        ("the same in the best sentence of each", SNIPPETS if _by_span(report) else ()),
        ("answers", ANSWERS),
        ("measures of this set, and of the grader", own_measures(report)),
    )
    return [
        _table(f"{header.name}, {scope}: {title}", names, rows)
        for title, names in named
        if any(name in measures for name in names for measures in rows.values())
    ]


def _by_span(report: Report) -> bool:
    """Whether the set judges spans of text, not pages."""
    return not any(row.by_page for row in report.run.rows)


def print_report(report: Report) -> None:
    """The tables on stdout, wide enough to be read where stdout is no terminal."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    for table in tables(report):
        console.print(table)
    for note in _notes(report):
        console.print(note)


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
    documents = len({row.cluster for row in report.run.rows})
    if documents < FEW_DOCUMENTS:
        yield f"Only {documents} documents: intervals are rough below {FEW_DOCUMENTS}."
    ungraded = sum(bool(row.grader_error) for row in report.run.rows)
    if ungraded:
        yield f"The grader failed on {ungraded} answers, which count as not right."
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
