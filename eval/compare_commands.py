"""``covenant compare`` and ``covenant report``: saved runs, in the terminal and as files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rag.command import Context

_OWN_HELP = "Python file of slicing functions (eval.slices), to slice by besides. The file is run."
_SLICE_HELP = "Slice by this field of the questions, or built-in slice; repeatable."


@click.command()
@click.argument("before", metavar="RUN_A")
@click.argument("after", metavar="RUN_B")
@click.option("--slice", "slices", multiple=True, metavar="FIELD", help=_SLICE_HELP)
@click.option(
    "--measure",
    "measures",
    multiple=True,
    metavar="NAME",
    help="Only this measure; repeatable. The verdict is about the first.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
@click.option("--html", type=click.Path(path_type=Path), help="Write a page with plots to this file.")
@click.option("--markdown", type=click.Path(path_type=Path), help="Write Markdown to this file.")
@click.pass_obj
def compare(
    context: Context,
    before: str,
    after: str,
    slices: tuple[str, ...],
    measures: tuple[str, ...],
    as_json: bool,
    html: Path | None,
    markdown: Path | None,
) -> None:
    """Say whether RUN_B is better than RUN_A, question by question, with what the difference is worth.

    A run is a file, the name of one in the workspace's runs, or "latest". The test flips signs by document;
    p-values of slices carry Holm's correction. Beside every difference stands the smallest that the questions
    could show.
    """
    from eval.compare import compare_runs
    from eval.compare_report import as_dict, as_markdown, print_comparison
    from eval.saved_runs import open_run
    from rag.storage import write_text

    found = compare_runs(open_run(context, before), open_run(context, after), slices, measures)
    if html is not None:
        from eval.html_report import comparison_page

        write_text(html, comparison_page(found))
    if markdown is not None:
        write_text(markdown, as_markdown(found))
    if as_json:
        click.echo(json.dumps(as_dict(found), indent=1))
    else:
        print_comparison(found)
    for path in filter(None, (html, markdown)):
        click.echo(f"written: {path}", err=True)


@click.command()
@click.argument("run")
@click.option("--html", type=click.Path(path_type=Path), help="Write a page with plots to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@click.option("--slice", "slices", multiple=True, metavar="FIELD", help=_SLICE_HELP)
@click.option("--slice-file", type=click.Path(path_type=Path), help=_OWN_HELP)
@click.pass_obj
def report(
    context: Context,
    run: str,
    html: Path | None,
    as_json: bool,
    slices: tuple[str, ...],
    slice_file: Path | None,
) -> None:
    """Say of every slice of RUN's questions how far the system did right, criterion by criterion.

    The page has all measures, curves, confidence, time, and what was run besides. A run is a file, the name
    of one in the workspace's runs, or "latest".
    """
    from eval.chosen_slices import default_fields, named_slices
    from eval.criteria import make_matrix, matrix_as_dict
    from eval.matrix_table import print_matrix
    from eval.report import as_dict, make_report
    from eval.saved_runs import open_run
    from eval.slices import load_slices
    from eval.slicing import BUILT_IN
    from rag.storage import write_text

    own = load_slices(slice_file) if slice_file is not None else ()
    loaded = open_run(context, run)
    fields = named_slices(loaded.rows, slices, own) if slices else default_fields(loaded.rows)
    unasked = () if slices else BUILT_IN
    chosen = tuple(dict.fromkeys((*fields, *unasked, *own)))
    if as_json:
        found = matrix_as_dict(make_matrix(loaded, chosen))
        click.echo(json.dumps({"measures": as_dict(make_report(loaded))["measures"], **found}, indent=1))
    elif html is None:
        print_matrix(make_matrix(loaded, chosen))
    if html is not None:
        from eval.html_report import run_page

        write_text(html, run_page(loaded, chosen))
        click.echo(f"written: {html}", err=True)
