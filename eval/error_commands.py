"""``covenant errors``: why the questions of a saved run went wrong, and what would help."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rag.command import Context
    from rag.protocols import Embedder


@click.command()
@click.argument("run", metavar="RUN")
@click.option("--html", type=click.Path(path_type=Path), help="Write a page to this file.")
@click.option("--markdown", type=click.Path(path_type=Path), help="Write Markdown to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with every error.")
@click.option(
    "--examples",
    type=click.IntRange(min=0),
    default=8,
    show_default=True,
    help="How many errors of each stage the page and the Markdown show.",
)
@click.option("--no-embedding", is_flag=True, help="Group errors by shared words only; loads no model.")
@click.pass_obj
def errors(
    context: Context,
    run: str,
    html: Path | None,
    markdown: Path | None,
    as_json: bool,
    examples: int,
    no_embedding: bool,
) -> None:
    """Say at which stage each wrong answer of RUN went wrong first, and which errors belong together.

    A run is a file, the name of one in the workspace's runs, or "latest". Every group of errors proposes a
    slice to watch and the kinds of labeling function that would address it.
    """
    from eval.errors.analysis import analyse, analysis_as_dict
    from eval.saved_runs import open_run
    from rag.storage import write_text

    found = analyse(open_run(context, run), None if no_embedding else _embedder(context))
    if html is not None:
        from eval.errors.pages import errors_page

        write_text(html, errors_page(found, examples))
    if markdown is not None:
        from eval.errors.markdown import errors_markdown

        write_text(markdown, errors_markdown(found, examples))
    if as_json:
        click.echo(json.dumps(analysis_as_dict(found), indent=1, ensure_ascii=False))
    else:
        from eval.errors.terminal import print_errors

        print_errors(found)
    for path in filter(None, (html, markdown)):
        click.echo(f"written: {path}", err=True)


def _embedder(context: Context) -> Embedder:
    """The workspace's embedder, or the default one outside of a workspace."""
    import os

    from rag import embedder
    from rag.errors import WorkspaceError
    from rag.releases import apply, in_force
    from rag.settings import Settings

    try:
        settings = apply(context.settings(), in_force(context.workspace()))
    except WorkspaceError:
        settings = Settings.load(None, environ=os.environ, overrides=context.overrides)
    return embedder.load(settings.embedder)
