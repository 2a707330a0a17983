"""``covenant releases``, ``covenant promote`` and ``covenant rollback``."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ingest.progress import Progress
    from rag.command import Context

SWITCHES_SHOWN = 5
_SHORTEST = 4

_by = click.option("--by", metavar="NAME", help="Who does it, for the history; your account by default.")


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
    "--force", "forced", metavar="REASON", help="Promote it whatever the gate says, for this reason."
)
@click.option("--reason", default="", help="Why, for the history.")
@_by
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def promote(
    context: Context,
    reference: str,
    runs: tuple[str, str] | None,
    target: str,
    slices: tuple[str, ...],
    forced: str | None,
    reason: str,
    by: str | None,
    as_json: bool,
) -> None:
    """Put the release ID in use, if the gate found it better than the one in use and worse in no slice.

    What answers now goes on answering until the new release is known to open; a running service takes it up
    with its next question. An index that it needs is made first: run again after an interruption, the same
    command goes on with it. covenant rollback goes back.
    """
    from eval.gate import judge
    from eval.gate_table import print_verdict, shown_id
    from eval.saved_runs import open_run
    from ingest.releasing import prepare_release
    from rag.releases import check_gate, current_id, find, index_ready, record_gate, verify
    from rag.releases import promote as switch

    if forced is not None and not forced.strip():
        raise click.UsageError("--force needs a reason")
    workspace, settings = context.workspace(), context.settings()
    release = verify(find(workspace, reference))
    if runs is not None:
        verdict = judge(open_run(context, runs[0]), open_run(context, runs[1]), target=target, slices=slices)
        if not as_json:
            print_verdict(verdict)
        _check_measured(verdict.after, release.id)
        release = record_gate(workspace, release.id, verdict.as_dict())
    if forced is None:
        check_gate(workspace, release)
    before = current_id(workspace)
    _switched(
        lambda progress: prepare_release(workspace, settings, release, progress),
        lambda: switch(
            workspace, release.id, by=by or _who(), clock=datetime.now(UTC), reason=forced or reason
        ),
        lambda: index_ready(workspace, release.index),
    )
    told = {"release": release.id, "before": before, "note": release.note, "gate": release.gate}
    click.echo(json.dumps(told, indent=1) if as_json else f"in use: {shown_id(release.id)} ({release.note})")


@click.command()
@click.option(
    "--to",
    "wanted",
    metavar="ID",
    help="Only if this was in use before, or none; nothing is done where it is in use already.",
)
@click.option("--reason", default="", help="Why, for the history.")
@_by
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def rollback(context: Context, wanted: str | None, reason: str, by: str | None, as_json: bool) -> None:
    """Put the release in use that was before the last promotion; again, the one before that.

    An index that it needs is made first. With --to, what was interrupted can be run again: it never goes
    further back than to that release.
    """
    from eval.gate_table import shown_id
    from ingest.indexing import index_aside
    from rag.releases import NONE, apply, current, current_id, in_force, index_ready, previous
    from rag.releases import rollback as switch

    if wanted is not None and len(wanted) < _SHORTEST:
        raise click.UsageError(f"--to needs a release's id, or its first {_SHORTEST} digits")
    workspace, settings = context.workspace(), context.settings()
    before = current_id(workspace)
    if wanted is None or not before.startswith(wanted):
        target, need = previous(workspace)
        _check_wanted(wanted, target)

        def prepare(progress: Progress) -> None:
            if not index_ready(workspace, need):
                index_aside(workspace, apply(settings, in_force(workspace, target)), progress)

        _switched(
            prepare,
            lambda: switch(workspace, by=by or _who(), clock=datetime.now(UTC), reason=reason),
            lambda: index_ready(workspace, need),
        )
    release = current(workspace)
    if as_json:
        told = {"release": NONE if release is None else release.id, "before": before}
        click.echo(json.dumps(told, indent=1))
        return
    click.echo(f"in use: {NONE if release is None else f'{shown_id(release.id)} ({release.note})'}")


def _switched(
    prepare: Callable[[Progress], None], switch: Callable[[], object], ready: Callable[[], bool]
) -> None:
    """Prepare a switch and make it; again, where documents came between the two and the index lacks them."""
    from ingest.progress import TerminalProgress
    from rag.errors import ReleaseError

    while True:
        with TerminalProgress() as progress:
            prepare(progress)
        try:
            switch()
        except ReleaseError:
            if ready():
                raise
        else:
            return


def _check_wanted(wanted: str | None, target: str) -> None:
    """Whether a rollback leads where it should.

    Raises:
        ReleaseError: it leads elsewhere.
    """
    from rag.errors import ReleaseError

    if wanted is not None and not target.startswith(wanted):
        raise ReleaseError(
            f"a rollback leads to {target} now, not to {wanted}",
            "see covenant releases; something was switched",
        )


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
