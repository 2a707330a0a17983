"""``covenant label``."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tuning.question_options import (
    asked_by_people,
    asked_of_documents,
    kinds_option,
    logged_option,
    made_option,
    paraphrases_option,
    questions_option,
)

if TYPE_CHECKING:
    from rag.catalog import Catalog
    from rag.command import Context
    from rag.workspace import Workspace
    from tuning.items import Asked
    from tuning.labeling import LabelingFunction


@click.command()
@questions_option
@logged_option
@made_option
@kinds_option
@paraphrases_option
@click.option("--seed", default=7, show_default=True, help="Which questions are made.")
@click.option("--gold", type=click.Path(path_type=Path), help="Questions with evidence, as experts judged.")
@click.option(
    "--functions",
    type=click.Path(path_type=Path),
    help="The file of labeling functions; labels.py of the workspace, or the ready ones, by default.",
)
@click.option(
    "--examples",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Contradictions shown of each.",
)
@click.option("--without", is_flag=True, help="Fit again without each function and say what it changes.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
@click.option("--html", type=click.Path(path_type=Path), help="Write the report as a page, too.")
@click.option("--starter", is_flag=True, help="Print a labels.py to begin with, and do nothing else.")
@click.option(
    "--trace", "traced", metavar="ID", help="Say where a label comes from, and what was trained with it."
)
@click.pass_obj
def label(context: Context, /, *, starter: bool, traced: str | None, **options: Any) -> None:  # noqa: ANN401
    """Apply labeling functions to questions and passages, and make soft labels of their votes.

    Votes are kept: only new or changed functions and passages run. A function that raises is counted and
    makes the exit code 1. Without gold labels the functions' agreement alone says what each is worth. The
    report is kept for the web page.
    """
    if starter:
        click.echo(_starter(), nl=False)
        return
    workspace = context.workspace()
    if traced is not None:
        _trace(workspace, traced, as_json=options["as_json"])
        return
    report = _label(context, workspace, options)
    _tell(report, options)
    if report["failures"]:
        raise click.exceptions.Exit(1)


def _label(context: Context, workspace: Workspace, options: dict[str, Any]) -> dict[str, Any]:
    from ingest.progress import TerminalProgress
    from rag.assembly import open_pipeline
    from rag.releases import NONE
    from tuning.labeling import LabelStore, apply
    from tuning.labeling.gold import gold_passages
    from tuning.labeling.kept_report import function_examples, keep_report
    from tuning.labeling.opening import chat_for, open_resources
    from tuning.labeling.report import label_report
    from tuning.labeling.soft import fit_passages
    from tuning.paraphrasing import with_paraphrases
    from tuning.questions.kept import kept_passage_items
    from tuning.questions.proposing import with_proposed
    from tuning.supervision import CANDIDATES, answerable

    settings = context.settings()
    with (
        open_pipeline(workspace, settings, NONE) as pipeline,
        LabelStore(workspace.root) as store,
        TerminalProgress() as progress,
    ):
        asked = with_paraphrases(
            answerable(_asked(workspace, pipeline.catalog, options)),
            options["paraphrases"],
            lambda: chat_for(pipeline, settings),
            workspace,
            pipeline.catalog,
            progress,
        )
        functions = _functions(workspace, options["functions"], reranker=pipeline.reranker is not None)
        progress.start("search", len(asked), "questions")
        cache = workspace.cache / CANDIDATES
        searched = kept_passage_items(pipeline, asked, cache, advance=progress.advance)
        resources = open_resources(pipeline, settings, workspace.root)
        items = with_proposed(searched, functions, resources, pipeline.catalog)
        gold = gold_passages(options["gold"], items, pipeline.catalog) if options["gold"] else None
        applied = apply(items, functions, resources, store, progress)
        progress.start("fit", 1, "label models")
        fitted = fit_passages(applied, items, store, gold=gold)
        progress.advance()
        report = label_report(
            items, applied, fitted, gold, examples=options["examples"], without=options["without"]
        )
        shown = function_examples(items, applied.functions, fitted, pipeline.catalog)
    keep_report(workspace, report, shown, made_at=datetime.now(UTC).isoformat(timespec="seconds"))
    return report


def _asked(workspace: Workspace, catalog: Catalog, options: dict[str, Any]) -> list[Asked]:
    """The questions that people asked, then those made from the documents."""
    asked = asked_by_people(workspace, catalog, options) + asked_of_documents(catalog, options)
    found = list({one.id: one for one in asked}.values())
    if not found:
        raise click.UsageError("there is no question to learn from: name files with --questions")
    return found


def _functions(workspace: Workspace, path: Path | None, *, reranker: bool) -> list[LabelingFunction]:
    """The functions that ``covenant tune`` hears, or those of a file."""
    from tuning.labeling import load_functions
    from tuning.labeling.functions import checked
    from tuning.labeling.loading import FILE
    from tuning.supervision import functions_of

    if path is not None:
        return checked(load_functions(path), "passage")
    if not (workspace.root / FILE).is_file():
        click.echo(f"no {FILE} in the workspace: the ready functions vote", err=True)
    return functions_of(workspace, reranker=reranker)


def _tell(report: dict[str, Any], options: dict[str, Any]) -> None:
    from tuning.labeling.printed import as_html, print_report

    if options["html"]:
        as_html(report, options["html"])
    if options["as_json"]:
        click.echo(json.dumps(report, indent=1))
    else:
        print_report(report)


def _trace(workspace: Workspace, item: str, *, as_json: bool) -> None:
    from rag.catalog import Catalog
    from tuning.labeling import LabelStore
    from tuning.labeling.printed import print_trace
    from tuning.labeling.tracing import trace

    with LabelStore(workspace.root) as store, Catalog(workspace.catalog_file) as catalog:
        found = trace(item, store, catalog, workspace.root / "artifacts")
    if as_json:
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        print_trace(found)


def _starter() -> str:
    from importlib.resources import files

    return files("tuning.labeling").joinpath("starter_labels.py").read_text(encoding="utf-8")
