"""``covenant releases``, ``covenant promote`` and ``covenant rollback``."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rag.command import Context

SWITCHES_SHOWN = 5


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@click.pass_obj
def releases(context: Context, as_json: bool) -> None:
    """List the releases of the workspace, the one in use marked, with what the gate measured of each."""
    from eval.gate_table import print_releases
    from rag.releases import current_id, damaged, history, listed

    workspace = context.workspace()
    found, current, switches = listed(workspace), current_id(workspace), history(workspace)
    broken = damaged(workspace)
    if as_json:
        rows = [{**one.as_dict(), "current": one.id == current} for one in found]
        told = {"current": current, "releases": rows, "damaged": broken}
        click.echo(json.dumps({**told, "history": [asdict(one) for one in switches]}, indent=1))
    else:
        print_releases(found, current, switches[-SWITCHES_SHOWN:])
    for message in broken.values():
        click.echo(f"covenant: {message}", err=True)
    if broken:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("reference", metavar="ID")
@click.option(
    "--gate",
    "runs",
    nargs=2,
    metavar="RUN_BEFORE RUN_AFTER",
    help="Measure it first, by a saved run of the release in use and one of this release.",
)
@click.option("--target", default="accuracy", show_default=True, help="The measure that must get better.")
@click.option("--slice", "slices", multiple=True, metavar="FIELD", help="Gate by this slice; repeatable.")
@click.option(
    "--force", "reason", metavar="REASON", help="Promote it whatever the gate says, for this reason."
)
@click.pass_obj
def promote(
    context: Context,
    reference: str,
    runs: tuple[str, str] | None,
    target: str,
    slices: tuple[str, ...],
    reason: str | None,
) -> None:
    """Put the release ID in use, if the gate found it better than the one in use and worse in no slice.

    What answers now goes on answering until the new release is known to open; a running service takes it up
    with its next question. covenant rollback goes back.
    """
    from eval.gate import judge
    from eval.gate_table import print_verdict, shown_id
    from eval.saved_runs import open_run
    from ingest.progress import TerminalProgress
    from ingest.releasing import prepare_release
    from rag.releases import check_gate, find, record_gate, verify
    from rag.releases import promote as switch

    if reason is not None and not reason.strip():
        raise click.UsageError("--force needs a reason")
    workspace, settings = context.workspace(), context.settings()
    release = verify(find(workspace, reference))
    if runs is not None:
        verdict = judge(open_run(context, runs[0]), open_run(context, runs[1]), target=target, slices=slices)
        print_verdict(verdict)
        _check_measured(verdict.after, release.id)
        release = record_gate(workspace, release.id, verdict.as_dict())
    if reason is None:
        check_gate(workspace, release)
    with TerminalProgress() as progress:
        prepare_release(workspace, settings, release, progress)
    switch(workspace, release.id, by=_who(), clock=datetime.now(UTC), reason=reason or "")
    click.echo(f"in use: {shown_id(release.id)} ({release.note})")


@click.command()
@click.option("--reason", default="", help="Why, for the history.")
@click.pass_obj
def rollback(context: Context, reason: str) -> None:
    """Put the release in use that was before the last promotion; again, the one before that."""
    from eval.gate_table import shown_id
    from ingest.indexing import index_aside
    from ingest.progress import TerminalProgress
    from rag.releases import NONE, apply, in_force, index_ready, previous
    from rag.releases import rollback as switch

    workspace, settings = context.workspace(), context.settings()
    target, need = previous(workspace)
    if not index_ready(workspace, need):
        with TerminalProgress() as progress:
            index_aside(workspace, apply(settings, in_force(workspace, target)), progress)
    release = switch(workspace, by=_who(), clock=datetime.now(UTC), reason=reason)
    click.echo(f"in use: {NONE if release is None else f'{shown_id(release.id)} ({release.note})'}")


def _check_measured(measured: str, release_id: str) -> None:
    """Whether a run is one of this release.

    Raises:
        ReleaseError: it is of another.
    """
    from rag.errors import ReleaseError

    if measured != release_id:
        raise ReleaseError(
            f"RUN_AFTER was answered by release {measured}, not by {release_id}",
            f"run covenant eval with --release {release_id[:12]}",
        )


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
