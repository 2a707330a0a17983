"""``covenant eval`` and ``covenant demo``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from rag.command import Context


@click.command("eval")
@click.argument("questions", type=click.Path(path_type=Path))
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
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
@click.pass_obj
def evaluate(
    context: Context,
    questions: Path,
    scope: Literal["single", "shared"],
    split: str | None,
    slices: tuple[str, ...],
    limit: int | None,
    as_json: bool,
) -> None:
    """Ask all QUESTIONS (a JSONL file), score hits and answers, and save the run.

    Every value carries its 95 % interval and the number of questions. A question that fails is counted,
    scores zero, and makes the exit code 1.
    """
    from eval.harness import Plan, choose, run_questions
    from eval.questions import read_questions
    from eval.report import as_dict, make_report, print_report
    from eval.runs import save_run
    from ingest.progress import TerminalProgress
    from rag.assembly import open_pipeline

    workspace, settings = context.workspace(), context.settings()
    chosen = choose(read_questions(questions), split=split, limit=limit)
    selection = {key: value for key, value in (("split", split), ("limit", limit)) if value is not None}
    plan = Plan(scope=scope, settings=settings.model_dump(mode="json"), selection=selection)
    with open_pipeline(workspace, settings) as pipeline, TerminalProgress() as progress:
        progress.start("ask", len(chosen.questions), "questions")
        run = run_questions(pipeline, chosen, plan, advance=progress.advance)
    path = save_run(run, workspace.runs)
    report = make_report(run, slices)
    if as_json:
        click.echo(json.dumps(as_dict(report), indent=1))
    else:
        print_report(report)
    click.echo(f"run saved: {path}", err=True)
    failed = [row for row in run.rows if row.outcome == "failed"]
    for row in failed[:5]:
        click.echo(f"failed: question {row.question_id}: {row.text}", err=True)
    if failed:
        click.echo(f"{len(failed)} of {len(run.rows)} questions failed", err=True)
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
