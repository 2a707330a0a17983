"""The error analysis for a terminal: a table of stages, one of clusters, and an example of each stage."""

from __future__ import annotations

import sys

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.errors.analysis import ErrorAnalysis, spread
from eval.errors.clusters import Cluster
from eval.errors.examples import example
from eval.errors.stages import MEANING
from eval.errors.view import notes
from eval.number_texts import interval, share
from eval.report_tables import PLAIN_WIDTH

_TEXT_CHARS = 160


def print_errors(analysis: ErrorAnalysis) -> None:
    """The summary on stdout, wide enough to be read where stdout is no terminal."""
    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False)
    header = analysis.run.header
    console.print(
        Text(
            f"{header.name}, {header.scope}: {len(analysis.diagnoses)} of {analysis.considered} questions"
            " went wrong",
            style="bold",
        )
    )
    if analysis.diagnoses:
        console.print(_stages(analysis))
    for note in notes(analysis):
        console.print(Text(note))
    for title, clusters in (("alike in meaning", analysis.by_meaning), ("by words", analysis.by_words)):
        if clusters:
            console.print(_clusters(f"errors {title}", clusters))
    for count in analysis.stages:
        (one,) = spread([d for d in analysis.diagnoses if d.stage == count.stage], 1)
        shown = example(one)
        console.print(Text(f"\n{MEANING[count.stage]}, for example {shown.question_id}", style="bold"))
        for name, text in (
            ("question", shown.question),
            ("gold", shown.gold),
            (shown.outcome, shown.said),
            ("why", shown.why),
        ):
            console.print(Text(f"  {name}: {_short(text)}"))


def _stages(analysis: ErrorAnalysis) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=0)
    table.add_column("first stage that failed", min_width=34)
    for name in ("errors", "abstained\nin", "of all\nquestions", "95 %\ninterval"):
        table.add_column(name, justify="right", no_wrap=True, min_width=10)
    for one in analysis.stages:
        table.add_row(
            MEANING[one.stage],
            str(one.count),
            str(one.abstained),
            share(one.share.value),
            interval(one.share),
        )
    return table


def _clusters(title: str, clusters: tuple[Cluster, ...]) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    table.add_column("cluster", overflow="fold", min_width=20)
    table.add_column("errors", justify="right")
    table.add_column("stages", overflow="fold")
    table.add_column("labeling functions", overflow="fold")
    for one in clusters:
        table.add_row(
            Text(one.name),
            str(len(one.diagnoses)),
            ", ".join(f"{count} {MEANING[stage]}" for stage, count in list(one.stages.items())[:3]),
            ", ".join(function.kind for function in one.functions),
        )
    return table


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TEXT_CHARS else line[: _TEXT_CHARS - 1] + "…"
