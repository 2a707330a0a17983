"""``covenant init``, ``covenant ingest``, ``covenant documents`` and ``covenant delete``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ingest.build import FileOutcome, IngestReport
    from ingest.duplicates import Pair
    from ingest.remove import RemovalReport
    from rag.catalog import Catalog, DocumentRecord
    from rag.command import Context
    from rag.structure import Fact
    from rag.types import DocumentId


@click.command()
@click.pass_obj
def init(context: Context) -> None:
    """Make a workspace: a folder with a covenant.toml in it."""
    from rag.workspace import Workspace

    workspace = Workspace.create(context.workspace_path)
    click.echo(f"workspace {workspace.root}")


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--prune", is_flag=True, help="Take out what was read from these folders and is gone there.")
@click.option(
    "--collection",
    metavar="NAME",
    help="Put the documents into this collection, which keys of the service may be limited to.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def ingest(
    context: Context, sources: tuple[Path, ...], prune: bool, collection: str | None, as_json: bool
) -> None:
    """Read files and folders (PDF, HTML, DOCX, text, Markdown) into the workspace and index them.

    Running it again does nothing for unchanged files and goes on where an interrupted run stopped. A file
    that has changed replaces its older version, which stays stored but is not searched. Files that cannot
    be read are named with the reason; the exit code is then 1.

    Without --collection, documents stay in theirs; new ones are put into "default".
    """
    from ingest.build import Placement
    from ingest.build import ingest as run
    from ingest.progress import TerminalProgress
    from rag.collection import checked_collection

    placement = Placement(collection=checked_collection(collection) if collection else None, prune=prune)
    workspace = context.workspace()
    settings = context.settings()
    with TerminalProgress() as progress:
        report = run(workspace, sources, settings, placement=placement, progress=progress)
    click.echo(_as_json(report) if as_json else _as_text(report))
    for outcome in report.files:
        if outcome.status == "failed":
            click.echo(_printable(f"not read: {outcome.path}: {outcome.message}"), err=True)
        if outcome.unreadable:
            click.echo(_printable(_scans(outcome)), err=True)
    if report.count("failed"):
        raise click.exceptions.Exit(1)


@click.command()
@click.option("--versions", is_flag=True, help="What each path has been, replaced documents too.")
@click.option("--duplicates", is_flag=True, help="Documents and pages that are nearly the same.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of text.")
@click.pass_obj
def documents(context: Context, versions: bool, duplicates: bool, as_json: bool) -> None:
    """List the documents of the workspace."""
    from rag.catalog import Catalog

    if versions and duplicates:
        raise click.UsageError("--versions and --duplicates are two lists; ask for one")
    context.settings()  # a broken covenant.toml is said by every command
    with Catalog(context.workspace().catalog_file) as catalog:
        if versions:
            rows, lines = _versions(catalog)
        elif duplicates:
            rows, lines = _duplicates(catalog)
        else:
            rows, lines = _documents(catalog.documents(), catalog.all_facts())
    click.echo(json.dumps(rows, indent=1) if as_json else "\n".join(map(_printable, lines)))


@click.command()
@click.argument("names", metavar="DOC...", nargs=-1, required=True)
@click.option("--versions/--no-versions", default=True, help="Delete their older versions too (default).")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def delete(context: Context, names: tuple[str, ...], versions: bool, yes: bool, as_json: bool) -> None:
    """Delete documents from the workspace, all traces of them: text, original, vectors, index, caches.

    DOC is a document's name, file name, path, id or the start of its id. Quotes and answers from it are
    blanked in saved runs. Files in your own folders stay: ingesting them again brings the document back.
    """
    from ingest.progress import TerminalProgress
    from ingest.remove import older_versions, remove
    from rag.catalog import Catalog

    workspace, settings = context.workspace(), context.settings()
    with Catalog(workspace.catalog_file) as catalog:
        chosen = list(dict.fromkeys(catalog.resolve(name, stored=True) for name in names))
        older = older_versions(catalog, chosen) if versions else set()
        listed = [f"{document}  {catalog.name(document)}" for document in (*chosen, *sorted(older))]
    if not yes:
        click.echo("\n".join(map(_printable, listed)), err=True)
        if not _confirmed(f"Delete {len(listed)} for good?"):
            click.echo("nothing was deleted", err=True)
            raise click.exceptions.Exit(1)
    with TerminalProgress() as progress:
        report = remove(workspace, chosen, settings, versions=versions, progress=progress)
    click.echo(_removed_json(report) if as_json else _removed_text(report))
    if not report.scrubbed:
        click.echo(
            "the catalog was being read: run covenant delete or ingest again to empty its log", err=True
        )


def _confirmed(question: str) -> bool:
    """Whether a person says yes; no one there to ask is a no."""
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        return False


def _printable(line: str) -> str:
    r"""A line without the control characters that a file's name may hold.

    >>> _printable("a\x1b[2Jb.pdf")
    'a?[2Jb.pdf'
    """
    return "".join(character if character.isprintable() else "?" for character in line)


def _scans(outcome: FileOutcome) -> str:
    """One line for the pages of a file that are pictures of text."""
    numbers = ", ".join(str(number + 1) for number in outcome.unreadable[:10])
    more = " …" if len(outcome.unreadable) > 10 else ""
    return (
        f"read in part: {outcome.path}: {len(outcome.unreadable)} of {outcome.pages} pages are scans that"
        f" nothing could read ({numbers}{more}); install Tesseract and ingest again"
    )


def _documents(
    records: Sequence[DocumentRecord], facts: Mapping[DocumentId, Sequence[Fact]]
) -> tuple[list[dict[str, object]], list[str]]:
    from rag.collection import DEFAULT_COLLECTION
    from rag.structure import values_by_name

    fields = (
        "id",
        "name",
        "title",
        "media_type",
        "pages",
        "chars",
        "chunks",
        "added_at",
        "collection",
        "sources",
    )
    rows: list[dict[str, object]] = []
    lines = []
    for record in records:
        said = values_by_name(facts.get(record.id, ()))
        rows.append({name: getattr(record, name) for name in fields} | {"facts": said})
        who = said.get("company") or [" / ".join(said.get("party", ())[:2])]
        shown = [said.get("kind", [""]), who, said.get("fiscal_year", [""]), said.get("date", [""])]
        told = ", ".join(values[0] for values in shown if values[0])
        title = record.title or said.get("title", [""])[0]
        of = "" if record.collection == DEFAULT_COLLECTION else f"  ({record.collection})"
        lines.append(f"{record.id}  {record.pages:>5} pages  {record.name}{of}  {title}  [{told}]")
    return rows, lines


def _versions(catalog: Catalog) -> tuple[list[dict[str, object]], list[str]]:
    rows: list[dict[str, object]] = []
    lines = []
    for version in catalog.versions():
        until = version.until
        rows.append({"path": version.path, "id": version.document_id, "since": version.since, "until": until})
        lines.append(f"{version.document_id}  {version.since} – {until or 'now':<25}  {version.path}")
    return rows, lines


def _duplicates(catalog: Catalog) -> tuple[list[dict[str, object]], list[str]]:
    from ingest.duplicates import find_duplicates

    rows: list[dict[str, object]] = []
    lines = []
    for pair in find_duplicates(catalog):
        rows.append(_pair(pair))
        name, other = (f"{catalog.name(i)} ({i})" for i in (pair.document, pair.other))
        kind = "near duplicates" if pair.alike else "share pages"
        repeated = f"{name} repeats pages"
        shared = f"{name} and {other} {kind}, similarity {pair.similarity:.2f}"
        lines.append(repeated if pair.document == pair.other else shared)
        for run in pair.runs:
            here, there = _pages(run.first, run.pages), _pages(run.other_first, run.pages)
            lines.append(f"    {here} as {there}: {run.similarity:.2f}")
    return rows, lines


def _pages(first: int, count: int) -> str:
    """Pages as printed counts: from 1.

    >>> _pages(0, 1), _pages(4, 3)
    ('page 1', 'pages 5-7')
    """
    return f"page {first + 1}" if count == 1 else f"pages {first + 1}-{first + count}"


def _pair(pair: Pair) -> dict[str, object]:
    return {
        "documents": [pair.document, pair.other],
        "similarity": round(pair.similarity, 4),
        "near_duplicates": pair.alike,
        "pages": [
            {
                "first": run.first,
                "last": run.last,
                "other_first": run.other_first,
                "other_last": run.other_first + run.pages - 1,
                "similarity": round(run.similarity, 4),
            }
            for run in pair.runs
        ],
    }


def _as_text(report: IngestReport) -> str:
    seconds = report.seconds["read"]
    rate = f", {report.pages_read / seconds:.0f} pages/s" if report.pages_read and seconds else ""
    known = f" {report.count('known')} known already," if report.count("known") else ""
    lines = [
        f"{report.count('added')} files read ({report.pages_read} pages{rate}),{known}"
        f" {report.count('unchanged')} unchanged, {report.count('failed')} not readable",
        f"library: {report.documents} documents, {report.pages} pages, {report.chunks} passages"
        f" (read {seconds:.1f} s, index {report.seconds['index']:.1f} s)",
    ]
    if report.pruned:
        lines.append(f"{len(report.pruned)} files are gone and out of the library")
    if report.similar_documents or report.similar_pages:
        lines.append(
            f"{report.similar_documents} near-duplicate documents, {report.similar_pages} pages:"
            " see covenant documents --duplicates"
        )
    return "\n".join(lines)


def _as_json(report: IngestReport) -> str:
    return json.dumps(
        {
            "documents": report.documents,
            "pages": report.pages,
            "chunks": report.chunks,
            "index": report.index,
            "pruned": report.pruned,
            "near_duplicates": {"documents": report.similar_documents, "pages": report.similar_pages},
            "seconds": {stage: round(value, 3) for stage, value in report.seconds.items()},
            "files": [
                {
                    "path": str(outcome.path),
                    "status": outcome.status,
                    "pages": outcome.pages,
                    "reason": outcome.reason,
                    "message": outcome.message,
                    "unreadable_pages": outcome.unreadable,
                }
                for outcome in report.files
            ],
        },
        indent=1,
    )


def _removed_text(report: RemovalReport) -> str:
    return (
        f"{len(report.documents)} documents deleted, with {report.files} files and {report.vectors} vectors;"
        f" {report.redacted_runs} runs redacted"
    )


def _removed_json(report: RemovalReport) -> str:
    return json.dumps(
        {
            "documents": report.documents,
            "files": report.files,
            "vectors": report.vectors,
            "redacted_runs": report.redacted_runs,
            "index": report.index,
            "scrubbed": report.scrubbed,
        },
        indent=1,
    )
