"""``covenant eval`` and ``covenant demo``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from rag.command import release_option

if TYPE_CHECKING:
    from eval.report import Report
    from rag.command import Context


@click.command("eval")
@click.argument("questions", type=click.Path(path_type=Path), required=False)
@click.option(
    "--scope",
    type=click.Choice(["single", "shared"]),
    default="single",
    show_default=True,
    help="Search only the documents a question names, or all of them.",
)
@click.option("--split", help="Only the questions of this split.")
@click.option("--slice", "slices", multiple=True, metavar="FIELD", help="Slice by this field; repeatable.")
@click.option("--limit", type=click.IntRange(min=1), help="Only the first so many questions.")
@click.option(
    "--judged",
    type=click.Path(path_type=Path),
    help='People\'s grades of some answers, {"id", "correct"} a line: accuracy is corrected by them.',
)
@click.option(
    "--replay",
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="Ask a saved run again as its header says.",
)
@release_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
@click.pass_obj
def evaluate(
    context: Context,
    questions: Path | None,
    scope: Literal["single", "shared"],
    split: str | None,
    slices: tuple[str, ...],
    limit: int | None,
    judged: Path | None,
    replay: Path | None,
    release: str | None,
    as_json: bool,
) -> None:
    """Ask all QUESTIONS (a JSONL file), score hits and answers, and save the run.

    Every value carries its 95 % interval and the number of questions, accuracy the grader's own error. A
    question that fails is counted, scores zero, and makes the exit code 1. Run again after an interruption,
    the same command asks only what it had not asked.
    """
    if replay is not None:
        _replay(replay)
        return
    if questions is None:
        raise click.UsageError("name a file of questions, or a run with --replay")
    from eval.grading.choice import make_grader
    from eval.grading.human import read_grades
    from eval.harness import Plan, choose, rows_key, run_questions
    from eval.questions import read_questions
    from eval.report import make_report, with_judged
    from eval.row_journal import RowJournal
    from eval.runs import save_run
    from ingest.progress import TerminalProgress
    from rag.assembly import open_pipeline
    from rag.releases import NONE, apply, in_force

    workspace = context.workspace()
    chosen_release = in_force(workspace, release)
    settings = apply(context.settings(), chosen_release)
    grades = read_grades(judged) if judged else None
    chosen = choose(read_questions(questions), split=split, limit=limit)
    selection = {key: value for key, value in (("split", split), ("limit", limit)) if value is not None}
    plan = Plan(
        scope=scope,
        grader=make_grader(settings.grader, os.environ),
        settings=settings.model_dump(mode="json"),
        source={"questions": str(questions.resolve()), "workspace": str(workspace.root)},
        selection=selection,
    )
    opened = open_pipeline(workspace, settings, chosen_release or NONE)
    with opened as pipeline, TerminalProgress() as progress:
        progress.start("ask", len(chosen.questions), "questions")
        with RowJournal(workspace.cache, rows_key(chosen, plan, pipeline.fingerprints)) as kept:
            run = run_questions(pipeline, chosen, plan, advance=progress.advance, kept=kept)
    path = save_run(run, workspace.runs)
    kept.finish()
    report = make_report(run, slices)
    _tell(with_judged(report, grades) if grades is not None else report, path, as_json=as_json)


def _tell(report: Report, path: Path, *, as_json: bool) -> None:
    """Print a report and what failed.

    Raises:
        Exit: with code 1, where a question or the grader failed.
    """
    from eval.report import as_dict
    from eval.report_tables import print_report

    if as_json:
        click.echo(json.dumps({**as_dict(report), "run": path.stem}, indent=1))
    else:
        print_report(report)
    click.echo(f"run saved: {path}", err=True)
    rows = report.run.rows
    failed = [f"failed: question {row.question_id}: {row.text}" for row in rows if row.outcome == "failed"]
    ungraded = [
        f"not graded: question {row.question_id}: {row.grader_error}" for row in rows if row.grader_error
    ]
    for line in (*failed[:5], *ungraded[:5]):
        click.echo(line, err=True)
    if failed:
        click.echo(f"{len(failed)} of {len(rows)} questions failed", err=True)
    if ungraded:
        click.echo(f"{len(ungraded)} of {len(rows)} answers could not be graded", err=True)
    if failed or ungraded:
        raise click.exceptions.Exit(1)


def _replay(path: Path) -> None:
    """Ask a saved run again and say what came out otherwise.

    Raises:
        Exit: with code 1, where a row differs.
    """
    from eval.replay import replay
    from eval.runs import load_run
    from ingest.progress import TerminalProgress

    before = load_run(path)
    with TerminalProgress() as progress:
        found = replay(before, os.environ, progress)
    for line in found.changed:
        click.echo(f"changed since: {line}")
    total = len(before.rows)
    if found.same:
        click.echo(f"repeated: all {total} rows are the same")
        return
    click.echo(f"{len(found.rows)} of {total} rows differ, first {', '.join(found.rows[:5])}")
    raise click.exceptions.Exit(1)


@click.command()
@click.option("--short", is_flag=True, help="Three deals and about 60 questions instead of all.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("covenant-demo"),
    show_default=True,
    help="Where documents, questions and workspace are put.",
)
@click.pass_obj
def demo(context: Context, short: bool, folder: Path) -> None:
    """Run the main job on a library of synthetic CLO documents: write, ingest, ask, evaluate.

    What is done already is kept: a second time goes to the questions at once.
    """
    from eval.demo import run_demo

    if not run_demo(folder, context.overrides, short=short, say=click.echo):
        raise click.exceptions.Exit(1)
