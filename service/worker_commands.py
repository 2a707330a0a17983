"""``covenant worker``. Imports nothing heavy until it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rag.command import Context


@click.command()
@click.option("--until-idle", is_flag=True, help="End when no job is left, instead of waiting for more.")
@click.pass_obj
def worker(context: Context, until_idle: bool) -> None:
    """Carry out the jobs that were started over HTTP: ingest, label, tune, retune, eval, promote, rollback.

    One job at a time, each a command in a process of its own. Interrupted, it puts the running job back; if
    it is killed, the next worker goes on with it. A second worker waits for the first one's end.
    """
    import logging
    import signal
    import threading

    from service.worker import Worker

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stopping = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: stopping.set())
    found = Worker(context.workspace(), context.settings(), context.overrides)
    click.echo(f"Works for {context.workspace().root}; Ctrl-C ends it", err=True)
    found.run(stopping, until_idle=until_idle)
