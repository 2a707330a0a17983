"""``covenant init``, ``covenant ingest`` and ``covenant documents``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ingest.build import IngestReport
    from rag.command import Context


@click.command()
@click.pass_obj
def init(context: Context) -> None:
    """Make a workspace: a folder with a covenant.toml in it."""
    from rag.workspace import Workspace

    workspace = Workspace.create(context.workspace_path)
    click.echo(f"workspace {workspace.root}")


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def ingest(context: Context, sources: tuple[Path, ...], as_json: bool) -> None:
    """Read files and folders (PDF, HTML, text, Markdown) into the workspace and index them.

    Running it again does nothing for unchanged files and goes on where an interrupted run stopped. Files
    that cannot be read are named with the reason; the exit code is then 1.
    """
    from ingest.build import ingest as run
    from ingest.progress import TerminalProgress

    workspace = context.workspace()
    settings = context.settings()
    with TerminalProgress() as progress:
        report = run(workspace, sources, settings, progress=progress)
    click.echo(_as_json(report) if as_json else _as_text(report))
    for outcome in report.files:
        if outcome.status == "failed":
            click.echo(f"not read: {outcome.path}: {outcome.message}", err=True)
    if report.count("failed"):
        raise click.exceptions.Exit(1)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of text.")
@click.pass_obj
def documents(context: Context, as_json: bool) -> None:
    """List the documents of the workspace."""
    from rag.catalog import Catalog

    with Catalog(context.workspace().catalog_file) as catalog:
        records = catalog.documents()
    if as_json:
        fields = ("id", "name", "title", "media_type", "pages", "chars", "chunks", "added_at", "sources")
        click.echo(json.dumps([{name: getattr(r, name) for name in fields} for r in records], indent=1))
        return
    for record in records:
        click.echo(f"{record.id}  {record.pages:>5} pages  {record.name}  {record.title}")


def _as_text(report: IngestReport) -> str:
    seconds = report.seconds["read"]
    rate = f", {report.pages_read / seconds:.0f} pages/s" if report.pages_read and seconds else ""
    return (
        f"{report.count('added')} files read ({report.pages_read} pages{rate}),"
        f" {report.count('unchanged')} unchanged, {report.count('failed')} not readable\n"
        f"library: {report.documents} documents, {report.pages} pages, {report.chunks} passages"
        f" (read {seconds:.1f} s, index {report.seconds['index']:.1f} s)"
    )


def _as_json(report: IngestReport) -> str:
    return json.dumps(
        {
            "documents": report.documents,
            "pages": report.pages,
            "chunks": report.chunks,
            "index": report.index,
            "seconds": {stage: round(value, 3) for stage, value in report.seconds.items()},
            "files": [
                {
                    "path": str(outcome.path),
                    "status": outcome.status,
                    "pages": outcome.pages,
                    "reason": outcome.reason,
                    "message": outcome.message,
                }
                for outcome in report.files
            ],
        },
        indent=1,
    )
