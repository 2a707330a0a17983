"""``covenant serve``. Imports nothing heavy until it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rag.command import release_option

if TYPE_CHECKING:
    from rag.command import Context


@click.command()
@click.option("--host", help="Address to listen on; service.host by default.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port to listen on, 0 for a free one; service.port by default.",
)
@click.option(
    "--allow-host",
    "allowed_hosts",
    multiple=True,
    metavar="NAME",
    help="Answer for this host name too; addresses and localhost always work. May be given more than once.",
)
@release_option
@click.pass_obj
def serve(
    context: Context,
    host: str | None,
    port: int | None,
    allowed_hosts: tuple[str, ...],
    release: str | None,
) -> None:
    """Answer questions over HTTP until interrupted; the interactive reference is at /docs.

    A release that is promoted meanwhile answers from the next question on, unless --release names one.
    """
    workspace, settings = context.workspace(), context.settings()
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    service = settings.service.model_copy(update=given)
    settings = settings.model_copy(update={"service": service})

    from service import server

    server.check_host(workspace, service.host)
    with server.listen(service.host, service.port) as listener:
        click.echo(f"Loading {workspace.root} …", err=True)
        app = server.loaded_app(workspace, settings, allowed_hosts, release)
        click.echo(
            f"Covenant answers at {server.address(listener)} (reference: {server.address(listener)}/docs);"
            " Ctrl-C ends it",
            err=True,
        )
        server.run(app, listener)
